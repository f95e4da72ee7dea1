"""Deciding about one request: the caller's policies, the resource's, and what both ask about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from sagewright.engine import abc
from sagewright.engine.authorisation.asked import Asked, Place
from sagewright.engine.gateway.authorisation.context import Context, Values, request_facts
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.operations.iam.attached import policies_of
from sagewright.engine.operations.s3.policies import is_restricted
from sagewright.engine.parts import Caller, Parts, Principal
from sagewright.engine.policies import Decision, Policies, Question, decide, document_of
from sagewright.engine.policies.decisions import IDENTITY
from sagewright.vocabulary.arns import partition_of

ROLE = "iam-role"
# The root of an account can always mend the policy of its bucket, whatever that says (Amazon S3 User Guide).
_NEVER_LOCKED_OUT = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


class Judge:
    """Decides what the caller of one request may do.

    What is looked up is looked up once.
    """

    def __init__(self, exchange: Exchange, parts: Parts) -> None:
        assert exchange.caller is not None
        assert exchange.caller.principal is not None
        self._exchange, self._parts = exchange, parts
        self.caller: Caller = exchange.caller
        self.principal: Principal = exchange.caller.principal

    def decide(self, asked: Asked) -> Decision:
        """Tell whether the policies allow one thing."""
        account, document = self._resource(asked)
        if self.principal.kind == "root" and account == self.caller.account and asked.action in _NEVER_LOCKED_OUT:
            document = None
        if document is None and not asked.trust and account == self.caller.account and self._is_unlimited:
            return Decision(True, False, IDENTITY)  # the rules of `decide`, without the facts that nothing asks for
        question = Question(
            action=asked.action,
            resource=asked.resource,
            caller_arn=self.caller.arn,
            principal_arn=self.principal_arn,
            account=account,
            context=Context({**self._facts, "aws:resourceaccount": (account,)}, asked, self._parts, self.caller),
        )
        return decide(question, replace(self._policies, resource=document, trust=asked.trust))

    def is_own(self, asked: Asked) -> bool:
        """Tell whether a resource is of the caller's account."""
        return self._resource(asked)[0] == self.caller.account

    @property
    def _is_unlimited(self) -> bool:
        """Whether only a resource's policy can limit the caller: the root of an account has none of its own."""
        return self.principal.kind == "root" and not self.principal.session_policies

    @cached_property
    def place(self) -> Place:
        """Where the request goes."""
        user = self.principal.name if self.principal.kind == "user" else ""
        return Place(partition_of(self.caller.region), self.caller.region, self.caller.account, user)

    def known(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """Return what is recorded of one of the account's users, groups or roles."""
        record = self._parts.state.get(kind, self.caller.account, name)
        return None if record is None else record.body

    @cached_property
    def principal_arn(self) -> str:
        """The ARN of the user, or of the role behind the session."""
        session = self._exchange.session
        return self.caller.arn if session is None else str(session.get("principal_arn") or self.caller.arn)

    @cached_property
    def _facts(self) -> Mapping[str, Values]:
        return request_facts(self._exchange, self._parts, self.principal_arn)

    @cached_property
    def _policies(self) -> Policies:
        return policies_of(self._parts, self.caller.account, self.principal)

    def _resource(self, asked: Asked) -> tuple[str, Mapping[str, Any] | None]:
        """Return the account of a resource and the resource's own policy, if it has one."""
        if asked.trust:
            return self._role(asked)
        if asked.action.startswith("s3:") and ":s3:::" in asked.resource:
            return self._bucket(asked.resource.partition(":::")[2].partition("/")[0])
        return asked.account or self.caller.account, None

    def _role(self, asked: Asked) -> tuple[str, Mapping[str, Any] | None]:
        account = asked.account or self.caller.account
        path, _, name = asked.resource.partition(":role")[2].rpartition("/")
        record = self._parts.state.get(ROLE, account, name)
        if record is None or record.body["path"] != f"{path}/":
            return account, None
        return account, document_of(record.body["trust"])

    def _bucket(self, name: str) -> tuple[str, Mapping[str, Any] | None]:
        try:
            bucket = self._parts.objects.head_bucket(name)
        except abc.NoSuchBucket:
            return self.caller.account, None
        policy = bucket.configuration.get("policy")
        if policy is None or (bucket.owner != self.caller.account and is_restricted(bucket)):
            return bucket.owner, None
        return bucket.owner, document_of(policy if isinstance(policy, str) else json.dumps(policy, sort_keys=True))
