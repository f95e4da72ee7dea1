"""AWS's wire protocols, server side, driven by botocore's models: what botocore writes is read, and the reverse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from botocore.model import OperationModel

from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


class Codec(Protocol):
    """One protocol."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        """Return the operation's params, in botocore's Python form; unknown members are passed over.

        Raises:
            ApiError: The request cannot be read.
        """
        ...

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        """Return the response that carries a result.

        Members that are None are left out. Times may be given as `datetime` or unix seconds. A member `@status`
        replaces the modelled HTTP status.
        """
        ...

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        """Return the response that carries an error."""
        ...


def codec_of(model: OperationModel, request: HttpRequest) -> Codec:
    """Return the codec of the protocol that a request is written in.

    A service may speak several; botocore's versions choose differently, and the headers tell.
    """
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return _codecs()["cbor"]
    if "x-amz-target" in request.headers:
        return _codecs()["json"]
    protocol = str(model.service_model.metadata["protocol"])
    return _codecs()[protocol if protocol.startswith("rest-") else "query"]


@cache
def _codecs() -> Mapping[str, Codec]:
    from sagewright.engine.gateway.protocols.cbor import CborCodec
    from sagewright.engine.gateway.protocols.json import JsonCodec
    from sagewright.engine.gateway.protocols.query import QueryCodec
    from sagewright.engine.gateway.protocols.rest_json import RestJsonCodec
    from sagewright.engine.gateway.protocols.rest_xml import RestXmlCodec

    return {
        "cbor": CborCodec(),
        "json": JsonCodec(),
        "query": QueryCodec(),
        "rest-json": RestJsonCodec(),
        "rest-xml": RestXmlCodec(),
    }
