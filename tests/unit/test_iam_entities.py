"""Users, groups and roles: made, found, changed, renamed and forgotten."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import unquote

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.operations.iam import access_keys, entities
from sagewright.engine.operations.iam.attached import policies_of
from sagewright.engine.operations.iam.entities import GROUP, USER, find
from sagewright.engine.parts import Principal
from sagewright.engine.state.sqlite import SqliteStateStore
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, CALLER

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
    }
)
AS_ROOT = replace(CALLER, principal=Principal("root"))


@pytest.fixture(params=["in memory", "on disk"])
def engine(request, tmp_path):
    engine = Engine.in_memory()
    if request.param == "on disk":
        engine.parts = replace(engine.parts, state=SqliteStateStore(tmp_path / "state.sqlite3", engine.parts.clock))
    yield engine
    engine.close()


@pytest.fixture
def iam(engine):
    def call(operation, caller=CALLER, **params):
        return engine.call("iam", operation, params, caller)

    return call


def refused(code, message=""):
    return pytest.raises(ApiError, match=f"^{code}: .*{message}")


def test_a_user_is_made_found_and_forgotten(iam):
    made = iam("CreateUser", UserName="ann", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])["User"]

    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/ann"
    assert made["UserId"].startswith("AIDA")
    assert iam("GetUser", UserName="ann")["User"]["Tags"] == [{"Key": "a", "Value": "1"}]
    assert [user["UserName"] for user in iam("ListUsers", PathPrefix="/team/")["Users"]] == ["ann"]
    assert iam("ListUsers", PathPrefix="/other/")["Users"] == []
    iam("DeleteUser", UserName="ann")
    with refused("NoSuchEntity", "The user with name ann cannot be found."):
        iam("GetUser", UserName="ann")


@pytest.mark.parametrize(
    ("operation", "member"), [("CreateUser", "UserName"), ("CreateGroup", "GroupName"), ("CreatePolicy", "PolicyName")]
)
def test_names_differ_by_more_than_the_case_of_letters(iam, operation, member):
    document = {"PolicyDocument": ALLOW} if operation == "CreatePolicy" else {}
    iam(operation, **{member: "Ann"}, **document)
    for name in ("Ann", "ann", "ANN"):
        with refused("EntityAlreadyExists", f"{name}"):
            iam(operation, **{member: name}, **document)


def test_of_two_that_come_at_once_not_both_get_names_that_differ_by_case(iam, engine, monkeypatch):
    iam("CreateUser", UserName="Ann")
    look = entities._namesakes
    blind = iter([True])  # the first look, before the other was there

    def looks(*arguments):
        return [] if next(blind, False) else look(*arguments)

    monkeypatch.setattr(entities, "_namesakes", looks)
    with refused("EntityAlreadyExists"):
        iam("CreateUser", UserName="ann")
    assert [user["UserName"] for user in iam("ListUsers")["Users"]] == ["Ann"]


def test_whoever_has_anything_left_is_not_forgotten(iam):
    iam("CreateUser", UserName="ann")
    iam("CreateGroup", GroupName="team")
    arn = iam("CreatePolicy", PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]

    def refused_until(message, undo, **params):
        with refused("DeleteConflict", message):
            iam("DeleteUser", UserName="ann")
        iam(undo, UserName="ann", **params)

    iam("AddUserToGroup", GroupName="team", UserName="ann")
    with refused("DeleteConflict", "must remove users from group first"):
        iam("DeleteGroup", GroupName="team")
    refused_until("must remove users from group", "RemoveUserFromGroup", GroupName="team")
    iam("AttachUserPolicy", UserName="ann", PolicyArn=arn)
    with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
        iam("DeletePolicy", PolicyArn=arn)
    refused_until("must detach all policies", "DetachUserPolicy", PolicyArn=arn)
    iam("PutUserPolicy", UserName="ann", PolicyName="own", PolicyDocument=ALLOW)
    refused_until("must delete policies", "DeleteUserPolicy", PolicyName="own")
    key = iam("CreateAccessKey", UserName="ann")["AccessKey"]["AccessKeyId"]
    refused_until("must delete access keys", "DeleteAccessKey", AccessKeyId=key)
    for operation, params in (
        ("DeleteUser", {"UserName": "ann"}),
        ("DeleteGroup", {"GroupName": "team"}),
        ("DeletePolicy", {"PolicyArn": arn}),
    ):
        iam(operation, **params)


def test_a_renamed_user_keeps_keys_and_policies(iam, engine):
    iam("CreateUser", UserName="ann")
    iam("PutUserPolicy", UserName="ann", PolicyName="own", PolicyDocument=ALLOW)
    key = iam("CreateAccessKey", UserName="ann")["AccessKey"]["AccessKeyId"]
    iam("UpdateUser", UserName="ann", NewUserName="bob", NewPath="/new/")

    assert iam("GetUser", UserName="bob")["User"]["Path"] == "/new/"
    assert iam("ListUserPolicies", UserName="bob")["PolicyNames"] == ["own"]
    assert [item["AccessKeyId"] for item in iam("ListAccessKeys", UserName="bob")["AccessKeyMetadata"]] == [key]
    with refused("NoSuchEntity"):
        iam("GetUser", UserName="ann")
    assert len(policies_of(engine.parts, ACCOUNT, Principal("user", "bob")).identity) == 1


def test_a_renamed_group_keeps_its_users(iam, engine):
    iam("CreateUser", UserName="ann")
    iam("CreateGroup", GroupName="old")
    iam("AddUserToGroup", UserName="ann", GroupName="old")
    iam("PutGroupPolicy", GroupName="old", PolicyName="p", PolicyDocument=ALLOW)
    iam("UpdateGroup", GroupName="old", NewGroupName="new")

    assert [user["UserName"] for user in iam("GetGroup", GroupName="new")["Users"]] == ["ann"]
    assert [group["GroupName"] for group in iam("ListGroups")["Groups"]] == ["new"]
    assert len(policies_of(engine.parts, ACCOUNT, Principal("user", "ann")).identity) == 1


@pytest.mark.parametrize("found_by", ["old name", "list"])
def test_a_rename_that_was_killed_is_carried_out_by_whoever_comes_next(iam, engine, monkeypatch, found_by):
    iam("CreateUser", UserName="ann")
    iam("CreateGroup", GroupName="old")
    iam("AddUserToGroup", UserName="ann", GroupName="old")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("sagewright.engine.operations.iam.entities._move", killed)
        with pytest.raises(KeyboardInterrupt):
            iam("UpdateGroup", GroupName="old", NewGroupName="new")
    if found_by == "old name":
        with refused("NoSuchEntity"):
            iam("GetGroup", GroupName="old")

    assert [group["GroupName"] for group in iam("ListGroups")["Groups"]] == ["new"]
    assert [user["UserName"] for user in iam("GetGroup", GroupName="new")["Users"]] == ["ann"]


def test_a_name_that_is_taken_is_not_renamed_to(iam):
    for name in ("ann", "bob"):
        iam("CreateUser", UserName=name)
    with refused("EntityAlreadyExists"):
        iam("UpdateUser", UserName="ann", NewUserName="Bob")
    iam("UpdateUser", UserName="ann", NewUserName="Ann")
    assert [user["UserName"] for user in iam("ListUsers")["Users"]] == ["Ann", "bob"]


def test_a_group_made_anew_is_another_group(iam, engine):
    """Whoever was in a group that is gone has nothing of one that is made later under its name."""
    iam("CreateUser", UserName="ann")
    iam("CreateGroup", GroupName="team")
    iam("AddUserToGroup", UserName="ann", GroupName="team")
    engine.parts.state.delete(GROUP.record, ACCOUNT, "team")
    iam("CreateGroup", GroupName="team")
    iam("PutGroupPolicy", GroupName="team", PolicyName="p", PolicyDocument=ALLOW)

    assert iam("ListGroupsForUser", UserName="ann")["Groups"] == []
    assert not policies_of(engine.parts, ACCOUNT, Principal("user", "ann")).identity


def test_a_user_is_in_ten_groups_at_most(iam):
    iam("CreateUser", UserName="ann")
    for number in range(11):
        iam("CreateGroup", GroupName=f"g{number}")
    for number in range(10):
        iam("AddUserToGroup", UserName="ann", GroupName=f"g{number}")
    with refused("LimitExceeded", "GroupsPerUser: 10"):
        iam("AddUserToGroup", UserName="ann", GroupName="g10")


def test_lists_come_in_pages(iam):
    for number in range(5):
        iam("CreateUser", UserName=f"u{number}")
    page = iam("ListUsers", MaxItems=2)
    names = [user["UserName"] for user in page["Users"]]
    while page["IsTruncated"]:
        page = iam("ListUsers", MaxItems=2, Marker=page["Marker"])
        names += [user["UserName"] for user in page["Users"]]
    assert names == [f"u{number}" for number in range(5)]
    with refused("ValidationError", "Invalid Marker."):
        iam("ListUsers", Marker="ö")


def test_tags_are_replaced_by_key_whatever_its_case(iam):
    iam("CreateRole", RoleName="r1", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "Team", "Value": "a"}])
    iam("TagRole", RoleName="r1", Tags=[{"Key": "team", "Value": "b"}, {"Key": "cost", "Value": ""}])

    tags = iam("ListRoleTags", RoleName="r1")["Tags"]
    assert tags == [{"Key": "cost", "Value": ""}, {"Key": "team", "Value": "b"}]
    iam("UntagRole", RoleName="r1", TagKeys=["TEAM"])
    assert iam("GetRole", RoleName="r1")["Role"]["Tags"] == [{"Key": "cost", "Value": ""}]
    with refused("InvalidInput", "Duplicate tag keys"):
        iam("TagRole", RoleName="r1", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])
    with refused("LimitExceeded", "TagsPerResource: 50"):
        iam("TagRole", RoleName="r1", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])


def test_what_many_change_at_once_is_all_there(iam):
    iam("CreateUser", UserName="ann")
    keys = [f"k{number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: iam("TagUser", UserName="ann", Tags=[{"Key": key, "Value": ""}]), keys))
    assert sorted(tag["Key"] for tag in iam("ListUserTags", UserName="ann")["Tags"]) == sorted(keys)


def test_a_role_is_changed(iam):
    iam("CreateRole", RoleName="r1", AssumeRolePolicyDocument=TRUST)
    other = TRUST.replace(ACCOUNT, "999999999999")
    iam("UpdateRole", RoleName="r1", Description="d", MaxSessionDuration=7200)
    iam("UpdateAssumeRolePolicy", RoleName="r1", PolicyDocument=other)

    role = iam("GetRole", RoleName="r1")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("d", 7200)
    assert unquote(role["AssumeRolePolicyDocument"]) == other
    with refused("MalformedPolicyDocument"):
        iam("UpdateAssumeRolePolicy", RoleName="r1", PolicyDocument=ALLOW)
    with refused("LimitExceeded", "ACLSizePerRole: 2048"):
        many = TRUST.replace(f'"{ACCOUNT}"', json.dumps([ACCOUNT] * 200))
        iam("UpdateAssumeRolePolicy", RoleName="r1", PolicyDocument=many)


def test_a_role_of_a_service_is_the_service_s(iam):
    role = iam("CreateServiceLinkedRole", AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="x")["Role"]
    name = role["RoleName"]

    assert role["Arn"].endswith(f":role/aws-service-role/autoscaling.amazonaws.com/{name}")
    for operation, params in (
        ("DeleteRole", {}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": ALLOW}),
        ("AttachRolePolicy", {"PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": TRUST}),
    ):
        with refused("UnmodifiableEntity", "only modifiable by AWS"):
            iam(operation, RoleName=name, **params)
    task = iam("DeleteServiceLinkedRole", RoleName=name)["DeletionTaskId"]
    assert iam("GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task)["Status"] == "SUCCEEDED"


def test_the_engine_s_own_role_exists_and_can_be_narrowed(iam, engine):
    principal = Principal("role", "SagewrightExecutionRole")
    assert len(policies_of(engine.parts, ACCOUNT, principal).identity) == 2
    iam("DetachRolePolicy", RoleName=principal.name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")

    assert len(policies_of(engine.parts, ACCOUNT, principal).identity) == 1
    with refused("UnmodifiableEntity"):
        iam("DeleteRole", RoleName=principal.name)
    with refused("EntityAlreadyExists"):
        iam("CreateRole", RoleName="SAGEWRIGHTexecutionrole", AssumeRolePolicyDocument=TRUST)


def test_an_instance_profile_holds_one_role(iam):
    iam("CreateInstanceProfile", InstanceProfileName="p")
    for name in ("r1", "r2"):
        iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam("AddRoleToInstanceProfile", InstanceProfileName="p", RoleName="r1")

    with refused("LimitExceeded", "InstanceSessionsPerInstanceProfile: 1"):
        iam("AddRoleToInstanceProfile", InstanceProfileName="p", RoleName="r2")
    [profile] = iam("ListInstanceProfilesForRole", RoleName="r1")["InstanceProfiles"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["r1"]
    for operation, params in (
        ("DeleteRole", {"RoleName": "r1"}),
        ("DeleteInstanceProfile", {"InstanceProfileName": "p"}),
    ):
        with refused("DeleteConflict", "must remove roles from instance profile first"):
            iam(operation, **params)
    iam("RemoveRoleFromInstanceProfile", InstanceProfileName="p", RoleName="r1")
    iam("DeleteInstanceProfile", InstanceProfileName="p")
    iam("DeleteRole", RoleName="r1")


# Access keys ----------------------------------------------------------------------------------------------------------


def test_a_user_has_two_keys_at_most_and_sees_a_secret_once(iam):
    iam("CreateUser", UserName="ann")
    keys = [iam("CreateAccessKey", UserName="ann")["AccessKey"] for _ in range(2)]

    assert all(len(key["AccessKeyId"]) == 20 and key["AccessKeyId"].startswith("AKIA") for key in keys)
    assert all(len(key["SecretAccessKey"]) == 40 for key in keys)
    with refused("LimitExceeded", "AccessKeysPerUser: 2"):
        iam("CreateAccessKey", UserName="ann")
    listed = iam("ListAccessKeys", UserName="ann")["AccessKeyMetadata"]
    assert not any("SecretAccessKey" in key for key in listed)
    iam("UpdateAccessKey", UserName="ann", AccessKeyId=keys[0]["AccessKeyId"], Status="Inactive")
    iam("DeleteAccessKey", UserName="ann", AccessKeyId=keys[1]["AccessKeyId"])
    assert [key["Status"] for key in iam("ListAccessKeys", UserName="ann")["AccessKeyMetadata"]] == ["Inactive"]


@pytest.mark.parametrize("meanwhile", ["another key was made", "the user has gone"])
def test_a_key_that_does_not_fit_any_more_is_taken_back(iam, engine, monkeypatch, meanwhile):
    iam("CreateUser", UserName="ann")
    iam("CreateAccessKey", UserName="ann")
    make = access_keys._new_key

    def made(*arguments):
        monkeypatch.setattr(access_keys, "_new_key", make)
        if meanwhile == "the user has gone":
            engine.parts.state.delete(USER.record, ACCOUNT, "ann")
        else:
            iam("CreateAccessKey", UserName="ann")
        return make(*arguments)

    monkeypatch.setattr(access_keys, "_new_key", made)
    with refused("NoSuchEntity" if meanwhile == "the user has gone" else "LimitExceeded"):
        iam("CreateAccessKey", UserName="ann")
    assert len(access_keys.keys_of(engine.parts, ACCOUNT, "ann")) == (1 if meanwhile == "the user has gone" else 2)


def test_another_user_s_key_is_not_one_s_own(iam):
    for name in ("ann", "bob"):
        iam("CreateUser", UserName=name)
    key = iam("CreateAccessKey", UserName="ann")["AccessKey"]["AccessKeyId"]
    for operation, params in (("DeleteAccessKey", {}), ("UpdateAccessKey", {"Status": "Inactive"})):
        with refused("NoSuchEntity", f"The Access Key with id {key} cannot be found."):
            iam(operation, UserName="bob", AccessKeyId=key, **params)


def test_a_user_without_a_name_is_the_one_who_calls(iam):
    iam("CreateUser", UserName="ann")
    ann = replace(CALLER, principal=Principal("user", "ann"))

    assert iam("GetUser", ann)["User"]["UserName"] == "ann"
    assert iam("CreateAccessKey", ann)["AccessKey"]["UserName"] == "ann"
    assert iam("GetUser", AS_ROOT)["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    with refused("ValidationError", "Must specify userName"):
        iam("CreateAccessKey")


def test_the_root_s_first_key_stays_until_it_is_deleted(iam, engine):
    key_id, secret = access_keys.root_key(engine.parts, ACCOUNT)
    assert access_keys.root_key(engine.parts, ACCOUNT) == (key_id, secret)
    assert access_keys.root_key(engine.parts, "999999999999")[0] != key_id
    stored = engine.parts.state.get("iam-access-key", "", key_id).body
    assert (stored["account"], stored["user"], stored["secret"], stored["status"]) == (ACCOUNT, None, secret, "Active")

    iam("DeleteAccessKey", AS_ROOT, AccessKeyId=key_id)
    assert access_keys.root_key(engine.parts, ACCOUNT)[0] != key_id


def test_the_root_s_first_key_is_whole_after_a_kill_between_its_two_records(engine):
    key_id, secret = access_keys.root_key(engine.parts, ACCOUNT)
    engine.parts.state.delete("iam-access-key", "", key_id)
    assert access_keys.root_key(engine.parts, ACCOUNT) == (key_id, secret)
    assert engine.parts.state.get("iam-access-key", "", key_id) is not None


def test_the_use_of_a_key_is_noted_by_the_hour(iam, engine):
    iam("CreateUser", UserName="ann")
    key = iam("CreateAccessKey", UserName="ann")["AccessKey"]["AccessKeyId"]
    assert iam("GetAccessKeyLastUsed", AccessKeyId=key)["AccessKeyLastUsed"]["ServiceName"] == "N/A"

    access_keys.note_use(engine.parts, key, "us-east-1", "s3")
    engine.parts.clock.sleep(60)
    access_keys.note_use(engine.parts, key, "us-east-1", "iam")
    first = iam("GetAccessKeyLastUsed", AccessKeyId=key)
    assert (first["UserName"], first["AccessKeyLastUsed"]["ServiceName"]) == ("ann", "s3")
    engine.parts.clock.sleep(3600)
    access_keys.note_use(engine.parts, key, "us-east-1", "iam")
    assert iam("GetAccessKeyLastUsed", AccessKeyId=key)["AccessKeyLastUsed"]["ServiceName"] == "iam"


# The account ----------------------------------------------------------------------------------------------------------


def test_the_account_has_a_name_and_rules_for_passwords(iam):
    iam("CreateAccountAlias", AccountAlias="mine")
    iam("CreateAccountAlias", AccountAlias="ours")
    assert iam("ListAccountAliases")["AccountAliases"] == ["ours"]
    with refused("NoSuchEntity", "The account alias mine cannot be found."):
        iam("DeleteAccountAlias", AccountAlias="mine")
    with refused("NoSuchEntity", "The Password Policy with domain name"):
        iam("GetAccountPasswordPolicy")
    iam("UpdateAccountPasswordPolicy", MinimumPasswordLength=12, MaxPasswordAge=90)
    policy = iam("GetAccountPasswordPolicy")["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["ExpirePasswords"]) == (12, True)


def test_the_account_s_summary_counts(iam):
    iam("CreateUser", UserName="ann")
    iam("CreatePolicy", PolicyName="p", PolicyDocument=ALLOW)
    summary = iam("GetAccountSummary")["SummaryMap"]
    assert (summary["Users"], summary["Groups"], summary["Roles"], summary["Policies"]) == (1, 0, 1, 1)


def test_what_the_engine_has_not_is_none(iam):
    iam("CreateUser", UserName="ann")
    assert iam("ListMFADevices", UserName="ann")["MFADevices"] == []
    assert iam("ListSSHPublicKeys", UserName="ann")["SSHPublicKeys"] == []
    with refused("NoSuchEntity", "Login Profile for User ann cannot be found."):
        iam("GetLoginProfile", UserName="ann")
    with refused("UnknownOperationException", "CreateSAMLProvider"):
        iam("CreateSAMLProvider", Name="x", SAMLMetadataDocument="x" * 1000)


def test_records_tell_what_the_shared_engine_reads_of_them(iam, engine):
    iam("CreateUser", UserName="ann", Path="/team/")
    body = find(engine.parts, ACCOUNT, USER, "ann").body
    assert body["path"] == "/team/"
    assert body["boundary"] is None
    assert body["id"].startswith("AIDA")
