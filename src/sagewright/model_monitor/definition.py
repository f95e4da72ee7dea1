"""Monitors of Amazon's containers: each of their jobs has a definition, which its schedule names."""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sagewright.config.values import with_tags
from sagewright.model_monitor.data import MonitoringOutput
from sagewright.model_monitor.monitor import (
    NOT_BOTH,
    ONE_INPUT,
    RESULTS,
    USED,
    ModelMonitor,
    check_times,
    input_of,
    not_both,
    one_input,
)
from sagewright.model_monitor.monitoring_files import Constraints, Statistics
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.requests.monitoring import (
    Monitoring,
    definition_request,
    definition_schedule,
    schedule_document,
)
from sagewright.session_monitoring import SCHEDULE
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.network import NetworkConfig
    from sagewright.processing.job import ProcessingJob
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

NOTHING = "Nothing to update, please create a schedule first."


class Settings(NamedTuple):
    """What a job's definition is made of, as its user says it; None: nothing is said."""

    endpoint_input: Any = None
    batch_transform_input: Any = None
    ground_truth_input: str | None = None
    problem_type: str | None = None
    analysis_config: Any = None
    record_preprocessor_script: str | None = None
    post_analytics_processor_script: str | None = None
    output_s3_uri: str | None = None
    statistics: Any = None
    constraints: Any = None
    enable_cloudwatch_metrics: bool | None = None
    role: str | None = None
    instance_count: Any = None
    instance_type: InstanceType | None = None
    volume_size_in_gb: Any = None
    volume_kms_key: Any = None
    output_kms_key: Any = None
    max_runtime_in_seconds: Any = None
    env: Mapping[str, Any] | None = None
    network_config: NetworkConfig | None = None


OWN = (  # attributes of a monitor, which a change sets
    "role",
    "instance_count",
    "instance_type",
    "volume_size_in_gb",
    "volume_kms_key",
    "output_kms_key",
    "max_runtime_in_seconds",
    "env",
    "network_config",
)


