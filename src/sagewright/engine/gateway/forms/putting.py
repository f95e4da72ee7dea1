"""A form as the request that it stands for: `PutObject`, so that it is authorised, parsed and carried out like one."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from sagewright.engine.gateway.forms.reading import Form
from sagewright.engine.gateway.protocols import xml
from sagewright.engine.gateway.protocols.scalars import Unreadable
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.vocabulary.errors import ApiError

_HEADERS = ("cache-control", "content-type", "content-disposition", "content-encoding", "expires")
_PREFIXES = (
    "x-amz-meta-",
    "x-amz-storage-class",
    "x-amz-server-side-encryption",
    "x-amz-website-redirect-location",
    "x-amz-checksum-",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-object-lock-",
)
_OF_THE_BROWSER = ("host", "user-agent", "origin", "referer")
_FILE_NAME = "${filename}"


def key_of(form: Form) -> str:
    """Return the key under which the file is to be stored.

    Raises:
        ApiError: `InvalidArgument`: the form has no field `key` before the file.
    """
    if "key" not in form.fields:
        raise ApiError(
            "InvalidArgument",
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
            400,
            {"ArgumentName": "key", "ArgumentValue": ""},
        )
    return form.fields["key"].replace(_FILE_NAME, form.file_name.replace("\\", "/").rpartition("/")[2])


def as_put(request: HttpRequest, form: Form, bucket: str, key: str) -> HttpRequest:
    """Return the `PutObject` that a form stands for."""
    headers = Headers({name: value for name, value in request.headers.items() if name in _OF_THE_BROWSER})
    for name, value in form.fields.items():
        if name in _HEADERS or name.startswith(_PREFIXES):
            headers[name] = value
    if "acl" in form.fields:
        headers["x-amz-acl"] = form.fields["acl"]
    if "tagging" in form.fields:
        headers["x-amz-tagging"] = urlencode(_tags(form.fields["tagging"]))
    return HttpRequest(
        method="PUT",
        path=f"/{bucket}/{quote(key, safe='/~', errors='surrogatepass')}",
        query="",
        host="",  # the bucket stands in the path
        headers=headers,
        body=form.file,
        service="s3",
        operation="PutObject",
        peer=request.peer,
    )


def _tags(document: str) -> Mapping[str, str]:
    """Return the tags of the field `tagging`, an XML document as `PutObjectTagging` takes it."""
    try:
        root = xml.load(document.encode())
    except Unreadable:
        raise _malformed_tags() from None
    found: dict[str, str] = {}
    for tag in root.iter():
        if tag.tag.rpartition("}")[2] == "Tag":
            found.update([_tag(tag)])
    return found


def _tag(node: ElementTree.Element) -> tuple[str, str]:
    texts = {child.tag.rpartition("}")[2]: child.text or "" for child in node}
    if set(texts) != {"Key", "Value"}:
        raise _malformed_tags()
    return texts["Key"], texts["Value"]


def _malformed_tags() -> ApiError:
    return ApiError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
    )
