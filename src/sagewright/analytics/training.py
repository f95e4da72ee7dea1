"""The metrics of a training job as a table."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sagewright.analytics.table import AnalyticsMetricsBase
from sagewright.api_object import session_or_new
from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

NAMESPACE = "/aws/sagemaker/TrainingJobs"
METRICS_PERIOD_DEFAULT = 60  # seconds


@suggests
class TrainingJobAnalytics(AnalyticsMetricsBase):
    """Fetches the metrics of a training job from CloudWatch.

    Args:
        metric_names: None: all that the job defines.
        start_time, end_time: None: the job's own.
        period: Seconds that a value is the mean of.

    Example:
        >>> from sagewright.analytics import TrainingJobAnalytics
        >>> TrainingJobAnalytics("my-job").name  # doctest: +SKIP
        'my-job'
    """

    CLOUDWATCH_NAMESPACE = NAMESPACE

    def __init__(
        self,
        training_job_name: str,
        metric_names: Sequence[str] | None = None,
        sagemaker_session: Session | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        period: int | None = None,
    ) -> None:
        super().__init__()
        self._session, self._job = session_or_new(sagemaker_session), training_job_name
        self._start, self._end, self._period = start_time, end_time, period or METRICS_PERIOD_DEFAULT
        self._metric_names = list(metric_names) if metric_names else self._defined_metrics()

    def __repr__(self) -> str:
        return f"<sagemaker.TrainingJobAnalytics for {self._job}>"

    @property
    def name(self) -> str:
        """The job's name."""
        return self._job

    def _fetch_dataframe(self) -> Any:
        """Fetch the table: `timestamp` (seconds since the metric's first value), `metric_name`, `value`."""
        import pandas as pd

        rows = [row for name in self._metric_names for row in self._rows(name)]
        return pd.DataFrame(rows, columns=["timestamp", "metric_name", "value"])

    def _defined_metrics(self) -> list[str]:
        definitions = self._session.describe_training_job(self._job)["AlgorithmSpecification"].get("MetricDefinitions")
        return [definition["Name"] for definition in definitions or []]

    def _rows(self, metric: str) -> list[tuple[float, str, float]]:
        start, end = self._interval()
        answer = self._session.cloudwatch_client.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=metric,
            Dimensions=[{"Name": "TrainingJobName", "Value": self._job}],
            StartTime=start,
            EndTime=end,
            Period=self._period,
            Statistics=["Average"],
        )
        points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
        if not points:
            logger.warning("Warning: No metrics called %s found", metric)
            return []
        first = points[0]["Timestamp"]
        return [((p["Timestamp"] - first).total_seconds(), metric, p["Average"]) for p in points]

    def _interval(self) -> tuple[datetime, datetime]:
        description = self._session.describe_training_job(self._job)
        start = self._start or description["CreationTime"] - timedelta(minutes=1)
        end = self._end or description.get("TrainingEndTime", datetime.now(start.tzinfo)) + timedelta(minutes=1)
        return start, end
