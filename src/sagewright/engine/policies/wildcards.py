"""Patterns with many wildcards, in time that grows with the value and no faster.

A regular expression with several `.*` tries their places one against the other: four of them and a key of three hundred
characters take it a quarter of a minute. Here all places are followed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

FEW = 2  # wildcards `*` with which a regular expression is quick, whatever it is given


class Gap(NamedTuple):
    """A wildcard: any characters or one, of all or of those but the colon."""

    many: bool
    stops_at_colon: bool


def fits(parts: Sequence[str | Gap], value: str) -> bool:
    """Tell whether a whole value is made of the parts."""
    places = {0}
    for part in parts:
        places = _behind(part, places, value)
        if not places:
            return False
    return len(value) in places


def _behind(part: str | Gap, places: set[int], value: str) -> set[int]:
    """Return where one can be behind a part that begins at one of the places."""
    if isinstance(part, str):
        return {place + len(part) for place in places if value.startswith(part, place)}
    if not part.many:
        return {
            place + 1 for place in places if place < len(value) and not (part.stops_at_colon and value[place] == ":")
        }
    if not part.stops_at_colon:
        return set(range(min(places), len(value) + 1))
    reached: set[int] = set()
    for place in sorted(places):
        if place not in reached:
            colon = value.find(":", place)
            reached.update(range(place, (len(value) if colon < 0 else colon) + 1))
    return reached
