"""One exchange with whatever answers, and the errors it ends with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from sagewright.engine.abc import LogEvent
from sagewright.engine.hosting import faults
from sagewright.engine.hosting.asking import Instance
from sagewright.engine.hosting.delivery import NoServer, deliver
from sagewright.engine.hosting.http import Broken
from sagewright.engine.hosting.meters import Meter
from sagewright.engine.hosting.routing import strategy_of
from sagewright.engine.operations.runtime.asked import Asked
from sagewright.engine.operations.runtime.errors import model_error
from sagewright.engine.parts import Caller, Parts
from sagewright.engine.planning.serving import group_of, log_stream
from sagewright.vocabulary.errors import ApiError

T = TypeVar("T")


def exchanged(
    parts: Parts, caller: Caller, asked: Asked, container: str, meter: Meter, send: Callable[[Instance], T]
) -> T:
    """Bring a request to one of the instances and return what `send` returns.

    Args:
        container: Whose fault it is where a connection breaks.
        send: Asks an instance.

    Raises:
        ApiError: `ModelError` where a container answered with an error or not in time; `ServiceUnavailable` where no
            server came up in time.
    """
    endpoint = asked.serving.endpoint

    def measured(instance: Instance) -> T:
        try:
            with meter.asking():
                return send(instance)
        except Broken:
            fault = faults.gone(container, endpoint)
            _note(parts, asked, instance, fault)
            raise fault from None
        except faults.AnswerFault as fault:
            if not fault.status:
                _note(parts, asked, instance, fault)
            raise

    try:
        return deliver(parts, asked.look, measured, strategy=strategy_of(asked.variant), wanted=asked.wanted)
    except faults.ModelFault as fault:
        raise model_error(caller, group_of(asked.record.name, asked.record.body), fault) from None
    except NoServer:
        raise ApiError("ServiceUnavailable", f"No server of variant {asked.name} answers.", 503) from None


def _note(parts: Parts, asked: Asked, instance: Instance, fault: faults.AnswerFault) -> None:
    """Say in the log of a container that it has not answered: it may be unable to say that itself."""
    stream = log_stream(asked.name, instance["execution_id"])
    if len(asked.serving.containers) > 1:
        stream = f"{stream}/{fault.container}"
    line = f"sagewright: an invocation got no answer. {fault.text}"
    with contextlib.suppress(OSError):  # the disk is full: the caller is told in any case
        parts.logs.append(
            group_of(asked.record.name, asked.record.body), stream, [LogEvent(int(parts.clock.now() * 1000), line)]
        )
