"""What a configuration file may hold, as a JSON Schema (`contract.md` 9.3)."""

from __future__ import annotations

from typing import Any

__all__ = ["SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA", "SAGEMAKER_PYTHON_SDK_LOCAL_MODE_CONFIG_SCHEMA"]

Schema = dict[str, Any]


def _of(required: tuple[str, ...] = (), **members: Schema) -> Schema:
    """Return the schema of an object with these members and no others."""
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": members}
    if required:
        schema["required"] = list(required)
    return schema


def _text(longest: int | None = None, pattern: str | None = None, shortest: int | None = None) -> Schema:
    given = {"pattern": pattern, "minLength": shortest, "maxLength": longest}
    return {"type": "string", **{name: value for name, value in given.items() if value is not None}}


def _list(item: Schema, least: int = 0, most: int | None = None) -> Schema:
    schema: Schema = {"type": "array", "items": item, "minItems": least}
    if most is not None:
        schema["maxItems"] = most
    return schema


def _environment(longest: int, most: int) -> Schema:
    # v2's pattern is not anchored: any name with a letter or an underscore in it fits.
    return {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"[a-zA-Z_]": _text(longest)},
        "maxProperties": most,
    }


_YES_OR_NO: Schema = {"type": "boolean"}
_ANY: Schema = {"type": "object", "additionalProperties": True}
_WORDS = r"^[\w\s\d_.:/=+\-@]*$"
_ROLE = _text(2048, r"^arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$", 20)
_KEY = _text(2048)
_NETWORK_ID = _text(32, "[-0-9a-zA-Z]+")
_VPC = _of(SecurityGroupIds=_list(_NETWORK_ID, 1, 5), Subnets=_list(_NETWORK_ID, 1, 16))
_TAGS = _list(_of(("Key", "Value"), Key=_text(128, _WORDS, 1), Value=_text(256, _WORDS, 0)), 0, 50)
_S3_URI = _text(1024, "^(https|s3)://([^/]+)/?(.*)$")
_WITH_KEY = _of(KmsKeyId=_KEY)
_CONTAINER = _of(Environment=_environment(1024, 16))
_NETWORK = _of(EnableInterContainerTrafficEncryption=_YES_OR_NO, EnableNetworkIsolation=_YES_OR_NO, VpcConfig=_VPC)
_CLUSTER = _of(ClusterConfig=_of(VolumeKmsKeyId=_KEY))
_SECURITY = _of(EnableInterContainerTrafficEncryption=_YES_OR_NO, VolumeKmsKeyId=_KEY, VpcConfig=_VPC)

_REMOTE_FUNCTION = _of(
    Dependencies=_text(),
    PreExecutionCommands=_list(_text()),
    PreExecutionScript=_text(),
    EnableInterContainerTrafficEncryption=_YES_OR_NO,
    EnvironmentVariables=_environment(512, 48),
    ImageUri=_text(),
    IncludeLocalWorkDir=_YES_OR_NO,
    CustomFileFilter=_of(IgnoreNamePatterns=_list(_text())),
    InstanceType=_text(),
    JobCondaEnvironment=_text(),
    RoleArn=_ROLE,
    S3KmsKeyId=_KEY,
    S3RootUri=_S3_URI,
    Tags=_TAGS,
    VolumeKmsKeyId=_KEY,
    VpcConfig=_VPC,
)

_MODULES = _of(
    Session=_of(
        DefaultS3Bucket=_text(63, r"^[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]$", 3),
        DefaultS3ObjectKeyPrefix=_text(1024, None, 1),
    ),
    ModelTrainer=_ANY,
    Estimator=_of(DebugHookConfig=_YES_OR_NO),
    RemoteFunction=_REMOTE_FUNCTION,
    NotebookJob=_of(RoleArn=_ROLE, S3RootUri=_S3_URI, S3KmsKeyId=_KEY, VolumeKmsKeyId=_KEY, VpcConfig=_VPC),
    Serve=_of(RoleArn=_ROLE, S3ModelDataUri=_S3_URI, InstanceType=_text(), EnvironmentVariables=_environment(512, 48)),
    TelemetryOptOut=_YES_OR_NO,
)

_TRAINING_JOB = _of(
    EnableInterContainerTrafficEncryption=_YES_OR_NO,
    EnableNetworkIsolation=_YES_OR_NO,
    Environment=_environment(512, 48),
    OutputDataConfig=_WITH_KEY,
    ResourceConfig=_of(VolumeKmsKeyId=_KEY),
    ProfilerConfig=_of(DisableProfiler=_YES_OR_NO),
    RoleArn=_ROLE,
    VpcConfig=_VPC,
    Tags=_TAGS,
)

