"""Nothing that moto does leaves the machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_closed = threading.local()


@contextmanager
def closed() -> Iterator[None]:
    """Let nothing in the block send over the network with `requests`, which moto delivers with."""
    _guard()
    _closed.depth = getattr(_closed, "depth", 0) + 1
    try:
        yield
    finally:
        _closed.depth -= 1


def _guard() -> None:
    import requests.adapters

    send = requests.adapters.HTTPAdapter.send
    if getattr(send, "guarded", False):
        return

    def send_outside(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(_closed, "depth", 0):
            raise requests.exceptions.ConnectionError(
                f"{request.url}: nothing leaves the machine on the target `local`"
            )
        return send(self, request, *args, **kwargs)

    send_outside.guarded = True  # type: ignore[attr-defined]
    requests.adapters.HTTPAdapter.send = send_outside  # type: ignore[method-assign]
