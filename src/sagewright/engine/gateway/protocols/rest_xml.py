"""REST-XML, the protocol of S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel

from sagewright.engine.gateway.protocols import rest, xml
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
# The root elements that the model does not name (Amazon S3 API Reference, "Response Syntax" of each operation).
_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListObjectVersions": "ListVersionsResult",
    "DeleteObjects": "DeleteResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "ListParts": "ListPartsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "GetObjectTagging": "Tagging",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
}


class RestXmlCodec:
    """Reads and writes S3's messages."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        params, shape = rest.parse_located(request, model), model.input_shape
        payload = rest.payload_member(shape)
        if shape is None or payload is None:
            return params
        member = shape.members[payload]
        if member.type_name in ("blob", "string"):
            params[payload] = rest.raw_payload(request, member, params)
        elif body := request.body.read():
            params[payload] = xml.read(member, xml.load(body))
        return params

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        response = rest.located_response(result, model, _headers(request_id))
        shape = model.output_shape
        payload = rest.payload_member(shape)
        if model.name == "GetBucketLocation":  # its result is the root element itself
            place = result.get("LocationConstraint") or ""
            _put_xml(response, f'<LocationConstraint xmlns="{_NAMESPACE}">{place}</LocationConstraint>')
        elif shape is None:
            return response
        elif payload is not None and shape.members[payload].type_name in ("blob", "string"):
            response.body = rest.blob_body(result.get(payload))
        elif payload is not None:
            if result.get(payload) is not None:
                member = shape.members[payload]
                _put_xml(
                    response, "".join(xml.write(member, result[payload], member.serialization.get("name", payload)))
                )
        elif rest.in_body(shape):
            root = _ROOTS.get(model.name, shape.serialization.get("name", model.name + "Result"))
            inner = "".join(xml.write_members(shape, result))
            _put_xml(response, f'<{root} xmlns="{_NAMESPACE}">{inner}</{root}>')
        return response

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        response = HttpResponse(error.status, _headers(request_id))
        if error.status == 304:  # no body; the etag stands in the headers
            response.headers["etag"] = str(error.members.get("ETag", ""))
            return response
        members = {"Code": error.code, "Message": error.message, **error.members, "RequestId": request_id}
        text = "".join(f"<{name}>{xml.escape(str(value))}</{name}>" for name, value in members.items())
        _put_xml(response, f"<Error>{text}</Error>")
        return response


def _headers(request_id: str) -> Headers:
    return Headers({"x-amz-request-id": request_id, "server": "Sagewright"})


def _put_xml(response: HttpResponse, text: str) -> None:
    response.headers["content-type"] = "application/xml"
    response.body = (_DECLARATION + text).encode()
