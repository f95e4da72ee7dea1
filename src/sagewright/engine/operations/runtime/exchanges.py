"""One exchange with whatever answers, and the errors it ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.asking import Instance
from sagewright.engine.hosting.delivery import NoServer, deliver
from sagewright.engine.hosting.http import Broken
from sagewright.engine.hosting.meters import Meter
from sagewright.engine.hosting.routing import strategy_of
from sagewright.engine.operations.runtime.asked import Asked
from sagewright.engine.operations.runtime.errors import model_error
from sagewright.engine.parts import Caller, Parts
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
    endpoint = asked.record.name

    def measured(instance: Instance) -> T:
        with meter.asking():
            return send(instance)

    try:
        return deliver(parts, asked.look, measured, strategy=strategy_of(asked.variant), wanted=asked.wanted)
    except Broken:
        raise model_error(caller, endpoint, faults.gone(container, endpoint)) from None
    except faults.ModelFault as fault:
        raise model_error(caller, endpoint, fault) from None
    except NoServer:
        raise ApiError("ServiceUnavailable", f"No server of variant {asked.name} answers.", 503) from None
