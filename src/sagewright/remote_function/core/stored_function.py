"""A function in S3, with its arguments and what it has returned (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from sagewright.remote_function.core import serialization
from sagewright.remote_function.core.pipeline_variables import Context, resolve_pipeline_variables
from sagewright.s3 import s3_path_join

FUNCTION_FOLDER, ARGUMENTS_FOLDER = "function", "arguments"
RESULTS_FOLDER, EXCEPTION_FOLDER = "results", "exception"
JSON_SERIALIZED_RESULT_KEY, JSON_RESULTS_FILE = "Result", "results.json"

logger = logging.getLogger("sagemaker.remote_function")


class _SerializedData(NamedTuple):
    """A function and its arguments, pickled: `(args, kwargs)`."""

    func: bytes
    args: bytes


class StoredFunction:
    """A function that is kept below an S3 URI.

    Args:
        context: Which step of which run it is; None: it is no step.

    Attributes:
        keeps_result: Whether what the function returns is stored; of several processes the first one's is.
    """

    def __init__(
        self, sagemaker_session: Any, s3_base_uri: str, s3_kms_key: str | None = None, context: Context | None = None
    ) -> None:
        context = context or Context()
        self.sagemaker_session, self.s3_base_uri, self.s3_kms_key = sagemaker_session, s3_base_uri, s3_kms_key
        self.context, self.keeps_result = context, True
        self.func_upload_path = s3_path_join(s3_base_uri, context.step_name or "", context.func_step_s3_dir or "")
        self.results_upload_path = s3_path_join(s3_base_uri, context.execution_id or "", context.step_name or "")

    def save(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Store a function and its arguments.

        Raises:
            SerializationError: They cannot be pickled.
        """
        logger.info("Serializing function code to %s", self._place(FUNCTION_FOLDER))
        serialization.serialize_func_to_s3(func, self.sagemaker_session, self._place(FUNCTION_FOLDER), self.s3_kms_key)
        logger.info("Serializing function arguments to %s", self._place(ARGUMENTS_FOLDER))
        serialization.serialize_obj_to_s3(
            (args, kwargs), self.sagemaker_session, self._place(ARGUMENTS_FOLDER), self.s3_kms_key
        )

    def save_pipeline_step_function(self, serialized_data: _SerializedData) -> None:
        """Store a function and its arguments that are pickled already."""
        for folder, pickled, what in (
            (FUNCTION_FOLDER, serialized_data.func, "code"),
            (ARGUMENTS_FOLDER, serialized_data.args, "arguments"),
        ):
            logger.info("Uploading serialized function %s to %s", what, self._place(folder))
            serialization._upload_payload_and_metadata_to_s3(
                pickled, self._place(folder), self.sagemaker_session, self.s3_kms_key
            )

    def load_and_invoke(self) -> None:
        """Call the function that is stored with its arguments, and store what it returns, unless another does.

        Raises:
            DeserializationError: They are not what was stored, or cannot be read here.
            Exception: What the function raises.
        """
        logger.info("Deserializing function code from %s", self._place(FUNCTION_FOLDER))
        func = serialization.deserialize_func_from_s3(self.sagemaker_session, self._place(FUNCTION_FOLDER))
        logger.info("Deserializing function arguments from %s", self._place(ARGUMENTS_FOLDER))
        args, kwargs = serialization.deserialize_obj_from_s3(self.sagemaker_session, self._place(ARGUMENTS_FOLDER))
        args, kwargs = resolve_pipeline_variables(
            self.context, args, kwargs, s3_base_uri=self.s3_base_uri, sagemaker_session=self.sagemaker_session
        )
        logger.info("Invoking the function")
        result = func(*(args or ()), **(kwargs or {}))
        if self.keeps_result:
            self._keep(result)

    def _keep(self, result: Any) -> None:
        place = s3_path_join(self.results_upload_path, RESULTS_FOLDER)
        logger.info("Serializing the function return and uploading to %s", place)
        serialization.serialize_obj_to_s3(result, self.sagemaker_session, place, self.s3_kms_key)
        if not self.context.serialize_output_to_json:
            return
        logger.info("JSON Serializing the function return and uploading to %s", place)
        serialization.json_serialize_obj_to_s3(
            obj=result,
            json_key=JSON_SERIALIZED_RESULT_KEY,
            sagemaker_session=self.sagemaker_session,
            s3_uri=s3_path_join(place, JSON_RESULTS_FILE),
            s3_kms_key=self.s3_kms_key,
        )

    def _place(self, folder: str) -> str:
        return s3_path_join(self.func_upload_path, folder)