class DefinitionMonitor(ModelMonitor):
    """A monitor whose jobs have definitions.

    Attributes:
        job_definition_name: None: there is no schedule.
    """

    JOB_DEFINITION_BASE_NAME: ClassVar[str]
    _operation: ClassVar[str]  # `data_quality_job_definition`: what follows `create_`
    _title: ClassVar[str]  # `Data Quality`
    _schedule_title: ClassVar[str]  # what `attach` calls a schedule of its kind
    _may_stand_in_schedule: ClassVar[bool] = False  # its job, as early releases of v2 made them
    _one_input: ClassVar[str] = ONE_INPUT
    _not_both: ClassVar[str] = NOT_BOTH

    def delete_monitoring_schedule(self) -> None:
        """Delete the schedule, and the definition of its jobs."""
        super().delete_monitoring_schedule()
        if self.job_definition_name is not None:
            logger.info("Deleting %s Job Definition with name: %s", self._title, self.job_definition_name)
            self._delete_definition(self.job_definition_name)
            self.job_definition_name = None

    @classmethod
    def attach(cls, monitor_schedule_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return the monitor of a schedule that there is.

        Raises:
            TypeError: It watches something else.
        """
        from sagewright.model_monitor.attaching import attached_to_definition

        return attached_to_definition(
            cls,
            monitor_schedule_name,
            sagemaker_session,
            cls.monitoring_type(),
            f"describe_{cls._operation}",
            cls._schedule_title,
            or_job=cls._may_stand_in_schedule,
        )

    # Schedules ----------------------------------------------------------------------------------------------------

    def _create(self, given: Settings, name: str | None, expression: str | None, start: Any, end: Any) -> None:
        """Create a definition and a schedule of it; where the second fails, the first is deleted.

        Raises:
            ValueError: There is a schedule already, or not exactly one input.
        """
        if self.job_definition_name is not None or self.monitoring_schedule_name is not None:
            raise ValueError(USED)
        one_input(given.endpoint_input, given.batch_transform_input, self._one_input)
        check_times(expression, start, end)
        schedule = self._generate_monitoring_schedule_name(name)
        place = given.output_s3_uri or self._place("model-monitor", "monitoring", schedule, "results")
        own = {attribute: getattr(self, attribute) for attribute in OWN}
        definition = self._send_definition(given._replace(output_s3_uri=place, **own), schedule, None)
        try:
            self._create_schedule_of(definition, schedule, schedule_document(expression, start, end))
        except Exception:
            logger.exception("Failed to create monitoring schedule.")
            self._undo(definition)
            raise
        self.job_definition_name, self.monitoring_schedule_name = definition, schedule

    def _update(
        self, given: Settings, expression: str | None, start: Any, end: Any, *, keep_expression: bool = False
    ) -> None:
        """Give the schedule a definition that follows the one it has, or only another time.

        Args:
            keep_expression: Ask for the schedule's time where none is given.

        Raises:
            ValueError: There is no schedule, or two inputs are given.
        """
        not_both(given.endpoint_input, given.batch_transform_input, self._not_both)
        if given == Settings() and start is None and end is None:
            if expression is not None:
                self._change_schedule(str(self.job_definition_name), schedule_document(expression))
            return
        if expression is None and keep_expression:
            config = self.describe_schedule().get("MonitoringScheduleConfig") or {}
            expression = (config.get("ScheduleConfig") or {}).get("ScheduleExpression")
        describe = getattr(self.sagemaker_session.sagemaker_client, f"describe_{self._operation}")
        existing = describe(JobDefinitionName=self.job_definition_name)
        definition = self._send_definition(given, str(self.monitoring_schedule_name), existing)
        try:
            check_times(expression, start, end)
            self._change_schedule(definition, schedule_document(expression, start, end))
        except Exception:
            logger.exception("Failed to update monitoring schedule.")
            self._undo(definition)
            raise
        self.job_definition_name = definition
        self._take(**{attribute: getattr(given, attribute) for attribute in OWN})

    def _create_schedule_of(self, definition: str, name: str, schedule: Document | None) -> None:
        logger.info("Creating Monitoring Schedule with name: %s", name)
        self.sagemaker_session.sagemaker_client.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig=definition_schedule(self.monitoring_type(), definition, schedule),
            Tags=with_tags(self.tags, self.sagemaker_session, f"{SCHEDULE}.Tags") or [],
        )

    def _change_schedule(self, definition: str, schedule: Document | None) -> None:
        if self.job_definition_name is None or self.monitoring_schedule_name is None:
            raise ValueError(NOTHING)
        self.sagemaker_session.sagemaker_client.update_monitoring_schedule(
            MonitoringScheduleName=self.monitoring_schedule_name,
            MonitoringScheduleConfig=definition_schedule(self.monitoring_type(), definition, schedule),
        )
        self._wait_for_schedule_changes_to_apply()

    # Definitions --------------------------------------------------------------------------------------------------

    def _send_definition(self, given: Settings, schedule: str, existing: Document | None) -> str:
        """Create a definition; return its name."""
        name = name_from_base(self.base_job_name or self.JOB_DEFINITION_BASE_NAME)
        job = self._job(given, name, schedule, existing)
        request = definition_request(self.monitoring_type(), name, job, self.tags, existing)
        getattr(self.sagemaker_session.sagemaker_client, f"create_{self._operation}")(**request)
        return name

    def _job(self, given: Settings, name: str, schedule: str, existing: Document | None) -> Monitoring:
        role = given.role or (existing or {}).get("RoleArn")
        output = None if given.output_s3_uri is None else MonitoringOutput(RESULTS, given.output_s3_uri)
        return Monitoring(
            image_uri=self.image_uri,
            role=self.sagemaker_session.expand_role(str(role)),
            job_input=input_of(given.endpoint_input, given.batch_transform_input),
            outputs=None if output is None else [output._to_request_dict()],
            output_kms_key=given.output_kms_key,
            instance_count=given.instance_count,
            instance_type=given.instance_type,
            volume_size_gib=given.volume_size_in_gb,
            volume_kms_key=given.volume_kms_key,
            max_runtime_s=given.max_runtime_in_seconds,
            environment=environment(given.env, cloudwatch=given.enable_cloudwatch_metrics),
            network=None if given.network_config is None else given.network_config._to_request_dict(),
            preprocessor_uri=self._script_uri(given.record_preprocessor_script),
            postprocessor_uri=self._script_uri(given.post_analytics_processor_script),
            constraints_uri=self._file_uri(Constraints, given.constraints or None),
            statistics_uri=self._file_uri(Statistics, given.statistics),
            baselining_job_name=self.latest_baselining_job_name if existing is None else None,
            ground_truth_uri=given.ground_truth_input,
            problem_type=given.problem_type,
        )

    def _undo(self, definition: str) -> None:
        try:
            self._delete_definition(definition)
        except Exception:  # what failed first is what is told
            logger.exception("Failed to delete job definition %s.", definition)

    def _delete_definition(self, name: str) -> None:
        getattr(self.sagemaker_session.sagemaker_client, f"delete_{self._operation}")(JobDefinitionName=name)

    def _script_uri(self, path: str | None) -> str | None:
        """Return the S3 URI of a script, having uploaded it where it is here."""
        if path is None or path.startswith("s3://"):
            return path
        place = self._place(
            "model-monitor", "monitoring", self.monitoring_schedule_name or "", "input", str(uuid.uuid4())
        )
        self._uploaded_to(path, place)
        return f"{place}/{os.path.basename(path)}"

    # Baselines ----------------------------------------------------------------------------------------------------

    def _suggest(
        self,
        dataset: str,
        scripts: Mapping[str, str | None],
        output_s3_uri: str | None,
        wait: bool,
        logs: bool,
        job_name: str | None,
        **words: Any,
    ) -> ProcessingJob:
        """Run a job of Amazon's container that makes a baseline.

        Args:
            scripts: What a script is to the container, and its place: `record_preprocessor_script`.
            **words: More of the container's environment.
        """
        self.latest_baselining_job_name = job = self._generate_baselining_job_name(job_name)
        rows = self._baselining_input(dataset, "baseline_dataset_input")
        found = {
            name: self._baselining_input(path, f"{name}_input") for name, path in scripts.items() if path is not None
        }
        place = output_s3_uri or self._place("model-monitor", "baselining", job, "results")
        paths = {name: f"{found[name].destination}/{os.path.basename(str(scripts[name]))}" for name in found}
        words = {"output_path": RESULTS, "dataset_source": rows.destination, **paths, **words}
        env = environment(self.env, cloudwatch=False, **words)
        output = ProcessingOutput(RESULTS, place, "monitoring_output")
        return self._run_baselining([rows, *found.values()], output, env, wait, logs)

    def _baselining_input(self, path: str, name: str) -> ProcessingInput:
        if not path.startswith("s3://"):
            place = self._place("model-monitor", "baselining", str(self.latest_baselining_job_name), "input", name)
            self._uploaded_to(path, place)
            path = place
        return ProcessingInput(path, f"/opt/ml/processing/input/{name}", name)


def environment(
    env: Mapping[str, Any] | None, *, cloudwatch: bool | None = None, dataset_format: Any = None, **words: Any
) -> dict[str, Any]:
    """Return the environment of Amazon's containers: that of the user's, and their own words.

    Args:
        cloudwatch: Whether they publish metrics.
        dataset_format: One of `DatasetFormat`.
    """
    metrics = None if cloudwatch is None else "Enabled" if cloudwatch else "Disabled"
    own = {
        "publish_cloudwatch_metrics": metrics,
        "dataset_format": None if dataset_format is None else json.dumps(dataset_format),
        **words,
    }
    return {**(env or {}), **{name: value for name, value in own.items() if value is not None}}
