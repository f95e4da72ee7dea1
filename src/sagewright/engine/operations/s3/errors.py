"""S3's errors."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

from sagewright.engine import abc
from sagewright.engine.objects.rules import NULL, rank_of
from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)
_INVALID_PART = (
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
    "entity tag may not match the part's entity tag."
)
_FULL = (errno.ENOSPC, errno.EDQUOT)


def no_such_bucket(name: str) -> ApiError:
    return ApiError("NoSuchBucket", "The specified bucket does not exist", 404, {"BucketName": name})


def no_such_key(key: str) -> ApiError:
    return ApiError("NoSuchKey", "The specified key does not exist.", 404, {"Key": key})


def is_version_id(text: str) -> bool:
    """Tell whether a text can be the id of a version."""
    return text == NULL or rank_of(text) is not None


def no_such_version(key: str, version_id: str) -> ApiError:
    members = {"Key": key, "VersionId": version_id}
    return ApiError("NoSuchVersion", "The specified version does not exist.", 404, members)


def is_delete_marker(info: abc.ObjectInfo, named: bool) -> ApiError:
    """Return the answer to who reads a delete marker.

    Args:
        named: Its version was asked for.
    """
    headers = {"x-amz-delete-marker": "true", "x-amz-version-id": info.version_id or NULL}
    if not named:
        return ApiError("NoSuchKey", "The specified key does not exist.", 404, {"Key": info.key, "@headers": headers})
    headers |= {"allow": "DELETE", "last-modified": formatdate(info.modified_at, usegmt=True)}
    return ApiError(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        405,
        {"Method": "GET", "ResourceType": "DeleteMarker", "@headers": headers},
    )


def no_such_upload(upload_id: str) -> ApiError:
    return ApiError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed.",
        404,
        {"UploadId": upload_id},
    )


def precondition_failed(condition: str) -> ApiError:
    return ApiError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        412,
        {"Condition": condition},
    )


def bad_digest(message: str = "The Content-MD5 you specified did not match what we received.") -> ApiError:
    return ApiError("BadDigest", message)


def malformed_xml() -> ApiError:
    return ApiError("MalformedXML", "The XML you provided was not well-formed or did not validate.")


def invalid_request(message: str) -> ApiError:
    return ApiError("InvalidRequest", message)


def invalid_argument(name: str, value: Any, message: str) -> ApiError:
    return ApiError("InvalidArgument", message, 400, {"ArgumentName": name, "ArgumentValue": value})


def refuse(fields: Iterable[tuple[str, Any]]) -> None:
    """Refuse the first field that is asked for and that this engine cannot honour.

    Raises:
        ApiError: `NotImplemented`, naming the field.
    """
    for name, present in fields:
        if present:
            raise ApiError("NotImplemented", f"`{name}` is not built into the Sagewright engine (target `local`).", 501)


@contextmanager
def s3_errors(bucket: str, key: str = "", upload_id: str = "", version_id: str | None = None) -> Iterator[None]:
    """Turn what the object store raises in the block into S3's errors."""
    try:
        yield
    except abc.NoSuchBucket:
        raise no_such_bucket(bucket) from None
    except abc.IsDeleteMarker as error:
        raise is_delete_marker(error.info, version_id is not None) from None
    except abc.NoSuchObject:
        raise no_such_key(key) from None
    except abc.NoSuchVersion:
        raise no_such_version(key, version_id or NULL) from None
    except abc.NoSuchUpload:
        raise no_such_upload(upload_id) from None
    except abc.PreconditionFailed:
        raise precondition_failed("If-None-Match or If-Match") from None
    except abc.BucketNotEmpty:
        members = {"BucketName": bucket}
        raise ApiError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, members) from None
    except abc.InvalidPart:
        raise ApiError("InvalidPart", _INVALID_PART) from None
    except abc.EntityTooSmall:
        raise ApiError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size") from None
    except abc.DamagedObject as error:
        raise _damaged(bucket, key, error) from None
    except (OSError, sqlite3.OperationalError) as error:
        if not _is_full(error):
            raise
        raise _disk_full(error) from None


def _damaged(bucket: str, key: str, error: abc.DamagedObject) -> ApiError:
    log.error("the object `%s/%s` is damaged: %s", bucket, key, error)
    return ApiError(
        "InternalError",
        "We encountered an internal error. Please try again.\n"
        f"hint: the bytes of `{bucket}/{key}` are damaged on disk; `sagewright check` lists all that are",
        500,
    )


def _is_full(error: OSError | sqlite3.OperationalError) -> bool:
    return error.errno in _FULL if isinstance(error, OSError) else "disk is full" in str(error)


def _disk_full(error: Exception) -> ApiError:
    """Return an error of the server that clients report at once: S3 has no word for it, and trying again is no use."""
    log.error("there is no room on the disk of the object store: %s", error)
    return ApiError(
        "InsufficientStorage",
        "There is no room on the disk that objects are kept on; nothing was written.\n"
        "hint: free some space, or point SAGEWRIGHT_HOME to another disk",
        507,
    )
