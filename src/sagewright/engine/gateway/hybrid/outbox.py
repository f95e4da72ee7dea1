"""What was published and mailed: a row for each message that went to a topic, and for each that left it.

Mails are files beside it, `<home>/outbox/<number>.eml`, which any mail program opens. Nothing is sent to anybody.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sagewright.engine.gateway.hybrid import store
from sagewright.engine.gateway.hybrid.files import write_durably

FOLDER = "outbox"
KEPT = 10_000  # entries; the oldest go first


@dataclass(frozen=True)
class Entry:
    """A message.

    Attributes:
        at: Unix seconds.
        kind: `publish` (to a topic), `email`, `email-json`, `sms`, `application`, `http`, `https` or `lambda`.
        source: The topic's ARN, or the sender of a mail.
        status: `published`, `stored` (in the outbox, where mails end), `waiting`, `delivered` or `failed: <why>`.
        body: What was sent; of a mail, its text.
    """

    at: float
    service: str
    account: str
    region: str
    kind: str
    source: str
    recipients: Sequence[str]
    subject: str
    status: str
    body: str
    number: int = 0


def add(connection: sqlite3.Connection, home: Path, entry: Entry, mail: bytes | None = None) -> int:
    """Add an entry in the transaction under way, and return its number.

    Args:
        mail: A whole message with its headers. Its file is there before the entry is.
    """
    row = (entry.at, entry.service, entry.account, entry.region, entry.kind, entry.source)
    rest = (json.dumps(list(entry.recipients)), entry.subject, entry.status, entry.body)
    number = connection.execute(
        "INSERT INTO outbox (at, service, account, region, kind, source, recipients, subject, status, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, *rest),
    ).lastrowid
    assert number is not None
    if mail is not None:
        write_durably(mail_of(home, number), mail)
    if number % 100 == 0:
        _prune(connection, home, number - KEPT)
    return number


def note(connection: sqlite3.Connection, number: int, status: str) -> None:
    """Note what has become of an entry."""
    connection.execute("UPDATE outbox SET status = ? WHERE id = ?", (status, number))


def entries(home: Path, limit: int = 100) -> list[Entry]:
    """Return the newest entries, oldest first."""
    rows = _rows(home, "SELECT * FROM outbox ORDER BY id DESC LIMIT ?", limit)
    return rows[::-1]


def entry_of(home: Path, number: int) -> Entry | None:
    """Return an entry; None: there is none of that number."""
    return next(iter(_rows(home, "SELECT * FROM outbox WHERE id = ?", number)), None)


def mail_of(home: Path, number: int) -> Path:
    """Return where the mail of an entry lies, if it has one."""
    return home / FOLDER / f"{number:06d}.eml"


def clear(home: Path) -> int:
    """Remove all entries with their mails; return how many there were. What waits is delivered all the same."""
    if not _exists(home):
        return 0

    def remove(connection: sqlite3.Connection) -> int:
        return connection.execute("DELETE FROM outbox").rowcount

    count = store.database_of(home).write(remove)
    for path in (home / FOLDER).glob("*.eml"):
        path.unlink(missing_ok=True)
    return count


def _rows(home: Path, statement: str, argument: int) -> list[Entry]:
    if not _exists(home):
        return []
    found = store.database_of(home).read(lambda connection: connection.execute(statement, (argument,)).fetchall())
    return [_entry(row) for row in found]


def _entry(row: tuple[int, float, str, str, str, str, str, str, str, str, str]) -> Entry:
    number, at, service, account, region, kind, source, recipients, subject, status, body = row
    return Entry(at, service, account, region, kind, source, json.loads(recipients), subject, status, body, number)


def _exists(home: Path) -> bool:
    return (home / store.FOLDER / store.FILE).exists()


def _prune(connection: sqlite3.Connection, home: Path, last: int) -> None:
    for (number,) in connection.execute("SELECT id FROM outbox WHERE id <= ?", (last,)).fetchall():
        connection.execute("DELETE FROM outbox WHERE id = ?", (number,))
        with contextlib.suppress(OSError):
            mail_of(home, number).unlink(missing_ok=True)
