"""The door of a variant: whether, and when, it takes a request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.parts import Parts


@contextlib.contextmanager
def admitted(parts: Parts, record: Record, variant: Mapping[str, Any]) -> Iterator[None]:
    """Hold a place among a variant's requests while one is answered.

    Instances take as many as come; a serverless variant has slots, and a server only while it is in use.

    Args:
        record: The endpoint's.

    Raises:
        ApiError: `ThrottlingException`: a serverless variant has no slot left. `ModelError`: its server does not come
            up.
    """
    if not variant.get("serverless"):
        yield
        return
    from sagewright.engine.hosting import serverless  # few endpoints are

    with serverless.admitted(parts, record, variant):
        yield
