"""Policies decide as AWS documents it: the table in `policies_table.py`."""

from __future__ import annotations

import json

import pytest

from sagewright.engine.policies import Decision, Policies, Question, check_document, decide
from tests.unit.policies_table import (
    ACTIONS,
    CASES,
    LOGIC,
    OPERATORS,
    PATHS,
    QUESTION,
    SESSION,
    SETS,
    USER,
    document,
    identity,
    statement,
)


def asked(**changes):
    return Question(**{**QUESTION, **changes})


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case.rule}"[:70] for number, case in enumerate(CASES)])
def test_a_decision(case):
    decision = decide(asked(**case.question), Policies(**case.policies))

    word, source = case.follows.split(" ", 1)
    assert (decision.allowed, decision.explicit, decision.source) == (word == "allow", word == "deny", source)


def test_the_table_is_large_enough():
    assert len(CASES) >= 150
    assert {case.follows.split(" ")[0] for case in CASES} == {"allow", "deny", "none"}


def test_a_decision_names_its_statements():
    policies = Policies(identity=[document(statement("Deny", "iam:*"), statement(Sid="Mine"))])

    [match] = decide(asked(), policies).statements

    assert (match.source, match.document, match.statement, match.sid) == ("identity-based policy", 0, 1, "Mine")


def test_a_denial_names_only_what_denies():
    policies = Policies(identity=[document(statement(Sid="Yes"), statement("Deny", Sid="No"))])

    assert [match.sid for match in decide(asked(), policies).statements] == ["No"]


def test_a_document_that_another_follows_at_its_address_is_not_mistaken_for_it():
    for number in range(3000):
        action = "s3:GetObject" if number % 2 else "s3:PutObject"
        decision = decide(asked(), Policies(**identity(action=action)))
        assert decision.allowed is (number % 2 == 1)


def test_a_federated_session_is_limited_where_its_user_is_named():
    federated = USER.replace("iam", "sts").replace("user/team/ann", "federated-user/bob")
    grant = document(statement(Principal={"AWS": USER}))
    question = asked(caller_arn=federated, principal_arn=USER)

    narrowed = decide(question, Policies(session=[document(statement(action="s3:Put*"))], resource=grant))
    direct = decide(
        question,
        Policies(
            session=[document(statement(action="s3:Put*"))], resource=document(statement(Principal={"AWS": federated}))
        ),
    )

    assert narrowed == Decision(False, False, "session policy", narrowed.statements)
    assert direct.allowed


def test_every_case_s_identity_policies_are_such_as_the_service_takes():
    for case in (*LOGIC, *ACTIONS, *PATHS, *OPERATORS, *SETS):
        for policy in case.policies.get("identity", ()):
            check_document(json.dumps(policy), "identity")


def test_names_of_sessions_are_compared_whole():
    policies = Policies(resource=document(statement(Principal={"AWS": SESSION.rpartition("/")[0]})))
    assert not decide(asked(caller_arn=SESSION, principal_arn=SESSION), policies).allowed


def test_no_pattern_keeps_the_engine_busy():
    """Each of these would take an ordinary expression longer than anybody waits."""
    many, long_key = "a*" * 60 + "b", "a" * 1024
    policies = Policies(
        identity=[
            document(statement(resource=f"arn:aws:s3:::data/{many}")),
            document(statement(Condition={"StringLike": {"s3:prefix": many}})),
            document(statement(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{many}"}})),
            document(statement(action=f"s3:{many}")),
        ]
    )
    context = {"s3:prefix": (long_key,), "aws:sourcearn": (f"arn:aws:s3:::{long_key}",)}
    assert not decide(
        asked(action=f"s3:{'a' * 120}", resource=f"arn:aws:s3:::data/{long_key}", context=context), policies
    ).allowed
