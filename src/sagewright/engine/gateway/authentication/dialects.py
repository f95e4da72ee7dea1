"""In which words a service refuses a request that it does not believe.

Each protocol has codes and statuses of its own (AWS's "Common Errors" of each service; Amazon S3 API Reference, "Error
Responses"; `contract.md` 8.2).
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sagewright.engine.gateway import models
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.signatures import faults
from sagewright.engine.signatures.v4 import LONGEST_SKEW_S
from sagewright.vocabulary.errors import ApiError

S3, JSON, REST_JSON, QUERY, EC2 = "s3", "json", "rest-json", "query", "ec2"

_CODES = {
    # what is wrong: JSON protocols, query protocol
    "unsigned": ("MissingAuthenticationTokenException", "MissingAuthenticationToken"),
    "incomplete": ("IncompleteSignatureException", "IncompleteSignature"),
    "wrong": ("InvalidSignatureException", "SignatureDoesNotMatch"),
    "key": ("UnrecognizedClientException", "InvalidClientTokenId"),
    "expired": ("ExpiredTokenException", "ExpiredToken"),
    "denied": ("AccessDeniedException", "AccessDenied"),
}


def dialect_of(exchange: Exchange) -> str:
    """Return the way in which a service refuses."""
    request = exchange.request
    if request.service in (S3, EC2):
        return request.service
    metadata = models.service_model(request.service).metadata
    if "awsQueryCompatible" in metadata:
        return QUERY  # the codes of the protocol that it spoke before
    if "x-amz-target" in request.headers or request.headers.get("smithy-protocol"):
        return JSON
    protocol = str(metadata["protocol"])
    return {"json": JSON, "rest-json": REST_JSON}.get(protocol, QUERY)


def refusal(dialect: str, what: str, message: str) -> ApiError:
    """Return an error other than S3's."""
    if dialect == EC2:
        if what == "denied":
            return ApiError("UnauthorizedOperation", message, 403)
        return ApiError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    of_json, of_query = _CODES[what]
    if dialect == QUERY:
        return ApiError(of_query, message, 400 if what == "incomplete" else 403)
    return ApiError(of_json, message, 400 if dialect == JSON else 403)


def unknown_key(dialect: str, key_id: str) -> ApiError:
    """Return the answer to a key that nobody holds."""
    if dialect == S3:
        return ApiError(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            403,
            {"AWSAccessKeyId": key_id},
        )
    return refusal(dialect, "key", "The security token included in the request is invalid.")


def bad_token(dialect: str, token: str | None) -> ApiError:
    """Return the answer to a token that is not the session's."""
    if dialect == S3:
        return ApiError("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
    return refusal(dialect, "key", "The security token included in the request is invalid")


def expired_token(dialect: str) -> ApiError:
    """Return the answer to the token of a session that is over."""
    if dialect == S3:
        return ApiError("ExpiredToken", "The provided token has expired.", 400)
    return refusal(dialect, "expired", "The security token included in the request is expired")


def refused(dialect: str, fault: faults.BadSignature, exchange: Exchange, key_id: str = "") -> ApiError:
    """Return the answer to a signature that does not hold."""
    if dialect == S3:
        return _refused_by_s3(fault, exchange, key_id)
    if isinstance(fault, faults.Unsigned):
        return refusal(dialect, "unsigned", "Missing Authentication Token")
    if isinstance(fault, (faults.Incomplete, faults.Ambiguous)):
        return refusal(dialect, "incomplete", str(fault))
    if isinstance(fault, faults.UnsignedHeaders):
        names = ", ".join(f"'{name.title()}'" for name in fault.names)
        return refusal(dialect, "wrong", f"{names} must be a 'SignedHeader' in the AWS Authorization.")
    if isinstance(fault, faults.Mismatch):
        return refusal(dialect, "wrong", _mismatch(fault))
    return refusal(dialect, "wrong", str(fault))


def _mismatch(fault: faults.Mismatch) -> str:
    text = (
        f"{fault} Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )
    if fault.canonical:
        text += f"\n\nThe Canonical String for this request should have been\n'{fault.canonical}'\n"
    return f"{text}\nThe String-to-Sign should have been\n'{fault.string_to_sign}'\n"


def _refused_by_s3(fault: faults.BadSignature, exchange: Exchange, key_id: str) -> ApiError:
    if isinstance(fault, faults.Unsigned):
        return ApiError("AccessDenied", "Access Denied", 403)
    if isinstance(fault, faults.Ambiguous):
        return ApiError(
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
            "parameter or the Authorization header should be specified",
            400,
            {"ArgumentName": "Authorization"},
        )
    if isinstance(fault, faults.UnsignedHeaders):
        return ApiError(
            "AccessDenied",
            "There were headers present in the request which were not signed",
            403,
            {"HeadersNotSigned": ", ".join(fault.names)},
        )
    if isinstance(fault, faults.Untimely):
        return _untimely(fault)
    if isinstance(fault, faults.Mismatch):
        return _mismatch_of_s3(fault, key_id)
    return _malformed(fault, exchange)


def _untimely(fault: faults.Untimely) -> ApiError:
    if fault.expired_at is not None:
        members = {"Expires": _iso(fault.expired_at), "ServerTime": _iso(fault.now)}
        return ApiError("AccessDenied", "Request has expired", 403, members)
    members = {"RequestTime": _iso(fault.signed_at), "ServerTime": _iso(fault.now)}
    return ApiError(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        403,
        {**members, "MaxAllowedSkewMilliseconds": LONGEST_SKEW_S * 1000},
    )


def _iso(unix_s: float) -> str:
    try:
        return datetime.fromtimestamp(int(unix_s), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):  # the sender's number is no time
        return str(unix_s)


def _mismatch_of_s3(fault: faults.Mismatch, key_id: str) -> ApiError:
    members: dict[str, Any] = {
        "AWSAccessKeyId": key_id,
        "StringToSign": fault.string_to_sign,
        "SignatureProvided": fault.provided,
        "StringToSignBytes": _hex(fault.string_to_sign),
    }
    if fault.canonical:
        members |= {"CanonicalRequest": fault.canonical, "CanonicalRequestBytes": _hex(fault.canonical)}
    return ApiError("SignatureDoesNotMatch", f"{fault} Check your key and signing method.", 403, members)


def _hex(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").hex(" ")


def _malformed(fault: faults.BadSignature, exchange: Exchange) -> ApiError:
    authorization = exchange.request.headers.get("authorization")
    if authorization is None:
        return ApiError("AuthorizationQueryParametersError", str(fault), 400)
    scheme = authorization.partition(" ")[0]
    if scheme == "AWS":
        return ApiError(
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        )
    if not scheme.startswith("AWS4-"):
        members = {"ArgumentName": "Authorization", "ArgumentValue": scheme}
        return ApiError("InvalidArgument", "Unsupported Authorization Type", 400, members)
    return ApiError("AuthorizationHeaderMalformed", f"The authorization header is malformed; {fault}", 400)
