"""What a container says of the model that it holds."""

from __future__ import annotations

from typing import Any


def update_container_with_inference_params(
    framework: str | None = None,
    framework_version: str | None = None,
    nearest_model_name: str | None = None,
    data_input_configuration: str | None = None,
    container_def: dict[str, Any] | None = None,
    container_list: list[dict[str, Any]] | None = None,
) -> Any:
    """Tell containers what model they hold, in place; return them, or else the one."""
    for container in [*(container_list or ()), *([] if container_def is None else [container_def])]:
        construct_container_object(
            container, data_input_configuration, framework, framework_version, nearest_model_name
        )
    return container_list or container_def


def construct_container_object(
    obj: dict[str, Any],
    data_input_configuration: str | None,
    framework: str | None,
    framework_version: str | None,
    nearest_model_name: str | None,
) -> dict[str, Any]:
    """Tell a container what model it holds, in place; return it."""
    model_input = None if data_input_configuration is None else {"DataInputConfig": data_input_configuration}
    members = {
        "Framework": framework,
        "FrameworkVersion": framework_version,
        "NearestModelName": nearest_model_name,
        "ModelInput": model_input,
    }
    obj.update({name: value for name, value in members.items() if value is not None})
    return obj
