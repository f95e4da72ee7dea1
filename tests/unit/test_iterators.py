"""Streamed answers: pieces, lines, and how they break off."""

from __future__ import annotations

from typing import Any

import pytest

from sagewright import iterators
from sagewright.exceptions import InternalStreamFailure, ModelStreamError
from sagewright.iterators import ByteIterator, LineIterator
from tests.parity.world import World

BROKEN = {"ModelStreamError": {"Message": "too late", "ErrorCode": "ModelInvocationTimeExceeded"}}


def _events(*pieces: bytes) -> list[dict[str, Any]]:
    return [{"PayloadPart": {"Bytes": piece}} for piece in pieces]


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ((), []),
        ((b"a\nb\n",), [b"a", b"b"]),
        ((b"a", b"b\n", b"\n", b"c"), [b"ab", b"", b"c"]),
        ((b"\xc3", b"\xa9\nx\n"), ["é".encode(), b"x"]),
    ],
)
def test_lines_are_whole_however_they_come(pieces: tuple[bytes, ...], lines: list[bytes]) -> None:
    assert list(LineIterator(_events(*pieces))) == lines


@pytest.mark.parametrize("kind", [ByteIterator, LineIterator])
def test_errors_of_the_stream_are_raised_behind_what_came(kind: Any) -> None:
    answer = kind([*_events(b"a\n"), {"SomethingNew": {}}, BROKEN])
    assert next(answer).strip() == b"a"
    with pytest.raises(ModelStreamError, match=r"too late \(Code: ModelInvocationTimeExceeded\)"):
        next(answer)
    with pytest.raises(InternalStreamFailure, match="gone"):
        next(kind([{"InternalStreamFailure": {"Message": "gone"}}]))


def test_a_line_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iterators, "LONGEST_LINE_BYTES", 10)
    with pytest.raises(RuntimeError, match="No newline found in stream"):
        next(LineIterator(_events(b"123456", b"7890", b"1")))


def test_predict_stream_asks_and_gives_pieces() -> None:
    world = World("sagewright")
    world.aws.answers["InvokeEndpointWithResponseStream"] = {"Body": lambda: _events(b"a", b"\nb")}
    predictor = world.predictor(component_name="component")
    assert list(predictor.predict_stream(b"x", target_variant="v", target_container_hostname="c")) == [b"a", b"\nb"]
    assert list(predictor.predict_stream(b"x", iterator=LineIterator)) == [b"a", b"b"]
    assert world.aws.asked("InvokeEndpointWithResponseStream")[0] == {
        "EndpointName": "endpoint",
        "ContentType": "application/octet-stream",
        "Accept": "*/*",
        "TargetVariant": "v",
        "TargetContainerHostname": "c",
        "InferenceComponentName": "component",
        "Body": b"x",
    }
