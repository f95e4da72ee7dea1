"""What a request claims of itself: whose key signed it, when, for where, how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, unquote_plus

from sagewright.engine.signatures.faults import Ambiguous, Incomplete, Unsigned

ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST_EXPIRY_S = 604800

_AT = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_PLACES = ((0, 4), (4, 6), (6, 8), (9, 11), (11, 13), (13, 15))  # of the numbers in it
_FIELDS = ("Credential", "SignedHeaders", "Signature")


@dataclass(frozen=True)
class Scope:
    """What a key derived for version 4 is good for; `date` is `YYYYMMDD`."""

    date: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True)
class Claim:
    """The credentials of a request.

    Attributes:
        method: `header` or `query` of version 4; `query-v2` of S3's presigned URLs, `form-v2` of the query protocol.
        at: When it was signed, as written: `20150830T123600Z`; of version 2 as that has it, or empty.
        signed_at: The same in unix seconds.
        scope: None in version 2.
        expires_s: Of a presigned URL: for how many seconds after `signed_at` it is good.
        token: The session's token.
    """

    method: str
    key_id: str
    signature: str
    at: str
    signed_at: float
    scope: Scope | None = None
    signed_headers: tuple[str, ...] = ()
    expires_s: int | None = None
    token: str | None = None


def claim_of(headers: Mapping[str, str], query: str, form: Mapping[str, str] | None = None) -> Claim:
    """Return the credentials that a request carries.

    Args:
        headers: Under their lower-cased names.
        query: As on the wire.
        form: The fields of a query protocol's body, which version 2 signs.

    Raises:
        BadSignature: `Unsigned`, `Ambiguous` or `Incomplete`.
    """
    by_header = headers.get("authorization")
    names = {unquote_plus(pair.partition("=")[0]) for pair in query.split("&")} if query else set()
    by_query = "X-Amz-Algorithm" in names or "X-Amz-Signature" in names or "X-Amz-Credential" in names
    v2_query = "Signature" in names and "AWSAccessKeyId" in names
    v2_form = form is not None and "Signature" in form and "AWSAccessKeyId" in form
    if (by_header is not None) + by_query + v2_query + v2_form > 1:
        raise Ambiguous("Only one auth mechanism allowed")
    if by_header is not None:
        return _of_header(by_header, headers)
    if by_query:
        return _of_query(_single(query), headers)
    if v2_query:
        fields = _single(query)
        return _of_form(fields) if "SignatureVersion" in fields else _of_query_v2(fields, headers)
    if v2_form:
        assert form is not None
        return _of_form(form)
    raise Unsigned("Missing Authentication Token")


def unix_of(at: str) -> float:
    """Return the unix seconds of `20150830T123600Z`.

    Raises:
        ValueError: It is no such time.
    """
    if not _AT.fullmatch(at):
        raise ValueError(f"not a time: `{at}`")
    numbers = (int(at[start:end]) for start, end in _PLACES)
    return datetime(*numbers, tzinfo=timezone.utc).timestamp()  # type: ignore[arg-type, misc]


def _of_header(text: str, headers: Mapping[str, str]) -> Claim:
    algorithm, _, rest = text.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise Incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    fields = dict(_field(part) for part in rest.split(","))
    missing = [f"Authorization header requires '{name}' parameter." for name in _FIELDS if not fields.get(name)]
    at, signed_at = _time_of(headers)
    if not at:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise Incomplete(" ".join(missing))
    key_id, scope = scope_of(fields["Credential"])
    return Claim(
        method="header",
        key_id=key_id,
        signature=fields["Signature"],
        at=at,
        signed_at=signed_at,
        scope=scope,
        signed_headers=_names(fields["SignedHeaders"]),
        token=headers.get("x-amz-security-token"),
    )


def _field(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.lower().split(";") if name)


def _time_of(headers: Mapping[str, str]) -> tuple[str, float]:
    """Return when the request says it was signed, in both writings; empty and 0 where it does not say."""
    text = headers.get("x-amz-date") or headers.get("date")
    if not text:
        return "", 0.0
    try:
        return text, unix_of(text)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        raise Incomplete(f"Date must be in ISO-8601 'basic format'. Got '{text}'.") from None
    moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc).astimezone(timezone.utc)
    return moment.strftime("%Y%m%dT%H%M%SZ"), moment.timestamp()


def scope_of(credential: str) -> tuple[str, Scope]:
    """Split `key id/date/region/service/aws4_request`.

    Raises:
        Incomplete: It is none.
    """
    parts = credential.split("/")
    if len(parts) != 5:
        raise Incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'"
        )
    if parts[4] != "aws4_request":
        raise Incomplete(f"Credential should be scoped with a valid terminator: 'aws4_request', not '{parts[4]}'.")
    return parts[0], Scope(*parts[1:4])


def _single(query: str) -> dict[str, str]:
    """Return the fields of a query string; a field of credentials that stands there twice could be read twice."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in fields and (name.lower().startswith("x-amz-") or name in _V2_FIELDS):
            raise Ambiguous("Only one auth mechanism allowed")
        fields.setdefault(name, value)
    return fields


