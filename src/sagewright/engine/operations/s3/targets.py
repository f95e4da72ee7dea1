"""Who wants to be told of which events of a bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Member of a notification configuration -> the member of its items that names the target.
LISTS: Mapping[str, str] = {
    "TopicConfigurations": "TopicArn",
    "QueueConfigurations": "QueueArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}


@dataclass(frozen=True)
class Target:
    """A topic, queue or function (by its ARN) that is to be told of events of keys with a prefix and a suffix."""

    id: str
    arn: str
    events: tuple[str, ...]
    prefix: str
    suffix: str

    def wants(self, event: str, key: str) -> bool:
        """Tell whether it is to be told of an event, for example `s3:ObjectCreated:Put`, of a key."""
        return (
            key.startswith(self.prefix)
            and key.endswith(self.suffix)
            and any(matches(wanted, event) for wanted in self.events)
        )


def targets_of(configuration: Mapping[str, Any]) -> Iterator[Target]:
    """Yield the targets of a notification configuration that has been checked."""
    for name, member in LISTS.items():
        for item in configuration.get(name, ()):
            rules = {rule["Name"].lower(): rule.get("Value", "") for rule in filter_rules(item)}
            yield Target(
                item["Id"], item[member], tuple(item["Events"]), rules.get("prefix", ""), rules.get("suffix", "")
            )


def filter_rules(item: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return list(((item.get("Filter") or {}).get("Key") or {}).get("FilterRules") or ())


def matches(wanted: str, event: str) -> bool:
    """Tell whether an event is one of those asked for: `s3:ObjectCreated:*` means all of that family."""
    return wanted == event or (wanted.endswith("*") and event.startswith(wanted[:-1]))
