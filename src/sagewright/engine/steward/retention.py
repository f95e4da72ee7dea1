"""The steward's sweep: what is too old of logs, metrics and alarms' pasts goes from the disk, once an hour."""

from __future__ import annotations

import logging

from sagewright.engine.abc import NoSuchLog
from sagewright.engine.operations.cloudwatch.alarm_history import KEPT_S, KIND
from sagewright.engine.operations.cloudwatch.alarm_records import records
from sagewright.engine.operations.logs.groups import oldest_kept_ms
from sagewright.engine.parts import Parts

FIRST_S, EACH_S = 30.0, 3600.0

log = logging.getLogger(__name__)


class RetentionReconciler:
    """Sweeps, some time after the steward's start and then again and again. It keeps no steward."""

    kind = "retention"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._due = parts.clock.now() + FIRST_S

    def tick(self) -> bool:
        now = self._parts.clock.now()
        if now >= self._due:
            self._due = now + EACH_S
            self._sweep(now)
        return False

    def _sweep(self, now: float) -> None:
        self._parts.logs.sweep()
        for group in self._parts.logs.groups():
            try:
                oldest_ms = oldest_kept_ms(self._parts, group)
                if oldest_ms is not None and (went := self._parts.logs.expire(group, oldest_ms)):
                    log.info("%s: %d bytes of old events have gone", group, went)
            except NoSuchLog:  # deleted meanwhile
                continue
        if went := self._parts.metrics.sweep(now):
            log.info("%d rows of old metrics have gone", went)
        for record in list(records(self._parts, kind=KIND)):
            if not record.body["items"] or record.body["items"][-1]["at"] < now - KEPT_S:
                self._parts.state.delete(KIND, record.scope, record.name)
