"""When a schedule of Application Auto Scaling is due: `at(...)`, `rate(...)`, `cron(...)`.

Cron expressions are Amazon's: minutes, hours, day of month, month, day of week (1 is Sunday), year.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_UNITS_S = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (1, 7, _DAYS),
    (1970, 2199, {}),
)
_HORIZON_DAYS = 366 * 8  # a 29th of February may be that far away


class BadSchedule(ValueError):
    """The expression is none."""


def zone(name: str | None) -> tzinfo:
    """Return a time zone by its IANA name; None is UTC.

    Raises:
        BadSchedule: There is none of that name.
    """
    if name is None:
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadSchedule(f"`{name}` is not a time zone") from None


def next_time(expression: str, after: float, since: float, where: tzinfo) -> float | None:
    """Return when a schedule is due next, in unix seconds; None: never again.

    Args:
        after: Only what comes later counts, unix seconds.
        since: When a rate began to count.
        where: The time zone of `at` and `cron`.

    Raises:
        BadSchedule: The expression is none.
    """
    if found := _AT.fullmatch(expression):
        try:
            due = datetime.fromisoformat(found[1]).replace(tzinfo=where).timestamp()
        except ValueError as error:
            raise BadSchedule(str(error)) from None
        return due if due > after else None
    if found := _RATE.fullmatch(expression):
        every = int(found[1]) * _UNITS_S[found[2]]
        if not every:
            raise BadSchedule("a rate is at least 1")
        return since if since > after else since + (int((after - since) // every) + 1) * every
    if found := _CRON.fullmatch(expression):
        return _next_cron(_fields(found[1]), after, where)
    raise BadSchedule(f"`{expression}` is none of at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(fields)")


def _next_cron(fields: list[tuple[str, frozenset[int]]], after: float, where: tzinfo) -> float | None:
    (_, minutes), (_, hours), *_ = fields
    for day in _days(datetime.fromtimestamp(after, where).date(), fields):
        for hour in sorted(hours):
            for minute in sorted(minutes):
                due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=where).timestamp()
                if due > after:
                    return due
    return None


def _days(first: date, fields: list[tuple[str, frozenset[int]]]) -> Iterator[date]:
    _, _, (days_text, days), (_, months), (weekdays_text, weekdays), (_, years) = fields
    for ahead in range(_HORIZON_DAYS):
        day = first + timedelta(days=ahead)
        last = calendar.monthrange(day.year, day.month)[1]
        if day.year not in years or day.month not in months:
            continue
        if not (day.day in days or (days_text == "L" and day.day == last)):
            continue
        if day.isoweekday() % 7 + 1 not in weekdays:
            continue
        if weekdays_text.endswith("L") and weekdays_text != "L" and day.day <= last - 7:
            continue  # `6L`: the last Friday of the month
        yield day


def _fields(text: str) -> list[tuple[str, frozenset[int]]]:
    parts = text.upper().split()
    if len(parts) != len(_FIELDS):
        raise BadSchedule(f"`cron({text})` has {len(parts)} fields, not {len(_FIELDS)}")
    if "?" not in (parts[2], parts[4]):
        raise BadSchedule("either the day of month or the day of week must be `?`")
    return [
        (part, _members(part, low, high, names, place))
        for place, (part, (low, high, names)) in enumerate(zip(parts, _FIELDS, strict=True))
    ]


def _members(part: str, low: int, high: int, names: dict[str, int], place: int) -> frozenset[int]:
    """Return the values that a field of a cron expression stands for."""
    if part == "L" and place == 2:
        return frozenset()  # `_days` knows the last day of a month
    if place == 4 and part.endswith("L"):
        part = part[:-1] or "7"
    found: set[int] = set()
    for item in part.split(","):
        span, _, step = item.partition("/")
        try:
            first, last = _span(span, low, high, names, bool(step))
            found |= set(range(first, last + 1, int(step or 1)))
        except ValueError:
            raise BadSchedule(f"`{item}` is not understood in a cron expression") from None
    if not found or not all(low <= value <= high for value in found):
        raise BadSchedule(f"`{part}` is not within {low} and {high}")
    return frozenset(found)


def _span(text: str, low: int, high: int, names: dict[str, int], is_stepped: bool) -> tuple[int, int]:
    if text in ("*", "?"):
        return low, high
    first, _, last = text.partition("-")
    begin = names.get(first) or int(first)
    if last:
        return begin, names.get(last) or int(last)
    return begin, high if is_stepped else begin