_PROCESSING_JOB = _of(
    Environment=_environment(256, 100),
    NetworkConfig=_NETWORK,
    ProcessingInputs=_list(
        _of(
            DatasetDefinition=_of(
                AthenaDatasetDefinition=_WITH_KEY,
                RedshiftDatasetDefinition=_of(KmsKeyId=_KEY, ClusterRoleArn=_ROLE),
            )
        ),
        0,
        10,
    ),
    ProcessingOutputConfig=_WITH_KEY,
    ProcessingResources=_CLUSTER,
    RoleArn=_ROLE,
    Tags=_TAGS,
)

_MONITORING_SCHEDULE = _of(
    MonitoringScheduleConfig=_of(
        MonitoringJobDefinition=_of(
            Environment=_environment(256, 50),
            MonitoringOutputConfig=_WITH_KEY,
            MonitoringResources=_CLUSTER,
            NetworkConfig=_NETWORK,
            RoleArn=_ROLE,
        )
    ),
    Tags=_TAGS,
)

_MODEL = _of(
    Containers=_list(_CONTAINER, 0, 15),
    EnableNetworkIsolation=_YES_OR_NO,
    ExecutionRoleArn=_ROLE,
    PrimaryContainer=_CONTAINER,
    VpcConfig=_VPC,
    Tags=_TAGS,
)

_VALIDATED_JOB = _of(
    Environment=_environment(10240, 16), TransformOutput=_WITH_KEY, TransformResources=_of(VolumeKmsKeyId=_KEY)
)
_MODEL_PACKAGE = _of(
    InferenceSpecification=_of(Containers=_list(_CONTAINER, 1, 15)),
    ValidationSpecification=_of(
        ValidationProfiles=_list(_of(TransformJobDefinition=_VALIDATED_JOB), 1, 1), ValidationRole=_ROLE
    ),
)

_ENDPOINT_CONFIG = _of(
    AsyncInferenceConfig=_of(OutputConfig=_WITH_KEY),
    DataCaptureConfig=_WITH_KEY,
    KmsKeyId=_KEY,
    ProductionVariants=_list(_of(CoreDumpConfig=_WITH_KEY)),
    Tags=_TAGS,
)

_TRANSFORM_JOB = _of(
    DataCaptureConfig=_WITH_KEY,
    Environment=_environment(10240, 16),
    TransformOutput=_WITH_KEY,
    TransformResources=_of(VolumeKmsKeyId=_KEY),
    Tags=_TAGS,
)

_SAGEMAKER = _of(
    PythonSDK=_of(Modules=_MODULES),
    FeatureGroup=_of(
        OfflineStoreConfig=_of(S3StorageConfig=_WITH_KEY),
        OnlineStoreConfig=_of(SecurityConfig=_WITH_KEY),
        RoleArn=_ROLE,
        Tags=_TAGS,
    ),
    MonitoringSchedule=_MONITORING_SCHEDULE,
    Endpoint=_of(Tags=_TAGS),
    EndpointConfig=_ENDPOINT_CONFIG,
    AutoMLJob=_of(AutoMLJobConfig=_of(SecurityConfig=_SECURITY), OutputDataConfig=_WITH_KEY, RoleArn=_ROLE, Tags=_TAGS),
    AutoMLJobV2=_of(SecurityConfig=_SECURITY, OutputDataConfig=_WITH_KEY, RoleArn=_ROLE, Tags=_TAGS),
    TransformJob=_TRANSFORM_JOB,
    CompilationJob=_of(OutputConfig=_WITH_KEY, RoleArn=_ROLE, VpcConfig=_VPC, Tags=_TAGS),
    Pipeline=_of(RoleArn=_ROLE, Tags=_TAGS),
    Model=_MODEL,
    ModelPackage=_MODEL_PACKAGE,
    ProcessingJob=_PROCESSING_JOB,
    TrainingJob=_TRAINING_JOB,
    EdgePackagingJob=_of(OutputConfig=_WITH_KEY, ResourceKey=_KEY, RoleArn=_ROLE, Tags=_TAGS),
)

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA: Schema = {
    "$schema": _DRAFT,
    **_of(
        ("SchemaVersion",),
        SchemaVersion={"type": "string", "enum": ["1.0"]},
        CustomParameters={
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {r"^[\w\s\d_.:/=+\-@]+$": _text()},
        },
        SageMaker=_SAGEMAKER,
    ),
}

SAGEMAKER_PYTHON_SDK_LOCAL_MODE_CONFIG_SCHEMA: Schema = {
    "$schema": _DRAFT,
    **_of(
        ("local",),
        local=_of(
            local_code=_YES_OR_NO,
            region_name=_text(),
            serving_port={"type": "integer"},
            container_root=_text(),
            container_config={"type": "object"},
        ),
    ),
}
