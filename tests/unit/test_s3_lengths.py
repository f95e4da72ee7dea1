"""Uploads over the network say how long they are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.parse import parse
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.vocabulary.errors import ApiError


def exchange(headers, peer):
    request = HttpRequest(
        *("PUT", "/bucket/key", "", "s3.amazonaws.com", Headers(headers), io.BytesIO(b"data"), "s3", "PutObject"),
        peer=peer,
    )
    return Exchange(request, Path())


def test_an_upload_of_no_told_length_is_refused():
    with pytest.raises(ApiError) as caught:
        parse(exchange({"transfer-encoding": "chunked"}, Peer("127.0.0.1")))
    assert (caught.value.code, caught.value.status) == ("MissingContentLength", 411)


@pytest.mark.parametrize(
    ("headers", "peer"),
    [
        ({"content-length": "4"}, Peer("127.0.0.1")),
        ({"transfer-encoding": "chunked", "x-amz-decoded-content-length": "4"}, Peer("127.0.0.1")),
        ({"transfer-encoding": "chunked"}, None),
    ],
)
def test_these_are_taken(headers, peer):
    found = exchange(headers, peer)
    parse(found)
    assert found.params["Body"].read() == b"data"
