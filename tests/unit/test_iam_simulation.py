"""What the simulator answers, and where it finds it."""

from __future__ import annotations

import json

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.operations.iam.statement_positions import positions
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, CALLER
from tests.unit.test_iam_policies import document

USER = f"arn:aws:iam::{ACCOUNT}:user/ann"


@pytest.fixture
def iam():
    engine = Engine.in_memory()

    def call(operation, **params):
        return engine.call("iam", operation, params, CALLER)

    call("CreateUser", UserName="ann", Tags=[{"Key": "team", "Value": "ml"}])
    return call


def results(answer):
    return [
        (item["EvalActionName"], item["EvalResourceName"], item["EvalDecision"]) for item in answer["EvaluationResults"]
    ]


def custom(iam, *texts, **params):
    return iam("SimulateCustomPolicy", PolicyInputList=list(texts), **params)


def test_each_action_on_each_resource(iam):
    resources = ["arn:aws:s3:::data/a", "arn:aws:s3:::other/a"]
    answer = custom(
        iam,
        document("s3:Get*", resource="arn:aws:s3:::data/*"),
        document("s3:Delete*", "Deny"),
        ActionNames=["s3:GetObject", "s3:DeleteObject"],
        ResourceArns=resources,
    )
    assert results(answer) == [
        ("s3:GetObject", resources[0], "allowed"),
        ("s3:GetObject", resources[1], "implicitDeny"),
        ("s3:DeleteObject", resources[0], "explicitDeny"),
        ("s3:DeleteObject", resources[1], "explicitDeny"),
    ]


def test_the_statement_that_decides_is_quoted_by_its_place(iam):
    text = json.dumps(json.loads(document()), indent=2)
    [result] = custom(iam, text, ActionNames=["s3:GetObject"])["EvaluationResults"]
    [matched] = result["MatchedStatements"]
    lines = text.split("\n")
    start, end = matched["StartPosition"], matched["EndPosition"]
    assert matched["SourcePolicyId"] == "PolicyInputList.1"
    assert lines[start["Line"] - 1][start["Column"] - 1] == "{"
    assert lines[end["Line"] - 1][end["Column"] - 2] == "}"


@pytest.mark.parametrize(
    "text",
    [
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Condition":{"a":{"b":["}"]}}}}',
        '{"Statement":[{"Sid":"a{]\\"","Condition":{"x":{"y":[1]}}},\n {"Sid":"b"}],"Id":"Statement"}',
        '{"Id":"{","Statement":[{}]}',
    ],
)
def test_statements_are_found_in_the_text(text):
    statements = json.loads(text)["Statement"]
    found = []
    for place in positions(text):
        lines = text.split("\n")
        offsets = [
            sum(len(line) + 1 for line in lines[: at["Line"] - 1]) + at["Column"] - 1
            for at in (place["StartPosition"], place["EndPosition"])
        ]
        found.append(json.loads(text[offsets[0] : offsets[1]]))
    assert found == (statements if isinstance(statements, list) else [statements])


