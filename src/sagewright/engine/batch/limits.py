"""How many requests at a time, and how large (`contract.md` 3.2.2). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagewright.engine.batch.splitting import UNLIMITED
from sagewright.engine.planning.batch import Batch

DEFAULT_PAYLOAD_MB = 6
MOST_MB = 100  # of all requests at a time together
MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What is in force: the request's word, else the server's, else the defaults."""

    single: bool = False
    max_payload_mb: int = DEFAULT_PAYLOAD_MB
    max_concurrent: int = 1

    @property
    def max_bytes(self) -> int:
        return self.max_payload_mb * MIB or UNLIMITED

    def __str__(self) -> str:
        strategy = "SINGLE_RECORD" if self.single else "MULTI_RECORD"
        return (
            f"MaxConcurrentTransforms={self.max_concurrent}, MaxPayloadInMB={self.max_payload_mb}, "
            f"BatchStrategy={strategy}"
        )


def limits_of(batch: Batch, server: Mapping[str, Any]) -> Limits:
    """Return the limits of a job.

    What the server's word would exceed the most that may be under way is cut; a job's own numbers were checked.

    Args:
        server: The server's `/execution-parameters`.
    """
    strategy = server.get("BatchStrategy")
    payload = _number(batch.max_payload_mb, server.get("MaxPayloadInMB"), DEFAULT_PAYLOAD_MB, least=0)
    concurrent = _number(batch.max_concurrent or None, server.get("MaxConcurrentTransforms"), 1, least=1)
    if batch.max_payload_mb is None:
        payload = min(payload, MOST_MB // min(concurrent, MOST_MB) if batch.max_concurrent else MOST_MB)
    return Limits(
        single=batch.single if batch.single is not None else strategy == "SINGLE_RECORD",
        max_payload_mb=payload,
        max_concurrent=concurrent if batch.max_concurrent else min(concurrent, max(1, MOST_MB // max(payload, 1))),
    )


def execution_parameters(status: int, body: bytes) -> dict[str, Any]:
    """Return what a server's answer to `GET /execution-parameters` says; it need not have any."""
    if status != 200:
        return {}
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _number(asked: int | None, said: object, default: int, *, least: int) -> int:
    if asked is not None:
        return asked
    return said if isinstance(said, int) and said >= least else default
