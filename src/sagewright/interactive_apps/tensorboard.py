"""TensorBoard in SageMaker Studio (v2's own path)."""

from __future__ import annotations

from sagewright.interactive_apps.base_interactive_app import BaseInteractiveApp


class TensorBoardApp(BaseInteractiveApp):
    """TensorBoard in SageMaker Studio: refused; a TensorBoard of one's own reads a job's events from S3."""

    _INSTEAD = "tensorboard --logdir with what `latest_job_tensorboard_artifacts_path()` returns"
