"""What policies do not allow does not happen, and is refused in the words of the service."""

from __future__ import annotations

import io
import json

import boto3
import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sagewright.engine.gateway.mounts.botocore import mount
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.engine.operations.sts.sessions import sweep_sessions
from tests.unit.networked import ACCOUNT, Keys, Network, allow, deny, document, trust_in

ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


@pytest.fixture
def network(tmp_path):
    return Network(tmp_path)


@pytest.fixture
def bucket(network):
    client = network.client("s3")
    client.create_bucket(Bucket="bucket")
    for key in ("open/1", "open/2", "secret/1"):
        client.put_object(Bucket="bucket", Key=key, Body=key.encode())
    return "bucket"


def refusal(client, method, **params):
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_nobody_may_do_what_nothing_allows(network):
    keys = network.user("ann")
    because = "because no identity-based policy"
    me = f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform:"
    endpoint = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/e"
    for service, method, params, code, status, on in (
        ("sagemaker", "list_training_jobs", {}, "AccessDeniedException", 400, ""),
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e"}, "AccessDeniedException", 403, endpoint),
        ("s3", "list_buckets", {}, "AccessDenied", 403, ""),
        ("iam", "list_users", {}, "AccessDenied", 403, f"arn:aws:iam::{ACCOUNT}:user/"),
        ("cloudwatch", "list_metrics", {}, "AccessDenied", 403, ""),
        ("logs", "describe_log_groups", {}, "AccessDeniedException", 400, None),
        ("dynamodb", "list_tables", {}, "AccessDeniedException", 400, ""),
        ("sns", "list_topics", {}, "AccessDenied", 403, ""),
        ("ec2", "describe_instances", {}, "UnauthorizedOperation", 403, ""),
    ):
        found = refusal(network.client(service, keys), method, **params)
        assert found[:2] == (code, status)
        assert f" {me} " in f" {found[2]}"
        if on is not None:
            assert f"{f' on resource: {on} ' if on else ' '}{because} allows the " in found[2]


def test_what_is_allowed_happens(network, bucket):
    keys = network.user(
        "ann",
        allow("s3:GetObject", on="arn:aws:s3:::bucket/open/*"),
        allow("s3:ListBucket", on="arn:aws:s3:::bucket", Condition={"StringLike": {"s3:prefix": "open/*"}}),
    )
    s3 = network.client("s3", keys)
    assert s3.get_object(Bucket=bucket, Key="open/1")["Body"].read() == b"open/1"
    s3.head_object(Bucket=bucket, Key="open/1")
    assert refusal(s3, "get_object", Bucket=bucket, Key="secret/1")[0] == "AccessDenied"
    assert refusal(s3, "head_object", Bucket=bucket, Key="secret/1")[:2] == ("403", 403)
    assert refusal(s3, "put_object", Bucket=bucket, Key="open/3", Body=b"")[0] == "AccessDenied"
    assert len(s3.list_objects_v2(Bucket=bucket, Prefix="open/")["Contents"]) == 2
    assert refusal(s3, "list_objects_v2", Bucket=bucket)[0] == "AccessDenied"
    assert refusal(s3, "list_objects_v2", Bucket=bucket, Prefix="secret/")[0] == "AccessDenied"


def test_s3_names_what_is_denied(network, bucket):
    keys = network.user("ann", allow("s3:*"), deny("s3:GetObject", on="arn:aws:s3:::bucket/secret/*"))
    assert refusal(network.client("s3", keys), "get_object", Bucket=bucket, Key="secret/1")[2] == (
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: s3:GetObject on resource: "
        '"arn:aws:s3:::bucket/secret/1" with an explicit deny in an identity-based policy'
    )


def test_that_an_object_is_missing_is_for_those_who_may_list(network, bucket):
    getter = network.client("s3", network.user("ann", allow("s3:GetObject", "s3:PutObject")))
    lister = network.client("s3", network.user("bob", allow("s3:GetObject", "s3:ListBucket", "s3:PutObject")))
    missing = {"Bucket": bucket, "Key": "missing"}
    assert refusal(getter, "get_object", **missing)[0] == "AccessDenied"
    assert refusal(getter, "head_object", **missing)[1] == 403
    assert refusal(lister, "get_object", **missing)[0] == "NoSuchKey"
    assert refusal(lister, "head_object", **missing)[1] == 404
    copy = {"Bucket": bucket, "Key": "k", "CopySource": "bucket/missing"}
    assert refusal(getter, "copy_object", **copy)[0] == "AccessDenied"
    assert refusal(lister, "copy_object", **copy)[0] == "NoSuchKey"


