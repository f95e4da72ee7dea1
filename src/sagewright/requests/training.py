"""The request of a training job (`contract.md` 1.1, 9.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sagewright.vocabulary.variables import as_text, is_variable

Document = dict[str, Any]

# Regions in which the SDK asks neither for a debugger nor for a profiler (SageMaker Python SDK 2.257).
_UNSUPPORTED = (
    "us-iso-east-1",
    "us-isob-east-1",
    "ap-southeast-3",
    "ap-southeast-4",
    "eu-south-2",
    "me-central-1",
    "ap-south-2",
    "eu-central-2",
    "us-gov-east-1",
)


# A NamedTuple, not a dataclass: importing the SDK must not cost what `dataclasses` and `inspect` cost.
class TrainingSpec(NamedTuple):
    """All that a training job is made of; None leaves a member out.

    Attributes:
        image_uri, algorithm_arn: One of them: what trains.
        channels: Channel documents in order.
        hyperparameters: Values of any type, which become text.
        debug_hook, tensorboard_output, profiler: Documents of the debugger, of TensorBoard's output and the profiler.
        debug_rules, profiler_rules: Documents of the rules that run beside the job.
    """

    name: str
    role: str
    image_uri: str | None
    output_path: str
    algorithm_arn: str | None = None
    input_mode: str = "File"
    channels: Sequence[Document] = ()
    hyperparameters: Mapping[str, Any] = MappingProxyType({})
    instance_count: int | None = None
    instance_type: str | None = None
    instance_groups: Sequence[Document] | None = None
    volume_size_gib: int | None = 30
    volume_kms_key: str | None = None
    keep_alive_period_s: int | None = None
    training_plan: str | None = None
    instance_placement: Document | None = None
    max_run_s: int = 86400
    max_wait_s: int | None = None
    use_spot_instances: bool = False
    output_kms_key: str | None = None
    compress_output: bool = True
    subnets: Sequence[str] | None = None
    security_group_ids: Sequence[str] | None = None
    tags: Sequence[Document] | None = None
    metric_definitions: Sequence[Document] | None = None
    enable_sagemaker_metrics: bool | None = None
    encrypt_traffic: bool = False
    network_isolation: bool = False
    checkpoint_s3_uri: str | None = None
    checkpoint_local_path: str | None = None
    environment: Mapping[str, str] | None = None
    max_retry_attempts: int | None = None
    container_entry_point: Sequence[str] | None = None
    container_arguments: Sequence[str] | None = None
    repository_access_mode: str | None = None
    repository_credentials_provider_arn: str | None = None
    infra_check: bool | None = None
    remote_debug: bool | None = None
    session_tag_chaining: bool | None = None
    experiment_config: Document | None = None
    debug_hook: Document | None = None
    tensorboard_output: Document | None = None
    profiler: Document | None = None
    debug_rules: Sequence[Document] = ()
    profiler_rules: Sequence[Document] = ()


def training_request(spec: TrainingSpec) -> Document:
    """Return the document of `CreateTrainingJob`.

    Raises:
        ValueError: Neither instances nor instance groups are named, or both are.
        RuntimeError: Only one half of a VPC is given.
    """
    request: Document = {
        "TrainingJobName": spec.name,
        "AlgorithmSpecification": _algorithm(spec),
        "OutputDataConfig": output_config(spec),
        "StoppingCondition": stopping_condition(spec),
        "ResourceConfig": _resources(spec),
        "RoleArn": spec.role,
    }
    optional: Document = {
        "InputDataConfig": list(spec.channels),
        "HyperParameters": {name: as_text(value) for name, value in spec.hyperparameters.items()},
        "Environment": dict(spec.environment or {}),
        "Tags": list(spec.tags or ()),
        "VpcConfig": vpc_config(spec.subnets, spec.security_group_ids),
        "ExperimentConfig": spec.experiment_config,
        "CheckpointConfig": _checkpoints(spec),
        "DebugHookConfig": spec.debug_hook,
        "DebugRuleConfigurations": list(spec.debug_rules),
        "TensorBoardOutputConfig": spec.tensorboard_output,
        "ProfilerConfig": spec.profiler,
        "ProfilerRuleConfigurations": list(spec.profiler_rules),
        "EnableNetworkIsolation": spec.network_isolation,
        "EnableInterContainerTrafficEncryption": spec.encrypt_traffic,
        "EnableManagedSpotTraining": spec.use_spot_instances,
    }
    request.update({name: value for name, value in optional.items() if value})
    for name, member, value in (
        ("RetryStrategy", "MaximumRetryAttempts", spec.max_retry_attempts),
        ("InfraCheckConfig", "EnableInfraCheck", spec.infra_check),
        ("RemoteDebugConfig", "EnableRemoteDebug", spec.remote_debug),
        ("SessionChainingConfig", "EnableSessionTagChaining", spec.session_tag_chaining),
    ):
        if value is not None:
            request[name] = {member: value}
    return request


def plain_training_request(
    *,
    job_name: str | None,
    algorithm: Document,
    members: Document,
    checkpoints: tuple[str | None, str | None] = (None, None),
) -> Document:
    """Return a `CreateTrainingJob` document of parts that are documents already (v2's `Session.train`).

    Args:
        algorithm: Members of `AlgorithmSpecification`; None leaves one out.
        members: Members of the request; None leaves one out.
        checkpoints: The S3 URI and the local path of checkpoints.

    Raises:
        ValueError: There is not exactly one of image and algorithm.
    """
    image, arn = algorithm.get("TrainingImage"), algorithm.get("AlgorithmName")
    if image and arn:
        raise ValueError(
            "image_uri and algorithm_arn are mutually exclusive."
            f"Both were provided: image_uri: {image} algorithm_arn: {arn}"
        )
    if image is None and arn is None:
        raise ValueError("either image_uri or algorithm_arn is required. None was provided.")
    uri, path = checkpoints
    given = {name: value for name, value in members.items() if value is not None}
    if uri:
        given["CheckpointConfig"] = {"S3Uri": uri, "LocalPath": path} if path else {"S3Uri": uri}
    specification = {name: value for name, value in algorithm.items() if value is not None}
    return {"TrainingJobName": job_name, "AlgorithmSpecification": specification, **given}


def s3_channel(
    uri: str,
    *,
    distribution: str | None = None,
    compression: str | None = None,
    content_type: str | None = None,
    record_wrapping: str | None = None,
    data_type: str = "S3Prefix",
    instance_groups: Sequence[str] | None = None,
    input_mode: str | None = None,
    attribute_names: Sequence[str] | None = None,
    shuffle_seed: int | None = None,
    hub_access: Document | None = None,
    model_access: Document | None = None,
) -> Document:
    """Return a channel's document, without its name."""
    source: Document = {"S3DataType": data_type, "S3Uri": uri}
    for name, value in (
        ("S3DataDistributionType", distribution),
        ("AttributeNames", attribute_names),
        ("InstanceGroupNames", instance_groups),
        ("HubAccessConfig", hub_access),
        ("ModelAccessConfig", model_access),
    ):
        if value is not None:
            source[name] = value
    channel: Document = {"DataSource": {"S3DataSource": source}}
    for name, value in (
        ("CompressionType", compression),
        ("ContentType", content_type),
        ("RecordWrapperType", record_wrapping),
        ("InputMode", input_mode),
    ):
        if value is not None:
            channel[name] = value
    if shuffle_seed is not None:
        channel["ShuffleConfig"] = {"Seed": shuffle_seed}
    return channel


def supports_debugger(region: str) -> bool:
    """Tell whether the SDK asks for the default debugger hook and profiler in a region."""
    return region not in _UNSUPPORTED


def vpc_config(subnets: Sequence[str] | None, security_group_ids: Sequence[str] | None) -> Document | None:
    """Return a `VpcConfig`; None where neither subnets nor security groups are given.

    Raises:
        RuntimeError: Only one of them is.
    """
    if subnets is None and security_group_ids is None:
        return None
    if subnets is None or security_group_ids is None:
        raise RuntimeError("When setting up custom VPC, both subnets and security_group_ids must be set")
    return {"Subnets": _listed(subnets), "SecurityGroupIds": _listed(security_group_ids)}


def _listed(given: Sequence[str]) -> Any:
    return given if is_variable(given) else list(given)


def _algorithm(spec: TrainingSpec) -> Document:
    found: Document = {"TrainingInputMode": spec.input_mode}
    found |= {"AlgorithmName": spec.algorithm_arn} if spec.algorithm_arn else {"TrainingImage": spec.image_uri}
    if spec.repository_access_mode is not None:
        found["TrainingImageConfig"] = {"TrainingRepositoryAccessMode": spec.repository_access_mode}
        if spec.repository_credentials_provider_arn is not None:
            found["TrainingImageConfig"]["TrainingRepositoryAuthConfig"] = {
                "TrainingRepositoryCredentialsProviderArn": spec.repository_credentials_provider_arn
            }
    for name, value in (
        ("MetricDefinitions", spec.metric_definitions),
        ("EnableSageMakerMetricsTimeSeries", spec.enable_sagemaker_metrics),
        ("ContainerEntrypoint", spec.container_entry_point),
        ("ContainerArguments", spec.container_arguments),
    ):
        if value is not None:
            found[name] = value
    return found


def output_config(spec: TrainingSpec) -> Document:
    """Return `OutputDataConfig`."""
    found: Document = {"S3OutputPath": spec.output_path}
    if spec.output_kms_key is not None:
        found["KmsKeyId"] = spec.output_kms_key
    if not spec.compress_output:
        found["CompressionType"] = "NONE"
    return found


def _resources(spec: TrainingSpec) -> Document:
    if spec.instance_groups is not None and (spec.instance_count is not None or spec.instance_type is not None):
        raise ValueError("instance_count and instance_type cannot be set when instance_groups is set")
    if not spec.instance_groups and not (spec.instance_count and spec.instance_type):
        raise ValueError("instance_count and instance_type must be set if instance_groups is not set")
    found: Document = {}
    for name, value in (
        ("InstanceGroups", spec.instance_groups),
        ("InstanceCount", spec.instance_count),
        ("InstanceType", spec.instance_type),
        ("VolumeSizeInGB", spec.volume_size_gib),
        ("VolumeKmsKeyId", spec.volume_kms_key),
        ("KeepAlivePeriodInSeconds", spec.keep_alive_period_s),
        ("TrainingPlanArn", spec.training_plan),
        ("InstancePlacementConfig", spec.instance_placement),
    ):
        if value is not None:
            found[name] = value
    return found


def stopping_condition(spec: TrainingSpec) -> Document:
    """Return `StoppingCondition`."""
    found = {"MaxRuntimeInSeconds": spec.max_run_s}
    if spec.max_wait_s:
        found["MaxWaitTimeInSeconds"] = spec.max_wait_s
    return found


def _checkpoints(spec: TrainingSpec) -> Document | None:
    if not spec.checkpoint_s3_uri:
        return None
    found = {"S3Uri": spec.checkpoint_s3_uri}
    if spec.checkpoint_local_path:
        found["LocalPath"] = spec.checkpoint_local_path
    return found
