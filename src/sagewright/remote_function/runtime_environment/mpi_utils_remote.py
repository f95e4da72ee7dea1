"""Let the hosts of a job reach each other while one of them starts the processes of all (v2's own path).

Every host runs an SSH server. The first waits until it reaches the others; they wait until it says that it is done.
The job runs this file as it is, with the Python of its image, which may be 3.8.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

if __package__:
    from sagewright.remote_function.runtime_environment.runtime_environment_manager import get_logger, logger
else:
    from runtime_environment_manager import get_logger, logger  # type: ignore[import-not-found, no-redef]

DEFAULT_FAILURE_CODE = 1
BASE = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
FAILURE_REASON_PATH = BASE + "/output/failure"
FINISHED_STATUS_FILE, READY_FILE = "/tmp/done.algo-1", "/tmp/ready.%s"  # noqa: S108 - between hosts of one job
SSHD = "/usr/sbin/sshd"
# Hosts of a job know each other by name only, and their keys are made when they start.
SSH = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"]


def main(sys_args: list[str] | None = None) -> None:
    """Join the hosts, or with `--job_ended 1` let them go."""
    get_logger()
    parser = argparse.ArgumentParser()
    parser.add_argument("--job_ended", default="0")
    try:
        _join_hosts(parser.parse_known_args(sys_args)[0].job_ended != "0")
    except Exception as error:  # noqa: BLE001 - whatever is wrong ends the job, which tells it to its caller
        logger.exception("Error encountered while joining the job's hosts")
        if not os.path.exists(FAILURE_REASON_PATH):
            with open(FAILURE_REASON_PATH, "w") as file:
                file.write("RuntimeEnvironmentError: " + str(error))
        sys.exit(DEFAULT_FAILURE_CODE)


def _join_hosts(is_over: bool) -> None:
    first, own = os.environ["SM_MASTER_ADDR"], os.environ["SM_CURRENT_HOST"]
    others = [host for host in sorted(json.loads(os.environ["SM_HOSTS"])) if host != first]
    if is_over:
        if own == first:
            for host in others:
                _wait_for(partial(_touch, host, FINISHED_STATUS_FILE), 30, "host " + host)
        return
    _start_sshd()
    if own == first:
        for host in others:
            _wait_for(partial(_is_ready, host), 300, "host " + host)
        return
    _wait_for(lambda: _touch(first, READY_FILE % own), 300, "host " + first)
    _wait_for(lambda: os.path.exists(FINISHED_STATUS_FILE), None, "the end of the job")


def _start_sshd() -> None:
    if not os.path.exists(SSHD):
        raise RuntimeError("SSH daemon not found.")
    subprocess.Popen([SSHD, "-D"])


def _is_ready(host: str) -> bool:
    return os.path.exists(READY_FILE % host) and subprocess.run([*SSH, host, "true"], check=False).returncode == 0


def _touch(host: str, path: str) -> bool:
    return subprocess.run([*SSH, host, "touch", path], check=False).returncode == 0


def _wait_for(is_so: Callable[[], bool], limit_s: float | None, what: str) -> None:
    began = time.monotonic()
    while not is_so():
        if limit_s is not None and time.monotonic() - began > limit_s:
            raise TimeoutError("Timed out waiting for " + what + ".")
        logger.info("Waiting for %s", what)
        time.sleep(5)


if __name__ == "__main__":
    main(sys.argv[1:])
