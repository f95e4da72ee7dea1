"""Capturing invocations while they are answered (`contract.md` 2.11)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sagewright.engine.hosting.asking import Invocation
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.hosting.delivery import Moved
from sagewright.engine.operations.runtime.asked import Asked
from sagewright.engine.parts import Parts


@dataclass
class Captured:
    """What becomes of an invocation.

    Attributes:
        wanted: It belongs to the sample.
        answer: Set by whoever gets it.
    """

    wanted: bool = False
    answer: Answer | None = None


@contextlib.contextmanager
def capturing(parts: Parts, asked: Asked, invocation: Invocation) -> Iterator[Captured]:
    """Note an invocation down at the end of the block, where it belongs to the sample of its endpoint's.

    One that ends with an error is noted down with what went in.
    """
    captured = Captured()
    config: Mapping[str, Any] = asked.record.body.get("config", {}).get("DataCaptureConfig") or {}
    if not config.get("EnableCapture"):
        yield captured
        return
    from sagewright.engine.hosting.capture.capturing import capture, is_drawn

    if not is_drawn(config):
        yield captured
        return
    captured.wanted, began = True, parts.clock.now()
    try:
        yield captured
    except Moved:
        raise
    except Exception:
        capture(parts, asked.place, config, began, invocation, None)
        raise
    capture(parts, asked.place, config, began, invocation, captured.answer)
