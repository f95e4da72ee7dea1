"""Policy documents, compiled for many questions (IAM User Guide, "IAM JSON policy elements reference")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sagewright.engine.policies import patterns
from sagewright.engine.policies.conditions import Condition, conditions_of
from sagewright.engine.policies.patterns import Context, Matcher
from sagewright.engine.policies.principals import DIRECT, Identity, Principals, principals_of, strings

Document = Mapping[str, Any]

ELEMENTS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)

_VERSION_WITH_VARIABLES = "2012-10-17"


@dataclass(frozen=True)
class Question:
    """May this caller do this to that?

    Attributes:
        action: `service:Operation`, in any case.
        resource: The ARN of what it is done to, or `*`.
        caller_arn: The user's ARN, or the session's; empty where nobody has signed.
        principal_arn: The ARN of the user, or of the role behind the session.
        account: The account that owns the resource.
        context: What the request brings: key in lower case -> values.
        service: The AWS service that acts for itself (`sagemaker.amazonaws.com`), if one does.
    """

    action: str
    resource: str
    caller_arn: str
    principal_arn: str
    account: str
    context: Context
    service: str | None = None

    @cached_property
    def identity(self) -> Identity:
        """The caller's names."""
        parts = (self.principal_arn or self.caller_arn).split(":", 5)
        return Identity(
            self.caller_arn, self.principal_arn or self.caller_arn, parts[4] if len(parts) == 6 else "", self.service
        )


@dataclass(frozen=True)
class Match:
    """A statement that has had its say: the document's kind and place, the statement's place in it.

    `level` tells how a resource policy names the caller (`principals`).
    """

    source: str
    document: int
    statement: int
    effect: str
    sid: str | None = None
    level: int = DIRECT


@dataclass(frozen=True)
class Actions:
    """The compiled `Action` or `NotAction` of a statement: whole names, and patterns by service."""

    names: frozenset[str]
    services: Mapping[str, re.Pattern[str]]
    anywhere: re.Pattern[str] | None
    inverted: bool

    def match(self, action: str) -> bool:
        """Tell whether the statement is about an action (in lower case)."""
        return self._lists(action) != self.inverted

    def _lists(self, action: str) -> bool:
        if action in self.names:
            return True
        pattern = self.services.get(action.partition(":")[0])
        if pattern is not None and pattern.fullmatch(action):
            return True
        return self.anywhere is not None and self.anywhere.fullmatch(action) is not None


@dataclass(frozen=True)
class Statement:
    """A compiled statement."""

    effect: str
    sid: str | None
    actions: Actions
    resources: Sequence[Matcher] | None  # None: the statement says nothing of resources
    excludes_resources: bool
    principals: Principals | None
    excludes_principals: bool
    conditions: Sequence[Condition]

    def level(self, question: Question, *, bounded: bool = False) -> int:
        """Return 0 where a statement about the action says nothing of the question, else how it names the caller.

        `bounded`: the caller has a permissions boundary; `NotPrincipal` does not spare it, then.
        """
        if not self._is_about(question):
            return 0
        level = self._level_of(question, bounded)
        if level and not all(condition.holds(question.context) for condition in self.conditions):
            return 0
        return level

    def _is_about(self, question: Question) -> bool:
        if self.resources is None:
            return True
        found = any(matches(question.resource, question.context) for matches in self.resources)
        return found != self.excludes_resources

    def _level_of(self, question: Question, bounded: bool) -> int:
        if self.principals is None:
            return DIRECT
        if not self.excludes_principals:
            return self.principals.level(question.identity, question.context)
        if self.effect == "Deny":
            spared = not bounded and self.principals.names_all(question.identity, question.context)
        else:
            spared = self.principals.level(question.identity, question.context) > 0
        return 0 if spared else DIRECT


class Compiled:
    """A document's statements."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.statements = [_statement(item, _has_variables(document)) for item in statements_of(document)]
        self._by_action: dict[str, Sequence[tuple[int, Statement]]] = {}

    def about(self, action: str) -> Sequence[tuple[int, Statement]]:
        """Return the statements about an action (in lower case), and their places."""
        found = self._by_action.get(action)
        if found is None:
            found = [item for item in enumerate(self.statements) if item[1].actions.match(action)]
            if len(self._by_action) < _MAX_ACTIONS:
                self._by_action[action] = found
        return found


_compiled: dict[int, Compiled] = {}
_MAX_COMPILED = 1024
_MAX_ACTIONS = 512


def matches_of(
    document: Document, question: Question, source: str, position: int = 0, *, bounded: bool = False
) -> Iterator[Match]:
    """Yield the statements that apply to a question."""
    for number, statement in compiled(document).about(question.action.lower()):
        level = statement.level(question, bounded=bounded)
        if level:
            yield Match(source, position, number, statement.effect, statement.sid, level)


def compiled(document: Document) -> Compiled:
    """Return a document, compiled once for each. Whoever gives one does not change it after."""
    known = _compiled.get(id(document))
    if known is not None and known.document is document:  # the entry holds the document: its id is nobody else's
        return known
    fresh = Compiled(document)
    if len(_compiled) >= _MAX_COMPILED:
        _compiled.clear()
    _compiled[id(document)] = fresh
    return fresh


@lru_cache(maxsize=1024)
def document_of(text: str) -> Document:
    """Return the document of a text that has been checked. Equal texts give the same document: do not change it."""
    document: Document = json.loads(text)
    return document


def statements_of(document: Document) -> Sequence[Mapping[str, Any]]:
    """Return the statements, of which there may be one without a list."""
    found = document.get("Statement", [])
    return [found] if isinstance(found, Mapping) else found


def _has_variables(document: Document) -> bool:
    return document.get("Version") == _VERSION_WITH_VARIABLES


def _statement(item: Mapping[str, Any], has_variables: bool) -> Statement:
    resources = item.get("Resource", item.get("NotResource"))
    principals = item.get("Principal", item.get("NotPrincipal"))
    return Statement(
        effect=item["Effect"],
        sid=item.get("Sid"),
        actions=_actions(strings(item.get("Action", item.get("NotAction"))), inverted="Action" not in item),
        resources=None
        if resources is None
        else [patterns.resource(text, has_variables) for text in strings(resources)],
        excludes_resources="Resource" not in item,
        principals=None if principals is None else principals_of(principals),
        excludes_principals="Principal" not in item,
        conditions=conditions_of(item.get("Condition") or {}, has_variables),
    )


def _actions(texts: Sequence[str], *, inverted: bool) -> Actions:
    names, services, anywhere = set(), dict[str, list[str]](), list[str]()
    for text in sorted({text.lower() for text in texts}):
        if "*" not in text and "?" not in text:
            names.add(text)
        elif ":" in text and not set(text.partition(":")[0]) & {"*", "?"}:
            services.setdefault(text.partition(":")[0], []).append(text)
        else:
            anywhere.append(text)
    return Actions(
        frozenset(names),
        {service: _alternatives(listed) for service, listed in services.items()},
        _alternatives(anywhere) if anywhere else None,
        inverted,
    )


def _alternatives(texts: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(_expression(text, number) for number, text in enumerate(texts)), re.DOTALL)


def _expression(text: str, number: int) -> str:
    """Return a pattern's expression: each part between stars is taken where it first comes, and only there."""
    first, *others = (re.escape(part).replace(r"\?", ".") for part in text.split("*"))
    if not others:
        return first
    *middle, last = others
    steps = (f"(?=(?P<p{number}_{place}>.*?{part}))(?P=p{number}_{place})" for place, part in enumerate(middle))
    return f"{first}{''.join(steps)}.*{last}"
