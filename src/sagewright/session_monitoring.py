"""What a session can be asked of monitoring schedules (`contract.md` 6.7)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright import targets
from sagewright.arguments import suggests
from sagewright.config.values import filled, resolved, with_nested, with_tags
from sagewright.requests.monitoring import Monitoring, changed_definition, job_definition, schedule_document
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

SCHEDULE = "SageMaker.MonitoringSchedule"  # where a config file has its defaults
JOB = f"{SCHEDULE}.MonitoringScheduleConfig.MonitoringJobDefinition"
ENCRYPTION = "EnableInterContainerTrafficEncryption"
ONE_TIME = "Both data_analysis_start_time and data_analysis_end_time are required for one time monitoring schedule "


@suggests
class MonitoringCalls(Sending):
    """The part of `Session` that concerns monitoring schedules."""

    def create_monitoring_schedule(
        self,
        monitoring_schedule_name: str,
        schedule_expression: str | None,
        statistics_s3_uri: str | None,
        constraints_s3_uri: str | None,
        monitoring_inputs: Sequence[Document],
        monitoring_output_config: Document | None,
        instance_count: Any,
        instance_type: Any,
        volume_size_in_gb: Any,
        volume_kms_key: Any = None,
        image_uri: Any = None,
        entrypoint: Sequence[Any] | None = None,
        arguments: Sequence[Any] | None = None,
        record_preprocessor_source_uri: str | None = None,
        post_analytics_processor_source_uri: str | None = None,
        max_runtime_in_seconds: Any = None,
        environment: Mapping[str, Any] | None = None,
        network_config: Document | None = None,
        role_arn: str | None = None,
        tags: Tags = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Create a schedule of a job that stands in it itself.

        Args:
            schedule_expression: Of cron, as `CronExpressionGenerator` makes them; None: no schedule, one run.
            monitoring_inputs: One document.
            data_analysis_start_time, data_analysis_end_time: Of the data that a single run looks at.
        """
        output = monitoring_output_config
        job = Monitoring(
            image_uri=image_uri,
            role=resolved(role_arn, self, f"{JOB}.RoleArn"),
            job_input=monitoring_inputs[0],
            outputs=None if output is None else output.get("MonitoringOutputs"),
            output_kms_key=None
            if output is None
            else resolved(output.get("KmsKeyId"), self, f"{JOB}.MonitoringOutputConfig.KmsKeyId"),
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_gib=volume_size_in_gb,
            volume_kms_key=resolved(volume_kms_key, self, f"{JOB}.MonitoringResources.ClusterConfig.VolumeKmsKeyId"),
            max_runtime_s=max_runtime_in_seconds,
            environment=resolved(environment, self, f"{JOB}.Environment"),
            network=filled(network_config, self, f"{JOB}.NetworkConfig"),
            preprocessor_uri=record_preprocessor_source_uri,
            postprocessor_uri=post_analytics_processor_source_uri,
            constraints_uri=constraints_s3_uri,
            statistics_uri=statistics_s3_uri,
            entrypoint=entrypoint,
            arguments=arguments,
        )
        schedule = schedule_document(schedule_expression, data_analysis_start_time, data_analysis_end_time)
        config = {"MonitoringJobDefinition": job_definition(job)}
        self._create_schedule(
            monitoring_schedule_name,
            {**config, "ScheduleConfig": schedule} if schedule else config,
            with_tags(format_tags(tags), self, f"{SCHEDULE}.Tags"),
        )

    def update_monitoring_schedule(
        self,
        monitoring_schedule_name: str,
        schedule_expression: str | None = None,
        statistics_s3_uri: str | None = None,
        constraints_s3_uri: str | None = None,
        monitoring_inputs: Sequence[Document] | None = None,
        monitoring_output_config: Document | None = None,
        instance_count: Any = None,
        instance_type: Any = None,
        volume_size_in_gb: Any = None,
        volume_kms_key: Any = None,
        image_uri: Any = None,
        entrypoint: Sequence[Any] | None = None,
        arguments: Sequence[Any] | None = None,
        record_preprocessor_source_uri: str | None = None,
        post_analytics_processor_source_uri: str | None = None,
        max_runtime_in_seconds: Any = None,
        environment: Mapping[str, Any] | None = None,
        network_config: Document | None = None,
        role_arn: str | None = None,
        data_analysis_start_time: Any = None,
        data_analysis_end_time: Any = None,
    ) -> None:
        """Change a schedule of a job that stands in it itself; what is left out stays.

        Raises:
            ValueError: A single run lacks the times of its data.
        """
        config = self.describe_monitoring_schedule(monitoring_schedule_name)["MonitoringScheduleConfig"]
        schedule = _changed_schedule(
            config.get("ScheduleConfig"), schedule_expression, data_analysis_start_time, data_analysis_end_time
        )
        was, output = config["MonitoringJobDefinition"], monitoring_output_config or {}
        network = network_config or was.get("NetworkConfig")
        job = Monitoring(
            image_uri=image_uri,
            role=role_arn or was["RoleArn"],
            job_input=monitoring_inputs[0] if monitoring_inputs else None,
            outputs=output.get("MonitoringOutputs"),
            output_kms_key=output.get("KmsKeyId"),
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_gib=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            max_runtime_s=max_runtime_in_seconds,
            environment=environment or None,
            network=with_nested(network, [ENCRYPTION], self, f"{JOB}.NetworkConfig.{ENCRYPTION}"),
            preprocessor_uri=record_preprocessor_source_uri,
            postprocessor_uri=post_analytics_processor_source_uri,
            constraints_uri=constraints_s3_uri,
            statistics_uri=statistics_s3_uri,
            entrypoint=entrypoint,
            arguments=arguments,
        )
        definition = {"MonitoringJobDefinition": changed_definition(was, job)}
        self._update_schedule(
            monitoring_schedule_name, {**definition, "ScheduleConfig": schedule} if schedule else definition
        )

    def describe_monitoring_schedule(self, monitoring_schedule_name: str) -> Document:
        """Return `DescribeMonitoringSchedule`'s answer."""
        return dict(self.sagemaker_client.describe_monitoring_schedule(MonitoringScheduleName=monitoring_schedule_name))

    def start_monitoring_schedule(self, monitoring_schedule_name: str) -> None:
        """Let a schedule go on that was stopped."""
        logger.info("Starting Monitoring Schedule with name: %s", monitoring_schedule_name)
        self.sagemaker_client.start_monitoring_schedule(MonitoringScheduleName=monitoring_schedule_name)

    def stop_monitoring_schedule(self, monitoring_schedule_name: str) -> None:
        """Stop a schedule: it starts no jobs any more."""
        logger.info("Stopping Monitoring Schedule with name: %s", monitoring_schedule_name)
        self.sagemaker_client.stop_monitoring_schedule(MonitoringScheduleName=monitoring_schedule_name)

    def delete_monitoring_schedule(self, monitoring_schedule_name: str) -> None:
        """Delete a schedule."""
        logger.info("Deleting Monitoring Schedule with name: %s", monitoring_schedule_name)
        self.sagemaker_client.delete_monitoring_schedule(MonitoringScheduleName=monitoring_schedule_name)

    def list_monitoring_executions(
        self,
        monitoring_schedule_name: str,
        sort_by: str = "ScheduledTime",
        sort_order: str = "Descending",
        max_results: int = 100,
    ) -> Document:
        """Return `ListMonitoringExecutions`' answer for a schedule."""
        return dict(
            self.sagemaker_client.list_monitoring_executions(
                MonitoringScheduleName=monitoring_schedule_name,
                SortBy=sort_by,
                SortOrder=sort_order,
                MaxResults=max_results,
            )
        )

    def update_monitoring_alert(
        self,
        monitoring_schedule_name: str,
        monitoring_alert_name: str,
        data_points_to_alert: int,
        evaluation_period: int,
    ) -> Document:
        """Change when an alert is raised: after so many violations among so many runs."""
        return dict(
            self.sagemaker_client.update_monitoring_alert(
                MonitoringScheduleName=monitoring_schedule_name,
                MonitoringAlertName=monitoring_alert_name,
                DatapointsToAlert=data_points_to_alert,
                EvaluationPeriod=evaluation_period,
            )
        )

    def list_monitoring_alerts(
        self, monitoring_schedule_name: str, next_token: str | None = None, max_results: int | None = 10
    ) -> Document:
        """Return `ListMonitoringAlerts`' answer for a schedule."""
        more = {"NextToken": next_token} if next_token else {}
        return dict(
            self.sagemaker_client.list_monitoring_alerts(
                MonitoringScheduleName=monitoring_schedule_name, MaxResults=max_results, **more
            )
        )

    def list_monitoring_alert_history(
        self,
        monitoring_schedule_name: str | None = None,
        monitoring_alert_name: str | None = None,
        sort_by: str | None = "CreationTime",
        sort_order: str | None = "Descending",
        next_token: str | None = None,
        max_results: int | None = 10,
        creation_time_before: Any = None,
        creation_time_after: Any = None,
        status_equals: str | None = None,
    ) -> Document:
        """Return `ListMonitoringAlertHistory`'s answer."""
        members = {
            "MonitoringScheduleName": monitoring_schedule_name,
            "MonitoringAlertName": monitoring_alert_name,
            "SortBy": sort_by,
            "SortOrder": sort_order,
            "MaxResults": max_results,
            "CreationTimeBefore": creation_time_before,
            "CreationTimeAfter": creation_time_after,
            "StatusEquals": status_equals,
            "NextToken": next_token,
        }
        given = {name: value for name, value in members.items() if value}
        return dict(self.sagemaker_client.list_monitoring_alert_history(**given))

    def _create_schedule(self, name: str, config: Document, tags: Sequence[Document] | None) -> None:
        logger.info("Creating monitoring schedule name %s.", name)
        targets.announce(cast("Session", self)._place())
        request: Document = {"MonitoringScheduleName": name, "MonitoringScheduleConfig": config}
        self._send("create_monitoring_schedule", request if tags is None else {**request, "Tags": tags})

    def _update_schedule(self, name: str, config: Document) -> None:
        logger.info("Updating monitoring schedule with name: %s .", name)
        self.sagemaker_client.update_monitoring_schedule(MonitoringScheduleName=name, MonitoringScheduleConfig=config)


def _changed_schedule(was: Document | None, expression: str | None, start: Any, end: Any) -> Document | None:
    """Return `ScheduleConfig` with what is changed.

    Raises:
        ValueError: A single run lacks the times of its data.
    """
    old = was or {}
    found = schedule_document(
        expression or old.get("ScheduleExpression"),
        start or old.get("DataAnalysisStartTime"),
        end or old.get("DataAnalysisEndTime"),
    )
    if found and found["ScheduleExpression"] == "NOW" and len(found) < 3:
        raise ValueError(ONE_TIME)
    return found
