"""How the SDK names itself to AWS (v2's own path)."""

from __future__ import annotations

import json
import os

SDK_PREFIX = "AWS-SageMaker-Python-SDK"
STUDIO_PREFIX = "AWS-SageMaker-Studio"
NOTEBOOK_PREFIX = "AWS-SageMaker-Notebook-Instance"
NOTEBOOK_METADATA_FILE = "/etc/opt/ml/sagemaker-notebook-instance-version.txt"
STUDIO_METADATA_FILE = "/opt/ml/metadata/resource-metadata.json"


def process_notebook_metadata_file() -> str | None:
    """Return the version of the notebook instance that this is; None: it is none."""
    if not os.path.exists(NOTEBOOK_METADATA_FILE):
        return None
    with open(NOTEBOOK_METADATA_FILE, encoding="utf-8") as file:
        return file.read().strip()


def process_studio_metadata_file() -> str | None:
    """Return the kind of app of SageMaker Studio that this is; None: it is none."""
    if not os.path.exists(STUDIO_METADATA_FILE):
        return None
    with open(STUDIO_METADATA_FILE, encoding="utf-8") as file:
        found = json.load(file).get("AppType")
    return None if found is None else str(found)


def get_user_agent_extra_suffix() -> str:
    """Return what stands behind boto3's own name in requests: this package, and the notebook that it runs in."""
    from sagewright import __version__

    words = [f"lib/sagewright#{__version__}"]
    for prefix, value in (
        (NOTEBOOK_PREFIX, process_notebook_metadata_file()),
        (STUDIO_PREFIX, process_studio_metadata_file()),
    ):
        if value:
            words.append(f"md/{prefix}#{value}")
    return " ".join(words)
