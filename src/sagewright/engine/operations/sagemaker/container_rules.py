"""What a model's containers must be to be served here (`contract.md` 2.3, 2.7, 2.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sagewright.engine.abc import NoSuchBucket, NoSuchObject
from sagewright.engine.images import Image
from sagewright.engine.operations.sagemaker.images import checked_image
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.engine.planning.served_code import server_command
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri

Container = Mapping[str, Any]


def checked_container(parts: Parts, caller: Caller, container: Container, role: str) -> Image:
    """Return the image of a container that can be served here.

    Args:
        role: The model's, which messages name.

    Raises:
        ApiError: `ValidationException`: it cannot.
    """
    refuse(_unbuilt(container))
    if not container.get("Image"):
        raise validation_error("A container definition needs an Image.")
    image = _checked_image(parts, caller, container)
    _check_data(parts, caller, container, role)
    return image


def check_together(params: Params, containers: Sequence[Container]) -> None:
    """Check what a model's containers have to do with each other.

    Raises:
        ApiError: `ValidationException`: they do not fit together.
    """
    mode = params.get("InferenceExecutionConfig", {}).get("Mode")
    if mode is not None and not params.get("Containers"):
        raise validation_error("InferenceExecutionConfig needs a model of Containers.")
    names = [container["ContainerHostname"] for container in containers if container.get("ContainerHostname")]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise validation_error(f"The ContainerHostname `{twice}` is used more than once.")
    if mode == "Direct" and len(names) < len(containers):
        raise validation_error("Every container of a model of mode Direct needs a ContainerHostname.")
    refuse([("Mode MultiModel in Containers", params.get("Containers") and any(map(_holds_many, containers)))])


def _holds_many(container: Container) -> bool:
    return container.get("Mode") == "MultiModel"


def _unbuilt(container: Container) -> Iterator[tuple[str, Any]]:
    yield "ContainerMetricsConfig", container.get("ContainerMetricsConfig")
    yield "ImageConfig.RepositoryAuthConfig", container.get("ImageConfig", {}).get("RepositoryAuthConfig")
    sources = [("ModelDataSource", container.get("ModelDataSource") or {})]
    for number, source in enumerate(container.get("AdditionalModelDataSources") or (), start=1):
        sources.append((f"AdditionalModelDataSources.{number}", source))
    for path, source in sources:
        for member in ("HubAccessConfig", "ManifestS3Uri", "ManifestEtag"):
            yield f"{path}.S3DataSource.{member}", source.get("S3DataSource", {}).get(member)


def _checked_image(parts: Parts, caller: Caller, container: Container) -> Image:
    image = checked_image(parts, container["Image"], caller)
    if not server_command(image, container):
        raise validation_error(
            f"The image `{image.uri}` starts no model server.\nhint: use an image that serves (of a built-in "
            "algorithm, scikit-learn or XGBoost, or the inference image of another framework), or give yours a server: "
            f"sagewright images map '{image.uri}' --serve COMMAND."
        )
    return image


def _check_data(parts: Parts, caller: Caller, container: Container, role: str) -> None:
    if container.get("ModelDataUrl") and container.get("ModelDataSource"):
        raise validation_error("A container takes its model from ModelDataUrl or from ModelDataSource, not from both.")
    if _holds_many(container):
        _check_place_of_many(parts, caller, container, role)
    elif container.get("MultiModelConfig"):
        raise validation_error("MultiModelConfig needs a container of Mode MultiModel.")
    elif uri := container.get("ModelDataUrl"):
        _check_object(parts, caller, uri, role)
    elif source := container.get("ModelDataSource"):
        _check_source(parts, caller, source["S3DataSource"], role)
    channels = container.get("AdditionalModelDataSources") or []
    names = [channel["ChannelName"] for channel in channels]
    if any(names.count(name) > 1 or name in (".", "..") for name in names):
        raise validation_error("The channel names of AdditionalModelDataSources must be names, each used once.")
    for channel in channels:
        _check_source(parts, caller, channel["S3DataSource"], role)


def _check_place_of_many(parts: Parts, caller: Caller, container: Container, role: str) -> None:
    """Check where a multi-model container takes its models from; they may come later."""
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    uri = source["S3Uri"] if source else container.get("ModelDataUrl")
    if not uri:
        raise validation_error("A container of Mode MultiModel needs a ModelDataUrl, the prefix of its models.")
    try:
        parts.objects.head_bucket(split_s3_uri(uri)[0])
    except (ValueError, NoSuchBucket):
        raise _no_access(caller, uri, role, "there is no such bucket") from None


def _check_source(parts: Parts, caller: Caller, source: Mapping[str, Any], role: str) -> None:
    uri, is_prefix = source["S3Uri"], source["S3DataType"] == "S3Prefix"
    if is_prefix and source["CompressionType"] == "Gzip":
        raise validation_error(f"An S3DataType of S3Prefix (`{uri}`) needs a CompressionType of None.")
    if not is_prefix:
        _check_object(parts, caller, uri, role, source.get("ETag"))
        return
    try:
        found = parts.objects.list(*split_s3_uri(uri), limit=1).objects
    except (ValueError, NoSuchBucket):
        found = ()
    if not found:
        raise _no_access(caller, uri, role, "there are no objects at that place")


def _check_object(parts: Parts, caller: Caller, uri: str, role: str, etag: str | None = None) -> None:
    try:
        found = parts.objects.head(*split_s3_uri(uri))
    except (ValueError, NoSuchBucket, NoSuchObject):
        raise _no_access(caller, uri, role, "there is no object at that place") from None
    if etag is not None and etag.strip('"') != found.etag:
        raise _no_access(caller, uri, role, f"its ETag is {found.etag}, not {etag}")


def _no_access(caller: Caller, uri: str, role: str, hint: str) -> Exception:
    return validation_error(
        f'Could not access model data at {uri}. Please ensure that the role "{role}" exists and that its trust '
        'relationship policy allows the action "sts:AssumeRole" for the service principal '
        '"sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object '
        f"is located in {caller.region}.\nhint: {hint}."
    )
