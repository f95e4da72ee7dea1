"""Monitoring schedules: none can be made yet, so there are none."""

from __future__ import annotations

from typing import Any

from sagewright.engine.parts import Caller, Parts


def list_monitoring_schedules(parts: Parts, caller: Caller, params: dict[str, Any]) -> dict[str, Any]:
    """Return the schedules that there are: `Predictor.list_monitors` asks for an endpoint's."""
    return {"MonitoringScheduleSummaries": []}
