"""Models: create, describe, list, delete (`contract.md` 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import NoSuchBucket, NoSuchObject, Record, VersionConflict
from sagewright.engine.images import Image
from sagewright.engine.operations.sagemaker.images import checked_image, pinned
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri

KIND = "model"


def create_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept a model.

    Raises:
        ApiError: `ValidationException` where the name is taken or the model cannot be served here.
    """
    arn = sagemaker_arn(caller.region, caller.account, KIND, params["ModelName"])
    taken = validation_error(f'Cannot create already existing model "{arn}".')
    if parts.state.get(KIND, caller.scope, params["ModelName"]) is not None:
        raise taken
    container = _container_of(params)
    image = _check_image(parts, caller, container)
    _check_model_data(parts, caller, container, params.get("ExecutionRoleArn", ""))
    request = {name: value for name, value in params.items() if name not in ("Tags", "Containers")}
    request["PrimaryContainer"] = {"Mode": "SingleModel", "Environment": {}, **container}
    request.setdefault("EnableNetworkIsolation", False)
    body = {"request": request, "arn": arn, "images": [pinned(image)]}
    try:
        parts.state.put(Record(KIND, caller.scope, params["ModelName"], body), expected_version=0)
    except VersionConflict:
        raise taken from None
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    return {"ModelArn": arn}


def describe_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a model."""
    record = find_model(parts, caller, params["ModelName"])
    return {**record.body["request"], "ModelArn": record.body["arn"], "CreationTime": record.created_at}


def list_models(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first."""
    return list_records(parts, caller, params, KIND, "Models", _summary, descending=True, page=100)


def delete_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a model; its artifacts and the endpoints that serve it stay as they are."""
    record = find_model(parts, caller, params["ModelName"])
    parts.state.delete(KIND, caller.scope, record.name)
    drop_tags(parts, caller, record.body["arn"])
    return {}


def find_model(parts: Parts, caller: Caller, name: str) -> Record:
    """Return a model's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, KIND, name)
        raise validation_error(f'Could not find model "{arn}".')
    return record


def _summary(record: Record) -> Result:
    return {"ModelName": record.name, "ModelArn": record.body["arn"], "CreationTime": record.created_at}


def _container_of(params: Params) -> Mapping[str, Any]:
    """Return the model's only container."""
    primary, containers = params.get("PrimaryContainer"), params.get("Containers") or []
    if (primary is not None) == bool(containers):
        raise validation_error("You must specify either PrimaryContainer or Containers, not both.")
    refuse([("Containers of more than one container", len(containers) > 1)])
    container: Mapping[str, Any] = primary if primary is not None else containers[0]
    refuse(_unbuilt(params, container))
    if not container.get("Image"):
        raise validation_error("A container definition needs an Image.")
    return container


def _unbuilt(params: Params, container: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "InferenceExecutionConfig", params.get("InferenceExecutionConfig")
    yield "Mode MultiModel", container.get("Mode") == "MultiModel"
    for member in (
        "ModelPackageName",
        "ModelDataSource",
        "AdditionalModelDataSources",
        "ImageConfig",
        "MultiModelConfig",
        "InferenceSpecificationName",
    ):
        yield member, container.get(member)


def _check_image(parts: Parts, caller: Caller, container: Mapping[str, Any]) -> Image:
    image = checked_image(parts, container["Image"], caller)
    if not image.serve_command:
        raise validation_error(
            f"The image `{image.uri}` starts no model server.\nhint: use the image of a built-in algorithm, or give "
            f"yours a server: sagewright images map '{image.uri}' --serve COMMAND."
        )
    return image


def _check_model_data(parts: Parts, caller: Caller, container: Mapping[str, Any], role: str) -> None:
    uri = container.get("ModelDataUrl")
    if not uri:
        return
    try:
        parts.objects.head(*split_s3_uri(uri))
    except (ValueError, NoSuchBucket, NoSuchObject):
        raise validation_error(
            f'Could not access model data at {uri}. Please ensure that the role "{role}" exists and that its trust '
            'relationship policy allows the action "sts:AssumeRole" for the service principal '
            '"sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object '
            f"is located in {caller.region}.\nhint: there is no object at that place."
        ) from None
