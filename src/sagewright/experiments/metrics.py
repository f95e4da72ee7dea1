"""Metrics of a run on their way to the service."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

Document = dict[str, Any]

BATCH = 10  # metrics of a request
OLDEST_S, NEWEST_S = 1209600, 7200  # how far from now the service takes times


class Metrics:
    """Collects metrics and sends them by tens.

    Args:
        client: Returns the client, when there is something to be sent.
    """

    def __init__(self, component_name: str, client: Callable[[], Any]) -> None:
        self._name, self._client = component_name, client
        self._waiting: list[Document] = []

    def log(self, name: str, value: Any, timestamp: datetime | float | None, step: int | None) -> None:
        """Take a metric.

        Raises:
            ValueError: Its time is too far from now, or the step is no whole number.
        """
        moment = _seconds(timestamp)
        metric = {"MetricName": name, "Value": float(value), "Timestamp": str(int(moment))}
        if step is not None:
            if not isinstance(step, int):
                raise ValueError("step must be int.")
            metric["Step"] = step
        self._waiting.append(metric)
        if len(self._waiting) >= BATCH:
            self.send()

    def send(self) -> None:
        """Send all that is waiting.

        Raises:
            Exception: The service refuses some.
        """
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            answer = self._client().batch_put_metrics(TrialComponentName=self._name, MetricData=batch)
            errors = answer.get("Errors")
            if errors:
                raise Exception(f'{len(errors)} errors with error code "{errors[0]["Code"]}"')


def _seconds(timestamp: datetime | float | None) -> float:
    now = time.time()
    if timestamp is None:
        return now
    found = timestamp.timestamp() if isinstance(timestamp, datetime) else float(timestamp)
    if not now - OLDEST_S <= found <= now + NEWEST_S:
        raise ValueError(
            f"Supplied timestamp {found:f} is invalid. Timestamps must be between two weeks before and two hours from "
            "now."
        )
    return found
