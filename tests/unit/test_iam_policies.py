"""Managed and inline policies: stored, versioned, attached, and put together for a decision."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.operations.iam.attached import policies_of
from sagewright.engine.operations.iam.aws_managed import all_aws_managed, aws_managed
from sagewright.engine.parts import Principal
from sagewright.engine.policies import Question, decide, document_of
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, CALLER
from tests.unit.test_iam_entities import TRUST

S3 = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def document(action="s3:*", effect="Allow", resource="*", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def engine():
    return Engine.in_memory()


@pytest.fixture
def iam(engine):
    def call(operation, **params):
        return engine.call("iam", operation, params, CALLER)

    call("CreateUser", UserName="ann")
    call("CreateGroup", GroupName="team")
    call("CreateRole", RoleName="job", AssumeRolePolicyDocument=TRUST)
    return call


def refused(code, message=""):
    return pytest.raises(ApiError, match=f"^{code}: .*{message}")


def made(iam, name="p", text=None, **more):
    return iam("CreatePolicy", PolicyName=name, PolicyDocument=text or document(), **more)["Policy"]["Arn"]


def may(engine, principal, action, resource="arn:aws:s3:::data/a"):
    arn = f"arn:aws:iam::{ACCOUNT}:{principal.kind}/{principal.name}"
    question = Question(action, resource, arn, arn, ACCOUNT, {})
    return decide(question, policies_of(engine.parts, ACCOUNT, principal)).allowed


def test_a_policy_has_five_versions_at_most(iam):
    arn = made(iam)
    for number in range(2, 6):
        version = iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document(f"s3:A{number}"))["PolicyVersion"]
        assert (version["VersionId"], version["IsDefaultVersion"]) == (f"v{number}", False)
    with refused("LimitExceeded", "A managed policy can have up to 5 versions."):
        iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document())
    iam("SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v3")
    assert iam("GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
    with refused("DeleteConflict", "Cannot delete the default version of a policy."):
        iam("DeletePolicyVersion", PolicyArn=arn, VersionId="v3")
    iam("DeletePolicyVersion", PolicyArn=arn, VersionId="v5")
    iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document("s3:A6"), SetAsDefault=True)
    versions = iam("ListPolicyVersions", PolicyArn=arn)["Versions"]
    assert [(item["VersionId"], item["IsDefaultVersion"]) for item in versions] == [
        ("v6", True),
        ("v4", False),
        ("v3", False),
        ("v2", False),
        ("v1", False),
    ]
    found = iam("GetPolicyVersion", PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert json.loads(unquote(found["Document"]))["Statement"][0]["Action"] == "s3:A2"
    with refused("DeleteConflict", "more than one version"):
        iam("DeletePolicy", PolicyArn=arn)
    with refused("NoSuchEntity", "version v9 does not exist"):
        iam("GetPolicyVersion", PolicyArn=arn, VersionId="v9")


def test_attaching_counts_for_users_groups_and_roles(iam, engine):
    arn = made(iam)
    for kind, name in (("User", "ann"), ("Group", "team"), ("Role", "job")):
        iam(f"Attach{kind}Policy", **{f"{kind}Name": name}, PolicyArn=arn)
        iam(f"Attach{kind}Policy", **{f"{kind}Name": name}, PolicyArn=arn)
        attached = iam(f"ListAttached{kind}Policies", **{f"{kind}Name": name})["AttachedPolicies"]
        assert attached == [{"PolicyName": "p", "PolicyArn": arn}]
    assert iam("GetPolicy", PolicyArn=arn)["Policy"]["AttachmentCount"] == 3
    entities = iam("ListEntitiesForPolicy", PolicyArn=arn)
    assert [entities[f"Policy{kind}s"][0][f"{kind}Name"] for kind in ("User", "Group", "Role")] == [
        "ann",
        "team",
        "job",
    ]
    only = iam("ListEntitiesForPolicy", PolicyArn=arn, EntityFilter="Role")
    assert (only["PolicyUsers"], len(only["PolicyRoles"])) == ([], 1)
    iam("DetachUserPolicy", UserName="ann", PolicyArn=arn)
    with refused("NoSuchEntity", "was not found"):
        iam("DetachUserPolicy", UserName="ann", PolicyArn=arn)
    with refused("NoSuchEntity", "does not exist or is not attachable"):
        iam("AttachUserPolicy", UserName="ann", PolicyArn=arn + "x")


def test_a_policy_made_anew_is_another_policy(iam, engine):
    """Whoever had a policy that is gone has nothing of one that is made later under its name."""
    arn = made(iam)
    iam("AttachUserPolicy", UserName="ann", PolicyArn=arn)
    engine.parts.state.delete("iam-policy", ACCOUNT, "p")
    made(iam)
    assert not may(engine, Principal("user", "ann"), "s3:GetObject")
    assert iam("ListAttachedUserPolicies", UserName="ann")["AttachedPolicies"] == []


def test_a_change_counts_at_once(iam, engine):
    ann = Principal("user", "ann")
    assert not may(engine, ann, "s3:GetObject")
    iam("PutUserPolicy", UserName="ann", PolicyName="own", PolicyDocument=document("s3:Get*"))
    assert may(engine, ann, "s3:GetObject")
    assert not may(engine, ann, "s3:PutObject")
    iam("PutGroupPolicy", GroupName="team", PolicyName="put", PolicyDocument=document("s3:Put*"))
    iam("AddUserToGroup", UserName="ann", GroupName="team")
    assert may(engine, ann, "s3:PutObject")
    arn = made(iam, "deny", document("s3:Put*", "Deny"))
    iam("AttachGroupPolicy", GroupName="team", PolicyArn=arn)
    assert not may(engine, ann, "s3:PutObject")
    iam("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document("s3:Delete*", "Deny"), SetAsDefault=True)
    assert may(engine, ann, "s3:PutObject")
    iam("RemoveUserFromGroup", UserName="ann", GroupName="team")
    assert not may(engine, ann, "s3:PutObject")
    iam("DeleteUserPolicy", UserName="ann", PolicyName="own")
    assert not may(engine, ann, "s3:GetObject")


def test_a_boundary_narrows_and_stays_closed_when_its_policy_is_gone(iam, engine):
    job, arn = Principal("role", "job"), made(iam, text=document("s3:Get*"))
    iam("AttachRolePolicy", RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    iam("PutRolePermissionsBoundary", RoleName="job", PermissionsBoundary=arn)
    assert iam("GetRole", RoleName="job")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert (may(engine, job, "s3:GetObject"), may(engine, job, "s3:PutObject")) == (True, False)
    with refused("DeleteConflict"):
        iam("DeletePolicy", PolicyArn=arn)
    assert iam("ListEntitiesForPolicy", PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")["PolicyRoles"]
    engine.parts.state.delete("iam-policy", ACCOUNT, "p")
    assert not may(engine, job, "s3:GetObject")
    iam("DeleteRolePermissionsBoundary", RoleName="job")
    assert may(engine, job, "s3:PutObject")
    with refused("NoSuchEntity"):
        iam("DeleteRolePermissionsBoundary", RoleName="job")
    with refused("NoSuchEntity", "Scope ARN"):
        iam("PutUserPermissionsBoundary", UserName="ann", PermissionsBoundary=arn)


def test_whoever_is_gone_may_nothing(iam, engine):
    iam("PutUserPolicy", UserName="ann", PolicyName="own", PolicyDocument=document("*"))
    assert may(engine, Principal("user", "ann"), "s3:GetObject")
    assert not may(engine, Principal("user", "bob"), "s3:GetObject")


def test_a_session_brings_its_own_policies(iam, engine):
    session = Principal("role", "job", session_policies=(document_of(document("s3:Get*")),))
    iam("PutRolePolicy", RoleName="job", PolicyName="own", PolicyDocument=document("s3:*"))
    assert (may(engine, session, "s3:GetObject"), may(engine, session, "s3:PutObject")) == (True, False)


@pytest.mark.parametrize(
    ("kind", "member", "limit"), [("User", "ann", 2048), ("Group", "team", 5120), ("Role", "job", 10240)]
)
def test_inline_policies_are_small(iam, kind, member, limit):
    whose = {f"{kind}Name": member}
    text = document(["s3:" + "a" * 100] * 18)
    for number in range(limit // 1900):
        iam(f"Put{kind}Policy", **whose, PolicyName=f"p{number}", PolicyDocument=text.replace("a" * 100, "a" * 90))
    with refused("LimitExceeded", f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {member}"):
        iam(f"Put{kind}Policy", **whose, PolicyName="more", PolicyDocument=text)
    iam(f"Put{kind}Policy", **whose, PolicyName="p0", PolicyDocument=document() + " " * 20_000)


def test_a_managed_policy_is_small(iam):
    with refused("LimitExceeded", "PolicySize: 6144"):
        made(iam, text=document(["s3:" + "a" * 100] * 60))


def test_an_inline_policy_is_read_back(iam):
    text = document()
    iam("PutRolePolicy", RoleName="job", PolicyName="own", PolicyDocument=text)
    found = iam("GetRolePolicy", RoleName="job", PolicyName="own")
    assert (unquote(found["PolicyDocument"]), found["RoleName"]) == (text, "job")
    assert iam("ListRolePolicies", RoleName="job")["PolicyNames"] == ["own"]
    with refused("NoSuchEntity", "The role policy with name other cannot be found."):
        iam("GetRolePolicy", RoleName="job", PolicyName="other")


def test_policies_of_aws_are_there(iam):
    policy = iam("GetPolicy", PolicyArn=S3)["Policy"]
    version = iam("GetPolicyVersion", PolicyArn=S3, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert "s3:Get*" in json.loads(unquote(version["Document"]))["Statement"][0]["Action"]
    with refused("AccessDenied"):
        iam("DeletePolicy", PolicyArn=S3)
    with refused("NoSuchEntity"):
        iam("GetPolicy", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
    with refused("ValidationError", "ARN mine is not valid."):
        iam("GetPolicy", PolicyArn="mine")


def test_policies_are_listed_by_owner_and_use(iam):
    arn = made(iam, Path="/own/")
    iam("AttachUserPolicy", UserName="ann", PolicyArn=S3)
    assert [item["Arn"] for item in iam("ListPolicies", Scope="Local")["Policies"]] == [arn]
    attached = iam("ListPolicies", OnlyAttached=True)["Policies"]
    assert {item["PolicyName"] for item in attached} == {
        "AmazonS3ReadOnlyAccess",
        "AmazonS3FullAccess",
        "AmazonSageMakerFullAccess",
    }
    assert iam("ListPolicies", PathPrefix="/own/")["Policies"][0]["PolicyName"] == "p"
    first = iam("ListPolicies", Scope="AWS", MaxItems=10)
    assert first["IsTruncated"]
    assert iam("ListPolicies", Scope="AWS", MaxItems=10, Marker=first["Marker"])["Policies"][0] not in first["Policies"]


def test_aws_s_policies_can_be_compiled_whichever_they_are():
    for policy in all_aws_managed():
        question = Question(
            "s3:GetObject", "arn:aws:s3:::sagemaker-x/a", "", f"arn:aws:iam::{ACCOUNT}:user/a", ACCOUNT, {}
        )
        decide(question, policies_with(policy.document))


def policies_with(document):
    from sagewright.engine.policies import Policies

    return Policies(identity=[document])


def test_what_is_kept_needs_no_library(monkeypatch):
    monkeypatch.setattr("sagewright.engine.operations.iam.aws_managed._from_moto", dict)
    for name in ("AmazonSageMakerFullAccess", "AdministratorAccess", "ReadOnlyAccess", "AWSLambdaBasicExecutionRole"):
        assert aws_managed(name)
