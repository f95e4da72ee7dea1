"""How long the queues of asynchronous endpoints are, and how their invocations end, as metrics (`contract.md` 2.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone

from sagewright.engine.abc import Datum, LogEvent, Query, Record
from sagewright.engine.operations.runtime.async_invocations import KIND
from sagewright.engine.parts import Parts
from sagewright.engine.planning.serving import log_group, log_stream
from sagewright.engine.steward import async_notices
from sagewright.engine.steward.alarms import Publish
from sagewright.engine.steward.leases import ACTIVE

NAMESPACE = "AWS/SageMaker"
NOTICE = "async-notice"  # a record for each endpoint whose topics have got their trial message
REPORTS_A_MINUTE = 4


class Backlog:
    """Measures the queues, and greets the topics of endpoints that have come into service.

    Args:
        minute_s: Seconds that count as a minute of the metrics that auto scaling reads.
    """

    def __init__(self, parts: Parts, minute_s: float, publish: Publish) -> None:
        self._parts, self._publish, self._every_s = parts, publish, minute_s / REPORTS_A_MINUTE
        self._next_report = 0.0
        self._greeted: set[tuple[str, str, float]] = set()
        self._forget_gone()

    def is_due(self) -> bool:
        return self._parts.clock.now() >= self._next_report

    def report(self, endpoints: Iterable[Record]) -> None:
        """Write the metrics of the endpoints, if it is time to."""
        if not self.is_due():
            return
        now = self._parts.clock.now()
        self._next_report = now + self._every_s
        data = [datum for endpoint in endpoints for datum in self._measure(endpoint, now)]
        if data:
            self._parts.metrics.put(data)
        for endpoint in endpoints:
            if endpoint.body["endpoint_status"] == "InService":
                self._greet(endpoint, now)

    def _measure(self, endpoint: Record, now: float) -> list[Datum]:
        query = Query(KIND, endpoint.scope, name_prefix=f"{endpoint.name}/", queue=ACTIVE, limit=1)
        size = self._parts.state.count(query)
        instances = sum(
            1 for given in endpoint.body["instances"].values() for instance in given if instance.get("addresses")
        )
        oldest = self._parts.state.list(query).records if size else ()
        values = {
            "ApproximateBacklogSize": size,
            "ApproximateBacklogSizePerInstance": size / max(1, instances),
            "HasBacklogWithoutCapacity": int(size > 0 and instances == 0),
            "ApproximateAgeOfOldestRequest": max((now - record.created_at for record in oldest), default=0.0),
        }
        dimensions = {"EndpointName": endpoint.name}
        return [Datum(NAMESPACE, name, dimensions, now, float(value)) for name, value in values.items()]

    def _greet(self, endpoint: Record, now: float) -> None:
        key = (endpoint.scope, endpoint.name, endpoint.created_at)
        topics = async_notices.topics_of(endpoint.body["config"]["AsyncInferenceConfig"])
        if not topics or key in self._greeted:
            return
        self._greeted.add(key)
        name = f"{endpoint.name}/{endpoint.created_at}"
        if self._parts.state.get(NOTICE, endpoint.scope, name) is None:
            message = json.dumps(async_notices.trial(endpoint.scope.partition("/")[2], now))
            for topic in topics:
                self._publish(topic, "", message)
            self._parts.state.put(Record(NOTICE, endpoint.scope, name, {}), expected_version=0)

    def _forget_gone(self) -> None:
        for record in self._parts.state.list(Query(NOTICE, limit=1000)).records:
            name, _, created_at = record.name.rpartition("/")
            endpoint = self._parts.state.get("endpoint", record.scope, name)
            if endpoint is None or str(endpoint.created_at) != created_at:
                self._parts.state.delete(NOTICE, record.scope, record.name)


def count_end(parts: Parts, record: Record, variant: str, began: float, *, failed: bool) -> None:
    """Write down that an invocation has come to its end, and how long it took (milliseconds)."""
    now = parts.clock.now()
    dimensions = {"EndpointName": record.body["endpoint"], "VariantName": variant}
    values = {
        "InvocationFailures" if failed else "InvocationsProcessed": (1.0, "Count"),
        "TimeInBacklog": ((began - record.body["received_at"]) * 1000, "Milliseconds"),
        "TotalProcessingTime": ((now - record.body["received_at"]) * 1000, "Milliseconds"),
    }
    parts.metrics.put([Datum(NAMESPACE, name, dimensions, now, *value) for name, value in values.items()])


def note_failure(parts: Parts, record: Record, variant: str, execution_id: str, reason: str) -> None:
    """Write the reason of a failure into the instance's `data-log`, where the service does."""
    now = parts.clock.now()
    at = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    line = f"{at}:[sagemaker logs] [{record.body['inference_id']}] {reason}"
    stream = f"{log_stream(variant, execution_id)}/data-log"
    parts.logs.append(log_group(record.body["endpoint"]), stream, [LogEvent(int(now * 1000), line)])
