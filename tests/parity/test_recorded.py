"""Our SDK against what genuine v2 was recorded to do in the same scenarios: the same requests, answers, errors, lines.

Where ours differs on purpose, `DIFFERENCES` says how and why; a difference that is no longer one breaks the test.
"""

from __future__ import annotations

import builtins
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from sagewright import exceptions
from tests.parity.differences import DIFFERENCES, NEEDS, NOT_BUILT
from tests.parity.scenarios import SCENARIOS
from tests.parity.world import play

FOLDER = Path(__file__).with_name("recorded")
RECORDED = {topic: json.loads((FOLDER / f"{topic}.json").read_text())["recorded"] for topic in SCENARIOS}
Seen = dict[str, Any]
CASES = [(topic, name) for topic, scenarios in SCENARIOS.items() for name in scenarios]


def _case(topic: str, name: str) -> Any:
    reason = NOT_BUILT.get(f"{topic}.{name}")
    marks: list[pytest.MarkDecorator] = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    if (needed := NEEDS.get(f"{topic}.{name}")) and importlib.util.find_spec(needed) is None:
        marks.append(pytest.mark.skip(reason=f"{needed} is not installed"))
    return pytest.param(topic, name, id=f"{topic}.{name}", marks=marks)


@pytest.mark.parametrize(("topic", "name"), [_case(*case) for case in CASES])
def test_scenario_goes_as_recorded(topic: str, name: str) -> None:
    recorded = RECORDED[topic][name]
    ours = play(SCENARIOS[topic][name], "sagewright")
    difference = DIFFERENCES.get(f"{topic}.{name}")
    expected = {**recorded, **difference.ours} if difference else recorded
    assert expected != recorded or difference is None, "what is listed as a difference is none"
    for part, theirs, mine in faults(expected, ours):
        assert mine == theirs, part


def faults(expected: Seen, ours: Seen) -> list[tuple[str, Any, Any]]:
    """Return in what a played scenario is not as it should be: the part, what is expected, what was seen."""
    parts = [
        ("requests", _exact(expected["calls"]), _exact(ours["calls"])),
        ("outcome", expected.get("outcome"), ours.get("outcome")),
        ("printed", _words(expected["printed"]), _words(ours["printed"])),
        ("warnings", set(expected.get("warned", ())), set(ours.get("warned", ()))),
        ("error", (expected.get("raises"), expected.get("message")), (ours.get("raises"), _without_hint(ours))),
    ]
    if "warned" not in expected:
        parts = [part for part in parts if part[0] != "warnings"]
    return [(part, theirs, mine) for part, theirs, mine in parts if theirs != mine]


def _exact(calls: list[Seen]) -> list[str]:
    """Return requests as JSON, in which 1, 1.0 and true are three values."""
    return [json.dumps(call, indent=1, sort_keys=True) for call in calls]


def test_every_difference_names_a_scenario() -> None:
    known = {f"{topic}.{name}" for topic, name in CASES}
    assert set(DIFFERENCES) | set(NOT_BUILT) <= known
    assert {f"{topic}.{name}" for topic, scenarios in RECORDED.items() for name in scenarios} == known


def test_errors_of_ours_are_caught_as_v2s_are() -> None:
    assert issubclass(exceptions.CapacityError, exceptions.UnexpectedStatusException)
    assert issubclass(exceptions.UnexpectedStatusException, builtins.ValueError)


def _words(printed: str) -> str:
    """Return what is printed without line breaks: v2 lets a status line run into the first line of the log."""
    return printed.replace("\n", "")


def _without_hint(ours: dict[str, Any]) -> str | None:
    """Return the message as far as v2 speaks: ours may add a hint, and the end of the job's log."""
    message: str | None = ours.get("message")
    return None if message is None else message.split("\nhint: ")[0].split("\n\nThe end of the job's log:")[0]
