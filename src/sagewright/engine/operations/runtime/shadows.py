"""Copies of requests for shadow variants, whose answers nobody gets (`contract.md` 2.12)."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sagewright.engine.hosting.background import in_background
from sagewright.engine.hosting.delivery import Moved
from sagewright.engine.operations.runtime.asked import Asked, asked_variant
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.errors import ApiError


def copy_to_shadows(parts: Parts, caller: Caller, asked: Asked, send: Callable[[Asked], object]) -> None:
    """Send a share of a production variant's requests to each shadow, in the background.

    Args:
        asked: What the request went to.
        send: Sends it to a shadow.
    """
    for shadow in _drawn(asked):
        in_background(partial(_try, send, asked_variant(parts, caller, asked.record, shadow)))


def _drawn(asked: Asked) -> Iterator[Mapping[str, Any]]:
    """Yield the shadows that get a copy: their share is their weight in relation to the production variant's."""
    for variant in asked.record.body["variants"]:
        if variant.get("shadow") and random.random() * asked.variant["weight"] < variant["weight"]:  # noqa: S311
            yield variant


def _try(send: Callable[[Asked], object], asked: Asked) -> None:
    with contextlib.suppress(ApiError, Moved):  # the metrics have counted it
        send(asked)
