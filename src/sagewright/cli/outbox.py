"""`sagewright outbox`: what was published and mailed, none of which has left the machine."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright import settings

if TYPE_CHECKING:
    from sagewright.engine.gateway.hybrid.outbox import Entry


def add_to(commands: Any) -> None:
    """Add the command group."""
    parser = commands.add_parser("outbox", help="show what was published and mailed")
    parser.set_defaults(function=show_list, limit=20, json=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="list the newest messages, oldest first (the default)")
    listing.add_argument("--limit", type=int, default=20, help="the most messages to list (20)")
    listing.add_argument("--json", action="store_true", help="print one JSON document a line")
    listing.set_defaults(function=show_list)
    showing = actions.add_parser("show", help="print a message; a mail as it would be sent")
    showing.add_argument("number", type=int, metavar="NUMBER", help="as the list shows it")
    showing.add_argument("--json", action="store_true", help="print a JSON document")
    showing.set_defaults(function=show_one)
    actions.add_parser("clear", help="remove all messages").set_defaults(function=clear)


def show_list(options: argparse.Namespace) -> int:
    """Print the newest entries."""
    from sagewright.engine.gateway.hybrid import outbox

    found = outbox.entries(_home(), max(options.limit, 0))
    if not found and not options.json:
        print("nothing was published or mailed here", file=sys.stderr)
    for entry in found:
        print(_document(entry) if options.json else _line(entry))
    return 0


def show_one(options: argparse.Namespace) -> int:
    """Print one entry.

    Raises:
        ValueError: There is none of that number.
    """
    from sagewright.engine.gateway.hybrid import outbox

    home = _home()
    entry, mail = outbox.entry_of(home, options.number), outbox.mail_of(home, options.number)
    if entry is None:
        raise ValueError(f"there is no message `{options.number}`\nhint: `sagewright outbox` lists them")
    if options.json:
        print(_document(entry))
    elif mail.exists():
        sys.stdout.write(mail.read_bytes().decode(errors="replace").replace("\r\n", "\n"))
    else:
        _print(entry)
    return 0


def clear(options: argparse.Namespace) -> int:
    """Remove all entries."""
    from sagewright.engine.gateway.hybrid import outbox

    print(f"removed {outbox.clear(_home())} messages")
    return 0


def _home() -> Path:
    return settings.HOME.read()


def _document(entry: Entry) -> str:
    return json.dumps({**asdict(entry), "at": _time(entry.at)})


def _line(entry: Entry) -> str:
    to = ", ".join(entry.recipients) or "nobody"
    subject = entry.subject or " ".join(entry.body.split())[:60]
    what = f"{entry.service} {entry.kind}  {entry.status}"
    return f"{entry.number:>5}  {_time(entry.at)}  {what}  {entry.source or '-'} -> {to}: {subject}"


def _print(entry: Entry) -> None:
    for name, value in (
        ("time", _time(entry.at)),
        ("service", f"{entry.service} ({entry.account}, {entry.region})"),
        ("kind", entry.kind),
        ("from", entry.source),
        ("to", ", ".join(entry.recipients)),
        ("subject", entry.subject),
        ("status", entry.status),
    ):
        print(f"{name:<9}{value}")
    print(f"\n{entry.body}")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
