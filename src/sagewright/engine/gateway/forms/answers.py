"""What a browser is answered when its upload is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from sagewright.engine.gateway.protocols import xml
from sagewright.engine.gateway.wire import HttpResponse

_STATUSES = ("200", "201", "204")


@dataclass(frozen=True)
class Uploaded:
    """An upload by form: where it goes, and the fields, which say what is to be answered."""

    bucket: str
    key: str
    base: str  # scheme and host that the request came to, and the bucket where it stood in the path
    fields: Mapping[str, str]

    @property
    def location(self) -> str:
        return f"{self.base}/{quote(self.key, safe='/~', errors='surrogatepass')}"


def answered(stored: HttpResponse, upload: Uploaded) -> HttpResponse:
    """Turn the answer of `PutObject` into that of the form."""
    if stored.status != 200:
        return stored
    etag = stored.headers.get("etag") or ""
    stored.headers["location"] = upload.location
    target = _redirect(upload, etag)
    if target:
        stored.status, stored.headers["location"] = 303, target
        return stored
    status = upload.fields.get("success_action_status", "204")
    stored.status = int(status if status in _STATUSES else "204")
    if stored.status == 201:
        stored.headers["content-type"] = "application/xml"
        stored.body = _document(upload, etag).encode()
    return stored


def _redirect(upload: Uploaded, etag: str) -> str | None:
    """Return where the browser goes next, with what has become of its upload; None: nowhere."""
    wanted = upload.fields.get("success_action_redirect") or upload.fields.get("redirect")
    try:
        url = urlsplit(wanted or "")
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not url.netloc or any(ord(c) < 0x21 for c in wanted or ""):
        return None
    told = urlencode({"bucket": upload.bucket, "key": upload.key, "etag": etag}, errors="surrogatepass")
    return urlunsplit(url._replace(query=f"{url.query}&{told}" if url.query else told))


def _document(upload: Uploaded, etag: str) -> str:
    members = {"Location": upload.location, "Bucket": upload.bucket, "Key": upload.key, "ETag": etag}
    inner = "".join(f"<{name}>{xml.escape(value)}</{name}>" for name, value in members.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>{inner}</PostResponse>'
