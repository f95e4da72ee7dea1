"""The variables every program of the engine starts with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def job_environment(home: Path | None, body: Mapping[str, Any]) -> dict[str, str]:
    """Return what a job inherits from its submitter, and what leads its own AWS calls back to this engine.

    Args:
        body: A job's record body; `environment` and `region` are read, and of its request the `PYTHONPATH`, which must
            not lead the job's AWS calls elsewhere.
    """
    environment = dict(body.get("environment") or {})
    given = (body.get("request", {}).get("Environment") or {}).get("PYTHONPATH")
    if given is not None:
        environment["PYTHONPATH"] = given
    if home is not None:
        from sagewright.engine.gateway.mounts.startup import child_environment

        environment.update(child_environment(home, body["region"], environment))
    return environment
