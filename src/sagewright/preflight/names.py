"""The request against the service's model: names that are none of the choices, and values out of bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.suggestions import close, slip_of

# What users call the members of the request.
_ARGUMENTS = {
    "TrainingJobName": "job_name",
    "TrainingInputMode": "input_mode",
    "InputMode": "input_mode",
    "S3DataType": "s3_data_type",
    "S3DataDistributionType": "distribution",
    "CompressionType": "compression",
    "RecordWrapperType": "record_wrapping",
    "InstanceType": "instance_type",
    "InstanceCount": "instance_count",
    "VolumeSizeInGB": "volume_size",
    "KeepAlivePeriodInSeconds": "keep_alive_period_in_seconds",
    "MaxRuntimeInSeconds": "max_run",
    "MaxWaitTimeInSeconds": "max_wait",
    "MaximumRetryAttempts": "max_retry_attempts",
    "ContentType": "content_type",
    "RoleArn": "role",
}
_CHECKPOINTS = "/opt/ml/checkpoints"
_LOCAL_MODE = ("local", "local_gpu")
_FREE = ("S3Uri", "TrainingImage")  # a path of this machine may stand there; any image may run here


def check(flight: Flight) -> Iterator[Finding]:
    """Find values that the service's model does not allow, and a name that a job has already."""
    shape = _shape(flight.session)
    if shape is not None:
        yield from _wrong(flight.request, shape, "", "")
    yield from _checkpoints(flight)
    if flight.is_named:
        yield from _taken(flight)


def _checkpoints(flight: Flight) -> Iterator[Finding]:
    path = flight.request.get("CheckpointConfig", {}).get("LocalPath", "")
    if slip_of(path, [_CHECKPOINTS]):
        yield Finding("`checkpoint_local_path`", f"`{path}` is an unusual folder.", did_you_mean(_CHECKPOINTS))


def _shape(session: Any) -> Any:
    from botocore.model import ServiceModel  # loaded with the client

    model = session.sagemaker_client.meta.service_model
    # A client of the user's own may be anything.
    return model.operation_model("CreateTrainingJob").input_shape if isinstance(model, ServiceModel) else None


def _wrong(value: Any, shape: Any, member: str, where: str) -> Iterator[Finding]:
    if shape.type_name == "structure" and isinstance(value, dict):
        inner = where + (f"channel `{value['ChannelName']}`, " if value.get("ChannelName") else "")
        for name, item in value.items():
            if name in shape.members and name not in _FREE:
                yield from _wrong(item, shape.members[name], name, inner)
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from _wrong(item, shape.member, member, where)
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from _wrong(key, shape.key, member, where)
            yield from _wrong(item, shape.value, key, where)
    elif isinstance(value, str) and shape.type_name == "string":
        yield from _wrong_text(value, shape, where + f"`{_ARGUMENTS.get(member, member)}`")
    elif isinstance(value, int) and shape.type_name in ("integer", "long"):
        yield from _wrong_number(value, shape.metadata, where + f"`{_ARGUMENTS.get(member, member)}`")


def _wrong_text(value: str, shape: Any, where: str) -> Iterator[Finding]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if shape.enum:
        if value not in shape.enum and value not in _LOCAL_MODE:
            meant = "`, `".join(close(value, shape.enum)) or None
            some = f"one of {', '.join(shape.enum[:6])}{', …' if len(shape.enum) > 6 else ''}"
            yield Finding(where, f"`{value}` is not {some}.", did_you_mean(meant))
    elif len(value) < low or (high is not None and len(value) > high):
        yield Finding(where, f"`{_short(value)}` has {len(value)} characters; {low} to {high} are allowed.")
    elif not _fits(value, shape.metadata.get("pattern", "")):
        pattern = shape.metadata["pattern"]
        yield Finding(where, f"`{_short(value)}` does not fit the pattern `{pattern}`.", _repaired(value, pattern))


def _wrong_number(value: int, metadata: Any, where: str) -> Iterator[Finding]:
    low, high = metadata.get("min"), metadata.get("max")
    if low is not None and value < low:
        yield Finding(where, f"{value} is less than {low}.")
    elif high is not None and value > high:
        yield Finding(where, f"{value} is more than {high}.")


def _fits(value: str, pattern: str) -> bool:
    try:
        return not pattern or re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:  # written for another engine of expressions
        return True


def _repaired(value: str, pattern: str) -> str | None:
    """Return the hint with a name that would do: words with hyphens between them."""
    name = re.sub(r"[^a-zA-Z0-9]+", "-", value).strip("-")
    return f"`{name}` would do." if name and _fits(name, pattern) else None


def _short(value: str) -> str:
    return value if len(value) <= 80 else f"{value[:77]}..."


def _taken(flight: Flight) -> Iterator[Finding]:
    from botocore.exceptions import BotoCoreError, ClientError

    name = flight.request["TrainingJobName"]
    try:
        job = flight.session.sagemaker_client.describe_training_job(TrainingJobName=name)
    except (ClientError, BotoCoreError):
        return  # there is none, or nobody may tell
    yield Finding(
        "`job_name`",
        f"there is a job `{name}` already ({job.get('TrainingJobStatus')}).",
        "leave `job_name` out for a name with a timestamp, or choose another.",
    )
