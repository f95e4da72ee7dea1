"""The profiler in SageMaker Studio (v2's own path)."""

from __future__ import annotations

from sagewright.interactive_apps.base_interactive_app import BaseInteractiveApp


class DetailProfilerApp(BaseInteractiveApp):
    """The profiler in SageMaker Studio: refused; a job's profile lies in S3."""

    _INSTEAD = "what `latest_job_profiler_artifacts_path()` returns"
