"""Alerts of monitoring schedules (v2's own path)."""

from __future__ import annotations

from typing import Any


class _Told:
    """Something that the service has told of an alert."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._members() == other._members()

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._members().items())})"

    def _members(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class ModelDashboardIndicatorAction(_Told):
    """Whether the model dashboard shows the alert."""

    __slots__ = ("enabled",)

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled


class MonitoringAlertActions(_Told):
    """What an alert does."""

    __slots__ = ("model_dashboard_indicator",)

    def __init__(self, model_dashboard_indicator: ModelDashboardIndicatorAction) -> None:
        self.model_dashboard_indicator = model_dashboard_indicator


class MonitoringAlertSummary(_Told):
    """An alert of a schedule.

    Attributes:
        data_points_to_alert, evaluation_period: So many violations among so many runs raise it.
    """

    __slots__ = (
        "actions",
        "alert_name",
        "alert_status",
        "creation_time",
        "data_points_to_alert",
        "evaluation_period",
        "last_modified_time",
    )

    def __init__(
        self,
        alert_name: str,
        creation_time: Any,
        last_modified_time: Any,
        alert_status: str,
        data_points_to_alert: int,
        evaluation_period: int,
        actions: MonitoringAlertActions,
    ) -> None:
        self.alert_name, self.alert_status = alert_name, alert_status
        self.creation_time, self.last_modified_time = creation_time, last_modified_time
        self.data_points_to_alert, self.evaluation_period = data_points_to_alert, evaluation_period
        self.actions = actions


class MonitoringAlertHistorySummary(_Told):
    """A change of an alert's status."""

    __slots__ = ("alert_name", "alert_status", "creation_time")

    def __init__(self, alert_name: str, creation_time: Any, alert_status: str) -> None:
        self.alert_name, self.creation_time, self.alert_status = alert_name, creation_time, alert_status


def alert_of(document: dict[str, Any]) -> MonitoringAlertSummary:
    """Return an alert as `ListMonitoringAlerts` tells it."""
    shown = ModelDashboardIndicatorAction(document["Actions"]["ModelDashboardIndicator"]["Enabled"])
    return MonitoringAlertSummary(
        document["MonitoringAlertName"],
        document["CreationTime"],
        document["LastModifiedTime"],
        document["AlertStatus"],
        document["DatapointsToAlert"],
        document["EvaluationPeriod"],
        MonitoringAlertActions(shown),
    )


def change_of(document: dict[str, Any]) -> MonitoringAlertHistorySummary:
    """Return a change as `ListMonitoringAlertHistory` tells it."""
    return MonitoringAlertHistorySummary(
        document["MonitoringAlertName"], document["CreationTime"], document["AlertStatus"]
    )