def test_a_copy_needs_both_ends(network, bucket):
    keys = network.user(
        "ann", allow("s3:PutObject", on="arn:aws:s3:::bucket/*"), allow("s3:GetObject", on="arn:aws:s3:::bucket/open/*")
    )
    s3 = network.client("s3", keys)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource="bucket/open/1")
    assert refusal(s3, "copy_object", Bucket=bucket, Key="copy", CopySource="bucket/secret/1")[0] == "AccessDenied"


def test_of_many_objects_only_those_are_deleted_that_may_be(network, bucket):
    keys = network.user("ann", allow("s3:DeleteObject", on="arn:aws:s3:::bucket/open/*"))
    s3 = network.client("s3", keys)
    wanted = {"Objects": [{"Key": "open/1"}, {"Key": "secret/1"}]}
    answer = s3.delete_objects(Bucket=bucket, Delete=wanted)
    assert [one["Key"] for one in answer["Deleted"]] == ["open/1"]
    assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("secret/1", "AccessDenied")]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "secret/1"}]})
    assert "Deleted" not in answer
    assert len(answer["Errors"]) == 1
    keys_left = [one["Key"] for one in network.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys_left == ["open/2", "secret/1"]


def test_the_policy_of_a_bucket(network, bucket):
    keys = network.user("ann")
    root = network.client("s3")

    def set_policy(*statements):
        root.put_bucket_policy(Bucket=bucket, Policy=document(*statements))

    me = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"}
    on = "arn:aws:s3:::bucket/*"
    set_policy(allow("s3:GetObject", on=on, Principal=me))
    network.client("s3", keys).get_object(Bucket=bucket, Key="open/1")
    set_policy({**allow("s3:GetObject", on=on), "Effect": "Deny", "Principal": "*"})
    assert "explicit deny in a resource-based policy" in refusal(root, "get_object", Bucket=bucket, Key="open/1")[2]
    set_policy({**allow("s3:*", on=[on, "arn:aws:s3:::bucket"]), "Effect": "Deny", "Principal": "*"})
    root.delete_bucket_policy(Bucket=bucket)  # the root cannot lock itself out
    root.get_object(Bucket=bucket, Key="open/1")


def test_a_public_policy_counts_for_the_buckets_own_account_only_unless_the_block_is_lifted(network, bucket):
    stranger = network.put_key(Keys("AKIAOTHEROTHEROTHERO", "other"), None, account="210987654321")
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
    root, client = network.client("s3"), network.client("s3", stranger)
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"), False)
    restricted = {**block, "RestrictPublicBuckets": True}
    root.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=restricted)
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    assert refusal(client, "get_object", Bucket=bucket, Key="open/1")[:2] == ("AccessDenied", 403)

    root.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert client.get_object(Bucket=bucket, Key="open/1")["Body"].read() == b"open/1"


def test_another_account_needs_both_sides(network, bucket):
    other = "210987654321"
    stranger = network.put_key(Keys("AKIAOTHEROTHEROTHERO", "other"), None, account=other)
    s3 = network.client("s3", stranger)
    assert refusal(s3, "get_object", Bucket=bucket, Key="open/1") == ("AccessDenied", 403, "Access Denied")
    network.client("s3").put_bucket_policy(
        Bucket=bucket,
        Policy=document(allow("s3:GetObject", on="arn:aws:s3:::bucket/*", Principal={"AWS": other})),
    )
    s3.get_object(Bucket=bucket, Key="open/1")
    assert refusal(s3, "delete_object", Bucket=bucket, Key="open/1")[0] == "AccessDenied"


