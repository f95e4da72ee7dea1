"""What a transform job's request must hold beyond the shapes of the service model (`contract.md` 3.2.1, 3.2.3).

A field is honoured, or it is refused here by name; KMS keys and `TransformAmiVersion`, whose meaning is the encryption
and the machines of Amazon, are recorded and shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import NoSuchBucket, NoSuchObject
from sagewright.engine.batch.json_path import BadPath, Path, parse, selects_columns
from sagewright.engine.batch.limits import MOST_MB
from sagewright.engine.batch.records import CSV, FORMATS
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.resource_rules import check_resources
from sagewright.engine.operations.sagemaker.training_rules import check_bucket, no_objects
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.engine.planning.serving import mode_of_model
from sagewright.vocabulary.errors import ApiError, validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri


def check(parts: Parts, caller: Caller, params: Params, model: Mapping[str, Any]) -> None:
    """Check a `CreateTransformJob` request.

    Args:
        model: The body of the model's record.

    Raises:
        ApiError: `ValidationException`, naming the field.
    """
    refuse(_unbuilt(params))
    _check_model(params, model)
    check_resources(params["TransformResources"])
    _check_sizes(params)
    _check_processing(params)
    _check_input(parts, caller, params, model)
    check_bucket(parts, "TransformOutput.S3OutputPath", params["TransformOutput"]["S3OutputPath"])
    if capture := params.get("DataCaptureConfig"):
        check_bucket(parts, "DataCaptureConfig.DestinationS3Uri", capture["DestinationS3Uri"])


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    yield "ExperimentConfig", params.get("ExperimentConfig")
    kind = params["TransformInput"]["DataSource"]["S3DataSource"]["S3DataType"]
    yield f"TransformInput.DataSource.S3DataSource.S3DataType {kind}", kind not in ("S3Prefix", "ManifestFile")


def _check_model(params: Params, model: Mapping[str, Any]) -> None:
    mode = mode_of_model(model)
    if mode in ("MultiModel", "Direct"):
        raise validation_error(
            f"The model `{params['ModelName']}` is of mode {mode}, which batch transform does not support."
        )


def _check_sizes(params: Params) -> None:
    payload_mb, concurrent = params.get("MaxPayloadInMB"), params.get("MaxConcurrentTransforms")
    if payload_mb is not None and payload_mb > MOST_MB:
        raise validation_error(f"MaxPayloadInMB {payload_mb} is greater than {MOST_MB}.")
    if payload_mb and concurrent and payload_mb * concurrent > MOST_MB:
        raise validation_error(
            f"MaxConcurrentTransforms * MaxPayloadInMB is {concurrent} * {payload_mb} = {concurrent * payload_mb} MB, "
            f"which is greater than {MOST_MB} MB."
        )


def _check_input(parts: Parts, caller: Caller, params: Params, model: Mapping[str, Any]) -> None:
    source = params["TransformInput"]["DataSource"]["S3DataSource"]
    uri = source["S3Uri"]
    try:
        bucket, key = split_s3_uri(uri)
    except ValueError:
        raise validation_error(f"`{uri}` is not an S3 URI of this engine.\nhint: write s3://bucket/prefix.") from None
    role = model["request"].get("ExecutionRoleArn", "")
    try:
        if source["S3DataType"] == "ManifestFile":
            parts.objects.head(bucket, key)
            found = True
        else:
            found = bool(parts.objects.list(bucket, key, limit=1).objects)
    except (NoSuchBucket, NoSuchObject):
        found = False
    if not found:
        raise no_objects(uri, bucket, caller.region, role)


# Filters and joins ----------------------------------------------------------------------------------------------------


def _check_processing(params: Params) -> None:
    processing = params.get("DataProcessing") or {}
    paths = {
        member: _parsed(member, processing[member])
        for member in ("InputFilter", "OutputFilter")
        if processing.get(member)
    }
    joins = processing.get("JoinSource") == "Input"
    with_ids = bool((params.get("DataCaptureConfig") or {}).get("GenerateInferenceId"))
    if not (joins or with_ids or any(not path.selects_all for path in paths.values())):
        return
    output_filter = paths.get("OutputFilter")
    looks_into_answers = joins or with_ids or bool(output_filter and not output_filter.selects_all)
    content_type = _check_types(params, looks_into_answers=looks_into_answers)
    if content_type == CSV:
        _check_csv(params, paths)


def _parsed(member: str, text: str) -> Path:
    try:
        return parse(text)
    except BadPath as error:
        raise validation_error(f"DataProcessing.{member} `{text}` is not a supported JSONPath: {error}.") from None


def _check_types(params: Params, *, looks_into_answers: bool) -> str:
    """Return the input's content type, one of those that can be looked into."""
    given, accept = params["TransformInput"].get("ContentType"), params["TransformOutput"].get("Accept")
    content_type = _bare(given)
    if content_type not in FORMATS:
        raise _unsuitable(f"TransformInput.ContentType is `{given}`; it must be one of {', '.join(FORMATS)}")
    if looks_into_answers and accept and _bare(accept) != content_type:
        raise _unsuitable(f"TransformOutput.Accept `{accept}` is not the same as TransformInput.ContentType `{given}`")
    return content_type


def _check_csv(params: Params, paths: Mapping[str, Path]) -> None:
    for member, value in (
        ("TransformInput.SplitType", params["TransformInput"].get("SplitType", "None")),
        ("TransformOutput.AssembleWith", params["TransformOutput"].get("AssembleWith", "None")),
    ):
        if value != "Line":
            raise _unsuitable(f"{member} is `{value}`; for {CSV} it must be Line")
    for member, path in paths.items():
        if not selects_columns(path):
            raise _unsuitable(
                f"DataProcessing.{member} `{path.text}` selects no columns, as $[1:] does: a row of {CSV} is an array"
            )


def _bare(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _unsuitable(why: str) -> ApiError:
    return validation_error(f"DataProcessing cannot be applied: {why}.")