def _of_query(fields: Mapping[str, str], headers: Mapping[str, str]) -> Claim:
    wanted = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders")
    missing = [f"AWS query-string parameters must include '{name}'." for name in wanted if not fields.get(name)]
    if missing:
        raise Incomplete(" ".join(missing))
    if fields["X-Amz-Algorithm"] != ALGORITHM:
        raise Incomplete(f"Unsupported AWS 'algorithm': '{fields['X-Amz-Algorithm']}'.")
    key_id, scope = scope_of(fields["X-Amz-Credential"])
    try:
        signed_at = unix_of(fields["X-Amz-Date"])
    except ValueError:
        raise Incomplete(
            f"X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\". Got '{fields['X-Amz-Date']}'."
        ) from None
    return Claim(
        method="query",
        key_id=key_id,
        signature=fields["X-Amz-Signature"],
        at=fields["X-Amz-Date"],
        signed_at=signed_at,
        scope=scope,
        signed_headers=_names(fields["X-Amz-SignedHeaders"]),
        expires_s=_expiry(fields.get("X-Amz-Expires")),
        token=fields.get("X-Amz-Security-Token") or headers.get("x-amz-security-token"),
    )


def _expiry(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise Incomplete("X-Amz-Expires should be a number")
    seconds = int(text)
    if seconds < 0:
        raise Incomplete("X-Amz-Expires must be non-negative")
    if seconds > LONGEST_EXPIRY_S:
        raise Incomplete(
            f"X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{LONGEST_EXPIRY_S} seconds"
        )
    return seconds


_V2_FIELDS = frozenset(("AWSAccessKeyId", "Signature", "Expires", "Timestamp", "SignatureVersion", "SignatureMethod"))


def _of_query_v2(fields: Mapping[str, str], headers: Mapping[str, str]) -> Claim:
    expires = fields.get("Expires", "")
    if not re.fullmatch(r"\d{1,18}", expires, re.ASCII):
        raise Incomplete("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
    return Claim(
        method="query-v2",
        key_id=fields["AWSAccessKeyId"],
        signature=fields["Signature"],
        at=expires,
        signed_at=0.0,
        expires_s=int(expires),
        token=fields.get("x-amz-security-token") or headers.get("x-amz-security-token"),
    )


def _of_form(fields: Mapping[str, str]) -> Claim:
    if fields.get("SignatureVersion") != "2" or fields.get("SignatureMethod") not in ("HmacSHA256", "HmacSHA1"):
        raise Incomplete("Only SignatureVersion 2 with SignatureMethod HmacSHA256 or HmacSHA1 is known here.")
    at = fields.get("Timestamp", "")
    try:
        moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    except ValueError:
        raise Incomplete(f"Timestamp must be in ISO8601 format. Got '{at}'.") from None
    moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
    return Claim(
        method="form-v2",
        key_id=fields["AWSAccessKeyId"],
        signature=fields["Signature"],
        at=at,
        signed_at=moment.timestamp(),
        token=fields.get("SecurityToken"),
    )
