"""Documents that the service refuses, and its words."""

from __future__ import annotations

import json

import pytest

from sagewright.engine.policies import check_document
from sagewright.engine.policies.bucket_checking import check_bucket_policy
from sagewright.vocabulary.errors import ApiError

SYNTAX, LEGACY = "Syntax errors in policy.", "The policy failed legacy parsing"
REGIONAL = "Resource arn:aws:s3:us-east-1::data can not contain region information."
SIDS = "Statement IDs (SID) in a single policy must be unique."
OURS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}


def text_of(statement, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": statement, **more})


def changed(**elements):
    return text_of({name: value for name, value in {**OURS, **elements}.items() if value is not None})


def refusal(text, kind="managed"):
    with pytest.raises(ApiError) as caught:
        check_document(text, kind)
    assert caught.value.code == "MalformedPolicyDocument"
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", SYNTAX),
        ("[]", SYNTAX),
        ("[" * 100_000, SYNTAX),
        (json.dumps({"Version": "2012-10-17"}), SYNTAX),
        (text_of([]), SYNTAX),
        (text_of(OURS, Comment="mine"), SYNTAX),
        (text_of(OURS, Version="2020-01-01"), SYNTAX),
        (text_of(OURS, Version="2008-10-17"), "Policy document must be version 2012-10-17 or greater."),
        (changed(Comment="mine"), SYNTAX),
        (changed(Effect=None), SYNTAX),
        (changed(Effect="Perhaps"), SYNTAX),
        (changed(Effect="allow"), LEGACY),
        (changed(NotAction="s3:*"), SYNTAX),
        (changed(Condition={"StringAlike": {"aws:username": "a"}}), SYNTAX),
        (changed(Condition={"NullIfExists": {"aws:username": "true"}}), SYNTAX),
        (changed(Condition={"ForAllValues:Null": {"aws:username": "true"}}), SYNTAX),
        (changed(Condition={"StringEquals": {"aws:username": {"a": 1}}}), SYNTAX),
        (changed(Condition={"DateLessThan": {"aws:CurrentTime": "soon"}}), LEGACY),
        (changed(Condition={"DateLessThan": {"aws:CurrentTime": "9" * 5000}}), LEGACY),
        (changed(Condition={"NumericLessThan": {"s3:max-keys": "many"}}), LEGACY),
        (changed(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/99"}}), LEGACY),
        (changed(Action=None), "Policy statement must contain actions."),
        (changed(Action=[]), "Policy statement must contain actions."),
        (changed(Resource=None), "Policy statement must contain resources."),
        (changed(Resource="data"), 'Resource data must be in ARN format or "*".'),
        (changed(Resource="arn:mine:s3:::data"), 'Partition "mine" is not valid for resource "arn:mine:s3:::data".'),
        (changed(Resource="arn:aws:s3:us-east-1::data"), REGIONAL),
        (changed(Action="GetObject"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (changed(Action="s3:Get:Object"), "Actions/Condition can contain only one colon."),
        (changed(Action="s3?:GetObject"), "Vendor s3? is not valid"),
        (changed(Principal="*"), "Policy document should not specify a principal."),
        (text_of([{**OURS, "Sid": "a"}, {**OURS, "Sid": "a"}]), SIDS),
    ],
)
def test_an_identity_s_policy_is_refused(text, message):
    assert refusal(text) == message


def test_an_inline_policy_may_be_of_the_older_version():
    assert check_document(json.dumps({"Statement": OURS}), "identity") == {"Statement": OURS}


TRUSTING = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Action": "s3:GetObject"}, "Trust Policy statement actions can only be sts:AssumeRole, "),
        ({"Resource": "*"}, "Has prohibited field Resource."),
        ({"Principal": {}}, "Missing required field Principal"),
        ({"Principal": {"AWS": "ann"}}, 'Invalid principal in policy: "AWS":"ann"'),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:user/*"}}, "Invalid principal in policy"),
        ({"Principal": {"Service": "sagemaker"}}, 'Invalid principal in policy: "SERVICE":"sagemaker"'),
        ({"Principal": {"Nobody": "x"}}, SYNTAX),
    ],
)
def test_a_trust_policy_is_refused(change, message):
    assert refusal(text_of({**TRUSTING, **change}), "trust").startswith(message)


def test_a_trust_policy_is_taken():
    assert check_document(text_of(TRUSTING), "trust")["Statement"] == TRUSTING


BUCKET = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Principal": None}, "Missing required field Principal"),
        ({"Principal": "ann"}, "Invalid principal in policy"),
        ({"Action": None}, "Missing required field Action"),
        ({"Action": "iam:PassRole"}, "Policy has invalid action"),
        ({"Resource": "arn:aws:s3:::other/*"}, "Policy has invalid resource"),
        ({"Resource": "*"}, "Policy has invalid resource"),
        ({"Effect": "allow"}, "Invalid effect: allow"),
        ({"Condition": {"StringAlike": {"aws:username": "a"}}}, "Invalid Condition type : StringAlike"),
        ({"Condition": {"StringEquals": {"username": "a"}}}, "Policy has an invalid condition key"),
        ({"Comment": "mine"}, "Unknown field Comment"),
        ({"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, "Allow with NotPrincipal is not allowed."),
    ],
)
def test_a_bucket_s_policy_is_refused(change, message):
    statement = {name: value for name, value in {**BUCKET, **change}.items() if value is not None}
    with pytest.raises(ApiError) as caught:
        check_bucket_policy(text_of(statement), "data")
    assert (caught.value.code, caught.value.message) == ("MalformedPolicy", message)


@pytest.mark.parametrize(
    "resource", ["arn:aws:s3:::data", "arn:aws:s3:::data/a/*", "arn:aws:s3:::*", "arn:aws:s3:::da*/*"]
)
def test_a_bucket_s_policy_is_taken(resource):
    assert check_bucket_policy(text_of({**BUCKET, "Resource": resource}), "data")


def test_a_bucket_s_policy_that_is_no_json_or_too_large():
    with pytest.raises(ApiError, match="Policies must be valid JSON and the first byte must be '{'"):
        check_bucket_policy("nothing", "data")
    with pytest.raises(ApiError, match="PolicyTooLarge"):
        check_bucket_policy(text_of({**BUCKET, "Sid": "a" * 20_480}), "data")
