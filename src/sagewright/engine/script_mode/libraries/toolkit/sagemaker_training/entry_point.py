"""Waiting for the job's hosts, by the name that scripts call it by."""

from sagewright.engine.script_mode.job import wait_for_hosts
from sagewright.engine.script_mode.libraries import absent


def _wait_hostname_resolution() -> None:
    wait_for_hosts()


__getattr__ = absent("sagemaker_training.entry_point", "pip install sagemaker-training")
