"""Whether topics of SNS, which the library moto serves, can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec


def unreachable(topics: Iterable[str | None]) -> str | None:
    """Return why a message could not be sent to the topics; None: it can, or there are none."""
    topic = next((topic for topic in topics if topic), None)
    if topic is None or find_spec("moto") is not None:
        return None
    return f"The topic `{topic}` needs the library moto.\nhint: pip install 'sagewright[hybrid]'"
