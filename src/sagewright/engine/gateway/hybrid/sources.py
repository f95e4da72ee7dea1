"""Queues that feed functions: each message wakes the steward, which receives batches and invokes (`delivering.py`)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaBackend
from moto.sqs.models import Queue

from sagewright.engine.gateway.hybrid import backends, pending, sharing, store
from sagewright.vocabulary.arns import Arn, parse_arn
from sagewright.vocabulary.errors import ApiError


@dataclass(frozen=True)
class _Batch:
    """Messages that were received for a function."""

    function: str
    records: Sequence[dict[str, Any]]
    hidden_s: float


def take_over() -> None:
    """Let moto's queues wake the steward, where moto would run functions in docker."""
    queue: Any = Queue
    queue.add_message = _adding(Queue.add_message)
    backend: Any = LambdaBackend
    backend.create_event_source_mapping = _creating(LambdaBackend.create_event_source_mapping)
    backend.update_event_source_mapping = _updating(LambdaBackend.update_event_source_mapping)


def feed(home: Path, queue: str, mapping: str) -> None:
    """Invoke a function with what is in its queue, batch by batch, until the queue is empty.

    A batch that was processed is deleted; one that has failed comes into sight again when its time is up.
    """
    from sagewright.engine.gateway.hybrid.functions.invoking import invoke

    arn = parse_arn(queue)
    while (batch := sharing.work_on(home, lambda _: _receive(arn, mapping))) is not None:
        try:
            failed = invoke(home, batch.function, json.dumps({"Records": batch.records}).encode()).failed
        except ApiError:
            failed = True
        if failed:
            due_at = time.time() + batch.hidden_s
            work = _work(queue, mapping)
            store.database_of(home).write(lambda connection, at=due_at, w=work: pending.add(connection, w, at))  # type: ignore[misc]
            continue
        handles = [record["receiptHandle"] for record in batch.records]
        sharing.work_on(home, lambda _, handles=handles: _delete(arn, handles))  # type: ignore[misc]


def _adding(add: Any) -> Any:
    def add_and_wake(self: Any, message: Any) -> None:
        mappings, self.lambda_event_source_mappings = self.lambda_event_source_mappings, {}
        try:
            add(self, message)
        finally:
            self.lambda_event_source_mappings = mappings
        if mappings:
            due_at = max(message.delayed_until / 1000, time.time())
            _wake(parse_arn(self.queue_arn), due_at)

    return add_and_wake


def _creating(create: Any) -> Any:
    def create_and_wake(self: Any, spec: dict[str, Any]) -> Any:
        mapping = create(self, spec)
        _wake(parse_arn(mapping.event_source_arn), time.time())
        return mapping

    return create_and_wake


def _updating(update: Any) -> Any:
    def update_and_wake(self: Any, uuid: str, spec: dict[str, Any]) -> Any:
        mapping = update(self, uuid, spec)
        if mapping is not None:
            _wake(parse_arn(mapping.event_source_arn), time.time())
        return mapping

    return update_and_wake


def _wake(queue: Arn, due_at: float) -> None:
    connection, _ = sharing.under_way()
    backend: Any = backends.backend_of(("lambda", queue.account, queue.region))
    for mapping in backend._event_source_mappings.values():
        if mapping.event_source_arn == str(queue) and mapping.enabled:
            pending.add(connection, _work(str(queue), mapping.uuid), due_at)
            sharing.ring_afterwards()


def _work(queue: str, mapping: str) -> dict[str, Any]:
    return {"kind": "source", "queue": queue, "mapping": mapping}


def _receive(queue: Arn, mapping_id: str) -> _Batch | None:
    functions: Any = backends.backend_of(("lambda", queue.account, queue.region))
    mapping = functions._event_source_mappings.get(mapping_id)
    queues: Any = backends.backend_of(("sqs", queue.account, queue.region))
    known = queues.queues.get(queue.resource)
    if mapping is None or not mapping.enabled or known is None:
        return None
    hidden_s = float(known.visibility_timeout)
    messages = queues.receive_message(queue.resource, min(mapping.batch_size, 10), 0, int(hidden_s))
    records = [_record(message, queue) for message in messages]
    return _Batch(mapping.function_arn, records, hidden_s) if records else None


def _record(message: Any, queue: Arn) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "SequenceNumber": message.sequence_number,
    }
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {name: value for name, value in attributes.items() if value is not None},
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": str(queue),
        "awsRegion": queue.region,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if value.get("StringValue") is not None:
        made["stringValue"] = str(value["StringValue"])
    if value.get("BinaryValue") is not None:
        data = value["BinaryValue"]
        made["binaryValue"] = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return made


def _delete(queue: Arn, handles: Sequence[str]) -> None:
    queues: Any = backends.backend_of(("sqs", queue.account, queue.region))
    for handle in handles:
        queues.delete_message(queue.resource, handle)
