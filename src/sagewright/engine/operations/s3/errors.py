"""S3's errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sagewright.engine import abc
from sagewright.vocabulary.errors import ApiError


def no_such_bucket(name: str) -> ApiError:
    return ApiError("NoSuchBucket", "The specified bucket does not exist", 404, {"BucketName": name})


def no_such_key(key: str) -> ApiError:
    return ApiError("NoSuchKey", "The specified key does not exist.", 404, {"Key": key})


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


def bad_digest() -> ApiError:
    return ApiError("BadDigest", "The Content-MD5 or checksum value that you specified did not match what we received.")


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
def s3_errors(bucket: str, key: str = "", upload_id: str = "") -> Iterator[None]:
    """Turn what the object store raises in the block into S3's errors."""
    try:
        yield
    except abc.NoSuchBucket:
        raise no_such_bucket(bucket) from None
    except abc.NoSuchObject:
        raise no_such_key(key) from None
    except abc.NoSuchUpload:
        raise no_such_upload(upload_id) from None
    except abc.BucketNotEmpty:
        raise ApiError(
            "BucketNotEmpty", "The bucket you tried to delete is not empty", 409, {"BucketName": bucket}
        ) from None
    except abc.PreconditionFailed:
        raise precondition_failed("If-None-Match or If-Match") from None
    except abc.InvalidPart:
        raise ApiError(
            "InvalidPart",
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
            "specified entity tag may not match the part's entity tag.",
        ) from None
    except abc.EntityTooSmall:
        raise ApiError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size") from None
