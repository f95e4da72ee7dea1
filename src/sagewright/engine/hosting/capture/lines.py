"""The line that is written of a captured invocation. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

CSV_TYPES = ("text/csv",)
JSON_TYPES = ("application/json",)


@dataclass(frozen=True)
class Side:
    """What went into a model, or came out of it."""

    content_type: str | None
    data: bytes


@dataclass(frozen=True)
class Exchange:
    """An invocation that is over.

    Attributes:
        output: None: the model answered with an error.
        time: When it began, in unix seconds.
    """

    event_id: str
    time: float
    input: Side
    output: Side | None
    inference_id: str | None = None
    custom_attributes: str | None = None


def capture_line(config: Mapping[str, Any], exchange: Exchange) -> str | None:
    """Return a line of JSON with its end; None: the configuration wants nothing of this invocation.

    Args:
        config: The endpoint configuration's `DataCaptureConfig`.
    """
    modes = _modes(config)
    data: dict[str, Any] = {}
    if "Input" in modes:
        data["endpointInput"] = _side(config, exchange.input, "INPUT")
    if "Output" in modes and exchange.output is not None:
        data["endpointOutput"] = _side(config, exchange.output, "OUTPUT")
    if not data:
        return None
    line = {"captureData": data, "eventMetadata": _metadata(exchange), "eventVersion": "0"}
    return json.dumps(line, separators=(",", ":")) + "\n"


def _modes(config: Mapping[str, Any]) -> frozenset[str]:
    named = {str(option["CaptureMode"]) for option in config["CaptureOptions"]}
    return frozenset({"Input", "Output"} if "InputAndOutput" in named else named)


def _side(config: Mapping[str, Any], side: Side, mode: str) -> dict[str, Any]:
    encoding = _encoding(config.get("CaptureContentTypeHeader") or {}, side)
    text = base64.b64encode(side.data).decode() if encoding == "BASE64" else side.data.decode()
    captured = {"observedContentType": side.content_type, "mode": mode, "data": text, "encoding": encoding}
    return {name: value for name, value in captured.items() if value is not None}


def _encoding(header: Mapping[str, Sequence[str]], side: Side) -> str:
    """Return how bytes are written: as text where the configuration lists their type, and they are text."""
    kind = (side.content_type or "").partition(";")[0].strip().lower()
    if not _is_text(side.data):
        return "BASE64"
    if kind in _listed(header, "CsvContentTypes", CSV_TYPES):
        return "CSV"
    return "JSON" if kind in _listed(header, "JsonContentTypes", JSON_TYPES) else "BASE64"


def _listed(header: Mapping[str, Sequence[str]], name: str, default: Sequence[str]) -> frozenset[str]:
    return frozenset(kind.lower() for kind in header.get(name) or default)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _metadata(exchange: Exchange) -> dict[str, Any]:
    moment = datetime.fromtimestamp(exchange.time, tz=timezone.utc)
    metadata: dict[str, Any] = {"eventId": exchange.event_id}
    if exchange.custom_attributes:
        metadata["customAttributes"] = [exchange.custom_attributes]
    if exchange.inference_id:
        metadata["inferenceId"] = exchange.inference_id
    return {**metadata, "inferenceTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
