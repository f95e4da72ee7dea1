"""Transform jobs with a check of their data, as pipelines of their own."""

from __future__ import annotations

import json
import warnings
from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World


def transform_and_check(world: World) -> Any:
    return _started(world)


def check_before_and_transform(world: World) -> Any:
    return _started(
        world,
        monitor_before_transform=True,
        supplied_baseline_statistics="s3://bucket/statistics.json",
        supplied_baseline_constraints="s3://bucket/constraints.json",
        fail_on_violation=False,
        content_type="text/csv",
        split_type="Line",
        input_filter="$[1:]",
        output_filter="$[0]",
        join_source="Input",
        batch_data_capture_config=world["inputs.BatchDataCaptureConfig"]("s3://bucket/captured"),
    )


def _started(world: World, **changes: Any) -> Any:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/prices"
    world.aws.answers["CreatePipeline"] = {"PipelineArn": arn}
    world.aws.answers["StartPipelineExecution"] = {"PipelineExecutionArn": f"{arn}/execution/abc"}
    session = world["workflow.pipeline_context.PipelineSession"](
        boto_session=world.aws.boto_session(), default_bucket="bucket"
    )
    transformer = world["transformer.Transformer"](
        "model", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=session
    )
    resources = world["workflow.check_job_config.CheckJobConfig"](
        role=ROLE, instance_type="ml.m5.large", sagemaker_session=session
    )
    wanted = world["workflow.quality_check_step.DataQualityCheckConfig"](
        baseline_dataset="s3://bucket/rows.csv",
        dataset_format=world["model_monitor.DatasetFormat"].csv(header=True),
        output_s3_uri="s3://bucket/check",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing is started yet
        execution = transformer.transform_with_monitoring(
            wanted, resources, "s3://bucket/rows", wait=False, pipeline_name="prices", role=ROLE, **changes
        )
    (created,) = world.aws.asked("CreatePipeline")
    world.aws.calls = [call for call in world.aws.calls if call[0] != "CreatePipeline"]
    return [json.loads(created["PipelineDefinition"]), created["RoleArn"], execution.arn]
