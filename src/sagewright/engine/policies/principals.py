"""Whom a statement of a resource policy is about (IAM User Guide, "AWS JSON policy elements: Principal").

How a statement names the caller decides what else may limit it: the caller itself (`DIRECT`: also `*`), the role or
user behind its session (`PARENT`), or its account (`ACCOUNT`), which only lets the account pass the permission on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.policies.patterns import Context

DIRECT, PARENT, ACCOUNT = 3, 2, 1

_ACCOUNT_ID = re.compile(r"\d{12}")
_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")


@dataclass(frozen=True)
class Identity:
    """The names of a caller.

    Attributes:
        caller_arn: Of the session or user; empty where nobody has signed.
        principal_arn: Of the user or role.
        account: The caller's; empty where nobody has signed.
        service: The AWS service that acts for itself (`sagemaker.amazonaws.com`), if one does.
    """

    caller_arn: str
    principal_arn: str
    account: str
    service: str | None


@dataclass(frozen=True)
class Principals:
    """The compiled `Principal` or `NotPrincipal` of a statement."""

    everyone: bool
    arns: frozenset[str]
    accounts: frozenset[str]
    ids: frozenset[str]
    services: frozenset[str]
    federated: frozenset[str]

    def level(self, identity: Identity, context: Context) -> int:
        """Return how the caller is named (`DIRECT`, `PARENT`, `ACCOUNT`), or 0."""
        if self.everyone:
            return DIRECT
        if identity.service is not None:
            return DIRECT if identity.service in self.services else 0
        if not identity.caller_arn:
            return 0
        return self._level_of_identity(identity, context)

    def names_all(self, identity: Identity, context: Context) -> bool:
        """Tell whether account, principal and session are all named: whom `NotPrincipal` spares."""
        if self.everyone or identity.service is not None or not identity.caller_arn:
            return self.level(identity, context) > 0
        names = {name for name in (identity.caller_arn, identity.principal_arn) if not name.endswith(":root")}
        return identity.account in self.accounts and names <= self.arns

    def _level_of_identity(self, identity: Identity, context: Context) -> int:
        if identity.caller_arn in self.arns or self._names_federation(context):
            return DIRECT
        if identity.account in self.accounts and identity.caller_arn.endswith(":root"):
            return DIRECT
        if self._names_id(context):
            return DIRECT if identity.caller_arn == identity.principal_arn else PARENT
        if identity.principal_arn in self.arns:
            return PARENT
        return ACCOUNT if identity.account in self.accounts else 0

    def _names_id(self, context: Context) -> bool:
        return any(value.partition(":")[0] in self.ids for value in context.get("aws:userid", ()))

    def _names_federation(self, context: Context) -> bool:
        return any(value in self.federated for value in context.get("aws:federatedprovider", ()))


def principals_of(element: Any) -> Principals:
    """Compile the element: `"*"`, or an object of kinds and names."""
    kinds: Mapping[str, Any] = element if isinstance(element, Mapping) else {"AWS": element}
    names = strings(kinds.get("AWS"))
    arns = {name for name in names if name.startswith("arn:")}
    return Principals(
        everyone="*" in names or "*" in strings(kinds.get("*")),
        arns=frozenset(arns),
        accounts=frozenset(_accounts(names)),
        ids=frozenset(name for name in names if name not in arns and not _ACCOUNT_ID.fullmatch(name)),
        services=frozenset(strings(kinds.get("Service"))),
        federated=frozenset(strings(kinds.get("Federated"))),
    )


def strings(value: Any) -> Sequence[str]:
    """Return the texts of an element that may hold one or many."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        return [str(value)]
    return [str(item) for item in value if item is not None]


def _accounts(names: Sequence[str]) -> Sequence[str]:
    roots = [match[1] for name in names if (match := _ROOT.fullmatch(name))]
    return [*roots, *(name for name in names if _ACCOUNT_ID.fullmatch(name))]