def test_what_is_not_known_of_the_request_is_named(iam):
    text = document(resource="arn:aws:s3:::${aws:username}/*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    asked = {"ActionNames": ["s3:GetObject"], "ResourceArns": ["arn:aws:s3:::ann/a"]}
    [result] = custom(iam, text, **asked)["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == (
        "implicitDeny",
        ["aws:SecureTransport", "aws:username"],
    )
    entries = [
        {"ContextKeyName": "aws:securetransport", "ContextKeyValues": ["true"], "ContextKeyType": "boolean"},
        {"ContextKeyName": "aws:username", "ContextKeyValues": ["ann"], "ContextKeyType": "string"},
    ]
    [result] = custom(iam, text, **asked, ContextEntries=entries)["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


def test_a_boundary_is_told_apart(iam):
    answer = custom(
        iam,
        document("*"),
        PermissionsBoundaryPolicyInputList=[document("s3:Get*")],
        ActionNames=["s3:GetObject", "s3:PutObject"],
    )
    assert [
        (item["EvalDecision"], item["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"])
        for item in answer["EvaluationResults"]
    ] == [("allowed", True), ("implicitDeny", False)]


def test_a_principal_s_own_policies_and_its_groups(iam):
    iam("CreateGroup", GroupName="team")
    iam("AddUserToGroup", UserName="ann", GroupName="team")
    iam("PutGroupPolicy", GroupName="team", PolicyName="g", PolicyDocument=document("s3:Get*"))
    iam("AttachUserPolicy", UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AmazonSNSFullAccess")
    answer = iam(
        "SimulatePrincipalPolicy",
        PolicySourceArn=USER,
        ActionNames=["s3:GetObject", "sns:Publish", "iam:CreateUser"],
        PolicyInputList=[document("sns:*", "Deny")],
    )
    assert [item[2] for item in results(answer)] == ["allowed", "explicitDeny", "implicitDeny"]
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyType"] == "group"


def test_a_principal_is_known_by_name_and_tags(iam):
    text = document(resource="arn:aws:s3:::${aws:PrincipalTag/team}/${aws:username}/*")
    iam("PutUserPolicy", UserName="ann", PolicyName="own", PolicyDocument=text)
    answer = iam(
        "SimulatePrincipalPolicy",
        PolicySourceArn=USER,
        ActionNames=["s3:GetObject"],
        ResourceArns=["arn:aws:s3:::ml/ann/a"],
    )
    assert results(answer)[0][2] == "allowed"
    assert iam("GetContextKeysForPrincipalPolicy", PolicySourceArn=USER)["ContextKeyNames"] == [
        "aws:PrincipalTag/team",
        "aws:username",
    ]


def test_a_resource_s_policy_takes_part(iam):
    policy = document("s3:GetObject", Principal={"AWS": USER})
    answer = custom(
        iam, document("sns:*"), ResourcePolicy=policy, CallerArn=USER, ActionNames=["s3:GetObject"],
        ResourceArns=["arn:aws:s3:::data/a"],
    )  # fmt: skip
    assert results(answer)[0][2] == "allowed"
    abroad = custom(
        iam, document("sns:*"), ResourcePolicy=policy, CallerArn=USER, ActionNames=["s3:GetObject"],
        ResourceArns=["arn:aws:s3:::data/a"], ResourceOwner="arn:aws:iam::999999999999:root",
    )  # fmt: skip
    assert results(abroad)[0][2] == "implicitDeny"


def test_keys_of_a_policy(iam):
    text = document(Condition={"StringLike": {"s3:prefix": "${aws:username}/*"}})
    found = iam("GetContextKeysForCustomPolicy", PolicyInputList=[text])["ContextKeyNames"]
    assert found == ["s3:prefix", "aws:username"]


@pytest.mark.parametrize(
    "params",
    [
        {"PolicyInputList": ["{"], "ActionNames": ["s3:GetObject"]},
        {"PolicyInputList": [document()], "ActionNames": ["GetObject"]},
        {"PolicyInputList": [document()], "ActionNames": ["s3:GetObject"], "ResourcePolicy": document(Principal="*")},
        {"PolicyInputList": [document()], "ActionNames": ["s3:GetObject"], "ResourceHandlingOption": "EC2-VPC-EBS"},
    ],
)
def test_what_is_not_simulated_is_refused(iam, params):
    with pytest.raises(ApiError, match="InvalidInput"):
        iam("SimulateCustomPolicy", **params)


def test_results_come_in_pages(iam):
    asked = {"ActionNames": [f"s3:A{number}" for number in range(5)], "MaxItems": 2}
    first = custom(iam, document(), **asked)
    second = custom(iam, document(), **asked, Marker=first["Marker"])
    assert [item[0] for item in results(first) + results(second)] == ["s3:A0", "s3:A1", "s3:A2", "s3:A3"]


def test_everything_in_one_answer(iam):
    arn = iam("CreatePolicy", PolicyName="p", PolicyDocument=document())["Policy"]["Arn"]
    iam("AttachUserPolicy", UserName="ann", PolicyArn=arn)
    iam("CreateGroup", GroupName="team")
    answer = iam("GetAccountAuthorizationDetails")
    assert answer["UserDetailList"][0]["AttachedManagedPolicies"] == [{"PolicyName": "p", "PolicyArn": arn}]
    assert [role["RoleName"] for role in answer["RoleDetailList"]] == ["SagewrightExecutionRole"]
    assert {policy["PolicyName"] for policy in answer["Policies"]} == {
        "p",
        "AmazonS3FullAccess",
        "AmazonSageMakerFullAccess",
    }
    only = iam("GetAccountAuthorizationDetails", Filter=["Group"])
    assert (len(only["GroupDetailList"]), only["UserDetailList"], only["Policies"]) == (1, [], [])
    page = iam("GetAccountAuthorizationDetails", MaxItems=1)
    assert page["IsTruncated"]
    assert len(page["UserDetailList"]) == 1
