"""Answers and errors of asynchronous endpoints, in S3."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sagewright import storage
from sagewright.exceptions import (
    AsyncInferenceModelError,
    ObjectNotExistedError,
    PollingTimeoutError,
    UnexpectedClientError,
)
from sagewright.s3 import parse_s3_url

if TYPE_CHECKING:
    from sagewright.async_inference.waiter_config import WaiterConfig
    from sagewright.predictor_async import AsyncPredictor

_SHORTEST_S = 0.05
_RUNS = "Inference could still be running"


def existing_answer(asked: AsyncPredictor, output_path: str, failure_path: str | None) -> Any:
    """Return the answer that is there.

    Raises:
        ObjectNotExistedError: There is none yet.
        AsyncInferenceModelError: There is an error instead.
        UnexpectedClientError: S3 does not say.
    """
    from botocore.exceptions import ClientError

    try:
        return _found(asked, output_path, failure_path)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise UnexpectedClientError(message=error.response["Error"]["Message"]) from error
        raise ObjectNotExistedError(message=_RUNS, output_path=output_path) from error


def awaited_answer(
    asked: AsyncPredictor, output_path: str, failure_path: str | None, waiter_config: WaiterConfig
) -> Any:
    """Return the answer when it is there.

    Raises:
        PollingTimeoutError: It did not come in time.
        AsyncInferenceModelError: There is an error instead.
    """
    from botocore.exceptions import ClientError

    seconds = waiter_config.delay * waiter_config.max_attempts
    began = time.monotonic()
    while True:
        try:
            return _found(asked, output_path, failure_path)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise UnexpectedClientError(message=error.response["Error"]["Message"]) from error
        spent = time.monotonic() - began
        if spent >= seconds:
            raise PollingTimeoutError(message=_RUNS, output_path=output_path, seconds=seconds)
        # Here an answer takes milliseconds, on AWS minutes: the more time has passed, the more seldom it looks.
        time.sleep(min(waiter_config.delay, max(_SHORTEST_S, spent / 10), seconds - spent))


_MISSING = ("NoSuchKey", "404")


def _found(asked: AsyncPredictor, output_path: str, failure_path: str | None) -> Any:
    from botocore.exceptions import ClientError

    try:
        return _read(asked, output_path)
    except ClientError as error:
        if failure_path is None or error.response["Error"]["Code"] not in _MISSING:
            raise
    raise AsyncInferenceModelError(message=_read(asked, failure_path))


def _read(asked: AsyncPredictor, uri: str) -> Any:
    bucket, key = parse_s3_url(uri)
    owner = storage.owner_of_default_bucket(asked.sagemaker_session, bucket)
    expected = {"ExpectedBucketOwner": owner} if owner else {}
    response = asked.s3_client.get_object(Bucket=bucket, Key=key, **expected)
    return asked.predictor._handle_response(response)