def test_conditions_on_the_request(network, bucket):
    for name, condition, peer, allowed in (
        ("a", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, Peer("192.0.2.7"), True),
        ("b", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, Peer("198.51.100.1"), False),
        ("c", {"Bool": {"aws:SecureTransport": "true"}}, Peer("::1"), False),
        ("d", {"Bool": {"aws:SecureTransport": "true"}}, Peer("::1", secure=True), True),
        ("e", {"StringEquals": {"aws:username": "e"}}, Peer("::1"), True),
        ("f", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, Peer("::1"), False),
        ("g", {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, Peer("::1"), False),
        ("h", {"StringEquals": {"s3:ExistingObjectTag/kind": "open"}}, Peer("::1"), True),
        ("i", {"StringEquals": {"s3:ExistingObjectTag/kind": "shut"}}, Peer("::1"), False),
        ("j", {"StringEquals": {"aws:PrincipalTag/team": "red"}}, Peer("::1"), True),
        ("k", {"Null": {"aws:TokenIssueTime": "true"}}, Peer("::1"), True),
        ("l", {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, Peer("::1"), False),
    ):  # fmt: skip
        keys = network.user(name, allow("s3:GetObject", Condition=condition), Tags=[{"Key": "team", "Value": "red"}])
        network.client("s3").put_object_tagging(
            Bucket=bucket, Key="open/1", Tagging={"TagSet": [{"Key": "kind", "Value": "open"}]}
        )
        s3 = network.client("s3", keys, peer=peer)
        if allowed:
            s3.get_object(Bucket=bucket, Key="open/1")
        else:
            assert refusal(s3, "get_object", Bucket=bucket, Key="open/1")[0] == "AccessDenied", name


def test_roles_are_passed_only_by_those_who_may(network):
    model = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "i"}}
    keys = network.user("ann", allow("sagemaker:*"))
    code, status, message = refusal(network.client("sagemaker", keys), "create_model", **model)
    assert (code, status, message) == (
        "AccessDeniedException",
        400,
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: iam:PassRole on resource: {ROLE} because "
        "no identity-based policy allows the iam:PassRole action",
    )
    passing = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    keys = network.user("bob", allow("sagemaker:*"), allow("iam:PassRole", on=ROLE, Condition=passing))
    code = refusal(network.client("sagemaker", keys), "create_model", **model)[0]
    assert code != "AccessDeniedException"  # the image is none


def test_foreign_services_are_guarded_before_they_see_anything(network):
    root = network.client("sns")
    topic = root.create_topic(Name="mine")["TopicArn"]
    keys = network.user("ann", allow("sns:Publish", on=topic), allow("sqs:*", on=f"arn:aws:sqs:*:{ACCOUNT}:jobs-*"))
    sns, sqs = network.client("sns", keys), network.client("sqs", keys)
    sns.publish(TopicArn=topic, Message="m")
    assert refusal(sns, "create_topic", Name="other")[0] == "AccessDenied"
    assert [one["TopicArn"] for one in root.list_topics()["Topics"]] == [topic]
    sqs.create_queue(QueueName="jobs-1")
    assert "AccessDenied" in refusal(sqs, "create_queue", QueueName="other")[0]


def test_a_request_that_can_be_read_in_two_ways_is_not_handed_on(network):
    keys = network.user("ann", allow("sns:CreateTopic", on="arn:aws:sns:*:*:mine"))

    body = b"Action=CreateTopic&Version=2010-03-31&Name=theirs&Name=mine"
    signed = AWSRequest("POST", "http://localhost:8080/", data=body)
    signed.headers["content-type"] = "application/x-www-form-urlencoded"
    botocore.auth.SigV4Auth(Credentials(keys.id, keys.secret), "sns", "us-east-1").add_auth(signed)
    headers = Headers({name: str(value) for name, value in signed.headers.items()})
    request = HttpRequest(
        "POST", "/", "", "localhost:8080", headers, io.BytesIO(body), "sns", "CreateTopic", Peer("::1")
    )
    assert network.send(request).status == 404
    assert network.client("sns").list_topics()["Topics"] == []


def test_names_do_not_hide_what_stands_behind_them(network):
    root, kms = network.client("secretsmanager"), network.client("kms")
    arn = root.create_secret(Name="password", SecretString="x")["ARN"]
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    root.create_secret(Name="open", SecretString="y")
    keys = network.user("ann", allow("secretsmanager:*", "kms:*"), deny("*", on=[arn, key]))
    secrets = network.client("secretsmanager", keys)
    for name in ("password", arn):
        assert refusal(secrets, "get_secret_value", SecretId=name)[0] == "AccessDeniedException"
    assert secrets.get_secret_value(SecretId="open")["SecretString"] == "y"
    for name in ("alias/mine", key, key.rpartition("/")[2]):
        assert refusal(network.client("kms", keys), "describe_key", KeyId=name)[0] == "AccessDeniedException"


