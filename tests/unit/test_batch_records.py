"""Filters and joins of batch transform (`contract.md` 3.2.3)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewright.engine.batch.json_path import BadPath, NothingFound, parse, selects_columns
from sagewright.engine.batch.records import CSV, JSON, JSON_LINES, BadRecord, Processing, fields

VALUE: dict[str, Any] = {"id": 7, "features": [1, 2, 3], "deep": {"a b": [{"x": 1}, {"x": 2}, {"y": 3}]}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", VALUE),
        ("$.id", 7),
        ("$['id']", 7),
        ('$["features"]', [1, 2, 3]),
        ("$['id','features']", {"id": 7, "features": [1, 2, 3]}),
        ("$['id', 'missing']", {"id": 7}),
        ("$.features[0]", 1),
        ("$.features[-1]", 3),
        ("$.features[0,2]", [1, 3]),
        ("$.features[1:]", [2, 3]),
        ("$.features[0:2]", [1, 2]),
        ("$.features[-2:]", [2, 3]),
        ("$.features[0,1:]", [1, 2, 3]),
        ("$.features[*]", [1, 2, 3]),
        ("$.deep['a b'][*].x", [1, 2]),
        ("$.deep.*", [VALUE["deep"]["a b"]]),
    ],
)
def test_a_path_selects(path, found):
    assert parse(path).select(VALUE) == found


@pytest.mark.parametrize(
    "path", ["$.missing", "$.features[3]", "$.features[5:]", "$.id[0]", "$['no','none']", "$.id.*"]
)
def test_a_path_that_finds_nothing_says_so(path):
    with pytest.raises(NothingFound):
        parse(path).select(VALUE)


@pytest.mark.parametrize(
    "path",
    ["", "id", "$id", "$.", "$..id", "$[", "$[]", "$[0", "$['a]", "$[?(@.a)]", "$[::2]", "$[:]", "$['a',0]", "$[a]"],
)
def test_what_is_no_path_of_the_subset_is_refused(path):
    with pytest.raises(BadPath):
        parse(path)


def test_rows_have_columns_only():
    assert all(selects_columns(parse(path)) for path in ("$", "$[0]", "$[1:]", "$[*]", "$[0,-1]"))
    assert not any(selects_columns(parse(path)) for path in ("$.a", "$[0][1]", "$['a']"))


@given(st.lists(st.text(alphabet='ab," é', max_size=5), min_size=1, max_size=6))
def test_fields_are_cut_as_csv_says_and_keep_their_form(row):
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    line = out.getvalue().encode()

    assert b",".join(fields(line)) == line
    assert len(fields(line)) == len(row)
    assert [(next(csv.reader([field.decode()]), []) or [""])[0] for field in fields(line)] == row


@given(st.binary(max_size=20).filter(lambda line: b"\n" not in line and not line.endswith(b"\r")))
def test_any_bytes_can_be_cut(line):
    assert b",".join(fields(line)) == line


def processing(content_type=CSV, input_filter="$", output_filter="$", **more):
    return Processing(content_type, True, parse(input_filter), output_filter=parse(output_filter), **more)


def test_csv_is_filtered_and_joined_without_touching_its_quotes():
    rows = processing(input_filter="$[1:]", join=True, output_filter="$[0,-1]")
    body = b'"a,1", 2,"3 ""x"""\r\nb,4,5'

    assert rows.request(body) == b' 2,"3 ""x"""\n4,5'
    assert rows.output(body, b"0.1,0.9\n0.2,0.8\n") == b'"a,1",0.9\nb,0.8'
    assert processing(join=True).output(b"1,2", b"0.5") == b"1,2,0.5"
    assert processing(output_filter="$[1]").output(b"1,2", b"0.5,0.6") == b"0.6"


def test_an_answer_of_another_type_is_not_taken_for_columns():
    with pytest.raises(BadRecord, match="as CSV: it is application/json"):
        processing(join=True).output(b"1,2", b'{"score": 1}', answered="application/json; charset=utf-8")
    assert processing().output(b"1,2", b'{"score": 1}', answered="application/json") == b'{"score": 1}'


def test_json_objects_get_the_answer_and_other_values_an_object_around_them():
    join = processing(JSON_LINES, join=True)
    body = b'{"id":1,"SageMakerOutput":"old"}\n[1,2]'
    joined = [json.loads(line) for line in join.output(body, b'{"score":0.5}\n"x"').split(b"\n")]

    assert joined == [{"id": 1, "SageMakerOutput": {"score": 0.5}}, {"SageMakerInput": [1, 2], "SageMakerOutput": "x"}]
    chosen = processing(JSON_LINES, "$.features", "$['id','SageMakerOutput']", join=True)
    assert chosen.request(b'{"id":1,"features":[1.5,2]}') == b"[1.5,2]"
    assert chosen.output(b'{"id":1,"features":[1.5,2]}', b"0.5") == b'{"id":1,"SageMakerOutput":0.5}'


def test_a_document_may_stretch_over_lines():
    whole = Processing(JSON, False, join=True)
    assert whole.output(b'{\n"a": 1\n}', b'{\n"b":\n2}') == b'{"a":1,"SageMakerOutput":{"b":2}}'


def test_records_get_their_inference_ids_last():
    time = "2024-01-01T00:00:00Z"
    rows = processing(output_filter="$[0]", inference_time=time)
    assert rows.output(b"1\n2", b"0.5,x\n0.6,y", ["i1", "i2"]) == f"0.5,i1,{time}\n0.6,i2,{time}".encode()
    values = processing(JSON_LINES, inference_time=time)
    assert json.loads(values.output(b"{}", b"0.5", ["i1"])) == {
        "SageMakerOutput": 0.5,
        "SageMakerInferenceId": "i1",
        "SageMakerInferenceTime": time,
    }


@pytest.mark.parametrize(
    ("how", "body", "answer", "said", "record", "is_answer"),
    [
        (processing(input_filter="$[3]"), b"1,2,3,4\n1,2", b"", "InputFilter `$[3]` selects nothing", 1, False),
        (processing(JSON_LINES, "$.a"), b'{"a":1}\nnope', b"", "it is no JSON", 1, False),
        (processing(JSON_LINES, "$[0]"), b"1", b"", "InputFilter `$[0]` selects nothing", 0, False),
        (processing(JSON_LINES, "$.a"), b"[" * 99_999, b"", "it is no JSON", 0, False),
        (processing(join=True), b"1\n2", b"0.5", "as CSV: it has 1 records, of 2", None, True),
        (processing(JSON_LINES, join=True), b"1\n2", b"1\n<", "output from the algorithm as JSON", 1, True),
        (processing(output_filter="$[1]"), b"1", b"0.5", "OutputFilter `$[1]` selects what is not there", 0, False),
    ],
)  # fmt: skip
def test_a_record_that_does_not_fit_is_named(how, body, answer, said, record, is_answer):
    def go():
        how.request(body)
        how.output(body, answer)

    with pytest.raises(BadRecord) as caught:
        go()
    assert said in str(caught.value)
    assert (caught.value.record, caught.value.is_answer) == (record, is_answer)
