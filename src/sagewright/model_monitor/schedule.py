"""What can be done with a monitor's schedule once there is one: its runs, results and alerts."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sagewright.following import Pace
from sagewright.model_monitor.executions import MonitoringExecution
from sagewright.model_monitor.monitoring_alert import (
    MonitoringAlertHistorySummary,
    MonitoringAlertSummary,
    alert_of,
    change_of,
)
from sagewright.model_monitor.monitoring_files import ConstraintViolations, Statistics

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

LONGEST_CHANGE_S = 180  # of a schedule's status
POLL_S = 5


class ScheduleCalls:
    """The part of a monitor that concerns its schedule."""

    sagemaker_session: Session
    monitoring_schedule_name: str | None
    job_definition_name: str | None

    def start_monitoring_schedule(self) -> None:
        """Let the schedule go on that was stopped; return when it does."""
        self.sagemaker_session.start_monitoring_schedule(monitoring_schedule_name=self._schedule())
        self._wait_for_schedule_changes_to_apply()

    def stop_monitoring_schedule(self) -> None:
        """Stop the schedule; return when it has."""
        self.sagemaker_session.stop_monitoring_schedule(monitoring_schedule_name=self._schedule())
        self._wait_for_schedule_changes_to_apply()

    def delete_monitoring_schedule(self) -> None:
        """Delete the schedule."""
        from botocore.exceptions import ClientError

        self.sagemaker_session.delete_monitoring_schedule(monitoring_schedule_name=self._schedule())
        if self.job_definition_name is not None:
            try:
                self._wait_for_schedule_changes_to_apply()
            except ClientError as error:  # it is gone already
                if error.response["Error"]["Code"] != "ResourceNotFound":
                    raise
        self.monitoring_schedule_name = None

    def describe_schedule(self) -> Document:
        """Return `DescribeMonitoringSchedule`'s answer."""
        return self.sagemaker_session.describe_monitoring_schedule(monitoring_schedule_name=self._schedule())

    def list_executions(self) -> list[MonitoringExecution]:
        """Return the runs of the schedule, the latest last."""
        runs = self._runs()
        if not runs:
            logger.warning("The schedule %s has had no runs yet.", self.monitoring_schedule_name)
        arns = [run["ProcessingJobArn"] for run in runs if run.get("ProcessingJobArn") is not None]
        found = [MonitoringExecution.from_processing_arn(self.sagemaker_session, arn) for arn in arns]
        return found[::-1]

    def get_latest_execution_logs(self, wait: bool = False) -> None:
        """Print the log of the latest run; with `wait` until it has ended.

        Raises:
            ValueError: There is no run, or it has no job.
        """
        runs = self._runs()
        if not runs:
            raise ValueError("No execution jobs were kicked off.")
        if "ProcessingJobArn" not in runs[0]:
            raise ValueError("Processing Job did not run for the last execution")
        name = runs[0]["ProcessingJobArn"].rpartition("/")[2]
        self.sagemaker_session.logs_for_processing_job(job_name=name, wait=wait)

    def latest_monitoring_statistics(self, file_name: str = Statistics.file_name) -> Statistics | None:
        """Return what the latest run has found of the data; None: there is none.

        Raises:
            UnexpectedStatusException: It has not completed.
        """
        runs = self.list_executions()
        return runs[-1].statistics(file_name=file_name) if runs else None

    def latest_monitoring_constraint_violations(
        self, file_name: str = ConstraintViolations.file_name
    ) -> ConstraintViolations | None:
        """Return where the data of the latest run did not look as they have to; None: there is no run.

        Raises:
            UnexpectedStatusException: It has not completed.
        """
        runs = self.list_executions()
        return runs[-1].constraint_violations(file_name=file_name) if runs else None

    def update_monitoring_alert(
        self, monitoring_alert_name: str, data_points_to_alert: int | None, evaluation_period: int | None
    ) -> None:
        """Change when an alert is raised: after so many violations among so many runs.

        Raises:
            ValueError: There is no schedule, or nothing to change.
        """
        if self.monitoring_schedule_name is None:
            raise ValueError("Nothing to update, please create a schedule first.")
        if not data_points_to_alert and not evaluation_period:
            raise ValueError("Got no alert property to update.")
        self.sagemaker_session.update_monitoring_alert(
            monitoring_schedule_name=self.monitoring_schedule_name,
            monitoring_alert_name=monitoring_alert_name,
            data_points_to_alert=data_points_to_alert,  # type: ignore[arg-type]  # the service has its say
            evaluation_period=evaluation_period,  # type: ignore[arg-type]
        )

    def list_monitoring_alerts(
        self, next_token: str | None = None, max_results: int | None = 10
    ) -> tuple[list[MonitoringAlertSummary], str | None]:
        """Return a page of the schedule's alerts, and the token of the next."""
        if self.monitoring_schedule_name is None:
            logger.warning("There is no schedule yet, and so there are no alerts.")
            return [], None
        page = self.sagemaker_session.list_monitoring_alerts(
            monitoring_schedule_name=self.monitoring_schedule_name, next_token=next_token, max_results=max_results
        )
        return [alert_of(alert) for alert in page["MonitoringAlertSummaries"]], page.get("NextToken")

    def list_monitoring_alert_history(
        self,
        monitoring_alert_name: str | None = None,
        sort_by: str | None = "CreationTime",
        sort_order: str | None = "Descending",
        next_token: str | None = None,
        max_results: int | None = 10,
        creation_time_before: Any = None,
        creation_time_after: Any = None,
        status_equals: str | None = None,
    ) -> tuple[list[MonitoringAlertHistorySummary], str | None]:
        """Return a page of the changes of the schedule's alerts, and the token of the next."""
        if self.monitoring_schedule_name is None:
            logger.warning("There is no schedule yet, and so there are no alerts.")
            return [], None
        page = self.sagemaker_session.list_monitoring_alert_history(
            monitoring_schedule_name=self.monitoring_schedule_name,
            monitoring_alert_name=monitoring_alert_name,
            sort_by=sort_by,
            sort_order=sort_order,
            next_token=next_token,
            max_results=max_results,
            status_equals=status_equals,
            creation_time_before=creation_time_before,
            creation_time_after=creation_time_after,
        )
        return [change_of(change) for change in page["MonitoringAlertHistory"]], page.get("NextToken")

    def _schedule(self) -> str:
        return self.monitoring_schedule_name  # type: ignore[return-value]  # botocore refuses None by the member's name

    def _runs(self) -> list[Document]:
        answer = self.sagemaker_session.list_monitoring_executions(monitoring_schedule_name=self._schedule())
        return list(answer["MonitoringExecutionSummaries"])

    def _wait_for_schedule_changes_to_apply(self) -> None:
        """Wait while the schedule is `Pending`.

        Raises:
            TimeoutError: It is still, after three minutes.
        """
        pace = Pace(POLL_S)
        while self.describe_schedule()["MonitoringScheduleStatus"] == "Pending":
            if time.monotonic() - pace.began > LONGEST_CHANGE_S:
                raise TimeoutError(
                    f"The monitoring schedule `{self.monitoring_schedule_name}` has been `Pending` for "
                    f"{LONGEST_CHANGE_S} s.\nhint: `describe_schedule()` tells its status."
                )
            pace.wait()
