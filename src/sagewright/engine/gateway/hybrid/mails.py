"""Mails as files: what SES is asked to send, and what topics send to addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any


def mail(
    sender: str,
    recipients: Mapping[str, Sequence[str]],
    subject: str,
    bodies: Mapping[str, str],
    *,
    at: float,
    message_id: str,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a mail as it would be sent.

    Args:
        recipients: Of `To`, `Cc` and `Bcc`; those of the last stand in no header.
        bodies: `plain` and `html`, or one of them.
    """
    message = EmailMessage(SMTP)
    message["From"], message["Subject"] = _line(sender), _line(subject)
    for name in ("To", "Cc"):
        if recipients.get(name):
            message[name] = _line(", ".join(recipients[name]))
    message["Date"] = format_datetime(datetime.fromtimestamp(at, timezone.utc))
    message["Message-ID"] = f"<{message_id}@email.amazonses.com>"
    for name, value in (headers or {}).items():
        message[_line(name)] = _line(value)
    if "plain" in bodies or "html" not in bodies:
        message.set_content(bodies.get("plain", ""))
        if "html" in bodies:
            message.add_alternative(bodies["html"], subtype="html")
    else:
        message.set_content(bodies["html"], subtype="html")
    return message.as_bytes()


def notification(topic: Any, recipient: str, subject: str | None, text: str, at: float, message_id: str) -> bytes:
    """Return the mail that a topic of moto's sends to an address; `text` is all that stands in it."""
    name = topic.display_name or topic.name
    sender = f"{name} <no-reply@sns.amazonaws.com>"
    subject = subject or "AWS Notification Message"
    return mail(sender, {"To": [recipient]}, subject, {"plain": text}, at=at, message_id=message_id)


def _line(text: str) -> str:
    """Return text that stays in its header."""
    return " ".join(str(text).splitlines())