def test_tags_of_what_is_asked_for(network):
    same_team = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    keys = network.user("ann", allow("iam:GetUser", Condition=same_team), Tags=[{"Key": "team", "Value": "red"}])
    network.user("red", Tags=[{"Key": "team", "Value": "red"}])
    network.user("blue", Tags=[{"Key": "team", "Value": "blue"}])
    iam = network.client("iam", keys)
    iam.get_user(UserName="red")
    assert refusal(iam, "get_user", UserName="blue")[0] == "AccessDenied"


# Sessions -------------------------------------------------------------------------------------------------------------


def assume(network, keys, **params):
    answer = network.client("sts", keys).assume_role(**{"RoleArn": ROLE, "RoleSessionName": "work", **params})
    return keys_of(answer), answer


def keys_of(answer):
    found = answer["Credentials"]
    return Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def test_a_role_is_assumed_by_those_whom_it_trusts(network, bucket):
    keys = network.user("ann", allow("sts:AssumeRole"))
    network.role("r", trust_in(f"arn:aws:iam::{ACCOUNT}:user/ann"), allow("s3:GetObject"))
    session, answer = assume(network, keys)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/work"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert network.client("sts", session).get_caller_identity()["Arn"] == arn
    network.client("s3", session).get_object(Bucket=bucket, Key="open/1")
    code, _, message = refusal(network.client("s3", session), "delete_object", Bucket=bucket, Key="open/1")
    assert (code, arn in message) == ("AccessDenied", True)
    other = network.user("bob", allow("sts:AssumeRole"))
    assert refusal(network.client("sts", other), "assume_role", RoleArn=ROLE, RoleSessionName="work") == (
        "AccessDenied",
        403,
        f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
    )
    missing = f"arn:aws:iam::{ACCOUNT}:role/none"
    assert (
        refusal(network.client("sts", keys), "assume_role", RoleArn=missing, RoleSessionName="work")[0]
        == "AccessDenied"
    )
    assert refusal(network.client("sts"), "assume_role", RoleArn=ROLE, RoleSessionName="work")[2] == (
        "Roles may not be assumed by root accounts."
    )


def test_a_stranger_needs_the_external_id(network):
    keys = network.user("ann", allow("sts:AssumeRole"))
    network.role("r", trust_in(ACCOUNT, Condition={"StringEquals": {"sts:ExternalId": "42"}}))
    sts = network.client("sts", keys)
    assert refusal(sts, "assume_role", RoleArn=ROLE, RoleSessionName="work")[0] == "AccessDenied"
    assert refusal(sts, "assume_role", RoleArn=ROLE, RoleSessionName="work", ExternalId="43")[0] == "AccessDenied"
    assume(network, keys, ExternalId="42")


def test_how_long_sessions_last(network, monkeypatch):
    keys = network.user("ann", allow("sts:AssumeRole"))
    network.role("r", trust_in(ACCOUNT), allow("sts:AssumeRole"), MaxSessionDuration=7200)
    sts = network.client("sts", keys)
    code, _, message = refusal(sts, "assume_role", RoleArn=ROLE, RoleSessionName="work", DurationSeconds=7201)
    assert (code, "MaxSessionDuration" in message) == ("ValidationError", True)
    session, _ = assume(network, keys, DurationSeconds=7200)
    chained = network.client("sts", session)
    code, _, message = refusal(chained, "assume_role", RoleArn=ROLE, RoleSessionName="work", DurationSeconds=3601)
    assert (code, "1 hour session limit" in message) == ("ValidationError", True)
    assume(network, session, DurationSeconds=3600)
    assert sweep_sessions(network.parts.state, network.parts.clock.now()) == 0
    assert sweep_sessions(network.parts.state, network.parts.clock.now() + 86400 + 3700) == 1
    assert sweep_sessions(network.parts.state, network.parts.clock.now() + 86400 + 7300) == 1


def test_session_policies_narrow(network, bucket):
    keys = network.user("ann", allow("sts:AssumeRole"))
    network.role("r", trust_in(ACCOUNT), allow("s3:*"))
    policy = document(allow("s3:GetObject", "dynamodb:*", on="*"))
    session, answer = assume(network, keys, Policy=policy)
    assert answer["PackedPolicySize"] >= 1
    network.client("s3", session).get_object(Bucket=bucket, Key="open/1")
    message = refusal(network.client("s3", session), "put_object", Bucket=bucket, Key="k", Body=b"")[2]
    assert message.endswith("because no session policy allows the s3:PutObject action")
    assert "AccessDenied" in refusal(network.client("dynamodb", session), "list_tables")[0]
    sts = network.client("sts", keys)
    bad = {"RoleArn": ROLE, "RoleSessionName": "work", "Policy": "{"}
    assert refusal(sts, "assume_role", **bad)[0] == "MalformedPolicyDocument"
    read_only = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    session, _ = assume(network, keys, PolicyArns=[{"arn": read_only}])
    network.client("s3", session).get_object(Bucket=bucket, Key="open/1")
    assert refusal(network.client("s3", session), "put_object", Bucket=bucket, Key="k", Body=b"")[0] == "AccessDenied"


