"""What v2's configuration decides where arguments say nothing, and where it stands back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.parity.recording import ACCOUNT, BUCKET, REGION, ROLE
from tests.parity.world import IMAGE, World

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/FromTheFile"
_VPC = {"SecurityGroupIds": ["sg-file"], "Subnets": ["subnet-file"]}


_TAGS = [{"Key": "owner", "Value": "us"}, {"Key": "team", "Value": "prices"}]


CONFIG: dict[str, Any] = {
    "SchemaVersion": "1.0",
    "SageMaker": {
        "TrainingJob": {
            "EnableInterContainerTrafficEncryption": True,
            "EnableNetworkIsolation": True,
            "Environment": {"FROM": "the file"},
            "OutputDataConfig": {"KmsKeyId": "output-key"},
            "ResourceConfig": {"VolumeKmsKeyId": "volume-key"},
            "ProfilerConfig": {"DisableProfiler": True},
            "RoleArn": _ROLE,
            "VpcConfig": _VPC,
            "Tags": _TAGS,
        },
        "Model": {
            "Containers": [{"Environment": {"FROM": "the first"}}, {"Environment": {"FROM": "the second"}}],
            "EnableNetworkIsolation": True,
            "ExecutionRoleArn": _ROLE,
            "PrimaryContainer": {"Environment": {"FROM": "the file", "ALSO": "this"}},
            "VpcConfig": _VPC,
            "Tags": _TAGS,
        },
        "EndpointConfig": {
            "AsyncInferenceConfig": {"OutputConfig": {"KmsKeyId": "answers-key"}},
            "DataCaptureConfig": {"KmsKeyId": "capture-key"},
            "KmsKeyId": "endpoint-key",
            "ProductionVariants": [{"CoreDumpConfig": {"KmsKeyId": "dump-key"}}],
            "Tags": _TAGS,
        },
        "Endpoint": {"Tags": _TAGS},
        "TransformJob": {
            "DataCaptureConfig": {"KmsKeyId": "capture-key"},
            "Environment": {"FROM": "the file"},
            "TransformOutput": {"KmsKeyId": "output-key"},
            "TransformResources": {"VolumeKmsKeyId": "volume-key"},
            "Tags": _TAGS,
        },
        "PythonSDK": {
            "Modules": {
                "Session": {"DefaultS3Bucket": "bucket-of-the-file", "DefaultS3ObjectKeyPrefix": "team/prices"},
                "Estimator": {"DebugHookConfig": False},
            }
        },
    },
}


def _own_tags() -> list[dict[str, str]]:
    return [{"Key": "team", "Value": "mine"}, {"Key": "kind", "Value": "own"}]


def _session(world: World, **changes: Any) -> Any:
    return world.session(**{"sagemaker_config": CONFIG, **changes})


def _only(**sections: Any) -> dict[str, Any]:
    return {"SchemaVersion": "1.0", "SageMaker": sections}


def _own_estimator(world: World, **changes: Any) -> Any:
    session = changes.pop("sagemaker_session", None) or _session(world)
    return world["estimator.Estimator"](
        IMAGE, instance_count=1, sagemaker_session=session, **{"instance_type": "ml.m5.large", **changes}
    )


def _trained(world: World, **changes: Any) -> Any:
    estimator = _own_estimator(world, **changes)
    estimator.fit("s3://bucket/train", wait=False, job_name="job")
    return estimator


_CHANNEL = {
    "ChannelName": "train",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}},
}


# Training -----------------------------------------------------------------------------------------------------------


def train(world: World) -> Any:
    estimator = _trained(world)
    return [
        estimator.role,
        estimator.subnets,
        estimator.security_group_ids,
        estimator.output_kms_key,
        estimator.volume_kms_key,
        estimator.encrypt_inter_container_traffic,
        estimator.enable_network_isolation(),
        estimator.environment,
        estimator.disable_profiler,
        estimator.debugger_hook_config,
        estimator.tags,
    ]


def train_with_arguments(world: World) -> None:
    _trained(
        world,
        role=ROLE,
        subnets=["subnet-own"],
        security_group_ids=["sg-own"],
        output_kms_key="own-output-key",
        volume_kms_key="own-volume-key",
        environment={"MINE": "1"},
        tags=_own_tags(),
        output_path="s3://bucket/out",
        debugger_hook_config=world["debugger.DebuggerHookConfig"](s3_output_path="s3://bucket/debug"),
    )


def train_with_arguments_that_are_false(world: World) -> Any:
    return _trained(world, enable_network_isolation=False).enable_network_isolation()


def train_without_encryption(world: World) -> Any:
    config = _only(TrainingJob={"RoleArn": _ROLE, "EnableInterContainerTrafficEncryption": True})
    session = _session(world, sagemaker_config=config)
    return _trained(
        world, encrypt_inter_container_traffic=False, sagemaker_session=session
    ).encrypt_inter_container_traffic


def train_with_the_profiler_on(world: World) -> None:
    _trained(world, disable_profiler=False)


def train_on_an_instance_without_a_volume(world: World) -> Any:
    return _trained(world, instance_type="ml.g5.xlarge").volume_kms_key


def train_on_instance_groups(world: World) -> Any:
    groups = [world["instance_group.InstanceGroup"]("first", "ml.g5.xlarge", 1)]
    both = [*groups, world["instance_group.InstanceGroup"]("second", "ml.m5.large", 1)]
    keys = []
    for some in (groups, both):
        estimator = world["estimator.Estimator"](IMAGE, instance_groups=some, sagemaker_session=_session(world))
        estimator.fit("s3://bucket/train", wait=False, job_name="job")
        keys.append(estimator.volume_kms_key)
    return keys


def train_with_half_a_network(world: World) -> None:
    config = _only(TrainingJob={"RoleArn": _ROLE, "VpcConfig": {"SecurityGroupIds": ["sg-file"]}})
    session = _session(world, sagemaker_config=config)
    _trained(world, sagemaker_session=session, subnets=["subnet-own"])


def train_without_a_role(world: World) -> None:
    _trained(world, sagemaker_session=_session(world, sagemaker_config=_only(Model={"ExecutionRoleArn": _ROLE})))


def train_with_a_hook_from_the_file(world: World) -> None:
    config = _only(TrainingJob={"RoleArn": _ROLE}, PythonSDK={"Modules": {"Estimator": {"DebugHookConfig": True}}})
    _trained(world, sagemaker_session=_session(world, sagemaker_config=config))


def train_a_framework(world: World) -> None:
    world.framework("sklearn.SKLearn", sagemaker_session=_session(world, default_bucket=None), role=None).fit(
        "s3://bucket/train", wait=False, job_name="job"
    )


def train_documents(world: World) -> None:
    _session(world).train(
        input_mode="File",
        input_config=[_CHANNEL],
        job_name="job",
        output_config={"S3OutputPath": "s3://bucket/out"},
        resource_config={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
        stop_condition={"MaxRuntimeInSeconds": 60},
        tags=_own_tags(),
        image_uri=IMAGE,
    )


def train_documents_with_arguments(world: World) -> None:
    _session(world).train(
        input_mode="File",
        input_config=[_CHANNEL],
        role=ROLE,
        job_name="job",
        output_config={"S3OutputPath": "s3://bucket/out", "KmsKeyId": "own"},
        resource_config={"InstanceCount": 1, "InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": "own"},
        vpc_config={"Subnets": ["subnet-own"], "SecurityGroupIds": ["sg-own"]},
        stop_condition={"MaxRuntimeInSeconds": 60},
        enable_network_isolation=False,
        encrypt_inter_container_traffic=False,
        profiler_config={"S3OutputPath": "s3://bucket/profile"},
        environment={"MINE": "1"},
        image_uri=IMAGE,
    )


def a_running_job_is_changed(world: World) -> None:
    session = _session(world)
    session.update_training_job("job", profiler_config={"S3OutputPath": "s3://bucket/profile"})
    session.update_training_job("job", profiler_config={"DisableProfiler": False})
    session.update_training_job("job", resource_config={"KeepAlivePeriodInSeconds": 60})


def no_tag_is_doubled_by_a_second_job(world: World) -> Any:
    estimator = _trained(world, tags=_own_tags())
    estimator.fit("s3://bucket/train", wait=False, job_name="job-2")
    return estimator.tags


# Models and endpoints -----------------------------------------------------------------------------------------------


def _own_model(world: World, **changes: Any) -> Any:
    changes.setdefault("sagemaker_session", _session(world))
    return world["model.Model"](image_uri=IMAGE, model_data="s3://bucket/model.tar.gz", name="model", **changes)


def deploy(world: World) -> Any:
    model = _own_model(world)
    model.deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)
    return [model.role, model.vpc_config, model.enable_network_isolation()]


def deploy_with_arguments(world: World) -> None:
    vpc = {"Subnets": ["subnet-own"], "SecurityGroupIds": ["sg-own"]}
    model = _own_model(world, role=ROLE, vpc_config=vpc, enable_network_isolation=False, env={"FROM": "me"})
    model.deploy(1, "ml.m5.large", endpoint_name="endpoint", tags=_own_tags(), kms_key="own-key", wait=False)


def deploy_on_an_instance_without_a_volume(world: World) -> None:
    _own_model(world).deploy(1, "ml.g5.xlarge", endpoint_name="endpoint", wait=False)


def deploy_serverless(world: World) -> None:
    config = world["serverless.ServerlessInferenceConfig"]()
    _own_model(world).deploy(serverless_inference_config=config, endpoint_name="endpoint", wait=False)


def deploy_with_capture_and_answers_in_s3(world: World) -> None:
    session = _session(world)
    capture = world["model_monitor.DataCaptureConfig"](True, sagemaker_session=session)
    answers = world["async_inference.AsyncInferenceConfig"]("s3://bucket/answers", failure_path="s3://bucket/failures")
    _own_model(world, sagemaker_session=session).deploy(
        1,
        "ml.m5.large",
        endpoint_name="endpoint",
        data_capture_config=capture,
        async_inference_config=answers,
        wait=False,
    )


def deploy_with_own_capture_key(world: World) -> Any:
    session = _session(world, default_bucket=None)
    capture = world["model_monitor.DataCaptureConfig"](True, kms_key_id="own-key", sagemaker_session=session)
    _own_model(world, sagemaker_session=session).deploy(
        1, "ml.m5.large", endpoint_name="endpoint", data_capture_config=capture, wait=False
    )
    return [capture.destination_s3_uri, capture.kms_key_id]


def deploy_what_was_trained(world: World) -> None:
    _trained(world, tags=_own_tags()).deploy(1, "ml.m5.large", endpoint_name="endpoint", model_name="model", wait=False)


def deploy_models_in_a_row(world: World) -> Any:
    session = _session(world)
    models = [
        world["model.Model"](image_uri=f"{IMAGE}-{n}", model_data=f"s3://bucket/{n}", env={"N": str(n)})
        for n in range(3)
    ]
    row = world["pipeline.PipelineModel"](models, name="row", sagemaker_session=session)
    row.deploy(1, "ml.m5.large", endpoint_name="endpoint", tags=_own_tags(), wait=False)
    return [row.role, row.vpc_config, row.enable_network_isolation]


def create_a_model(world: World) -> None:
    _own_model(world).create("ml.m5.large", tags=_own_tags())


def create_models_of_documents(world: World) -> None:
    session = _session(world)
    session.create_model("one", container_defs={"Image": IMAGE, "Environment": {"FROM": "me"}})
    session.create_model("text", ROLE, IMAGE)
    session.create_model("row", ROLE, [{"Image": IMAGE}, {"Image": IMAGE}, {"Image": IMAGE}])
    session.create_model("open", ROLE, IMAGE, enable_network_isolation=False)


def create_a_model_from_a_job(world: World) -> None:
    _session(world).create_model_from_job("job")


def endpoint_from_a_job(world: World) -> None:
    _session(world).endpoint_from_job("job", 1, "ml.m5.large", wait=False)


def endpoint_from_model_data(world: World) -> None:
    _session(world).endpoint_from_model_data(
        "s3://bucket/model.tar.gz", IMAGE, 1, "ml.m5.large", name="endpoint", tags=_own_tags(), wait=False
    )


def endpoint_config_from_another(world: World) -> None:
    _session(world).create_endpoint_config_from_existing("config", "config-2")


def endpoint_config_from_another_with_arguments(world: World) -> None:
    _session(world).create_endpoint_config_from_existing(
        "config",
        "config-2",
        new_tags=_own_tags(),
        new_kms_key="own-key",
        new_data_capture_config_dict={
            "EnableCapture": True,
            "InitialSamplingPercentage": 5,
            "DestinationS3Uri": "s3://bucket/c",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    )


def endpoint_config_with_core_dumps(world: World) -> None:
    variant = world["session.production_variant"]("model", "ml.m5.large")
    variant["CoreDumpConfig"] = {"DestinationS3Uri": "s3://bucket/dumps"}
    session = _session(world)
    session.create_endpoint_config("config", production_variants=[variant, {**variant, "VariantName": "B"}])
    session.endpoint_from_production_variants("endpoint", [dict(variant)], wait=False)


def tags_of_one_kind_stay_with_it(world: World) -> None:
    kinds = {kind: {"Tags": [{"Key": "kind of", "Value": kind}]} for kind in ("EndpointConfig", "Endpoint")}
    session = _session(world, sagemaker_config=_only(**kinds))
    variant = world["session.production_variant"]("model", "ml.m5.large")
    session.endpoint_from_production_variants("endpoint", [variant], tags=_own_tags(), wait=False)


def endpoint_alone(world: World) -> None:
    session = _session(world)
    session.create_endpoint_config("config", "model", 1, "ml.m5.large")
    session.create_endpoint("endpoint", "config", wait=False)
    session.create_endpoint("endpoint-2", "config", tags=_own_tags(), wait=False)


# Transform jobs -----------------------------------------------------------------------------------------------------


def transform(world: World) -> Any:
    transformer = world["transformer.Transformer"]("model", 1, "ml.m5.large", sagemaker_session=_session(world))
    transformer.transform("s3://bucket/rows", job_name="job", wait=False)
    return [transformer.env, transformer.output_kms_key, transformer.volume_kms_key, transformer.output_path]


def transform_with_arguments(world: World) -> None:
    transformer = world["transformer.Transformer"](
        "model",
        1,
        "ml.m5.large",
        output_path="s3://bucket/out",
        output_kms_key="own-output-key",
        volume_kms_key="own-volume-key",
        env={"MINE": "1"},
        tags=_own_tags(),
        sagemaker_session=_session(world),
    )
    capture = world["inputs.BatchDataCaptureConfig"]("s3://bucket/capture")
    transformer.transform("s3://bucket/rows", job_name="job", batch_data_capture_config=capture, wait=False)


# Sessions and files -------------------------------------------------------------------------------------------------


def bucket_and_prefix(world: World) -> Any:
    session = _session(world, default_bucket=None)
    world.files(rows_csv="1,2")
    return [
        session.default_bucket(),
        session.default_bucket_prefix,
        session.upload_data("rows.csv"),
        session.upload_data("rows.csv", key_prefix="own"),
        session.upload_data("rows.csv", bucket=BUCKET),
    ]


def bucket_and_prefix_with_arguments(world: World) -> Any:
    session = _session(world, default_bucket_prefix="own")
    return [session.default_bucket(), session.default_bucket_prefix]


@contextmanager
def _files(**texts: str) -> Iterator[None]:
    """Let files of a folder be the administrator's and the user's."""
    before = dict(os.environ)
    for variable, text in texts.items():
        path = Path(f"{variable}.yaml")
        path.write_text(text)
        os.environ[f"SAGEMAKER_{variable.upper()}_CONFIG_OVERRIDE"] = str(path)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_ADMIN = """
