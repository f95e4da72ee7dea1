"""Policies decide what comes over the network, from the request on that follows their change."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.e2e.shared_engine import shared_engine

ACCOUNT = "123456789012"
ONCE = Config(retries={"max_attempts": 0})


@pytest.fixture
def engine(tmp_path):
    with shared_engine(tmp_path / "home") as engine:
        yield engine


def document(action, resource="*", **more):
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}
    )


def session_of(key):
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key.get("SessionToken"), "us-east-1")


def test_a_user_may_what_his_policies_allow(engine):
    iam, s3 = engine.client("iam"), engine.client("s3")
    s3.create_bucket(Bucket="data")
    for name in ("ann", "bob"):
        s3.put_object(Bucket="data", Key=f"{name}/rows.csv", Body=b"1,2\n")
    iam.create_user(UserName="ann", Path="/team/")
    key = iam.create_access_key(UserName="ann")["AccessKey"]

    def client(service, key=key):
        return session_of(key).client(service, endpoint_url=engine.url, config=ONCE)

    own_s3, own_sts = client("s3"), client("sts")

    def read(name):
        return own_s3.get_object(Bucket="data", Key=f"{name}/rows.csv")["Body"].read()

    def refused(why=""):
        return pytest.raises(ClientError, match=f"AccessDenied.*{why}")

    with refused("no identity-based policy allows"):
        read("ann")
    own = document("s3:GetObject", "arn:aws:s3:::data/${aws:username}/*")
    iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=own)
    assert read("ann") == b"1,2\n"
    with refused("no identity-based policy allows"):
        read("bob")
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=document("sagemaker:*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=bound)
    with refused("no permissions boundary allows"):
        read("ann")
    iam.delete_user_permissions_boundary(UserName="ann")
    named = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/team/ann"}
    s3.put_bucket_policy(Bucket="data", Policy=document("s3:GetObject", "arn:aws:s3:::data/bob/*", Principal=named))
    assert read("bob") == b"1,2\n"

    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="job", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
    )["Role"]["Arn"]
    with refused():
        own_sts.assume_role(RoleArn=role, RoleSessionName="run-1")
    iam.create_group(GroupName="team")
    iam.put_group_policy(GroupName="team", PolicyName="p", PolicyDocument=document("sts:AssumeRole", role))
    iam.add_user_to_group(GroupName="team", UserName="ann")
    session = own_sts.assume_role(RoleArn=role, RoleSessionName="run-1")["Credentials"]
    session_s3 = client("s3", session)
    with refused("no identity-based policy allows"):
        session_s3.list_objects_v2(Bucket="data")
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    assert session_s3.list_objects_v2(Bucket="data")["KeyCount"] == 2
    with refused():
        session_s3.put_object(Bucket="data", Key="x", Body=b"")

    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        read("ann")
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "s3"
