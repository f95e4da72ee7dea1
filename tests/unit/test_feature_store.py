"""The feature store: storing rows by several workers, and what is refused."""

from __future__ import annotations

import copy
import http.server
import json
import pickle
import threading
from datetime import datetime, timezone
from typing import Any

import boto3
import pandas as pd
import pytest

from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum, VectorCollectionType
from sagewright.feature_store.feature_group import AthenaQuery, FeatureGroup, IngestionError, IngestionManagerPandas
from sagewright.feature_store.feature_store import FeatureStore
from sagewright.feature_store.ingestion import parts
from sagewright.feature_store.inputs import OnlineStoreConfig, TargetStoreEnum, TtlDuration
from sagewright.following import Pace
from sagewright.session import Session
from tests.parity.recording import BUCKET, REGION, Recorder, Refusal

FRAME = pd.DataFrame({"id": range(7), "price": [0.5] * 7})


@pytest.fixture
def recorder():
    recorder = Recorder()
    recorder.answers["DescribeFeatureGroup"] = {"FeatureDefinitions": []}
    return recorder


@pytest.fixture
def group(recorder):
    session = Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)
    return FeatureGroup("prices", session)


@pytest.fixture
def store(monkeypatch):
    """Serve the store's runtime on a port; return the records that come."""
    records: list[tuple[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Authorization"].split("Credential=")[1].split("/")[0]
            records.append((key, content))
            is_good = content["Record"][0]["ValueAsString"] != "3"
            answer = b"{}" if is_good else b'{"Message": "no"}'
            self.send_response(200 if is_good else 400)
            self.send_header("Content-Length", str(len(answer)))
            if not is_good:
                self.send_header("x-amzn-ErrorType", "ValidationError")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")
    yield records
    server.shutdown()
    thread.join()
    server.server_close()


def ids(records):
    return sorted(int(record["Record"][0]["ValueAsString"]) for record in records)


def test_threads_store_every_row_once(group, recorder):
    manager = group.ingest(FRAME, max_workers=3, target_stores=[TargetStoreEnum.ONLINE_STORE])
    assert manager.failed_rows == []
    assert ids(recorder.asked("PutRecord")) == list(range(7))
    assert all(record["TargetStores"] == ["OnlineStore"] for record in recorder.asked("PutRecord"))


def test_rows_that_threads_cannot_store_are_named(group, recorder):
    recorder.answers["PutRecord"] = Refusal("ValidationError", "no")
    with pytest.raises(IngestionError, match="Failed to ingest some data into FeatureGroup prices") as failed:
        group.ingest(FRAME.set_index("price", drop=False), max_workers=2)
    assert failed.value.failed_rows == [0.5] * 7
    assert pickle.loads(pickle.dumps(failed.value)).failed_rows == [0.5] * 7


def test_more_workers_than_rows(group, recorder):
    group.ingest(FRAME[:2], max_workers=5)
    assert ids(recorder.asked("PutRecord")) == [0, 1]
    group.ingest(FRAME[:0], max_workers=5)
    assert parts(7, 3) == [(0, 3), (3, 6), (6, 7)]


def test_processes_store_every_row_once_with_the_sessions_credentials(store):
    mine = boto3.Session(region_name=REGION, aws_access_key_id="MINE", aws_secret_access_key="x")
    manager = IngestionManagerPandas("prices", {}, None, Session(boto_session=mine), max_workers=2, max_processes=2)
    manager.run(FRAME, wait=False)
    with pytest.raises(IngestionError) as failed:
        manager.wait(timeout=60)
    assert failed.value.failed_rows == manager.failed_rows == [3]
    assert ids([record for _, record in store]) == list(range(7))
    assert {key for key, _ in store} == {"MINE"}


def test_waiting_has_an_end(group, recorder, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(IngestionManagerPandas, "_store", lambda *_: go_on.wait(60) and [])
    manager = group.ingest(FRAME, max_workers=2, wait=False)
    with pytest.raises(TimeoutError, match=r"FeatureGroup prices after 0 seconds still.\nhint: call `wait` again"):
        manager.wait(timeout=0)
    go_on.set()
    manager.wait()


def test_a_query_that_was_cancelled_is_not_waited_for(group, recorder, monkeypatch):
    monkeypatch.setattr(Pace, "wait", lambda _: None)
    states = ("RUNNING", "CANCELLED")
    recorder.answers["GetQueryExecution"] = [{"QueryExecution": {"Status": {"State": state}}} for state in states]
    group.sagemaker_session.wait_for_athena_query("query")


def test_a_group_without_a_table_says_so(group, recorder):
    recorder.answers["DescribeFeatureGroup"] = {"OfflineStoreConfig": {}}
    with pytest.raises(RuntimeError, match="No metastore is configured with this feature group"):
        group.athena_query()


def test_what_needs_a_group_is_refused_of_a_frame_before_anything_is_sent(group, recorder):
    store = FeatureStore(group.sagemaker_session)
    for change in ("include_deleted_records", "include_duplicated_records", "as_of"):
        builder = store.create_dataset(FRAME, "s3://bucket/results", "id", "price")
        getattr(builder, change)(*([datetime.now(timezone.utc)] if change == "as_of" else []))
        with pytest.raises(ValueError, match=rf"{change}\(\) only works for FeatureGroup"):
            builder.to_csv_file()
    assert recorder.writes() == []


def test_the_users_lists_stay_as_they_are(group, recorder):
    features = [{"FeatureName": name, "FeatureType": "Integral"} for name in ("id", "time", "price")]
    catalog = {"DataCatalogConfig": {"TableName": "t", "Database": "d"}}
    recorder.answers["DescribeFeatureGroup"] = {
        "FeatureDefinitions": features,
        "OfflineStoreConfig": catalog,
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
    }
    names = ["price"]
    store = FeatureStore(group.sagemaker_session)
    store.create_dataset(group, "s3://bucket/results").with_feature_group(group, included_feature_names=names)
    assert names == ["price"]


def test_feature_processors_are_refused():
    with pytest.raises(ImportError, match="is not built into Sagewright yet: it needs Spark"):
        from sagewright.feature_store.feature_processor import feature_processor  # noqa: F401


def test_what_is_mistyped_is_refused(group):
    with pytest.raises(TypeError, match="`max_worker`\nhint: did you mean `max_workers`"):
        group.ingest(FRAME, max_worker=2)
    with pytest.raises(ValueError, match=r"dtype bool for column yes.\nhint: convert it"):
        group.load_feature_definitions(pd.DataFrame({"yes": [True]}))
    query = AthenaQuery("c", "d", "t", group.sagemaker_session)
    with pytest.raises(RuntimeError, match=r"No query was started yet.\nhint: call `run`"):
        query.wait()


def test_they_are_pickled_copied_and_shown(group):
    things = [
        group,
        FeatureDefinition("a", FeatureTypeEnum.STRING, VectorCollectionType(3)),
        OnlineStoreConfig(ttl_duration=TtlDuration("Hours", 1)),
        IngestionManagerPandas("prices", {}),
        FeatureStore(group.sagemaker_session),
    ]
    for thing in things:
        for other in (copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
            assert repr(other) == repr(thing)
    assert copy.deepcopy(things[1]) == things[1]


def test_the_engine_says_that_it_has_no_feature_store_yet():
    from botocore.exceptions import ClientError

    group = FeatureGroup("prices")
    group.load_feature_definitions(FRAME)
    with pytest.raises(ClientError, match="CreateFeatureGroup` is not built into the Sagewright engine yet"):
        group.create("s3://bucket/offline", "id", "time", "arn:aws:iam::123456789012:role/Any")
