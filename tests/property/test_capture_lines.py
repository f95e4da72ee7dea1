"""Whatever goes through a model, its captured line is one line of JSON that holds it."""

from __future__ import annotations

import base64
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagewright.engine.hosting.capture.lines import Exchange, Side, capture_line

TYPES = st.sampled_from([None, "text/csv", "text/csv; charset=utf-8", "application/json", "application/x-npy", "own/x"])
SIDES = st.builds(Side, TYPES, st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
EXCHANGES = st.builds(
    Exchange,
    event_id=st.uuids().map(str),
    time=st.floats(0, 4e9),
    input=SIDES,
    output=st.none() | SIDES,
    inference_id=st.none() | st.text(min_size=1, max_size=64),
    custom_attributes=st.none() | st.text(min_size=1, max_size=100),
)
CONFIGS = st.fixed_dictionaries(
    {"CaptureOptions": st.lists(st.sampled_from(["Input", "Output", "InputAndOutput"]), min_size=1, max_size=3)},
    optional={"CaptureContentTypeHeader": st.just({"CsvContentTypes": ["own/x"], "JsonContentTypes": ["own/y"]})},
).map(lambda config: {**config, "CaptureOptions": [{"CaptureMode": mode} for mode in config["CaptureOptions"]]})


def read(side):
    return base64.b64decode(side["data"]) if side["encoding"] == "BASE64" else side["data"].encode()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the first draw of text loads tables
@given(CONFIGS, EXCHANGES)
def test_a_line_holds_what_was_exchanged(config, exchange):
    line = capture_line(config, exchange)
    modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
    wants_input, wants_output = bool(modes & {"Input", "InputAndOutput"}), bool(modes & {"Output", "InputAndOutput"})
    if line is None:
        assert not wants_input
        assert exchange.output is None
        return
    assert line.endswith("\n")
    assert line.count("\n") == 1
    document = json.loads(line)
    data = document["captureData"]
    assert ("endpointInput" in data) == wants_input
    assert ("endpointOutput" in data) == (wants_output and exchange.output is not None)
    if wants_input:
        assert read(data["endpointInput"]) == exchange.input.data
        assert data["endpointInput"].get("observedContentType") == exchange.input.content_type
    if "endpointOutput" in data:
        assert read(data["endpointOutput"]) == exchange.output.data
    metadata = document["eventMetadata"]
    assert metadata["eventId"] == exchange.event_id
    assert metadata.get("inferenceId") == exchange.inference_id
    assert metadata.get("customAttributes") == (exchange.custom_attributes and [exchange.custom_attributes])
