"""What the rules beside a training job find, as a job is followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MEMBERS = ("DebugRuleEvaluationStatuses", "ProfilerRuleEvaluationStatuses")


class RuleStatuses:
    """How the evaluation of a job's rules stands, printed when it changes."""

    def __init__(self) -> None:
        self.shown: dict[str, list[tuple[str, str]]] = {}

    def has_news(self, description: Mapping[str, Any]) -> bool:
        """Tell whether there is something to print."""
        return any(_statuses(description, member) != self.shown.get(member, []) for member in _MEMBERS)

    def show(self, description: Mapping[str, Any]) -> None:
        """Print the status of all rules of a kind where that of one is new: the debugger's first."""
        for member in _MEMBERS:
            found = _statuses(description, member)
            if found != self.shown.get(member, []):
                self.shown[member] = found
                for name, status in found:
                    print(f"{name}: {status}")  # noqa: T201


def _statuses(description: Mapping[str, Any], member: str) -> list[tuple[str, str]]:
    rules = description.get(member) or ()
    return [(rule["RuleConfigurationName"], rule["RuleEvaluationStatus"]) for rule in rules]
