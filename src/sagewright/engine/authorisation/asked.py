"""What one operation asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Params = Mapping[str, Any]
Context = Mapping[str, tuple[str, ...]]

EVERYTHING = "*"


@dataclass(frozen=True)
class Asked:
    """One thing that must be allowed.

    Attributes:
        action: `service:Operation`.
        resource: An ARN, or `*`.
        context: What policies may ask about it: key in lower case -> values.
        account: The account of the resource; empty: the caller's own.
        trust: The resource's own policy must allow it as well, whoever asks: it is a role that is to be assumed.
    """

    action: str
    resource: str = EVERYTHING
    context: Context = field(default_factory=dict)
    account: str = ""
    trust: bool = False


class Place(NamedTuple):
    """Where a request goes, and the name of the user who sends it (empty where it is none)."""

    partition: str
    region: str
    account: str
    user: str = ""

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of the account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def iam(self, resource: str) -> str:
        """Return the ARN of a resource of IAM, which knows no regions."""
        return f"arn:{self.partition}:iam::{self.account}:{resource}"


class Known(Protocol):
    """What is recorded of users, groups and roles: their paths stand in their ARNs."""

    def __call__(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """Return the body of a record: `iam-user`, `iam-group` or `iam-role`."""
        ...


Asking = Callable[[str, Params, Place, Known], Sequence[Asked]]


def texts(params: Params, *names: str) -> str:
    """Return the first of some members that is there, as text; empty where none is."""
    for name in names:
        value = params.get(name)
        if value is not None:
            return str(value)
    return ""


def one(key: str, value: Any) -> Context:
    """Return a context of one value, or of none."""
    return {} if value is None else {key: (_text(value),)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
