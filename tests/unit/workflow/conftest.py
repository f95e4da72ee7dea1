"""A session that keeps requests for a pipeline, and what it asks of AWS while the pipeline is defined."""

from __future__ import annotations

import pytest

from sagewright.workflow.pipeline_context import PipelineSession
from tests.parity.recording import Recorder


@pytest.fixture
def aws() -> Recorder:
    return Recorder()


@pytest.fixture
def session(aws: Recorder) -> PipelineSession:
    return PipelineSession(boto_session=aws.boto_session(), default_bucket="bucket")
