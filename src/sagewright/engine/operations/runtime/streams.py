"""InvokeEndpointWithResponseStream: the answer as it comes (`contract.md` 2.6)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from sagewright import settings
from sagewright.engine.hosting import faults
from sagewright.engine.hosting.admission import admitted
from sagewright.engine.hosting.asking import Instance, Invocation, asked_instance
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.hosting.delivery import occupied
from sagewright.engine.hosting.http import Broken, Reply, TimedOut
from sagewright.engine.hosting.meters import Meter, counted
from sagewright.engine.operations.runtime.asked import Asked, ask_until_settled, invocation_of, meter_of
from sagewright.engine.operations.runtime.captures import Captured, capturing
from sagewright.engine.operations.runtime.errors import refused
from sagewright.engine.operations.runtime.exchanges import exchanged
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

STREAM_TIMES = 8  # a stream may take so many times as long as an answer in one piece: 8 minutes


def invoke_endpoint_with_response_stream(parts: Parts, caller: Caller, params: Params) -> Result:
    """Ask a served model, and return its answer as the parts in which it comes.

    `Body` yields `{"PayloadPart": {"Bytes": ...}}`, ends with an `ApiError` where the model breaks off, and is closed
    by whoever reads it.

    Raises:
        ApiError: As `InvokeEndpoint`.
    """
    invocation = invocation_of(params)
    return ask_until_settled(parts, caller, params, lambda asked: _open(parts, caller, asked, invocation))


def _open(parts: Parts, caller: Caller, asked: Asked, invocation: Invocation) -> Result:
    if asked.serving.mode == "MultiModel":
        raise refused(
            f"Endpoint {asked.serving.endpoint} is a multi-model endpoint and does not support response streams."
        )
    container = asked.serving.last_asked(invocation)
    with contextlib.ExitStack() as stack:
        captured = stack.enter_context(capturing(parts, asked, invocation))
        meter = stack.enter_context(counted(meter_of(parts, asked)))
        stack.enter_context(admitted(parts, asked.record, asked.variant))

        def send(instance: Instance) -> Reply:
            with contextlib.ExitStack() as trial:
                trial.enter_context(occupied(parts, instance))
                reply = trial.enter_context(asked_instance(asked.serving, instance, invocation))
                stack.enter_context(trial.pop_all())
                return reply

        reply = exchanged(parts, caller, asked, container, meter, send)
        body = _Parts(reply, container, meter, captured, stack.pop_all())
    return {
        "Body": body,
        "ContentType": reply.headers.get("content-type"),
        "CustomAttributes": reply.headers.get("x-amzn-sagemaker-custom-attributes"),
        "InvokedProductionVariant": asked.name,
    }


class _Parts:
    """The parts of an answer. What the stream holds is given back at its end, or when it is closed."""

    def __init__(
        self, reply: Reply, container: str, meter: Meter, captured: Captured, held: contextlib.ExitStack
    ) -> None:
        self._reply, self._container, self._meter, self._captured, self._held = reply, container, meter, captured, held
        self._read: list[bytes] = []
        self._pieces = reply.pieces(time.monotonic() + STREAM_TIMES * settings.INVOCATION_S.read())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        try:
            with self._meter.asking():
                piece = next(self._pieces)
        except StopIteration:
            self.close()
            raise
        except TimedOut:
            raise self._end("ModelInvocationTimeExceeded", faults.timed_out(self._container).text) from None
        except Broken:
            text = f"The connection to container {self._container} was closed before the end of its response."
            raise self._end("StreamBroken", text) from None
        if self._captured.wanted:
            self._read.append(piece)
        return {"PayloadPart": {"Bytes": piece}}

    def close(self) -> None:
        self._pieces.close()
        self._captured.answer = Answer(self._reply.status, self._reply.headers, b"".join(self._read))
        self._held.close()

    def _end(self, code: str, message: str) -> ApiError:
        error = ApiError("ModelStreamError", message, members={"ErrorCode": code})
        with contextlib.suppress(ApiError):
            self._held.__exit__(ApiError, error, None)
        return error
