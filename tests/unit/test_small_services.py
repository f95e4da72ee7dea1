from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


# IAM and STS ----------------------------------------------------------------------------------------------------------


def test_the_caller_is_told_who_he_is(house):
    identity = house.call("GetCallerIdentity", "sts")
    assert identity == {"UserId": "u", "Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"}


def test_a_role_is_made_found_and_forgotten(house):
    made = house.call("CreateRole", "iam", RoleName="mine", Path="/p/", AssumeRolePolicyDocument=TRUST)["Role"]
    found = house.call("GetRole", "iam", RoleName="mine")["Role"]

    assert made["Arn"] == found["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/p/mine"
    assert made["RoleId"].startswith("AROA")
    assert unquote(found["AssumeRolePolicyDocument"]) == TRUST
    assert [role["RoleName"] for role in house.call("ListRoles", "iam")["Roles"]] == ["SagewrightExecutionRole", "mine"]
    house.call("DeleteRole", "iam", RoleName="mine")
    with pytest.raises(ApiError, match="NoSuchEntity: The role with name mine cannot be found."):
        house.call("GetRole", "iam", RoleName="mine")


def test_the_role_that_the_caller_has_assumed_exists(house):
    assert house.call("GetRole", "iam", RoleName="r")["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/r"


@pytest.mark.parametrize(
    ("name", "trust", "code"),
    [("mine", TRUST, "EntityAlreadyExists"), ("other", "{no json", "MalformedPolicyDocument")],
)
def test_roles_that_cannot_be_made(house, name, trust, code):
    house.call("CreateRole", "iam", RoleName="mine", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(ApiError, match=code):
        house.call("CreateRole", "iam", RoleName=name, AssumeRolePolicyDocument=trust)


# Tags -----------------------------------------------------------------------------------------------------------------

ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/my-model"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"


@pytest.fixture
def model(house):
    house.call("CreateModel", ModelName="My-Model", PrimaryContainer={"Image": IMAGE})
    return house


def tag(key, value="v"):
    return {"Key": key, "Value": value}


def test_tags_are_added_replaced_and_removed(model):
    model.call("AddTags", ResourceArn=ARN, Tags=[tag("a"), tag("b")])
    assert model.call("AddTags", ResourceArn=ARN, Tags=[tag("a", "w")])["Tags"] == [tag("a", "w"), tag("b")]
    model.call("DeleteTags", ResourceArn=ARN, TagKeys=["a", "none"])
    assert model.call("ListTags", ResourceArn=ARN)["Tags"] == [tag("b")]


def test_tags_go_with_their_resource(model):
    model.call("AddTags", ResourceArn=ARN, Tags=[tag("a")])
    model.call("DeleteModel", ModelName="My-Model")
    model.call("CreateModel", ModelName="My-Model", PrimaryContainer={"Image": IMAGE})
    assert model.call("ListTags", ResourceArn=ARN)["Tags"] == []


@pytest.mark.parametrize(
    ("arn", "tags", "said"),
    [
        (ARN, [tag("aws:x")], "begins with `aws:`"),
        (ARN, [tag("a"), tag("a")], "more than once"),
        (ARN, [tag(str(n)) for n in range(51)], "at most 50 tags"),
        (ARN + "x", [tag("a")], "Could not find the resource"),
        ("nonsense", [tag("a")], "is not an ARN"),
    ],
)
def test_tags_that_may_not_be(model, arn, tags, said):
    with pytest.raises(ApiError, match=said):
        model.call("AddTags", ResourceArn=arn, Tags=tags)
