"""Whatever a spec holds, the document made of it is one that botocore's model of the service accepts."""

from __future__ import annotations

import functools
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewright.requests import hosting, transform
from sagewright.requests.training import TrainingSpec, s3_channel, training_request

texts = st.text("abcxyz-0123456789", min_size=1, max_size=20)
uris = texts.map(lambda text: f"s3://bucket/{text}")
roles = texts.map(lambda name: f"arn:aws:iam::123456789012:role/{name}")
names = st.lists(texts, min_size=1, max_size=3)
tags = st.lists(st.fixed_dictionaries({"Key": texts, "Value": texts}), max_size=3)
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, st.lists(st.integers(), max_size=2))
whole = st.integers(1, 10**6)
timeouts = st.integers(60, 3600)

channels = st.builds(
    lambda name, uri, **more: {"ChannelName": name, **s3_channel(uri, **more)},
    name=texts,
    uri=uris,
    distribution=st.none() | st.sampled_from(["FullyReplicated", "ShardedByS3Key"]),
    compression=st.none() | st.sampled_from(["None", "Gzip"]),
    content_type=st.none() | texts,
    record_wrapping=st.none() | st.just("RecordIO"),
    data_type=st.sampled_from(["S3Prefix", "ManifestFile", "AugmentedManifestFile"]),
    instance_groups=st.none() | names,
    input_mode=st.none() | st.sampled_from(["File", "Pipe", "FastFile"]),
    attribute_names=st.none() | names,
    shuffle_seed=st.none() | whole,
)

rules = st.fixed_dictionaries({"RuleConfigurationName": texts, "RuleEvaluatorImage": texts})
networks = st.none() | st.fixed_dictionaries({"Subnets": names, "SecurityGroupIds": names})


@st.composite
def specs(draw: st.DrawFn) -> TrainingSpec:
    network = draw(networks) or {}
    optional: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=_OPTIONAL))
    return TrainingSpec(
        name=draw(texts),
        role=draw(roles),
        image_uri=draw(texts),
        output_path=draw(uris),
        instance_count=draw(whole),
        instance_type="ml.m5.large",
        subnets=network.get("Subnets"),
        security_group_ids=network.get("SecurityGroupIds"),
        **optional,
    )


_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "input_mode": st.sampled_from(["File", "Pipe", "FastFile"]),
    "channels": st.lists(channels, max_size=3),
    "hyperparameters": st.dictionaries(texts, values, max_size=4),
    "volume_size_gib": st.none() | whole,
    "volume_kms_key": st.none() | texts,
    "keep_alive_period_s": st.none() | whole,
    "training_plan": st.none()
    | texts.map(lambda name: f"arn:aws:sagemaker:us-east-1:123456789012:training-plan/{name}"),
    "max_run_s": whole,
    "max_wait_s": st.none() | whole,
    "use_spot_instances": st.booleans(),
    "output_kms_key": st.none() | texts,
    "compress_output": st.booleans(),
    "tags": st.none() | tags,
    "metric_definitions": st.none() | st.lists(st.fixed_dictionaries({"Name": texts, "Regex": texts}), max_size=2),
    "enable_sagemaker_metrics": st.none() | st.booleans(),
    "encrypt_traffic": st.booleans(),
    "network_isolation": st.booleans(),
    "checkpoint_s3_uri": st.none() | uris,
    "checkpoint_local_path": st.none() | texts,
    "environment": st.none() | st.dictionaries(texts, texts, max_size=2),
    "max_retry_attempts": st.none() | st.integers(1, 30),
    "container_entry_point": st.none() | names,
    "container_arguments": st.none() | names,
    "repository_access_mode": st.none() | st.sampled_from(["Platform", "Vpc"]),
    "repository_credentials_provider_arn": st.none() | texts,
    "infra_check": st.none() | st.booleans(),
    "remote_debug": st.none() | st.booleans(),
    "session_tag_chaining": st.none() | st.booleans(),
    "experiment_config": st.none() | st.fixed_dictionaries({"ExperimentName": texts}),
    "debug_hook": st.none() | st.fixed_dictionaries({"S3OutputPath": uris, "CollectionConfigurations": st.just([])}),
    "tensorboard_output": st.none() | st.fixed_dictionaries({"S3OutputPath": uris}),
    "profiler": st.none() | st.fixed_dictionaries({"DisableProfiler": st.booleans()}),
    "debug_rules": st.lists(rules, max_size=2),
    "profiler_rules": st.lists(rules, max_size=2),
}


@settings(deadline=None)
@given(specs())
def test_training_request_fits_the_model(spec: TrainingSpec) -> None:
    request = training_request(spec)
    assert_fits("CreateTrainingJob", request)
    assert request["TrainingJobName"] == spec.name
    assert list(request.get("HyperParameters", {})) == list(spec.hyperparameters)


