"""What a training job's request must hold beyond the shapes of the service model (`contract.md` 1.1, 1.8).

A field is honoured, or it is refused here by name; the few whose meaning is the placement, price or encryption of
Amazon's machines hold on this one by themselves, and are recorded and shown: `VpcConfig`, KMS keys, traffic encryption,
volume sizes, and the destinations of the debugger and profiler, which send nothing as long as no rule asks them to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import NoSuchBucket
from sagewright.engine.operations.sagemaker.channel_rules import check_channels, unbuilt_of_channels
from sagewright.engine.operations.sagemaker.images import checked_image
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.resource_rules import check_channel_groups, check_resources, check_warm_pool
from sagewright.engine.operations.sagemaker.script_rules import check_script
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.engine.planning.limits import interruptions_s
from sagewright.engine.planning.outputs import CONTAINER_ML, relative
from sagewright.engine.planning.training import has_script
from sagewright.vocabulary.errors import ApiError, validation_error
from sagewright.vocabulary.s3_uris import split_s3_uri
from sagewright.vocabulary.script_mode import PROGRAM, SUBMIT_DIRECTORY
from sagewright.vocabulary.spot import INTERRUPT_VARIABLE


def check(parts: Parts, caller: Caller, params: Params) -> None:
    """Check a `CreateTrainingJob` request.

    Raises:
        ApiError: `ValidationException`, naming the field.
    """
    _check_completeness(params)
    _refuse_rules(params)
    refuse(_unbuilt(params))
    check_resources(params["ResourceConfig"])
    check_warm_pool(params)
    check_channel_groups(params)
    _check_image(parts, caller, params)
    for rule in (_check_spot, check_channels, _check_metrics):
        rule(params)
    _check_input(parts, caller, params)
    _check_output(parts, params)
    _check_synced(parts, params)


def _check_completeness(params: Params) -> None:
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if not params.get(member):
            raise _missing(member[0].lower() + member[1:])
    resources = params["ResourceConfig"]
    if not resources.get("InstanceGroups"):
        for member in ("InstanceType", "InstanceCount"):
            if member not in resources:
                raise _missing(f"resourceConfig.{member[0].lower() + member[1:]}")
    specification = params["AlgorithmSpecification"]
    if ("TrainingImage" in specification) == ("AlgorithmName" in specification):
        raise validation_error(
            "You must specify either TrainingImage or AlgorithmName in AlgorithmSpecification, not both."
        )


def _refuse_rules(params: Params) -> None:
    for member in ("DebugRuleConfigurations", "ProfilerRuleConfigurations"):
        for rule in params.get(member, ()):
            raise validation_error(
                f"The rule `{rule['RuleConfigurationName']}` of {member} is evaluated by a container of Amazon's, "
                "which is not built into the Sagewright engine (target `local`).\n"
                "hint: leave the rule out of `rules=`, or use the target `aws`."
            )


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    """Yield the fields that would change what a job does and that the engine cannot honour yet."""
    resources, specification = params["ResourceConfig"], params["AlgorithmSpecification"]
    yield "AlgorithmSpecification.AlgorithmName", specification.get("AlgorithmName")
    yield "ResourceConfig.TrainingPlanArn", resources.get("TrainingPlanArn")
    for member in (
        "ExperimentConfig",
        "ServerlessJobConfig",
        "MlflowConfig",
        "ModelPackageConfig",
        "SessionChainingConfig",
        "InfraCheckConfig",
    ):
        yield member, params.get(member)
    yield "DebugHookConfig.CollectionConfigurations", params.get("DebugHookConfig", {}).get("CollectionConfigurations")
    yield "RemoteDebugConfig", params.get("RemoteDebugConfig", {}).get("EnableRemoteDebug")
    yield from unbuilt_of_channels(params)


def _check_image(parts: Parts, caller: Caller, params: Params) -> None:
    specification = params["AlgorithmSpecification"]
    image = checked_image(parts, specification["TrainingImage"], caller)
    if specification.get("ContainerEntrypoint"):
        return
    if has_script(params, image):
        check_script(params)
    elif not image.train_command:
        raise validation_error(
            f"The image `{image.uri}` starts no training program by itself.\n"
            f"hint: give a script, as `entry_point` does (the hyperparameters {PROGRAM} and {SUBMIT_DIRECTORY}), or "
            "AlgorithmSpecification.ContainerEntrypoint."
        )


def _check_spot(params: Params) -> None:
    stopping = params.get("StoppingCondition") or {}
    run, wait = stopping.get("MaxRuntimeInSeconds", 86_400), stopping.get("MaxWaitTimeInSeconds")
    if params.get("EnableManagedSpotTraining"):
        if wait is None or wait < run:
            raise validation_error(
                "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
                f"MaxRuntimeInSeconds ({run})"
            )
    elif wait is not None:
        raise validation_error("MaxWaitTimeInSeconds is only valid with EnableManagedSpotTraining.")
    _check_interruptions(params)


def _check_interruptions(params: Params) -> None:
    try:
        planned = interruptions_s(params)
    except ValueError:
        raise validation_error(f"Environment.{INTERRUPT_VARIABLE} holds no seconds separated by commas.") from None
    if planned and not params.get("EnableManagedSpotTraining"):
        raise validation_error(
            f"Environment.{INTERRUPT_VARIABLE}: only a job with EnableManagedSpotTraining is ever interrupted."
        )


def _check_metrics(params: Params) -> None:
    for definition in params["AlgorithmSpecification"].get("MetricDefinitions") or ():
        try:
            groups = re.compile(definition["Regex"]).groups
        except (re.error, RecursionError, OverflowError) as error:
            raise _bad_metric(definition, f"is not a regular expression: {error}") from None
        if groups == 0:
            raise _bad_metric(definition, "has no group to capture the value with.\nhint: write loss=([0-9.]+)")


def _bad_metric(definition: Mapping[str, str], why: str) -> ApiError:
    return validation_error(f"The Regex `{definition['Regex']}` of the metric `{definition['Name']}` {why}")


def _check_input(parts: Parts, caller: Caller, params: Params) -> None:
    for channel in params.get("InputDataConfig") or ():
        uri = (channel["DataSource"].get("S3DataSource") or {}).get("S3Uri")
        if uri is None:
            raise validation_error(f"The channel `{channel['ChannelName']}` names no DataSource.")
        bucket, prefix = _split(uri)
        if not _has_objects(parts, bucket, prefix):
            raise no_objects(uri, bucket, caller.region, params["RoleArn"])


def no_objects(uri: str, bucket: str, region: str, role: str) -> ApiError:
    """Return the answer to an input that does not exist (`contract.md` 1.8)."""
    return validation_error(
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region ({region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )


def _check_output(parts: Parts, params: Params) -> None:
    check_bucket(parts, "OutputDataConfig.S3OutputPath", params["OutputDataConfig"]["S3OutputPath"])


def _check_synced(parts: Parts, params: Params) -> None:
    """Check the folders that are stored while the job runs: there must be a bucket, and a place below `/opt/ml`."""
    for member, uri in (("CheckpointConfig", "S3Uri"), ("TensorBoardOutputConfig", "S3OutputPath")):
        config = params.get(member)
        if not config:
            continue
        check_bucket(parts, f"{member}.{uri}", config[uri])
    for member in ("CheckpointConfig", "TensorBoardOutputConfig", "DebugHookConfig"):
        path = (params.get(member) or {}).get("LocalPath")
        try:
            if path:
                relative(path)
        except ValueError as error:
            raise validation_error(
                f"{member}.LocalPath: {error}, where the Sagewright engine can follow it.\n"
                f"hint: leave it out, or name a folder below {CONTAINER_ML}."
            ) from None


def check_bucket(parts: Parts, member: str, uri: str) -> None:
    """Check that what is written to a place in S3 has a bucket.

    Raises:
        ApiError: `ValidationException`.
    """
    bucket, _ = _split(uri)
    try:
        parts.objects.head_bucket(bucket)
    except NoSuchBucket:
        raise validation_error(
            f"The bucket `{bucket}` of {member} `{uri}` does not exist.\n"
            f'hint: make it with boto3.client("s3").create_bucket(Bucket="{bucket}").'
        ) from None


def _has_objects(parts: Parts, bucket: str, prefix: str) -> bool:
    try:
        return bool(parts.objects.list(bucket, prefix, limit=1).objects)
    except NoSuchBucket:
        return False


def _split(uri: str) -> tuple[str, str]:
    try:
        return split_s3_uri(uri)
    except ValueError:
        raise validation_error(f"`{uri}` is not an S3 URI of this engine.\nhint: write s3://bucket/prefix.") from None


def _missing(path: str) -> ApiError:
    return validation_error(
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )
