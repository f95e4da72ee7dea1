"""JumpStart's models behind endpoints and jobs (v2's own path): not built, see `absent`."""

from __future__ import annotations

from sagewright.jumpstart.absent import refusing

__all__, __getattr__ = refusing(
    __name__,
    functions=[
        "get_model_info_from_endpoint",
        "get_model_info_from_training_job",
    ],
)
