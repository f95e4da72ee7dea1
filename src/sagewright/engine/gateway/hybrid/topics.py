"""Messages of the engine itself to topics of SNS, which moto delivers to their subscribers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from sagewright.vocabulary.arns import parse_arn

log = logging.getLogger(__name__)


def publish(home: Path, topic: str, subject: str, message: str) -> None:
    """Send a message to a topic, or say in the log why that is impossible.

    Args:
        topic: Its ARN.
        subject: At most 100 characters; empty for none.
    """
    try:
        _publish(home, topic, subject, message)
    except Exception as error:  # noqa: BLE001 - a message that nobody gets must not stop who sends it
        log.warning("no message to %s: %s", topic, error)


def _publish(home: Path, topic: str, subject: str, message: str) -> None:
    from sagewright.engine.gateway.hybrid.sharing import work_on

    arn = parse_arn(topic)

    def send(_: object) -> None:
        from moto.backends import get_backend

        backend: Any = get_backend("sns")[arn.account][arn.region]
        backend.publish(message, arn=topic, subject=subject or None)

    work_on(home, send)
