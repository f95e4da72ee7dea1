"""Messages of the engine itself to topics of SNS, which moto delivers to their subscribers, and to functions."""

from __future__ import annotations

import logging
from pathlib import Path

from sagewright.engine.gateway.hybrid.deliveries import send

log = logging.getLogger(__name__)


def publish(home: Path, target: str, subject: str, message: str) -> bool:
    """Send a message to a topic or a function, or say in the log why that is impossible; tell whether it was sent.

    Args:
        target: Its ARN.
        subject: At most 100 characters; empty for none.
    """
    try:
        send(home, target, subject, [message])
    except Exception as error:  # noqa: BLE001 - a message that nobody gets must not stop who sends it
        log.warning("no message to %s: %s", target, error or type(error).__name__)
        return False
    return True
