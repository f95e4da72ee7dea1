"""What holds of all policies."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sagewright.engine.policies import Policies, Question, decide, patterns

USER = "arn:aws:iam::123456789012:user/ann"
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "iam:PassRole", "sagemaker:CreateTrainingJob"]
RESOURCES = ["arn:aws:s3:::data", "arn:aws:s3:::data/a", "arn:aws:s3:::data/b/c", "arn:aws:iam::123456789012:role/r"]
PIECES = ["s3:", "Get", "Put", "*", "?", "Object", "iam:", "List", "Bucket", "PassRole"]

patterns_of_actions = st.one_of(st.sampled_from(ACTIONS), st.lists(st.sampled_from(PIECES), min_size=1).map("".join))
patterns_of_resources = st.sampled_from(
    [*RESOURCES, "*", "arn:aws:s3:::*", "arn:aws:s3:::data/*", "arn:aws:s3:::?ata/*"]
)
statements = st.builds(
    lambda effect, action, resource, negated: {
        "Effect": effect,
        "NotAction" if negated else "Action": action,
        "Resource": resource,
    },
    st.sampled_from(["Allow", "Deny"]),
    st.lists(patterns_of_actions, min_size=1, max_size=3),
    st.lists(patterns_of_resources, min_size=1, max_size=3),
    st.booleans(),
)
documents = st.builds(
    lambda items: {"Version": "2012-10-17", "Statement": items}, st.lists(statements, min_size=1, max_size=4)
)
questions = st.builds(
    lambda action, resource: Question(action, resource, USER, USER, "123456789012", {}),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
)
policies = st.builds(
    Policies,
    identity=st.lists(documents, max_size=3),
    boundary=st.one_of(st.none(), documents),
    session=st.lists(documents, max_size=2),
)
EVERYTHING: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
NOTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


@given(questions, policies, st.sampled_from(["identity", "boundary", "session", "resource"]))
def test_an_explicit_deny_anywhere_always_wins(question, given_policies, place):
    named = {"Version": "2012-10-17", "Statement": [{**NOTHING["Statement"][0], "Principal": "*"}]}
    denials: dict[str, dict[str, Any]] = {
        "identity": {"identity": [*given_policies.identity, NOTHING]},
        "boundary": {"boundary": NOTHING},
        "session": {"session": [*given_policies.session, NOTHING]},
        "resource": {"resource": named},
    }
    decision = decide(question, Policies(**{**vars(given_policies), **denials[place]}))
    assert (decision.allowed, decision.explicit) == (False, True)


@given(questions, policies)
def test_allowing_more_never_takes_away(question, given_policies):
    more = Policies(**{**vars(given_policies), "identity": [*given_policies.identity, EVERYTHING]})
    if decide(question, given_policies).allowed:
        assert decide(question, more).allowed


@given(questions, policies, documents)
def test_a_boundary_never_adds(question, given_policies, boundary):
    without = Policies(**{**vars(given_policies), "boundary": None})
    if decide(question, Policies(**{**vars(given_policies), "boundary": boundary})).allowed:
        assert decide(question, without).allowed


@given(questions, policies)
def test_the_order_of_policies_has_no_bearing(question, given_policies):
    turned = Policies(**{**vars(given_policies), "identity": list(reversed(given_policies.identity))})
    one, other = decide(question, given_policies), decide(question, turned)
    assert (one.allowed, one.explicit) == (other.allowed, other.explicit)


@given(questions, st.lists(patterns_of_actions, min_size=1, max_size=3))
def test_not_action_is_the_complement_of_action(question, actions):
    def allowed(element):
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", element: actions, "Resource": "*"}}
        return decide(question, Policies(identity=[document])).allowed

    assert allowed("Action") != allowed("NotAction")


@given(questions, st.lists(patterns_of_resources, min_size=1, max_size=3))
def test_not_resource_is_the_complement_of_resource(question, resources):
    def allowed(element):
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", element: resources}}
        return decide(question, Policies(identity=[document])).allowed

    assert allowed("Resource") != allowed("NotResource")


texts = st.text(alphabet="ab*?.[]$:/{}\n", max_size=12)


@given(texts, texts)
@settings(max_examples=200)
def test_wildcards_match_as_a_reference_does(pattern, value):
    reference = re.compile(fnmatch.translate(re.sub(r"([\[\]])", r"[\1]", pattern)))
    assert patterns.like(pattern, False)(value, {}) == (reference.match(value) is not None)


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab", max_size=12))
@settings(max_examples=200)
def test_patterns_of_actions_match_as_a_reference_does(pattern, name):
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": f"s3:{pattern}", "Resource": "*"}}
    question = Question(f"s3:{name}", "*", USER, USER, "123456789012", {})
    reference = re.compile(fnmatch.translate(pattern))
    assert decide(question, Policies(identity=[document])).allowed == (reference.match(name) is not None)


@given(st.text(max_size=20))
def test_a_variable_s_value_matches_itself_and_nothing_else(value):
    matches = patterns.like("${aws:username}", True)
    assert matches(value, {"aws:username": (value,)})
    assert not matches(value + "x", {"aws:username": (value,)})


@given(texts)
def test_no_pattern_breaks_the_matcher(pattern):
    for make in (patterns.like, patterns.equal, patterns.resource, patterns.arn_like):
        for has_variables in (True, False):
            make(pattern, has_variables)("arn:aws:s3:::data/a", {})
