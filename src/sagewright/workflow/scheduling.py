"""The schedules of pipelines at Amazon EventBridge."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sagewright.workflow.triggers import PipelineSchedule, validate_default_parameters_for_schedules

if TYPE_CHECKING:
    from sagewright.workflow.pipeline import Pipeline

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def put_schedules(pipeline: Pipeline, triggers: Sequence[Any], role_arn: str) -> list[str]:
    """Create or update a pipeline's schedules; return their ARNs.

    Raises:
        RuntimeError: There is no such pipeline.
        TypeError: One of them is no schedule.
        ValueError: A parameter has no default.
    """
    arn = _arn_of(pipeline)
    validate_default_parameters_for_schedules(pipeline.parameters)
    return list(dict.fromkeys(_put(pipeline, trigger, arn, role_arn) for trigger in triggers))


def described_schedule(client: Any, name: str) -> Document:
    """Return what there is to know of a schedule."""
    schedule = client.get_schedule(Name=name)
    return {
        "Schedule_Arn": schedule["Arn"],
        "Schedule_Expression": schedule["ScheduleExpression"],
        "Schedule_State": schedule["State"],
        "Schedule_Start_Date": schedule["StartDate"].strftime(_TIME),
        "Schedule_Role": schedule["Target"]["RoleArn"],
    }


def delete_schedules(client: Any, names: Sequence[str]) -> None:
    """Delete schedules; one that is not there is told and passed over."""
    from botocore.exceptions import ClientError

    for name in names:
        logger.info("Deleting Pipeline Schedule: %s ...", name)
        try:
            client.delete_schedule(Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            logger.warning(
                "Pipeline Schedule %s does not exist. The schedule could have been already deleted or never created in "
                "the first place.",
                name,
            )
        else:
            logger.info("Deleted Pipeline Schedule: %s ...", name)


def _arn_of(pipeline: Pipeline) -> str:
    from botocore.exceptions import ClientError

    try:
        return str(pipeline.describe()["PipelineArn"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFound":
            raise
        raise RuntimeError(
            f"Cannot create triggers for pipeline {pipeline.name} that does not exist. Please create the pipeline "
            "before assigning triggers to it."
        ) from None


def _put(pipeline: Pipeline, trigger: Any, arn: str, role_arn: str) -> str:
    from botocore.exceptions import ClientError

    if not isinstance(trigger, PipelineSchedule):
        raise TypeError(f"Unsupported TriggerType: {type(trigger).__name__}")
    request = {
        "Name": trigger.resolve_trigger_name(pipeline.name),
        "ScheduleExpression": trigger.resolve_schedule_expression(),
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "SageMakerPipelineParameters": {}, "RoleArn": role_arn},
        "State": trigger.resolve_trigger_state(),
        "StartDate": trigger.start_date or datetime.now(tz=timezone.utc),
    }
    logger.info("Creating/Updating EventBridge Schedule for pipeline: %s.", pipeline.name)
    client = pipeline._scheduler
    try:
        answer = client.update_schedule(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        answer = client.create_schedule(**request)
    logger.info(
        "Created/Updated EventBridge Schedule for pipeline: %s with ScheduleName: %s", pipeline.name, request["Name"]
    )
    return str(answer["ScheduleArn"])
