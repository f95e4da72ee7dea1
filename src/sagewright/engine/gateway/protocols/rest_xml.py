"""REST-XML, the protocol of S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel, Shape

from sagewright.engine.gateway.protocols import failures, rest, xml
from sagewright.engine.gateway.protocols.scalars import Unreadable, unreadable_as
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

S3_TIMES = "iso8601 with milliseconds"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
# The root elements that the model does not name (Amazon S3 API Reference, "Response Syntax" of each operation).
_S3_ROOTS = {
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
    "GetBucketAcl": "AccessControlPolicy",
    "GetObjectAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketLifecycle": "LifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketNotification": "NotificationConfiguration",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "ListBucketMetricsConfigurations": "ListMetricsConfigurationsResult",
    "ListBucketInventoryConfigurations": "ListInventoryConfigurationsResult",
    "ListBucketAnalyticsConfigurations": "ListBucketAnalyticsConfigurationResult",
    "ListBucketIntelligentTieringConfigurations": "ListBucketIntelligentTieringConfigurationsResult",
    "GetObjectAttributes": "GetObjectAttributesResponse",
}
_MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"


class RestXmlCodec:
    """Reads and writes S3's messages."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        with unreadable_as("InvalidArgument" if _is_s3(model) else "SerializationException"):
            params, shape = rest.parse_located(request, model), model.input_shape
        payload = rest.payload_member(shape)
        if shape is None:
            return params
        if payload is not None and shape.members[payload].type_name in ("blob", "string"):
            rest.add_raw_payload(params, payload, request, shape)
        elif body := request.body.read():
            with unreadable_as("MalformedXML"):
                found = _read(shape if payload is None else shape.members[payload], body)
            params.update(found if payload is None else {payload: found})
        return params

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        response = rest.located_response(result, model, _headers(request_id))
        shape = model.output_shape
        payload = rest.payload_member(shape)
        if model.name == "GetBucketLocation":  # its result is the root element itself
            place = result.get("LocationConstraint") or ""
            _put_xml(response, f'<LocationConstraint xmlns="{_S3_NAMESPACE}">{place}</LocationConstraint>')
        elif shape is None:
            return response
        elif payload is not None and shape.members[payload].type_name in ("blob", "string"):
            rest.put_raw(response, shape.members[payload], result.get(payload))
        elif payload is not None:
            if result.get(payload) is not None:
                member = shape.members[payload]
                name = member.serialization.get("name", payload)
                _put_xml(response, "".join(xml.write(member, result[payload], name, _times(model))))
        elif rest.in_body(shape):
            _put_xml(response, _root(result, model))
        return response

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        response = HttpResponse(failures.status_of(error, model), _headers(request_id))
        response.headers.update(rest.error_headers(error, model))
        if error.status == 304:  # no body; the etag stands in the headers
            response.headers["etag"] = str(error.members.get("ETag", ""))
            return response
        response.headers.update(error.members.get("@headers", {}))
        members = {"Code": error.code, "Message": error.message}
        text = "".join(f"<{name}>{xml.escape(value)}</{name}>" for name, value in members.items())
        text += xml.error_members(error, model)
        if _is_s3(model):
            host = response.headers["x-amz-id-2"]
            text = f"<Error>{text}<RequestId>{request_id}</RequestId><HostId>{host}</HostId></Error>"
        else:
            kind = failures.fault_of(error, model)
            text = f"<Error><Type>{kind}</Type>{text}</Error><RequestId>{request_id}</RequestId>"
            text = f"<ErrorResponse>{text}</ErrorResponse>"
        _put_xml(response, text)
        return response


def _read(shape: Shape, body: bytes) -> Any:
    node = xml.load(body)
    name = shape.serialization.get("name")
    if name is not None and xml.local_name(node) != name:
        raise Unreadable(_MALFORMED)
    return xml.read(shape, node)


def _root(result: Mapping[str, Any], model: OperationModel) -> str:
    """Return the element that a result without a payload is."""
    shape: Any = model.output_shape
    name = shape.serialization.get("name") or f"{model.name}{'Result' if _is_s3(model) else 'Response'}"
    namespace = f' xmlns="{_S3_NAMESPACE}"'
    if _is_s3(model):
        name = _S3_ROOTS.get(model.name, name)
    else:
        namespace = xml.attributes(shape, result)
    return f"<{name}{namespace}>{''.join(xml.write_members(shape, result, _times(model)))}</{name}>"


def _is_s3(model: OperationModel) -> bool:
    return model.service_model.service_name == "s3"


def _times(model: OperationModel) -> str:
    return S3_TIMES if _is_s3(model) else "iso8601"


def _headers(request_id: str) -> Headers:
    # `x-amz-id-2` is a second, longer id of the host that answers; clients only ever show it.
    host = request_id.replace("-", "").upper()
    return Headers({"x-amz-request-id": request_id, "x-amz-id-2": host, "server": "Sagewright"})


def _put_xml(response: HttpResponse, text: str) -> None:
    response.headers["content-type"] = "application/xml"
    response.body = (_DECLARATION + text).encode(errors="replace")
