"""Patterns with many wildcards mean what regular expressions mean, and do not take their time."""

from __future__ import annotations

import random
import re
import time

import pytest

from sagewright.engine.policies import Policies, Question, decide
from sagewright.engine.policies.wildcards import Gap, fits

GAPS = {Gap(True, False): ".*", Gap(False, False): ".", Gap(True, True): "[^:]*", Gap(False, True): "[^:]"}
PIECES: tuple[str | Gap, ...] = (*GAPS, "a", "b", ":", "ab", "a:")


def test_they_mean_what_a_regular_expression_means():
    chance = random.Random(1)
    seen = set()
    for _ in range(5_000):
        parts: list[str | Gap] = [chance.choice(PIECES) for _ in range(chance.randrange(1, 7))]
        value = "".join(chance.choices("aab:", k=chance.randrange(8)))
        expression = "".join(GAPS[part] if isinstance(part, Gap) else part for part in parts)
        expected = re.fullmatch(expression, value) is not None
        assert fits(parts, value) == expected, (expression, value)
        seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("action", "resource", "prefix"),
    [
        ("s3:*", "arn:aws:s3:::b/" + "*a" * 20 + "x", "*"),
        ("s3:*", "*", "*a" * 20 + "x"),
        ("s3:" + "*?" * 30 + "x", "*", "*"),
        ("*?" * 30 + "x", "*", "*"),
    ],
)
def test_a_hostile_policy_is_decided_at_once(action, resource, prefix):
    condition = {"StringLike": {"s3:prefix": prefix}}
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}
    me = "arn:aws:iam::123456789012:user/u"
    asked = Question(
        action="s3:GetObjectVersionAttributes",
        resource="arn:aws:s3:::b/" + "a" * 1000,
        caller_arn=me,
        principal_arn=me,
        account="123456789012",
        context={"s3:prefix": ("a" * 1000,)},
        service=None,
    )
    started = time.process_time()
    assert not decide(asked, Policies(identity=({"Version": "2012-10-17", "Statement": [statement]},))).allowed
    assert time.process_time() - started < 2
