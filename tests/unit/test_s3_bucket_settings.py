"""What is set on buckets: policies, ownership, ACLs, cross-origin rules, lifecycles; codes as in the API Reference."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from sagewright.engine.operations.s3.cors import allowances, rule_for
from tests.unit.s3_client import S3

ACCOUNT = "123456789012"
OTHER = "210987654321"
OWNER_ALONE = [{"Grantee": {"ID": ACCOUNT, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]


@pytest.fixture
def s3(house):
    return S3(house)


def policy(**changes):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/*",
        **changes,
    }
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]}


# Nothing set ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GetBucketPolicy", "NoSuchBucketPolicy"),
        ("GetBucketPolicyStatus", "NoSuchBucketPolicy"),
        ("GetBucketCors", "NoSuchCORSConfiguration"),
        ("GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
        ("GetBucketWebsite", "NoSuchWebsiteConfiguration"),
        ("GetBucketReplication", "ReplicationConfigurationNotFoundError"),
        ("GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"),
        ("GetBucketTagging", "NoSuchTagSet"),
    ],
)
def test_what_a_new_bucket_does_not_have(s3, operation, code):
    s3.refuses(operation, code, 404, Bucket="bucket")
    s3.refuses(operation, "NoSuchBucket", 404, Bucket="none")
    s3.refuses(operation, "AccessDenied", 403, Bucket="bucket", ExpectedBucketOwner=OTHER)


def test_what_a_new_bucket_has(s3):
    assert s3("GetBucketOwnershipControls", Bucket="bucket")["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
    }
    assert set(s3("GetPublicAccessBlock", Bucket="bucket")["PublicAccessBlockConfiguration"].values()) == {True}
    encryption = s3("GetBucketEncryption", Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3("GetBucketAcl", Bucket="bucket") == {"Owner": {"ID": ACCOUNT}, "Grants": OWNER_ALONE}
    assert s3("GetBucketRequestPayment", Bucket="bucket") == {"Payer": "BucketOwner"}
    for operation in ("GetBucketLogging", "GetBucketAccelerateConfiguration", "GetBucketNotificationConfiguration"):
        assert s3(operation, Bucket="bucket") == {}


@pytest.mark.parametrize(
    ("deletion", "question", "code"),
    [
        ("DeleteBucketOwnershipControls", "GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
        ("DeletePublicAccessBlock", "GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ],
)
def test_defaults_that_were_taken_away_stay_away(s3, deletion, question, code):
    s3(deletion, Bucket="bucket")
    s3.refuses(question, code, 404, Bucket="bucket")


# Policies -------------------------------------------------------------------------------------------------------------


def test_a_policy_is_kept_until_it_is_deleted(s3, house):
    s3("PutBucketPolicy", Bucket="bucket", Policy=json.dumps(policy(), indent=2))

    assert json.loads(s3("GetBucketPolicy", Bucket="bucket")["Policy"]) == policy()
    assert house.parts.objects.head_bucket("bucket").configuration["policy"] == policy()
    assert s3("GetBucketPolicyStatus", Bucket="bucket") == {"PolicyStatus": {"IsPublic": False}}
    s3("DeleteBucketPolicy", Bucket="bucket")
    s3.refuses("GetBucketPolicy", "NoSuchBucketPolicy", 404, Bucket="bucket")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "{}",
        json.dumps(policy(Effect="allow")),
        json.dumps(policy(Principal=None)),
        json.dumps(policy(Action=None)),
        json.dumps(policy(Action="ec2:RunInstances")),
        json.dumps(policy(Resource="arn:aws:s3:::other/*")),
        json.dumps(policy(Resource="bucket/*")),
        json.dumps(policy(NotAction="s3:PutObject")),
    ],
)
def test_policies_that_no_bucket_takes(s3, text):
    s3.refuses("PutBucketPolicy", "MalformedPolicy", 400, Bucket="bucket", Policy=text)


@pytest.mark.parametrize(
    ("changes", "public"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["*"]}}, True),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "*"}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:UserAgent": "mine"}}}, True),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, False),
    ],
)
def test_public_policies_are_blocked_unless_the_block_is_lifted(s3, changes, public):
    text = json.dumps(policy(**changes))
    if public:
        s3.refuses("PutBucketPolicy", "AccessDenied", 403, Bucket="bucket", Policy=text)
    s3("DeletePublicAccessBlock", Bucket="bucket")
    s3("PutBucketPolicy", Bucket="bucket", Policy=text)
    assert s3("GetBucketPolicyStatus", Bucket="bucket")["PolicyStatus"]["IsPublic"] is public


# ACLs -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("acl", ["private", "bucket-owner-full-control"])
def test_a_modern_bucket_takes_the_lists_that_say_nothing_new(s3, acl):
    s3("PutBucketAcl", Bucket="bucket", ACL=acl)
    s3("PutBucketAcl", Bucket="bucket", AccessControlPolicy=s3("GetBucketAcl", Bucket="bucket"))
    assert s3("GetBucketAcl", Bucket="bucket")["Grants"] == OWNER_ALONE


@pytest.mark.parametrize("asked", [{"ACL": "public-read"}, {"GrantRead": f'id="{OTHER}"'}])
def test_a_modern_bucket_takes_no_other_list(s3, asked):
    s3.refuses("PutBucketAcl", "AccessControlListNotSupported", 400, Bucket="bucket", **asked)


def test_a_bucket_of_its_writers_keeps_lists(s3):
    s3("CreateBucket", Bucket="older", ObjectOwnership="ObjectWriter")
    s3("PutBucketAcl", Bucket="older", GrantRead=f'id="{OTHER}"', GrantWriteACP=f"id={ACCOUNT}")

    assert s3("GetBucketAcl", Bucket="older")["Grants"] == [
        {"Grantee": {"ID": OTHER, "Type": "CanonicalUser"}, "Permission": "READ"},
        {"Grantee": {"ID": ACCOUNT, "Type": "CanonicalUser"}, "Permission": "WRITE_ACP"},
    ]
    s3.refuses("PutBucketAcl", "AccessDenied", 403, Bucket="older", ACL="public-read")
    s3("DeletePublicAccessBlock", Bucket="older")
    s3("PutBucketAcl", Bucket="older", ACL="public-read")
    assert s3("GetBucketAcl", Bucket="older")["Grants"][1]["Permission"] == "READ"
    s3.refuses("PutBucketAcl", "InvalidArgument", 400, Bucket="older", GrantRead="somebody")


def test_a_bucket_is_not_made_public_at_birth(s3):
    s3.refuses("CreateBucket", "InvalidBucketAclWithObjectOwnership", 400, Bucket="new", ACL="public-read")
    s3.refuses(
        "CreateBucket",
        "InvalidBucketAclWithBlockPublicAccessError",
        400,
        Bucket="new",
        ACL="public-read",
        ObjectOwnership="ObjectWriter",
    )
    s3.refuses("HeadBucket", "NoSuchBucket", 404, Bucket="new")


@pytest.mark.parametrize("name", ["sthree-x", "amzn-s3-demo-x", "x-s3alias", "x--ol-s3", "x.mrap"])
def test_reserved_names(s3, name):
    s3.refuses("CreateBucket", "InvalidBucketName", 400, Bucket=name)


def test_buckets_of_other_kinds_are_refused(s3):
    s3.refuses("CreateBucket", "NotImplemented", 501, Bucket="fast--use1-az4--x-s3")
    arn = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door"
    s3.refuses("GetObject", "NotImplemented", 501, Bucket=arn, Key="k")


def test_nobody_lists_more_buckets_than_there_can_be(s3):
    for count in (0, 10_001):
        s3.refuses("ListBuckets", "InvalidArgument", 400, MaxBuckets=count)


@pytest.mark.parametrize("name", ["BucketTagging", "ObjectTagging"])
def test_amazons_own_tags_are_not_for_users(s3, name):
    tags = {"TagSet": [{"Key": "aws:mine", "Value": "x"}]}
    s3.put("k")
    s3.refuses(f"Put{name}", "InvalidTag", 400, Bucket="bucket", Tagging=tags, **({"Key": "k"} if "O" in name else {}))


def test_accounts_see_their_own_buckets_only(s3):
    s3.at(account=OTHER)("CreateBucket", Bucket="theirs")
    assert [bucket["Name"] for bucket in s3("ListBuckets")["Buckets"]] == ["bucket"]


# Cross-origin rules ---------------------------------------------------------------------------------------------------

RULE = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://*.example.com"], "AllowedHeaders": ["x-amz-*"]}


def test_cross_origin_rules_are_kept(s3):
    s3("PutBucketCors", Bucket="bucket", CORSConfiguration={"CORSRules": [RULE]})
    assert s3("GetBucketCors", Bucket="bucket") == {"CORSRules": [RULE]}
    s3("DeleteBucketCors", Bucket="bucket")
    s3.refuses("GetBucketCors", "NoSuchCORSConfiguration", 404, Bucket="bucket")


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([], "MalformedXML"),
        ([RULE] * 101, "MalformedXML"),
        ([{**RULE, "AllowedMethods": ["PATCH"]}], "InvalidRequest"),
        ([{**RULE, "AllowedOrigins": ["*.a.*"]}], "InvalidRequest"),
        ([{**RULE, "AllowedOrigins": []}], "MalformedXML"),
        ([{**RULE, "ExposeHeaders": ["x-*"]}], "InvalidRequest"),
    ],
)
def test_cross_origin_rules_that_no_bucket_takes(s3, rules, code):
    s3.refuses("PutBucketCors", code, 400, Bucket="bucket", CORSConfiguration={"CORSRules": rules})


@pytest.mark.parametrize(
    ("origin", "method", "headers", "allowed"),
    [
        ("https://www.example.com", "GET", [], True),
        ("https://www.example.com", "GET", ["X-Amz-Date"], True),
        ("https://www.example.com", "GET", ["Range"], False),
        ("https://www.example.com", "PUT", [], False),
        ("https://example.com", "GET", [], False),
        ("http://www.example.com", "GET", [], False),
    ],
)
def test_what_a_rule_allows(origin, method, headers, allowed):
    rule = rule_for([RULE], origin, method, headers)
    assert (rule is not None) is allowed
    if rule:
        assert allowances(rule, origin)["access-control-allow-origin"] == origin


# Lifecycles -----------------------------------------------------------------------------------------------------------


def lifecycle(**changes):
    rule = {"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}, **changes}
    return {"Rules": [{k: v for k, v in rule.items() if v is not None}]}


def test_a_lifecycle_is_kept(s3):
    given = lifecycle(ID="one", Expiration={"Date": datetime(2030, 1, 1, tzinfo=timezone.utc)})
    s3("PutBucketLifecycleConfiguration", Bucket="bucket", LifecycleConfiguration=given)

    kept = s3("GetBucketLifecycleConfiguration", Bucket="bucket")["Rules"]
    assert kept[0]["ID"] == "one"
    assert kept[0]["Expiration"]["Date"] == datetime(2030, 1, 1, tzinfo=timezone.utc).timestamp()
    s3("DeleteBucketLifecycle", Bucket="bucket")
    s3.refuses("GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", 404, Bucket="bucket")


def test_answers_tell_when_an_object_goes(s3, house):
    s3("PutBucketLifecycleConfiguration", Bucket="bucket", LifecycleConfiguration=lifecycle(ID="a rule"))
    told = s3.put("tmp/x")["Expiration"]

    assert told.endswith(' 00:00:00 GMT", rule-id="a%20rule"')
    assert s3("HeadObject", Bucket="bucket", Key="tmp/x")["Expiration"] == told
    assert "Expiration" not in s3.put("kept")


def test_rules_without_a_name_get_one(s3):
    s3("PutBucketLifecycleConfiguration", Bucket="bucket", LifecycleConfiguration=lifecycle())
    assert s3("GetBucketLifecycleConfiguration", Bucket="bucket")["Rules"][0]["ID"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Status": "enabled"}, "MalformedXML"),
        ({"Filter": None}, "MalformedXML"),
        ({"Prefix": "x"}, "MalformedXML"),
        ({"Filter": {"Prefix": "x", "Tag": {"Key": "k", "Value": "v"}}}, "MalformedXML"),
        ({"ID": "x" * 256}, "InvalidArgument"),
        ({"Expiration": None}, "InvalidRequest"),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML"),
        ({"Expiration": {"Date": datetime(2030, 1, 1, 12, tzinfo=timezone.utc)}}, "InvalidArgument"),
        ({"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}]}, "InvalidArgument"),
        ({"Transitions": [{"Days": 1, "StorageClass": "TAPE"}]}, "MalformedXML"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 0}}, "InvalidArgument"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 101}}, "InvalidArgument"),
        (
            {
                "Filter": {"Tag": {"Key": "k", "Value": "v"}},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
            "InvalidRequest",
        ),
    ],
)
def test_lifecycles_that_no_bucket_takes(s3, changes, code):
    s3.refuses(
        "PutBucketLifecycleConfiguration", code, 400, Bucket="bucket", LifecycleConfiguration=lifecycle(**changes)
    )


def test_names_of_rules_are_unique(s3):
    rules = lifecycle(ID="a")["Rules"] * 2
    s3.refuses(
        "PutBucketLifecycleConfiguration",
        "InvalidArgument",
        400,
        Bucket="bucket",
        LifecycleConfiguration={"Rules": rules},
    )


# The rest -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "member", "value"),
    [
        ("BucketAccelerateConfiguration", "AccelerateConfiguration", {"Status": "Suspended"}),
        ("BucketRequestPayment", "RequestPaymentConfiguration", {"Payer": "Requester"}),
        ("BucketWebsite", "WebsiteConfiguration", {"IndexDocument": {"Suffix": "index.html"}}),
    ],
)
def test_what_is_kept_and_told(s3, operation, member, value):
    s3(f"Put{operation}", Bucket="bucket", **{member: value})
    assert s3(f"Get{operation}", Bucket="bucket") == value


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("PutBucketLogging", {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "b", "TargetPrefix": ""}}}),
        ("PutBucketReplication", {"ReplicationConfiguration": {"Role": "r", "Rules": []}}),
        ("PutBucketInventoryConfiguration", {"Id": "i", "InventoryConfiguration": {"Id": "i"}}),
        ("PutBucketAnalyticsConfiguration", {"Id": "i", "AnalyticsConfiguration": {"Id": "i"}}),
    ],
)
def test_what_would_have_to_act_is_refused_by_name(s3, operation, params):
    refusal = s3.refuses(operation, "NotImplemented", 501, Bucket="bucket", **params)
    assert any(name in refusal.message for name in (*params, "LoggingEnabled"))


def test_metrics_configurations(s3):
    one = {"Id": "one", "Filter": {"Prefix": "a/"}}
    s3("PutBucketMetricsConfiguration", Bucket="bucket", Id="one", MetricsConfiguration=one)
    assert s3("GetBucketMetricsConfiguration", Bucket="bucket", Id="one") == {"MetricsConfiguration": one}
    assert s3("ListBucketMetricsConfigurations", Bucket="bucket")["MetricsConfigurationList"] == [one]
    s3("DeleteBucketMetricsConfiguration", Bucket="bucket", Id="one")
    s3.refuses("GetBucketMetricsConfiguration", "NoSuchConfiguration", 404, Bucket="bucket", Id="one")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({}, "MalformedXML"),
        ({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "ROT13"}}, "MalformedXML"),
        ({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "k"}}, "InvalidArgument"),
    ],
)
def test_encryptions_that_no_bucket_takes(s3, rule, code):
    given = {"Rules": [rule]}
    s3.refuses("PutBucketEncryption", code, 400, Bucket="bucket", ServerSideEncryptionConfiguration=given)
