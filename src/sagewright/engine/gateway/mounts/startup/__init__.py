"""What makes a child process find its way back: a folder on `PYTHONPATH` with a `sitecustomize.py`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sagewright import settings

FOLDER = Path(__file__).parent
ROUTE, ALIAS = "SAGEWRIGHT_ROUTE", "SAGEWRIGHT_ALIAS"  # read by `sitecustomize.py`

# Variables that would lead a client elsewhere, or to credentials that are not needed.
DROPPED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL",
)

ELSEWHERE = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",)  # with which a client would pass by a shared engine


def child_environment(home: Path, region: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead the AWS calls of a Python program, and of its children, to the engine at `home`.

    Args:
        environment: What the program starts with otherwise; its `PYTHONPATH` is kept behind ours.
    """
    return {
        "PYTHONPATH": python_path(environment),
        ROUTE: "1",
        settings.HOME.variable: str(home),
        settings.TARGET.variable: "local",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "sagewright",
        "AWS_SECRET_ACCESS_KEY": "sagewright",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def shared_environment(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead the AWS calls of a program to a shared engine; its credentials are its own."""
    return {
        "PYTHONPATH": python_path(environment),
        ROUTE: "1",
        settings.TARGET.variable: url,
        "AWS_ENDPOINT_URL": url,  # for what is not Python, or makes its clients otherwise
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def python_path(environment: Mapping[str, str]) -> str:
    """Return `PYTHONPATH` with the startup folder in front."""
    given = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part and part != str(FOLDER)]
    return os.pathsep.join([str(FOLDER), *given])
