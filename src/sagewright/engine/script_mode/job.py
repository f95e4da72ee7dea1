"""A job as its script can ask for it, by the classes and functions of the containers' toolkit (`contract.md` 1.12)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sagewright.engine.script_mode.facts import Facts, read
from sagewright.engine.script_mode.variables import arguments, training_environment, variables

RESOLUTION_S = 15 * 60.0  # that other hosts may take to come up

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 30.0


def base_folder() -> Path:
    """Return `/opt/ml`, or the folder that stands for it."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


class Environment(Mapping[str, Any]):
    """The job of the script that asks: attributes, or items, by the names of `SM_TRAINING_ENV`.

    Args:
        resource_config, input_data_config, hyperparameters: Stand for what the job's files hold.
    """

    def __init__(
        self,
        resource_config: Mapping[str, Any] | None = None,
        input_data_config: Mapping[str, Any] | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
    ) -> None:
        facts = read(base_folder(), os.environ)
        self._facts = facts._replace(
            resources=facts.resources if resource_config is None else resource_config,
            inputs=facts.inputs if input_data_config is None else input_data_config,
            hyperparameters=facts.hyperparameters if hyperparameters is None else hyperparameters,
        )
        self._values = training_environment(self._facts)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"`{type(self).__name__}` has no `{name}`.") from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def to_cmd_args(self) -> list[str]:
        """Return the hyperparameters as arguments."""
        return arguments(self._facts.hyperparameters)

    def to_env_vars(self) -> dict[str, str]:
        """Return the `SM_*` variables."""
        return variables(self._facts)

    def sagemaker_s3_output(self) -> str | None:
        """Return the job's `S3OutputPath`, where the job tells it."""
        found: str | None = self._facts.reserved.get("sagemaker_s3_output")
        return found


def job_facts() -> Facts:
    """Return the facts of the job of the script that asks."""
    return read(base_folder(), os.environ)


def wait_for_hosts(hosts: list[str] | None = None, seconds: float = RESOLUTION_S) -> None:
    """Wait until the names of all hosts of the job can be resolved.

    Raises:
        OSError: One cannot in that time.
    """
    deadline = time.monotonic() + seconds
    for host in job_facts().hosts if hosts is None else hosts:
        pause = _FIRST_PAUSE_S
        while not _is_known(host, last=time.monotonic() + pause > deadline):
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


def _is_known(host: str, *, last: bool) -> bool:
    try:
        socket.gethostbyname(host)
    except OSError:
        if last:
            raise
        return False
    return True
