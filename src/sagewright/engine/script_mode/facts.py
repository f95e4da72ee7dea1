"""What script mode knows of its job: the files of `/opt/ml/input/config` and a few environment variables."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sagewright.vocabulary.script_mode import (
    LOG_LEVEL,
    MODULE_VARIABLE,
    RESERVED,
    decoded,
    is_reserved,
    program_of,
    submit_directory_of,
)

INFO = 20  # the log level of a job that names none
GROUP = "homogeneousCluster"  # the instance group of a job that has none


class Facts(NamedTuple):
    """A job as script mode sees it.

    Attributes:
        base: `/opt/ml`, or the folder that stands for it.
        hyperparameters: The user's own, decoded.
        reserved: The platform's, decoded.
        resources, inputs: `resourceconfig.json` and `inputdataconfig.json`.
        entry_point: The user's program, relative to the code folder.
        module_dir: Where its code comes from.
        framework_module: What starts scripts in the image, for example `sagemaker_pytorch_container.training:main`.
    """

    base: Path
    hyperparameters: Mapping[str, Any]
    reserved: Mapping[str, Any]
    resources: Mapping[str, Any]
    inputs: Mapping[str, Any]
    entry_point: str
    module_dir: str
    job_name: str | None
    log_level: int
    framework_module: str | None
    num_cpus: int
    num_gpus: int

    @property
    def code(self) -> Path:
        return self.base / "code"

    @property
    def framework_parameters(self) -> dict[str, Any]:
        """What has the platform's prefix but no fixed meaning: the settings of launchers and frameworks."""
        return {name: value for name, value in self.reserved.items() if name not in RESERVED}

    @property
    def hosts(self) -> list[str]:
        return list(self.resources.get("hosts") or [self.current_host])

    @property
    def current_host(self) -> str:
        return str(self.resources.get("current_host", "algo-1"))

    @property
    def current_group(self) -> str:
        return str(self.resources.get("current_group_name") or GROUP)

    @property
    def groups(self) -> dict[str, Mapping[str, Any]]:
        """The instance groups by name, in their order."""
        return {group["instance_group_name"]: group for group in self.resources.get("instance_groups") or ()}

    @property
    def distribution_groups(self) -> list[str]:
        """The instance groups that a launcher spans."""
        named = self.framework_parameters.get("sagemaker_distribution_instance_groups")
        if named is not None:
            return list(named)
        launched = any(value and name.endswith("_enabled") for name, value in self.framework_parameters.items())
        return [self.current_group] if launched else []

    @property
    def distribution_hosts(self) -> list[str]:
        """The hosts that a launcher spans, the master first."""
        if not self.groups:
            return self.hosts
        return [host for name in self.groups if name in self.distribution_groups for host in self.groups[name]["hosts"]]

    @property
    def network_interface(self) -> str:
        return str(self.resources.get("network_interface_name", "eth0"))


def read(base: Path, environment: Mapping[str, str]) -> Facts:
    """Read the facts of the job whose `/opt/ml` is `base`."""
    given = _document(base, "hyperparameters")
    hyperparameters = {name: decoded(value) for name, value in given.items()}
    reserved = {name: value for name, value in hyperparameters.items() if is_reserved(name)}
    return Facts(
        base=base,
        hyperparameters={name: value for name, value in hyperparameters.items() if name not in reserved},
        reserved=reserved,
        resources=_document(base, "resourceconfig"),
        inputs=_document(base, "inputdataconfig"),
        entry_point=program_of(given, environment) or "",
        module_dir=submit_directory_of(given, environment) or str(base / "code"),
        job_name=environment.get("TRAINING_JOB_NAME"),
        log_level=_log_level(environment, reserved),
        framework_module=environment.get(MODULE_VARIABLE),
        num_cpus=_num_cpus(),
        num_gpus=_num_gpus(environment),
    )


def _log_level(environment: Mapping[str, str], reserved: Mapping[str, Any]) -> int:
    given = environment.get(LOG_LEVEL.upper()) or reserved.get(LOG_LEVEL, INFO)
    try:
        return int(given)
    except (TypeError, ValueError):
        return INFO


def _document(base: Path, name: str) -> dict[str, Any]:
    try:
        document = json.loads((base / "input/config" / f"{name}.json").read_bytes())
    except FileNotFoundError:
        return {}
    return document if isinstance(document, dict) else {}


def _num_cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _num_gpus(environment: Mapping[str, str]) -> int:
    """Count the GPUs as the containers do, where the driver's tool is there to ask."""
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        tool = os.path.join(folder, "nvidia-smi")
        if os.access(tool, os.X_OK):
            import subprocess

            listing = subprocess.run([tool, "--list-gpus"], capture_output=True, text=True, check=False)
            return sum(line.startswith("GPU ") for line in listing.stdout.splitlines())
    return 0
