"""Functions and values in S3: a pickle, and beside it what it is and its digest (v2's own path).

A folder holds `payload.pkl` and `metadata.json`. The digest is checked before anything is unpickled: it tells a damaged
or a half-written pickle, not a forged one, since whoever can write the one can write the other.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import sys
from collections.abc import Callable
from typing import Any

from sagewright.remote_function.core import pickling
from sagewright.remote_function.errors import DeserializationError, SerializationError, ServiceError
from sagewright.s3 import S3Downloader, S3Uploader

_VERSION, _MODULE = "2023-04-24", "cloudpickle"


class CloudpickleSerializer:
    """Pickles by cloudpickle (v2's name)."""

    @staticmethod
    def serialize(obj: Any) -> bytes:
        """Return an object's pickle.

        Raises:
            SerializationError: It cannot be pickled.
        """
        try:
            return pickling.dumps(obj)
        except Exception as error:
            if isinstance(error, NotImplementedError) and "Instance of Run type is not allowed to be pickled." in str(
                error
            ):
                raise SerializationError(
                    "You are trying to pass a sagemaker.experiments.run.Run object to a remote function or are trying "
                    "to access a global sagemaker.experiments.run.Run object from within the function. This is not "
                    "supported. You must use `load_run` to load an existing Run in the remote function or instantiate "
                    "a new Run in the function."
                ) from error
            raise SerializationError(
                f"Error when serializing object of type [{type(obj).__name__}]: {error!r}"
            ) from error

    @staticmethod
    def deserialize(s3_uri: str, bytes_to_deserialize: bytes) -> Any:
        """Return what a pickle holds.

        Args:
            s3_uri: Where it was, for the message.

        Raises:
            DeserializationError: It cannot be read here.
        """
        try:
            return pickling.loads(bytes_to_deserialize)
        except Exception as error:
            raise DeserializationError(
                f"Error when deserializing bytes downloaded from {s3_uri}: {error!r}. "
                "NOTE: this may be caused by inconsistent sagemaker python sdk versions "
                "where remote function runs versus the one used on client side. "
                "If the sagemaker versions do not match, a warning message would "
                "be logged starting with 'Inconsistent sagemaker versions found'. "
                "Please check it to validate."
            ) from error


def serialize_func_to_s3(
    func: Callable[..., Any], sagemaker_session: Any, s3_uri: str, s3_kms_key: str | None = None
) -> None:
    """Store a function below an S3 URI.

    Raises:
        SerializationError: It cannot be pickled.
        ServiceError: It cannot be stored.
    """
    serialize_obj_to_s3(func, sagemaker_session, s3_uri, s3_kms_key)


def serialize_obj_to_s3(obj: Any, sagemaker_session: Any, s3_uri: str, s3_kms_key: str | None = None) -> None:
    """Store an object below an S3 URI; see `serialize_func_to_s3`."""
    _upload_payload_and_metadata_to_s3(CloudpickleSerializer.serialize(obj), s3_uri, sagemaker_session, s3_kms_key)


def serialize_exception_to_s3(
    exc: BaseException, sagemaker_session: Any, s3_uri: str, s3_kms_key: str | None = None
) -> None:
    """Store an exception below an S3 URI, with the places that it has passed; see `serialize_func_to_s3`."""
    from tblib import pickling_support

    pickling_support.install(exc)
    serialize_obj_to_s3(exc, sagemaker_session, s3_uri, s3_kms_key)


def json_serialize_obj_to_s3(
    obj: Any, json_key: str, sagemaker_session: Any, s3_uri: str, s3_kms_key: str | None = None
) -> None:
    """Store an object as JSON, for the steps of a pipeline that refer to a part of it.

    Args:
        json_key: The member that holds it. What JSON cannot hold is told in the member `Exception`.
    """
    try:
        document = json.dumps({json_key: obj, "Exception": None})
    except TypeError as error:
        if "is not JSON serializable" not in str(error):
            raise
        document = json.dumps({json_key: None, "Exception": f"The function return ({obj}) is not JSON serializable."})
    S3Uploader.upload_string_as_file_body(document, s3_uri, s3_kms_key, sagemaker_session)


def deserialize_func_from_s3(sagemaker_session: Any, s3_uri: str) -> Any:
    """Return the function below an S3 URI.

    Raises:
        DeserializationError: It is not what was stored, or cannot be read here.
        ServiceError: It cannot be fetched.
    """
    return deserialize_obj_from_s3(sagemaker_session, s3_uri)


def deserialize_obj_from_s3(sagemaker_session: Any, s3_uri: str) -> Any:
    """Return the object below an S3 URI; see `deserialize_func_from_s3`."""
    metadata = _MetaData.from_json(_read_bytes_from_s3(f"{s3_uri}/metadata.json", sagemaker_session))
    payload = _read_bytes_from_s3(f"{s3_uri}/payload.pkl", sagemaker_session)
    _perform_integrity_check(metadata.sha256_hash, payload)
    return CloudpickleSerializer.deserialize(f"{s3_uri}/payload.pkl", payload)


def deserialize_exception_from_s3(sagemaker_session: Any, s3_uri: str) -> Any:
    """Return the exception below an S3 URI; see `deserialize_func_from_s3`."""
    return deserialize_obj_from_s3(sagemaker_session, s3_uri)


class _MetaData:
    """What is said of a pickle."""

    def __init__(
        self,
        sha256_hash: str,
        version: str = _VERSION,
        python_version: str | None = None,
        serialization_module: str = _MODULE,
    ) -> None:
        self.sha256_hash, self.version, self.serialization_module = sha256_hash, version, serialization_module
        self.python_version = python_version or ".".join(map(str, sys.version_info[:3]))

    def to_json(self) -> bytes:
        """Return it as JSON."""
        members = ("sha256_hash", "version", "python_version", "serialization_module")
        return json.dumps({name: getattr(self, name) for name in members}).encode()

    @staticmethod
    def from_json(s: bytes) -> _MetaData:
        """Return what JSON says of a pickle.

        Raises:
            DeserializationError: It says nothing that this version knows.
        """
        try:
            said = json.loads(s)
        except ValueError:
            raise DeserializationError("Corrupt metadata file. It is not a valid json file.") from None
        if not said.get("sha256_hash"):
            raise DeserializationError(
                "Corrupt metadata file. SHA256 hash for the serialized data does not exist. Please make sure to "
                "install SageMaker SDK version >= 2.156.0 on the client side and try again."
            )
        if (said.get("version"), said.get("serialization_module")) != (_VERSION, _MODULE):
            raise DeserializationError(f"Corrupt metadata file. Serialization approach {s!r} is not supported.")
        return _MetaData(said["sha256_hash"], python_version=said.get("python_version"))


def _upload_payload_and_metadata_to_s3(
    bytes_to_upload: bytes, s3_uri: str, sagemaker_session: Any, s3_kms_key: str | None
) -> None:
    """Store a pickle and what is said of it below an S3 URI."""
    described = _MetaData(_compute_hash(bytes_to_upload)).to_json()
    _upload_bytes_to_s3(bytes_to_upload, f"{s3_uri}/payload.pkl", s3_kms_key, sagemaker_session)
    _upload_bytes_to_s3(described, f"{s3_uri}/metadata.json", s3_kms_key, sagemaker_session)


def _upload_bytes_to_s3(b: bytes | io.BytesIO, s3_uri: str, s3_kms_key: str | None, sagemaker_session: Any) -> None:
    try:
        S3Uploader.upload_bytes(b, s3_uri, kms_key=s3_kms_key, sagemaker_session=sagemaker_session)
    except Exception as error:
        raise ServiceError(f"Failed to upload serialized bytes to {s3_uri}: {error!r}") from error


def _read_bytes_from_s3(s3_uri: str, sagemaker_session: Any) -> bytes:
    try:
        return S3Downloader.read_bytes(s3_uri, sagemaker_session=sagemaker_session)
    except Exception as error:
        raise ServiceError(f"Failed to read serialized bytes from {s3_uri}: {error!r}") from error


def _compute_hash(buffer: bytes) -> str:
    return hashlib.sha256(buffer).hexdigest()


def _perform_integrity_check(expected_hash_value: str, buffer: bytes) -> None:
    """Check that a pickle is the one that was described.

    Raises:
        DeserializationError: It is another one.
    """
    if not hmac.compare_digest(expected_hash_value, _compute_hash(buffer)):
        raise DeserializationError(
            "Integrity check for the serialized function or data failed. Please restrict access to your S3 bucket"
        )
