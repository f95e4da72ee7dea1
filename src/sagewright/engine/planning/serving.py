"""From an endpoint's record to the work of one instance of a variant (`contract.md` 1.11, 2.1)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from sagewright.engine.images import resolve
from sagewright.engine.planning.containers import container_of, inherited
from sagewright.engine.planning.document import ExecutionPlan, HostDocument, Server, Unpack
from sagewright.engine.planning.training import mounts
from sagewright.vocabulary.s3_uris import split_s3_uri

GRACE_S = 30.0  # between SIGTERM and SIGKILL (`contract.md` 2.1)
STARTUP_S = 240.0
CONTAINER = "primary"  # what the service calls a model's only, unnamed container


def log_group(endpoint: str) -> str:
    return f"/aws/sagemaker/Endpoints/{endpoint}"


def log_stream(variant: str, execution_id: str) -> str:
    """Return `<variant>/<instance id>`, the id being made of the execution's."""
    return f"{variant}/i-{execution_id[-17:]}"


def plan_instance(
    endpoint: str,
    body: Mapping[str, Any],
    variant: Mapping[str, Any],
    execution_id: str,
    environment: Mapping[str, str],
) -> ExecutionPlan:
    """Plan one instance of a variant.

    Args:
        endpoint: The endpoint's name.
        body: The body of its record.
        variant: One of the body's `variants`.
        environment: Variables that weigh less than the model's own.
    """
    container = variant["container"]
    image = resolve(container["Image"], variant.get("image"))
    if image.engine:
        environment = inherited(body["region"], environment)
    return ExecutionPlan(
        execution_id,
        body.get("python") or sys.executable,
        [
            HostDocument(
                host="algo-1",
                command=list(image.serve_command),
                environment={
                    **environment,
                    **image.environment,
                    "PYTHONUNBUFFERED": "1",
                    "SAGEWRIGHT_IMAGE": container["Image"],
                    **container.get("Environment", {}),
                },
                files={},
                folders=["model"],
                unpacks=_unpacks(container),
                log_group=log_group(endpoint),
                log_stream=log_stream(variant["name"], execution_id),
                grace_s=GRACE_S,
                network_isolation=bool(variant.get("network_isolation")),
                server=Server(startup_s=float(variant.get("startup_s") or STARTUP_S), fixed_port=image.port),
                working_folder=image.place if image.folder else "",
                mounts=mounts(image),
                container=container_of(image) if image.engine else None,
            )
        ],
    )


def _unpacks(container: Mapping[str, Any]) -> list[Unpack]:
    uri = container.get("ModelDataUrl")
    return [Unpack(*split_s3_uri(uri), "model")] if uri else []
