"""Data of a processing job on their way to S3, and the places where its outputs go (`contract.md` 9.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.deferring import place_in_run, place_of_step, step_in_building
from sagewright.local_data import local_path
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.s3 import S3Uploader
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.processing.processor import Processor


def staged_input(processor: Processor, given: Any, count: int, kms_key: str | None) -> ProcessingInput:
    """Return an input with its name, having uploaded what lies here. The input itself is changed, as v2 does.

    Args:
        count: Which of the inputs it is, from 1.

    Raises:
        TypeError: It is no input.
        ValueError: It names no place in the container.
        FileNotFoundError: There is no such file or folder.
    """
    if not isinstance(given, ProcessingInput):
        raise TypeError(f"Your inputs must be provided as ProcessingInput objects.\nhint: this is a {_kind(given)}.")
    if given.input_name is None:
        given.input_name = f"input-{count}"
    if is_variable(given.source) or given.dataset_definition:
        return given
    if given.s3_input is None:
        raise ValueError(
            f"The input `{given.input_name}` needs a `source` and a `destination`.\n"
            "hint: a destination is a folder below /opt/ml/processing, for example /opt/ml/processing/input."
        )
    uri = given.s3_input.s3_uri
    if not is_variable(uri) and not str(uri).lower().startswith("s3://"):
        place = place_of_step(processor.sagemaker_session, "input", given.input_name) or processor._job_place(
            "input", given.input_name
        )
        refuse_where_none_runs(processor)
        given.s3_input.s3_uri = S3Uploader.upload(
            local_path(uri) or str(uri), place, kms_key, processor.sagemaker_session
        )
    return given


def refuse_where_none_runs(processor: Processor) -> None:
    """Raise what an engine without processing jobs would say of this one: before anything is uploaded for it.

    Raises:
        ClientError: It is such an engine.
    """
    from botocore.exceptions import ClientError

    session = processor.sagemaker_session
    if step_in_building() is not None or not hasattr(type(session), "_asks_engine") or not session._asks_engine():
        return
    try:
        session.describe_processing_job(str(processor._current_job_name))
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] == "UnknownOperationException":
            answer: Any = {
                **error.response,
                "Error": {**told, "Message": told["Message"].replace("Describe", "Create", 1)},
            }
            raise ClientError(answer, "CreateProcessingJob") from None


def staged_output(processor: Processor, given: Any, count: int) -> ProcessingOutput:
    """Return an output with its name and its place in S3. The output itself is changed, as v2 does.

    Raises:
        TypeError: It is no output.
    """
    if not isinstance(given, ProcessingOutput):
        raise TypeError(f"Your outputs must be provided as ProcessingOutput objects.\nhint: this is a {_kind(given)}.")
    if given.output_name is None:
        given.output_name = f"output-{count}"
    if not is_variable(given.destination) and not str(given.destination or "").lower().startswith("s3://"):
        place = place_in_run(processor.sagemaker_session, "output", given.output_name)
        given.destination = place or processor._job_place("output", given.output_name)
    return given


def _kind(value: Any) -> str:
    return type(value).__name__
