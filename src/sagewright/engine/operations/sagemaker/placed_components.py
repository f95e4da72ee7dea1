"""The inference components that are on an endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sagewright.engine.abc import Query, Record
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import validation_error

KIND = "inference-component"


def placed_components(parts: Parts, scope: str, endpoint: str) -> Iterator[Record]:
    """Yield the records of the components on an endpoint."""
    token: str | None = None
    while True:
        page = parts.state.list(Query(KIND, scope=scope, limit=1000, after=token))
        yield from (record for record in page.records if record.body["request"]["EndpointName"] == endpoint)
        token = page.next_token
        if token is None:
            return


def take_down_components(parts: Parts, scope: str, endpoint: str) -> None:
    """Begin to take all components of an endpoint down.

    Raises:
        ApiError: `ValidationException`: some are being made or changed.
        VersionConflict: One has changed meanwhile.
    """
    placed = [r for r in placed_components(parts, scope, endpoint) if r.body["endpoint_status"] != "Deleting"]
    busy = [record.name for record in placed if "Deleting" not in lifecycle.MOVES[record.body["endpoint_status"]]]
    if busy:
        raise validation_error(
            f"Endpoint `{endpoint}` has inference components that are being made or changed: {', '.join(busy)}."
        )
    for record in placed:
        body = lifecycle.move(record.body, "Deleting")
        parts.state.put(replace(record, body=body, status="Deleting", queue="active"), expected_version=record.version)
