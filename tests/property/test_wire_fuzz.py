"""A small round of the campaign in `wire/`; `make fuzz REQUESTS=100000` runs a long one."""

from __future__ import annotations

import pytest

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.models import service_model
from tests.property.wire import campaign, messages, sockets
from tests.property.wire.values import TEXTS, Chance

NAMES_THAT_LEAD_OUT = (
    "..",
    "../canary",
    "../../canary",
    "../../../../../../../../canary",
    "a/../../../canary",
    "/canary",
    "//canary",
    ".",
    "./../canary",
    "..\\..\\canary",
    "%2e%2e/%2e%2e/canary",
    "%252e%252e%252fcanary",
    "..%00/canary",
    "canary\x00.txt",
    "~/canary",
    "state.sqlite3",
    "../state.sqlite3",
    "a" * 300,
    "ü" * 300,
)


def test_no_request_finds_a_defect(tmp_path):
    report = campaign.run(tmp_path, requests=2000, seed=20260101)
    assert report.findings == {}
    assert report.statuses[200] > 200  # it is not all refused at the door
    assert sum(report.statuses.values()) == 2000


def test_no_signed_request_finds_a_defect_behind_the_server(tmp_path):
    report = campaign.run(tmp_path, requests=800, seed=20260102, over_network=True)
    assert report.findings == {}
    assert report.statuses[200] > 50


def test_no_bytes_hurt_a_server(tmp_path):
    statuses, findings, _ = sockets.run(tmp_path / "home", messages=60, seed=20260103)
    assert findings == []
    assert statuses[400] > 10


@pytest.mark.parametrize(
    ("service", "reads", "writes"),
    [
        ("s3", ("GetObject", "HeadObject", "ListObjectsV2", "CopyObject"), ("CreateBucket", "PutObject")),
        ("logs", ("GetLogEvents", "FilterLogEvents", "DescribeLogStreams"), ("CreateLogGroup", "CreateLogStream")),
        (
            "sagemaker",
            ("DescribeTrainingJob", "DescribeModel", "DescribeEndpoint"),
            ("CreateTrainingJob", "CreateModel", "CreateEndpoint"),
        ),
        ("sagemaker-runtime", ("InvokeEndpoint",), ()),
        ("iam", ("GetRole",), ("CreateRole",)),
    ],
)
def test_no_name_leads_out_of_the_home(tmp_path, service, reads, writes):
    home = campaign.ground(tmp_path)
    chance = Chance(1)
    for name in (*writes, *reads):
        model = service_model(service).operation_model(name)
        for hostile in NAMES_THAT_LEAD_OUT:
            for params in _named(model, hostile):
                asked = messages.request(model, str(model.service_model.metadata["protocol"]), params, chance)
                response = handle(asked, home)
                assert response.status < 500, (name, params)
                assert campaign.CANARY.encode() not in b"".join(response.pieces())
    assert campaign.outside(tmp_path) == []
    engine_of(home).close()


def _named(model, hostile):
    """Yield params in which one of the names is hostile, and in which all are."""
    shape = model.input_shape
    names = [name for name in shape.members if name in NAMED and name in shape.members]
    whole = {name: _harmless(name) for name in names if name in shape.required_members or name in NAMED}
    for name in names:
        yield {**whole, name: hostile}
    yield {**whole, **dict.fromkeys(names, hostile)}


NAMED = {
    *("Bucket", "Key", "Prefix", "CopySource", "logGroupName", "logStreamName", "RoleName", "ModelName"),
    *("TrainingJobName", "EndpointName", "EndpointConfigName", "TargetModel", "TargetVariant", "InferenceId"),
}


def _harmless(name):
    return {"Bucket": "bucket-1", "CopySource": "bucket-1/Key"}.get(name, TEXTS[0])
