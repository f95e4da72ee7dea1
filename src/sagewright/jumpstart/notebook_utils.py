"""The list of JumpStart's models (v2's own path): not built, see `absent`."""

from __future__ import annotations

from sagewright.jumpstart.absent import refusing

__all__, __getattr__ = refusing(
    __name__,
    functions=[
        "extract_framework_task_model",
        "extract_model_type_filter_representation",
        "get_model_url",
        "list_jumpstart_frameworks",
        "list_jumpstart_models",
        "list_jumpstart_scripts",
        "list_jumpstart_tasks",
    ],
)
