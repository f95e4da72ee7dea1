"""`sagewright config show`: the defaults and settings in force, and where each comes from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright import settings


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("config", help="show the defaults of v2's configuration files, and the settings")
    actions = parser.add_subparsers(dest="action", metavar="show", required=True)
    shown = actions.add_parser("show", help="print the values in force")
    shown.add_argument("--origin", action="store_true", help="with where each comes from")
    shown.set_defaults(function=show)


def show(options: argparse.Namespace) -> int:
    """Print the values, one a line: the defaults by their dotted keys, then the settings by their variables."""
    for name, value, origin in [*defaults(), *_settings()]:
        print(f"{name} = {value}{f'    # {origin}' if options.origin else ''}")
    return 0


def defaults() -> list[tuple[str, str, str]]:
    """Return the dotted key of each default in force, its value as JSON, and the file that it is from.

    Raises:
        ValueError: A file is not there that was named, or holds what it may not hold.
    """
    from sagewright.config.config import sources

    found: dict[str, tuple[str, str]] = {}
    for place, document in sources():
        for name, value in _leaves(document):
            found[name] = json.dumps(value), place
    return [(name, *found[name]) for name in sorted(found)]


def _leaves(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is not a mapping, by its dotted key; a list is one value, as files replace it whole."""
    for name, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _settings() -> Iterator[tuple[str, str, str]]:
    for setting in settings.ALL:
        value = setting.read()
        yield setting.variable, "*" * 8 if setting is settings.METRICS_TOKEN and value else str(value), setting.source()