def test_session_tags(network):
    keys = network.user("ann", allow("sts:*"))
    trust = trust_in(ACCOUNT, "sts:AssumeRole", "sts:TagSession")
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    network.role("r", trust, allow("s3:ListAllMyBuckets", Condition=tagged), allow("sts:*"))
    red = [{"Key": "team", "Value": "red"}]
    session, _ = assume(network, keys, Tags=red, TransitiveTagKeys=["team"])
    network.client("s3", session).list_buckets()
    chained, _ = assume(network, session)
    network.client("s3", chained).list_buckets()
    sts = network.client("sts", session)
    again = {"RoleArn": ROLE, "RoleSessionName": "work", "Tags": red}
    assert refusal(sts, "assume_role", **again)[0] == "InvalidParameterValue"
    plain, _ = assume(network, keys)
    assert refusal(network.client("s3", plain), "list_buckets")[0] == "AccessDenied"
    network.role("untagged", trust_in(ACCOUNT))
    untagged = {**again, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/untagged"}
    message = refusal(network.client("sts", keys), "assume_role", **untagged)[2]
    assert "sts:TagSession" in message


def test_tokens_of_users(network, bucket):
    keys = network.user("ann", allow("s3:GetObject", "sts:*", "iam:*"))
    session = keys_of(network.client("sts", keys).get_session_token(DurationSeconds=900))
    assert network.client("sts", session).get_caller_identity()["Arn"].endswith(":user/ann")
    network.client("s3", session).get_object(Bucket=bucket, Key="open/1")
    assert refusal(network.client("iam", session), "list_users")[0] == "InvalidClientTokenId"
    assert refusal(network.client("sts", session), "get_session_token")[2] == (
        "Cannot call GetSessionToken with session credentials"
    )


def test_tokens_for_others(network, bucket):
    keys = network.user("ann", allow("s3:GetObject", "sts:GetFederationToken"))
    sts = network.client("sts", keys)
    answer = sts.get_federation_token(Name="web", Policy=document(allow("s3:*")))
    assert answer["FederatedUser"] == {
        "FederatedUserId": f"{ACCOUNT}:web",
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/web",
    }
    session = keys_of(answer)
    network.client("s3", session).get_object(Bucket=bucket, Key="open/1")
    assert refusal(network.client("s3", session), "delete_object", Bucket=bucket, Key="open/1")[0] == "AccessDenied"
    nothing = keys_of(sts.get_federation_token(Name="web"))
    assert refusal(network.client("s3", nothing), "get_object", Bucket=bucket, Key="open/1")[0] == "AccessDenied"
    assert refusal(network.client("iam", session), "list_users")[0] == "InvalidClientTokenId"


def test_whose_a_key_is(network):
    keys = network.user("ann")
    sts = network.client("sts")
    assert sts.get_access_key_info(AccessKeyId=keys.id)["Account"] == ACCOUNT
    assert refusal(sts, "get_access_key_info", AccessKeyId="AKIANOBODYNOBODYNOBO")[0] == "ValidationError"


def test_a_change_of_policies_counts_at_once(network, bucket):
    keys = network.user("ann", allow("s3:GetObject"))
    s3, iam = network.client("s3", keys), network.client("iam")
    s3.get_object(Bucket=bucket, Key="open/1")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(json.loads(document(deny("s3:*")))))
    assert refusal(s3, "get_object", Bucket=bucket, Key="open/1")[0] == "AccessDenied"


def test_in_the_users_own_process_roles_are_assumed_as_they_come(network, tmp_path):
    session = boto3.Session("any", "key", region_name="us-east-1")
    mount(session.events, tmp_path)
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/unknown"
    answer = session.client("sts").assume_role(RoleArn=role, RoleSessionName="work", DurationSeconds=43200)
    keys = keys_of(answer)
    again = boto3.Session(keys.id, keys.secret, keys.token, "us-east-1")
    mount(again.events, tmp_path)
    assert again.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/unknown/work"
    again.client("s3").list_buckets()
