"""moto's backends: what holds the state of one service for an account and a region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import moto.backends
from moto.core.base_backend import BackendDict, BaseBackend

from sagewright.engine.gateway.hybrid.buckets import Regions

Key = tuple[str, str, str]  # service, account, region


def watch(touched: Callable[[str], None]) -> None:
    """Call `touched` with a service's name before its backends are used, from now on; of S3, give ours."""
    get = getattr(BackendDict.__getitem__, "unwatched", BackendDict.__getitem__)

    def touch_and_get(self: Any, account: str) -> Any:
        if self.service_name == "s3":
            return Regions()
        touched(self.service_name)
        return get(self, account)

    touch_and_get.unwatched = get  # type: ignore[attr-defined]
    BackendDict.__getitem__ = touch_and_get  # type: ignore[method-assign]


def live(service: str) -> dict[tuple[str, str], BaseBackend]:
    """Return a service's backends that are in use, by account and region."""
    return {
        (account, region): backend
        for backends in BackendDict._instances  # type: ignore[misc]
        if backends.service_name == service
        for account, regions in backends.items()
        for region, backend in regions.items()
    }


def backend_of(key: Key) -> BaseBackend:
    """Return a backend, making it where it is not in use yet."""
    service, account, region = key
    found: BaseBackend = moto.backends.get_backend(service)[account][region]  # type: ignore[call-overload]
    return found


def keys() -> dict[int, Key]:
    """Return the keys of the backends in use by the ids of the objects."""
    return {
        id(backend): (backends.service_name, account, region)
        for backends in BackendDict._instances  # type: ignore[misc]
        for account, regions in backends.items()
        for region, backend in regions.items()
    }


def forget() -> None:
    """Empty moto."""
    BackendDict.reset()
