"""The access log: one line per request, of JSON or for people. No queries, which may hold signatures; no bodies."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TextIO

from sagewright.engine.gateway.mounts.asgi import Answered

Log = Callable[[Answered], None]

FORMATS = ("json", "text", "none")

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def access_log(format_: str, stream: TextIO | None = None) -> Log:
    """Return what writes the log in one of `FORMATS`, to stderr."""
    out = stream or sys.stderr
    if format_ == "none":
        return lambda answered: None
    line = _as_json if format_ == "json" else _as_text

    def write(answered: Answered) -> None:
        try:
            out.write(line(facts_of(answered)) + "\n")
            out.flush()
        except (OSError, ValueError):  # nobody reads any more: no reason to answer nothing
            pass

    return write


def facts_of(answered: Answered) -> dict[str, Any]:
    """Return what is logged of a request; what is unknown is left out."""
    exchange = answered.exchange
    request = exchange.request
    facts = {
        "time": datetime.fromtimestamp(answered.began_at, timezone.utc).isoformat(timespec="milliseconds"),
        "peer": request.peer.address if request.peer else "",
        "method": request.method,
        "path": request.path[:1024],
        "operation": f"{request.service}:{request.operation}" if request.service else "",
        "status": answered.status,
        "duration_ms": round(1000 * answered.duration_s, 2),
        "received_bytes": answered.received_bytes,
        "sent_bytes": answered.sent_bytes,
        "caller": exchange.caller.arn if exchange.caller else "",
        "request_id": exchange.request_id,
        "user_agent": (request.headers.get("user-agent") or "")[:256],
    }
    if not answered.complete:
        facts["aborted"] = True
    return {name: value for name, value in facts.items() if value != ""}


def _as_json(facts: dict[str, Any]) -> str:
    return _ENCODER.encode(facts)


def _as_text(facts: dict[str, Any]) -> str:
    path = json.dumps(facts["path"])[1:-1]  # control characters would break the line
    return (
        f"{facts['time']} {facts.get('peer', '-')} {facts['method']} {path} {facts.get('operation', '-')} "
        f"{facts['status']} {facts['duration_ms']} ms {facts.get('caller', '-')}{' aborted' * ('aborted' in facts)}"
    )