SchemaVersion: '1.0'
SageMaker:
  TrainingJob:
    RoleArn: arn:aws:iam::123456789012:role/Admin
    VpcConfig: {Subnets: [subnet-admin], SecurityGroupIds: [sg-admin]}
    Tags: [{Key: owner, Value: admin}]
    Environment: {A: admin, B: admin}
"""
_USER = """
SchemaVersion: '1.0'
CustomParameters: {Any key: any text}
SageMaker:
  TrainingJob:
    RoleArn: arn:aws:iam::123456789012:role/User
    VpcConfig: {Subnets: [subnet-user]}
    Tags: [{Key: team, Value: prices}]
    Environment: {B: user}
"""


def train_by_files(world: World) -> Any:
    with _files(admin=_ADMIN, user=_USER):
        session = world.session()
        _trained(world, sagemaker_session=session)
        return session.sagemaker_config


def files_are_checked(world: World) -> Any:
    found = []
    for text in ("SageMaker: {}", "SchemaVersion: '2.0'", "SchemaVersion: '1.0'\nSageMaker: {Nothing: {}}"):
        with _files(user=text):
            try:
                world.session()
            except Exception:  # noqa: BLE001 - whatever the SDK raises
                found.append(text)
    return found


def model_without_a_session(world: World) -> Any:
    text = "SchemaVersion: '1.0'\nSageMaker: {Model: {ExecutionRoleArn: 'arn:aws:iam::123456789012:role/File'}}"
    with _files(user=text):
        return [world["model.Model"](image_uri=IMAGE).role, world["pipeline.PipelineModel"]([]).role]


def load_files(world: World) -> Any:
    with _files(admin=_ADMIN):
        Path("more").mkdir()
        Path("more/config.yaml").write_text(_USER)
        return world["config.load_sagemaker_config"](["more"])


def files_in_s3(world: World) -> Any:
    from tests.parity.recording import body

    world.aws.answers["ListObjects"] = {"Contents": [{"Key": "conf/config.yaml"}, {"Key": "conf/other"}]}
    world.aws.answers["GetObject"] = {"Body": body(_USER.encode())}
    resource = world.aws.boto_session(REGION).resource("s3")
    return world["config.load_sagemaker_config"](["s3://bucket/conf"], s3_resource=resource)["SageMaker"]
