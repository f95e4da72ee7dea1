"""S3's locks on versions of objects."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from sagewright.engine.steward.object_expiry import ExpiryReconciler
from tests.unit.s3_client import S3

GOVERNANCE, COMPLIANCE = "GOVERNANCE", "COMPLIANCE"


@pytest.fixture
def s3(house):
    client = S3(house)
    client("CreateBucket", Bucket="locking", ObjectLockEnabledForBucket=True)
    return client


@pytest.fixture
def later(house):
    """Return the time so many days from now."""
    now = datetime.fromtimestamp(house.parts.clock.now(), timezone.utc)
    return lambda days: now + timedelta(days=days)


class Locked:
    """A version of `locking/k`."""

    def __init__(self, s3, **params):
        self.s3 = s3
        put = s3("PutObject", Bucket="locking", Key="k", Body=b"1", **params)
        self.name = {"Bucket": "locking", "Key": "k", "VersionId": put["VersionId"]}

    def retain(self, mode, until, **params):
        retention = {"Mode": mode, "RetainUntilDate": until} if mode else {}
        self.s3("PutObjectRetention", **self.name, Retention=retention, **params)

    def refuses_to_retain(self, mode, until, **params):
        retention = {"Mode": mode, "RetainUntilDate": until} if mode else {}
        self.s3.refuses("PutObjectRetention", "AccessDenied", 403, **self.name, Retention=retention, **params)

    def stays(self, **params):
        self.s3.refuses("DeleteObject", "AccessDenied", 403, **self.name, **params)
        named = {"Key": "k", "VersionId": self.name["VersionId"]}
        answer = self.s3("DeleteObjects", Bucket="locking", Delete={"Objects": [named]}, **params)
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
        self.s3("HeadObject", **self.name)

    def goes(self, **params):
        self.s3("DeleteObject", **self.name, **params)
        self.s3.refuses("HeadObject", "NoSuchVersion", 404, **self.name)


def test_a_bucket_that_locks_keeps_versions(s3):
    assert s3("GetBucketVersioning", Bucket="locking") == {"Status": "Enabled"}
    found = s3("GetObjectLockConfiguration", Bucket="locking")
    assert found == {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    suspended = {"Status": "Suspended"}
    s3.refuses("PutBucketVersioning", "InvalidBucketState", 409, Bucket="locking", VersioningConfiguration=suspended)


def test_governance_yields_to_who_says_so(s3, later):
    version = Locked(s3, ObjectLockMode=GOVERNANCE, ObjectLockRetainUntilDate=later(2))
    version.stays()
    version.refuses_to_retain(GOVERNANCE, later(1))
    version.refuses_to_retain(COMPLIANCE, later(3))
    version.refuses_to_retain(None, None)
    version.retain(GOVERNANCE, later(3))
    version.retain(GOVERNANCE, later(1), BypassGovernanceRetention=True)
    version.goes(BypassGovernanceRetention=True)


def test_compliance_yields_to_nobody_before_its_time(s3, later, house):
    version = Locked(s3, ObjectLockMode=COMPLIANCE, ObjectLockRetainUntilDate=later(2))
    version.stays(BypassGovernanceRetention=True)
    version.refuses_to_retain(COMPLIANCE, later(1), BypassGovernanceRetention=True)
    version.refuses_to_retain(GOVERNANCE, later(9), BypassGovernanceRetention=True)
    assert s3("DeleteObject", Bucket="locking", Key="k")["DeleteMarker"]  # which hides, and removes nothing
    house.parts.clock.sleep(3 * 86_400)
    version.goes()


def test_a_legal_hold_holds_until_it_is_lifted(s3):
    version = Locked(s3, ObjectLockLegalHoldStatus="ON")
    assert s3("GetObjectLegalHold", **version.name) == {"LegalHold": {"Status": "ON"}}
    version.stays(BypassGovernanceRetention=True)
    s3("PutObjectLegalHold", **version.name, LegalHold={"Status": "OFF"})
    version.goes()


def test_a_read_tells_of_the_lock(s3, later):
    version = Locked(s3, ObjectLockMode=GOVERNANCE, ObjectLockRetainUntilDate=later(1), ObjectLockLegalHoldStatus="ON")
    head = s3("HeadObject", **version.name)
    assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) == (GOVERNANCE, later(1))
    assert head["ObjectLockLegalHoldStatus"] == "ON"
    found = s3("GetObjectRetention", **version.name)["Retention"]
    assert found == {"Mode": GOVERNANCE, "RetainUntilDate": later(1)}
    s3("CopyObject", Bucket="locking", Key="copy", CopySource="locking/k")
    assert "ObjectLockMode" not in s3("HeadObject", Bucket="locking", Key="copy")


def test_a_bucket_s_default(s3, later):
    rule = {"DefaultRetention": {"Mode": COMPLIANCE, "Days": 2}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    s3("PutObjectLockConfiguration", Bucket="locking", ObjectLockConfiguration=configuration)
    version = Locked(s3)
    assert s3("GetObjectRetention", **version.name)["Retention"] == {"Mode": COMPLIANCE, "RetainUntilDate": later(2)}
    version.stays()
    upload = s3("CreateMultipartUpload", Bucket="locking", Key="big")["UploadId"]
    name = {"Bucket": "locking", "Key": "big", "UploadId": upload}
    part = {"PartNumber": 1, "ETag": s3("UploadPart", **name, PartNumber=1, Body=b"1")["ETag"]}
    s3("CompleteMultipartUpload", **name, MultipartUpload={"Parts": [part]})
    assert s3("HeadObject", Bucket="locking", Key="big")["ObjectLockMode"] == COMPLIANCE


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"Mode": "other", "Days": 1}, "MalformedXML"),
        ({"Mode": GOVERNANCE}, "MalformedXML"),
        ({"Mode": GOVERNANCE, "Days": 1, "Years": 1}, "MalformedXML"),
        ({"Mode": GOVERNANCE, "Days": 0}, "InvalidRetentionPeriod"),
        ({"Mode": GOVERNANCE, "Years": 101}, "InvalidRetentionPeriod"),
    ],
)
def test_defaults_that_there_are_not(s3, rule, code):
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}}
    s3.refuses("PutObjectLockConfiguration", code, 400, Bucket="locking", ObjectLockConfiguration=configuration)


def test_buckets_and_objects_without_locks(s3, later):
    s3.put("a")
    plain = {"Bucket": "bucket", "Key": "a"}
    s3.refuses("PutObject", "InvalidRequest", 400, **plain, Body=b"", ObjectLockLegalHoldStatus="ON")
    s3.refuses("GetObjectRetention", "InvalidRequest", 400, **plain)
    s3.refuses("PutObjectLegalHold", "InvalidRequest", 400, **plain, LegalHold={"Status": "ON"})
    configuration = {"ObjectLockEnabled": "Enabled"}
    s3.refuses(
        *("PutObjectLockConfiguration", "InvalidBucketState", 409),
        Bucket="bucket",
        ObjectLockConfiguration=configuration,
    )
    version = Locked(s3)
    s3.refuses("GetObjectRetention", "NoSuchObjectLockConfiguration", 404, **version.name)
    s3.refuses("GetObjectLegalHold", "NoSuchObjectLockConfiguration", 404, **version.name)
    past = {"Mode": GOVERNANCE, "RetainUntilDate": later(-1)}
    s3.refuses("PutObjectRetention", "InvalidArgument", 400, **version.name, Retention=past)
    half = {"Bucket": "locking", "Key": "k", "Body": b"", "ObjectLockMode": GOVERNANCE}
    s3.refuses("PutObject", "InvalidArgument", 400, **half)


def test_a_lifecycle_rule_leaves_what_is_locked(s3, later, house):
    held, free = Locked(s3, ObjectLockLegalHoldStatus="ON"), Locked(s3)
    s3("DeleteObject", Bucket="locking", Key="k")
    expiration = {"ID": "one", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    s3("PutBucketLifecycleConfiguration", Bucket="locking", LifecycleConfiguration={"Rules": [expiration]})
    house.parts.clock.sleep(3 * 86_400)
    reconciler = ExpiryReconciler(house.parts)
    for _ in range(20):
        reconciler.tick()
    s3("HeadObject", **held.name)
    s3.refuses("HeadObject", "NoSuchVersion", 404, **free.name)
