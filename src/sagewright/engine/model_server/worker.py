"""A process that holds a model and answers one request at a time: `python -m sagewright.engine.model_server.worker`.

The front is at the other end of a socket, descriptor 3. SIGTERM is the front's affair: this process ends when the front
has closed the channel, so that it first answers what it has begun.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from sagewright.engine.model_server.channel import (
    ANSWER,
    BEGIN,
    BROKEN,
    END,
    FAILED,
    PIECE,
    READY,
    REQUEST,
    Channel,
    Frame,
    Gone,
)
from sagewright.engine.model_server.wire import Request, Response

DESCRIPTOR = 3
EXITED = 70  # the exit code of a worker whose handler wanted to exit


def main() -> int:
    """Load the model, then answer until the front goes; return the exit code."""
    channel = Channel(socket.socket(fileno=DESCRIPTOR))
    os.set_inheritable(DESCRIPTOR, False)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=False)  # how the front learns where a handler hangs
    signal.signal(signal.SIGTERM, _pass)
    try:
        return _serve(channel)
    except Gone:
        return 0


def _serve(channel: Channel) -> int:
    setup = channel.receive().facts
    service = _load(channel, setup)
    if service is None:
        return 1
    while True:
        frame = channel.receive()
        if frame.kind != REQUEST:  # a stream's cancellation that has come too late
            continue
        try:
            response = _answer(service, frame)
        except SystemExit as error:
            text = f"The handler has called sys.exit({error.code!r}); the worker ends and is replaced."
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
            channel.send(ANSWER, {"status": 500, "content_type": "text/plain"}, text.encode())
            return EXITED
        _send(channel, response)


def _load(channel: Channel, setup: dict[str, Any]) -> Any:
    """Return the loaded service; None: it cannot be loaded, which the log and the front have been told."""
    from sagewright.engine.model_server.handlers import log_failure, readable_trace
    from sagewright.engine.script_mode.faults import ClientFault

    try:
        service = _service(setup)
    except ClientFault as fault:
        sys.stderr.write(f"{fault}\n")
        channel.send(FAILED, {"message": str(fault), "trace": ""})
        return None
    except BaseException as error:  # noqa: BLE001 - whatever the user's code raises as it is imported or loads
        trace = readable_trace(error)
        log_failure(error, trace)
        channel.send(FAILED, {"message": f"{type(error).__name__}: {error}", "trace": trace})
        return None
    parameters = service.handlers.execution_parameters_fn
    channel.send(READY, {"execution_parameters": _parameters(parameters) if parameters else None})
    return service


def _service(setup: dict[str, Any]) -> Any:
    from sagewright.engine.model_server import code as codes
    from sagewright.engine.model_server.frameworks import defaults_of
    from sagewright.engine.model_server.handlers import Service, handlers_of
    from sagewright.engine.script_mode.journal import Journal

    base, model_dir = Path(setup["base"]), Path(setup["model_dir"])
    defaults = defaults_of(setup["framework"])
    code = codes.find_code(base, model_dir, os.environ if defaults.is_named else {})
    codes.settle(code, base, Journal(setup["log_level"], "sagemaker-inference-toolkit"))
    _log_to_stderr(setup["log_level"])
    handlers = handlers_of(codes.import_code(code), defaults)
    service = Service(handlers, setup["model_name"], str(model_dir), setup["default_accept"])
    service.load()
    return service


def _log_to_stderr(level: int) -> None:
    import logging

    logging.basicConfig(format="%(asctime)s %(levelname)s - %(name)s - %(message)s", level=level)


def _parameters(function: Any) -> Any:
    """Return what the user's `execution_parameters_fn` says: a document, as text, or in a response."""
    found = function()
    found = getattr(found, "response", found)
    return found if isinstance(found, dict) else json.loads(found)


def _answer(service: Any, frame: Frame) -> Response:
    facts = frame.facts
    response: Response = service.answer(Request(facts["method"], facts["path"], facts["headers"], frame.body))
    return response


def _send(channel: Channel, response: Response) -> None:
    facts = {"status": response.status, "content_type": response.content_type, "headers": dict(response.headers)}
    if isinstance(response.body, bytes):
        channel.send(ANSWER, facts, response.body)
        return
    channel.send(BEGIN, facts)
    _send_pieces(channel, response.body)


def _send_pieces(channel: Channel, pieces: Iterator[bytes]) -> None:
    from sagewright.engine.model_server.handlers import log_failure, readable_trace

    try:
        for piece in pieces:
            if channel.is_waiting():  # the client has gone, or the front
                channel.receive()
                break
            channel.send(PIECE, body=piece)
    except Gone:
        raise
    except BaseException as error:  # noqa: BLE001 - the border of the user's code
        log_failure(error, readable_trace(error))
        channel.send(BROKEN, {"message": f"{type(error).__name__}: {error}"})
        return
    finally:
        if close := getattr(pieces, "close", None):
            close()
    channel.send(END)


def _pass(_number: int, _frame: FrameType | None) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