@settings(deadline=None)
@given(specs())
def test_building_changes_nothing_and_says_the_same_again(spec: TrainingSpec) -> None:
    first = training_request(spec)
    assert training_request(spec) == first
    first["Tags"] = first.get("Tags", [])
    first["Tags"].append({"Key": "k", "Value": "v"})
    assert {"Key": "k", "Value": "v"} not in training_request(spec).get("Tags", [])


def test_every_field_of_a_spec_is_drawn() -> None:
    left_out = {"name", "role", "image_uri", "output_path", "subnets", "security_group_ids", "instance_count"}
    left_out |= {"instance_type", "instance_groups", "instance_placement", "algorithm_arn"}
    assert set(TrainingSpec._fields) == left_out | set(_OPTIONAL)


_SOURCE = {"S3DataType": "S3Prefix", "CompressionType": "None"}

containers = st.builds(
    hosting.container_definition,
    texts,
    st.none() | uris | uris.map(lambda uri: {"S3DataSource": {"S3Uri": uri, **_SOURCE}}),
    st.none() | st.dictionaries(texts, texts, max_size=2),
    st.none() | st.sampled_from(["SingleModel", "MultiModel"]),
    accept_eula=st.none() | st.booleans(),
)

container_sets = containers | st.lists(containers, min_size=1, max_size=3)

variants = st.builds(
    hosting.production_variant_document,
    texts,
    st.just("ml.m5.large"),
    st.none() | whole,
    variant_name=texts,
    initial_weight=st.floats(0, 100),
    volume_size=st.none() | whole,
    model_data_download_timeout=st.none() | timeouts,
    container_startup_health_check_timeout=st.none() | timeouts,
)


@settings(deadline=None)
@given(texts, roles, container_sets, networks, st.booleans(), tags)
def test_model_request_fits_the_model(
    name: str, role: str, container: Any, network: Any, isolation: bool, some_tags: Any
) -> None:
    assert_fits("CreateModel", hosting.model_request(name, role, container, network, isolation, some_tags))


@settings(deadline=None)
@given(texts, st.lists(variants, min_size=1, max_size=3), st.none() | tags, st.none() | texts)
def test_endpoint_requests_fit_the_model(name: str, some: Any, some_tags: Any, key: str | None) -> None:
    config = hosting.endpoint_config_request(name, some, some_tags, key)
    assert_fits("CreateEndpointConfig", config)
    assert_fits("CreateEndpoint", hosting.endpoint_request(name, name, some_tags))
    described = {**config, "EndpointConfigArn": "arn", "CreationTime": None}
    described.pop("Tags", None)
    copied = hosting.copied_endpoint_config_request("copy", described, some_tags)
    expected = {**config, "EndpointConfigName": "copy"}
    if not some_tags:
        expected.pop("Tags", None)
    assert copied == expected


_TRANSFORM: dict[str, st.SearchStrategy[Any]] = {
    "strategy": st.none() | st.sampled_from(["MultiRecord", "SingleRecord"]),
    "max_concurrent_transforms": st.none() | st.integers(0, 100),
    "max_payload": st.none() | st.integers(0, 100),
    "env": st.none() | st.dictionaries(texts, texts, max_size=2),
    "tags": st.none() | tags,
    "data_processing": st.builds(transform.data_processing, st.none() | texts, st.none() | texts, st.just("Input")),
    "experiment_config": st.none() | st.just({}) | st.fixed_dictionaries({"ExperimentName": texts}),
    "model_client_config": st.none() | st.fixed_dictionaries({"InvocationsMaxRetries": st.integers(0, 3)}),
    "data_capture_config": st.none() | st.fixed_dictionaries({"DestinationS3Uri": uris}),
}
sources = st.builds(
    transform.transform_input,
    uris,
    st.sampled_from(["S3Prefix", "ManifestFile"]),
    st.none() | texts,
    st.none() | st.just("Gzip"),
    st.none() | st.sampled_from(["Line", "RecordIO", "TFRecord"]),
)
outputs = st.builds(transform.transform_output, uris, st.none() | texts, st.none() | st.just("Line"), st.none() | texts)


@settings(deadline=None)
@given(texts, sources, outputs, st.integers(1, 100), st.fixed_dictionaries({}, optional=_TRANSFORM))
def test_transform_request_fits_the_model(name: str, source: Any, output: Any, count: int, more: Any) -> None:
    resources = transform.transform_resources(count, "ml.m5.large", None)
    request = transform.transform_request(name, "model", source, output, resources, **more)
    assert_fits("CreateTransformJob", request)
    assert request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"].startswith("s3://bucket/")


def assert_fits(operation: str, request: dict[str, Any]) -> None:
    """Check a request as botocore does before it sends one."""
    shape = _service().operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()


@functools.cache
def _service() -> Any:
    return botocore.session.Session().get_service_model("sagemaker")
