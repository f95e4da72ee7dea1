"""From objects to payloads: every record once, in order, however the payloads fall."""

from __future__ import annotations

import io
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewright.engine.batch.splitting import BadInput, split
from sagewright.vocabulary.recordio import frame

LINES = st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line and b"\r" not in line), max_size=30)


def payloads(body, split_type="Line", **how):
    return list(split(io.BytesIO(body), split_type, **{"single": False, **how}))


def tfrecord(content):
    return struct.pack("<QI", len(content), 1) + content + struct.pack("<I", 2)


@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.booleans(), st.integers(13, 80))
def test_every_line_goes_into_one_payload_in_order(lines, end, last_has_end, single, max_bytes):
    body = end.join(lines) + (end if last_has_end else b"")
    found = payloads(body, single=single, max_bytes=max_bytes)

    sent = [line.rstrip(b"\r") for payload in found for line in payload.body.split(b"\n")]
    assert sent == [line for line in lines if line]
    assert all(len(payload.body) <= max_bytes for payload in found)
    assert [payload.first for payload in found] == [
        1 + sum(before.records for before in found[:number]) for number in range(len(found))
    ]
    if single:
        assert all(payload.records == 1 for payload in found)


@given(LINES, st.integers(12, 60))
def test_payloads_of_several_lines_are_full(lines, max_bytes):
    found = payloads(b"\n".join(lines), max_bytes=max_bytes)

    for one, following in itertools.pairwise(found):
        first = following.body.split(b"\n")[0]
        held = sum(1 for line in lines if not line)  # empty lines take room while they are looked at
        assert len(one.body) + 1 + len(first) + held > max_bytes - held


@pytest.mark.parametrize("single", [True, False])
def test_a_line_that_is_too_long_is_named(single):
    with pytest.raises(BadInput, match="record 2 has more than 10 bytes") as caught:
        payloads(b"1,2\n1234567890123\n4", single=single, max_bytes=10)
    assert (caught.value.record, caught.value.too_large) == (2, True)
    assert payloads(b"1234567890\n1234567890", single=single, max_bytes=10)[1].body == b"1234567890"


def test_an_object_that_is_not_split_goes_whole_or_not_at_all():
    assert payloads(b"a\n\nb\n", "None")[0].body == b"a\n\nb\n"
    assert payloads(b"", "None") == payloads(b"", "Line") == payloads(b"", "RecordIO") == []
    with pytest.raises(BadInput, match="the object has more than 3 bytes"):
        payloads(b"abcd", "None", max_bytes=3)


@pytest.mark.parametrize(("split_type", "framed"), [("RecordIO", frame), ("TFRecord", tfrecord)])
def test_frames_are_kept_in_payloads_of_several_and_removed_from_single_records(split_type, framed):
    contents = [b"one", b"", b"three", b"f" * 20]
    body = b"".join(map(framed, contents))

    assert [payload.body for payload in payloads(body, split_type, single=True)] == contents
    several = payloads(body, split_type, max_bytes=len(framed(contents[3])))
    assert b"".join(payload.body for payload in several) == body
    assert sum(payload.records for payload in several) == 4
    assert len(several) > 1
    with pytest.raises(BadInput, match="record 4 has more than 10 bytes"):
        payloads(body, split_type, single=True, max_bytes=10)
    with pytest.raises(BadInput, match="the object ends inside of it") as caught:
        payloads(body[:-1], split_type)
    assert caught.value.record == 4
    with pytest.raises(BadInput, match=f"it is not {split_type}"):
        payloads(b"\xff" * 40, split_type)
