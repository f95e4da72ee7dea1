"""Whatever legal arguments the SDK's classes get, the service's model accepts all that they ask for."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sagewright.automl.automl import AutoML
from sagewright.engine.gateway.handlers.validate import violations
from sagewright.enums import EndpointType
from sagewright.estimator import Estimator
from sagewright.feature_store.feature_definition import FractionalFeatureDefinition, StringFeatureDefinition
from sagewright.feature_store.feature_group import FeatureGroup
from sagewright.inputs import TrainingInput
from sagewright.model import Model
from sagewright.model_monitor import CronExpressionGenerator, DefaultModelMonitor
from sagewright.network import NetworkConfig
from sagewright.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagewright.processing import ProcessingInput, ProcessingOutput, Processor
from sagewright.session import Session
from sagewright.transformer import Transformer
from sagewright.tuner import HyperparameterTuner
from tests.parity.recording import BUCKET, ROLE, Recorder
from tests.parity.world import IMAGE
from tests.property.legal import legal, shape_at

SOME = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
Drawn = st.SearchStrategy[dict[str, Any]]

NAMES = st.sampled_from(["a", "Prices-1", "x" * 63, "a--b"])  # names of jobs are made of them
_TRAINING, _PROCESSING, _TRANSFORM = "CreateTrainingJob", "CreateProcessingJob", "CreateTransformJob"


def _arguments(operation: str, needed: dict[str, str], optional: dict[str, Any]) -> Drawn:
    """Return a strategy for arguments: each by the place of the member that it becomes, or by a strategy."""

    def of(places: dict[str, Any]) -> dict[str, Any]:
        return {
            name: legal(shape_at(f"{operation}.{place}")) if isinstance(place, str) else place
            for name, place in places.items()
        }

    return st.fixed_dictionaries(of(needed), optional=of(optional))


estimators = _arguments(
    _TRAINING,
    {"instance_type": "ResourceConfig.InstanceType"},
    {
        "instance_count": st.integers(1, 100),
        "keep_alive_period_in_seconds": "ResourceConfig.KeepAlivePeriodInSeconds",
        "volume_size": "ResourceConfig.VolumeSizeInGB",
        "volume_kms_key": "ResourceConfig.VolumeKmsKeyId",
        "max_run": "StoppingCondition.MaxRuntimeInSeconds",
        "input_mode": "AlgorithmSpecification.TrainingInputMode",
        "output_path": st.sampled_from(["s3://bucket/out", "s3://bucket/out/"]),
        "output_kms_key": "OutputDataConfig.KmsKeyId",
        "base_job_name": NAMES,
        "tags": "Tags",
        "metric_definitions": "AlgorithmSpecification.MetricDefinitions",
        "encrypt_inter_container_traffic": "EnableInterContainerTrafficEncryption",
        "checkpoint_s3_uri": "CheckpointConfig.S3Uri",
        "environment": "Environment",
        "max_retry_attempts": "RetryStrategy.MaximumRetryAttempts",
        "container_entry_point": "AlgorithmSpecification.ContainerEntrypoint",
        "container_arguments": "AlgorithmSpecification.ContainerArguments",
        "enable_infra_check": "InfraCheckConfig.EnableInfraCheck",
        "enable_remote_debug": "RemoteDebugConfig.EnableRemoteDebug",
        "enable_network_isolation": st.booleans(),
        "enable_session_tag_chaining": st.booleans(),
        "disable_output_compression": st.booleans(),
        "disable_profiler": st.booleans(),
        "enable_sagemaker_metrics": st.booleans(),
        "hyperparameters": st.dictionaries(st.sampled_from(["rate", "depth"]), st.floats() | st.integers() | st.none()),
        "subnets": st.just(["subnet-1"]),
    },
)


def _estimator(session: Session, given: dict[str, Any]) -> Estimator:
    if "subnets" in given:
        given = {**given, "security_group_ids": ["sg-1"]}
    return Estimator(IMAGE, ROLE, sagemaker_session=session, **{"instance_count": 1, **given})


def _trains(session: Session, given: dict[str, Any]) -> None:
    channel = TrainingInput("s3://bucket/train", content_type="text/csv", compression="None")
    _estimator(session, given).fit({"train": channel, "more": "s3://bucket/more"}, wait=False)


def _searches(session: Session, given: dict[str, Any]) -> None:
    ranges = {
        "eta": ContinuousParameter(0.1, 1),
        "leaves": IntegerParameter(1, 9, "Logarithmic"),
        "kind": CategoricalParameter(["a", 1]),
    }
    estimator = _estimator(session, {name: value for name, value in given.items() if name not in _NOT_SEARCHED})
    metrics = given.get("metric_definitions") or [{"Name": "loss", "Regex": "loss=(.*)"}]
    tuner = HyperparameterTuner(
        estimator, "loss", ranges, metrics, max_jobs=4, max_parallel_jobs=2, tags=given.get("tags"), random_seed=3
    )
    tuner.fit("s3://bucket/train", wait=False)


_NOT_SEARCHED = ("keep_alive_period_in_seconds",)

processors = _arguments(
    _PROCESSING,
    {"instance_type": "ProcessingResources.ClusterConfig.InstanceType"},
    {
        "instance_count": "ProcessingResources.ClusterConfig.InstanceCount",
        "entrypoint": "AppSpecification.ContainerEntrypoint",
        "volume_size_in_gb": "ProcessingResources.ClusterConfig.VolumeSizeInGB",
        "volume_kms_key": "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "output_kms_key": "ProcessingOutputConfig.KmsKeyId",
        "max_runtime_in_seconds": "StoppingCondition.MaxRuntimeInSeconds",
        "base_job_name": NAMES,
        "env": "Environment",
        "tags": "Tags",
        "network_config": st.builds(NetworkConfig, st.booleans(), st.just(["sg-1"]), st.just(["subnet-1"])),
    },
)


def _processes(session: Session, given: dict[str, Any]) -> None:
    processor = Processor(ROLE, IMAGE, sagemaker_session=session, **{"instance_count": 1, **given})
    inputs = [
        ProcessingInput("s3://bucket/rows", "/opt/ml/processing/rows", s3_data_distribution_type="ShardedByS3Key")
    ]
    outputs = [ProcessingOutput("/opt/ml/processing/out"), ProcessingOutput("/opt/out", "s3://bucket/out", "named")]
    processor.run(inputs, outputs, ["--a", "b"], wait=False, logs=False)


transformers = _arguments(
    _TRANSFORM,
    {"model_name": "ModelName", "instance_type": "TransformResources.InstanceType"},
    {
        "instance_count": "TransformResources.InstanceCount",
        "strategy": "BatchStrategy",
        "assemble_with": "TransformOutput.AssembleWith",
        "output_path": st.just("s3://bucket/out"),
        "output_kms_key": "TransformOutput.KmsKeyId",
        "accept": "TransformOutput.Accept",
        "max_concurrent_transforms": "MaxConcurrentTransforms",
        "max_payload": "MaxPayloadInMB",
        "tags": "Tags",
        "env": "Environment",
        "base_transform_job_name": NAMES,
        "volume_kms_key": "TransformResources.VolumeKmsKeyId",
    },
)


def _transforms(session: Session, given: dict[str, Any]) -> None:
    transformer = Transformer(sagemaker_session=session, **{"instance_count": 1, **given})
    transformer.transform("s3://bucket/rows", content_type="text/csv", split_type="Line", wait=False)


models = _arguments(
    "CreateEndpointConfig",
    {"instance_type": "ProductionVariants.*.InstanceType"},
    {
        "initial_instance_count": st.integers(1, 9),
        "endpoint_name": "EndpointConfigName",
        "tags": "Tags",
        "kms_key": "KmsKeyId",
        "volume_size": "ProductionVariants.*.VolumeSizeInGB",
        "model_data_download_timeout": "ProductionVariants.*.ModelDataDownloadTimeoutInSeconds",
        "container_startup_health_check_timeout": ("ProductionVariants.*.ContainerStartupHealthCheckTimeoutInSeconds"),
        "inference_ami_version": "ProductionVariants.*.InferenceAmiVersion",
        "endpoint_type": st.just(EndpointType.MODEL_BASED),
    },
)


def _model(session: Session) -> Model:
    return Model(IMAGE, "s3://bucket/model.tar.gz", ROLE, env={"A": "1"}, sagemaker_session=session)


def _serves(session: Session, given: dict[str, Any]) -> None:
    _model(session).deploy(**{"initial_instance_count": 1, **given}, wait=False)


packages = _arguments(
    "CreateModelPackage",
    {
        "content_types": "InferenceSpecification.SupportedContentTypes",
        "response_types": "InferenceSpecification.SupportedResponseMIMETypes",
        "inference_instances": "InferenceSpecification.SupportedRealtimeInferenceInstanceTypes",
        "transform_instances": "InferenceSpecification.SupportedTransformInstanceTypes",
        "model_package_group_name": "ModelPackageGroupName",
    },
    {
        "approval_status": "ModelApprovalStatus",
        "description": "ModelPackageDescription",
        "customer_metadata_properties": "CustomerMetadataProperties",
        "domain": "Domain",
        "task": "Task",
        "sample_payload_url": "SamplePayloadUrl",
        "framework": "InferenceSpecification.Containers.*.Framework",
        "framework_version": "InferenceSpecification.Containers.*.FrameworkVersion",
        "nearest_model_name": "InferenceSpecification.Containers.*.NearestModelName",
        "skip_model_validation": "SkipModelValidation",
    },
)


def _registers(session: Session, given: dict[str, Any]) -> None:
    _model(session).register(**given)


monitors = _arguments(
    "CreateDataQualityJobDefinition",
    {"instance_type": "JobResources.ClusterConfig.InstanceType"},
    {
        "instance_count": "JobResources.ClusterConfig.InstanceCount",
        "volume_size_in_gb": "JobResources.ClusterConfig.VolumeSizeInGB",
        "volume_kms_key": "JobResources.ClusterConfig.VolumeKmsKeyId",
        "output_kms_key": "DataQualityJobOutputConfig.KmsKeyId",
        "max_runtime_in_seconds": "StoppingCondition.MaxRuntimeInSeconds",
        "base_job_name": NAMES,
        "env": "DataQualityAppSpecification.Environment",
        "tags": "Tags",
    },
)


def _monitors(session: Session, given: dict[str, Any]) -> None:
    monitor = DefaultModelMonitor(ROLE, sagemaker_session=session, **{"instance_count": 1, **given})
    monitor.create_monitoring_schedule(
        "endpoint", output_s3_uri="s3://bucket/out", schedule_cron_expression=CronExpressionGenerator.hourly()
    )


groups = _arguments(
    "CreateFeatureGroup",
    {},
    {
        "description": "Description",
        "tags": "Tags",
        "offline_store_kms_key_id": "OfflineStoreConfig.S3StorageConfig.KmsKeyId",
        "online_store_kms_key_id": "OnlineStoreConfig.SecurityConfig.KmsKeyId",
        "disable_glue_table_creation": st.booleans(),
        "enable_online_store": st.booleans(),
    },
)


def _stores(session: Session, given: dict[str, Any]) -> None:
    features = [StringFeatureDefinition("id"), FractionalFeatureDefinition("when")]
    group = FeatureGroup("group", session, features)
    if not given.get("enable_online_store"):
        given.pop("online_store_kms_key_id", None)
    group.create("s3://bucket/features", "id", "when", ROLE, **given)


searches = _arguments(
    "CreateAutoMLJob",
    {},
    {
        "problem_type": st.just("Regression"),
        "max_candidates": "AutoMLJobConfig.CompletionCriteria.MaxCandidates",
        "max_runtime_per_training_job_in_seconds": (
            "AutoMLJobConfig.CompletionCriteria.MaxRuntimePerTrainingJobInSeconds"
        ),
        "total_job_runtime_in_seconds": "AutoMLJobConfig.CompletionCriteria.MaxAutoMLJobRuntimeInSeconds",
        "output_kms_key": "OutputDataConfig.KmsKeyId",
        "base_job_name": NAMES,
        "tags": "Tags",
        "mode": "AutoMLJobConfig.Mode",
    },
)


def _chooses(session: Session, given: dict[str, Any]) -> None:
    if "problem_type" in given:
        given = {**given, "job_objective": {"MetricName": "MSE"}}
    AutoML(ROLE, "y", output_path="s3://bucket/out", sagemaker_session=session, **given).fit(
        "s3://bucket/rows.csv", wait=False
    )


CASES: dict[str, tuple[Drawn, Callable[[Session, dict[str, Any]], None]]] = {
    "estimator": (estimators, _trains),
    "tuner": (estimators, _searches),
    "processor": (processors, _processes),
    "transformer": (transformers, _transforms),
    "model": (models, _serves),
    "package": (packages, _registers),
    "monitor": (monitors, _monitors),
    "features": (groups, _stores),
    "automl": (searches, _chooses),
}


@functools.cache
def _aws() -> tuple[Recorder, Session]:
    recorder = Recorder()
    return recorder, Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)


@pytest.mark.parametrize("name", CASES)
@SOME
@given(data=st.data())
def test_what_a_class_asks_for_fits_the_model(name: str, data: st.DataObject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "off")
    drawn, used = CASES[name]
    recorder, session = _aws()
    recorder.calls.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        used(session, dict(data.draw(drawn)))
    asked = [(operation, params) for operation, params in recorder.calls if operation.startswith("Create")]
    assert asked
    for operation, params in asked:
        assert list(violations(shape_at(operation), params)) == [], operation
