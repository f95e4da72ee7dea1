"""A transform job and a check of its data, as a pipeline of their own."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.config.values import configured
from sagewright.execution_role import get_execution_role
from sagewright.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagewright.workflow.pipeline import Pipeline
from sagewright.workflow.pipeline_context import PipelineSession

if TYPE_CHECKING:
    from sagewright.transformer import Transformer

NAME = "MonitorBatchTransformStep"


def start_monitored(
    transformer: Transformer,
    job: Mapping[str, Any],
    check: Mapping[str, Any],
    pipeline_name: str | None,
    role: str | None,
) -> Any:
    """Create a pipeline that transforms and checks, and start it; return its execution.

    Args:
        job: Arguments of `transform`.
        check: Arguments of the step that checks.
        pipeline_name: None: one with the time in it.
    """
    deferred = _in_pipeline(transformer)
    session: Any = deferred.sagemaker_session
    arguments: Any = deferred.transform(**job)
    step = MonitorBatchTransformStep(
        name=NAME, display_name=NAME, description="", transform_step_args=arguments, **check
    )
    name = pipeline_name or f"TransformWithMonitoring{int(time.time())}"
    pipeline = Pipeline(name=name, steps=[step], sagemaker_session=session)
    pipeline.upsert(role or configured(session, "SageMaker.Pipeline.RoleArn") or get_execution_role(session))
    return pipeline.start()


def _in_pipeline(transformer: Transformer) -> Transformer:
    """Return a transformer whose jobs become steps, with the clients and the bucket of the one that there is."""
    session = transformer.sagemaker_session
    if isinstance(session, PipelineSession):
        return transformer
    deferred = copy.copy(transformer)
    deferred.sagemaker_session = PipelineSession(
        boto_session=session.boto_session,
        default_bucket=session.default_bucket(),
        default_bucket_prefix=session.default_bucket_prefix,
        sagemaker_config=session.sagemaker_config,
    )
    return deferred
