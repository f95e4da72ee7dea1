"""When lifecycle rules let objects go, and the steward that carries them out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sagewright.engine.abc import NoSuchObject, ObjectInfo, Upload
from sagewright.engine.objects.expiry import DAY_S, days_after, expiry_of, marker_goes, upload_goes, version_goes
from sagewright.engine.steward.object_expiry import ExpiryReconciler
from tests.unit.s3_client import S3

NOON = 20_000.5 * DAY_S
OBJECT = ObjectInfo("bucket", "logs/a", 100, "etag", NOON, tags={"keep": "no", "of": "me"})


def rule(**members):
    return {"ID": "one", "Status": "Enabled", "Filter": {}, **members}


# Rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "days", "goes"),
    [(0.0, 1, 1.0), (0.5, 1, 2.0), (0.999, 3, 4.0), (5.0, 0, 5.0)],
)
def test_a_day_is_over_at_midnight(made, days, goes):
    assert days_after(made * DAY_S, days) == goes * DAY_S


@pytest.mark.parametrize(
    ("chosen", "covered"),
    [
        ({}, True),
        ({"Prefix": "logs/"}, True),
        ({"Prefix": "log/"}, False),
        ({"Tag": {"Key": "keep", "Value": "no"}}, True),
        ({"Tag": {"Key": "keep", "Value": "yes"}}, False),
        ({"ObjectSizeGreaterThan": 99}, True),
        ({"ObjectSizeGreaterThan": 100}, False),
        ({"ObjectSizeLessThan": 101}, True),
        ({"ObjectSizeLessThan": 100}, False),
        ({"And": {"Prefix": "logs/", "Tags": [{"Key": "keep", "Value": "no"}, {"Key": "of", "Value": "me"}]}}, True),
        ({"And": {"Prefix": "logs/", "Tags": [{"Key": "keep", "Value": "no"}, {"Key": "of", "Value": "you"}]}}, False),
        ({"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 100}}, False),
    ],
)
def test_what_a_filter_covers(chosen, covered):
    found = expiry_of([rule(Filter=chosen, Expiration={"Days": 1})], OBJECT)
    assert found == (((20_002.0 * DAY_S), "one") if covered else None)


def test_the_first_rule_to_come_is_the_one_that_counts():
    late, soon = rule(Expiration={"Days": 9}), rule(ID="two", Expiration={"Date": 20_001.0 * DAY_S})
    assert expiry_of([late, soon, rule(Transitions=[])], OBJECT) == (20_001.0 * DAY_S, "two")


@pytest.mark.parametrize(
    ("expiration", "newer", "day", "goes"),
    [
        ({"NoncurrentDays": 1}, 0, 20_001.9, False),
        ({"NoncurrentDays": 1}, 0, 20_002, True),
        ({"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}, 1, 30_000, False),
        ({"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}, 2, 30_000, True),
    ],
)
def test_old_versions(expiration, newer, day, goes):
    assert version_goes([rule(NoncurrentVersionExpiration=expiration)], OBJECT, NOON, newer, day * DAY_S) is goes


@pytest.mark.parametrize(
    ("expiration", "day", "goes"),
    [
        ({"ExpiredObjectDeleteMarker": True}, 20_000, True),
        ({"ExpiredObjectDeleteMarker": False}, 30_000, False),
        ({"Days": 1}, 20_001, False),
        ({"Days": 1}, 20_002, True),
    ],
)
def test_lonely_delete_markers(expiration, day, goes):
    marker = replace(OBJECT, size=0, etag="")
    assert marker_goes([rule(Expiration=expiration)], marker, day * DAY_S) is goes


@pytest.mark.parametrize(
    ("prefix", "day", "goes"), [("logs/", 20_002, True), ("logs/", 20_001, False), ("x", 30_000, False)]
)
def test_uploads_that_nobody_completes(prefix, day, goes):
    upload = Upload("u", "bucket", "logs/a", NOON)
    abort = rule(Filter={"Prefix": prefix}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})
    assert upload_goes([abort], upload, day * DAY_S) is goes


# The steward ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def s3(house):
    return S3(house)


@pytest.fixture
def lifecycle(s3):
    def lifecycle(*rules):
        s3("PutBucketLifecycleConfiguration", Bucket="bucket", LifecycleConfiguration={"Rules": list(rules)})

    return lifecycle


@pytest.fixture
def pass_days(house):
    """Let days pass, each with a steward's look around."""
    reconciler = ExpiryReconciler(house.parts)

    def pass_days(count=1):
        for _ in range(count):
            house.parts.clock.sleep(DAY_S)
            while reconciler.tick():
                pass

    return pass_days


def keys(house):
    return [info.key for info in house.parts.objects.list("bucket").objects]


def test_objects_go_when_their_days_are_over(house, lifecycle, pass_days):
    lifecycle(
        rule(Filter={"Prefix": "train/"}, Expiration={"Days": 2}),
        rule(ID="off", Status="Disabled", Expiration={"Days": 1}),
    )
    pass_days(1)
    assert keys(house) == ["model/model.tar.gz", "train/rows.csv"]
    pass_days(2)
    assert keys(house) == ["model/model.tar.gz"]


def test_rules_are_looked_at_once_a_day(house, lifecycle, pass_days):
    pass_days(2)
    lifecycle(rule(Expiration={"Days": 1}))
    assert not ExpiryReconciler(house.parts).tick()  # another steward, the same day
    assert keys(house)
    pass_days(1)
    assert not keys(house)


def test_uploads_are_aborted(house, lifecycle, pass_days):
    lifecycle(rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}))
    house.parts.objects.start_upload("bucket", "k")
    pass_days(3)
    assert not house.parts.objects.list_uploads("bucket")


def test_versions_go_and_the_newest_stays(house, s3, lifecycle, pass_days):
    store = house.parts.objects
    store.configure_bucket("bucket", "versioning", "Enabled")
    for body in (b"1", b"2", b"3", b"4"):
        store.put("bucket", "k", body)
    lifecycle(
        rule(Filter={"Prefix": "k"}, NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 1})
    )
    pass_days(3)

    assert [s3.read("k"), len(store.list_versions("bucket", "k").versions)] == [b"4", 2]


def test_an_expired_object_of_a_bucket_with_versions_is_marked_and_its_marker_goes_when_it_is_alone(
    house, lifecycle, pass_days
):
    store = house.parts.objects
    store.configure_bucket("bucket", "versioning", "Enabled")
    store.put("bucket", "k", b"1")
    lifecycle(rule(Filter={"Prefix": "k"}, Expiration={"Days": 1}, NoncurrentVersionExpiration={"NoncurrentDays": 1}))

    pass_days(2)
    with pytest.raises(NoSuchObject):
        store.head("bucket", "k")
    assert len(store.list_versions("bucket", "k").versions) == 2
    pass_days(4)
    assert not store.list_versions("bucket", "k").versions


def test_who_is_to_be_told_is_told(house, s3, lifecycle, pass_days):
    queue = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:LifecycleExpiration:*"]}
    s3(
        "PutBucketNotificationConfiguration",
        Bucket="bucket",
        NotificationConfiguration={"QueueConfigurations": [queue]},
    )
    lifecycle(rule(Filter={"Prefix": "train/"}, Expiration={"Days": 1}))
    pass_days(3)
    from sagewright.engine.abc import Query

    messages = [m["text"] for r in house.parts.state.list(Query("s3-event")).records for m in r.body["messages"]]
    assert sum('"LifecycleExpiration:Delete"' in text for text in messages) == 1
