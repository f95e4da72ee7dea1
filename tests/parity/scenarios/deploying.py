"""Every further way to deploy: serverless, asynchronous, captured, explained, on shared instances, in place."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, Refusal
from tests.parity.world import IMAGE, World


def serverless(world: World) -> Any:
    predictor = _deploy(world, serverless_inference_config=world["serverless.ServerlessInferenceConfig"]())
    return predictor.endpoint_name


def serverless_with_limits(world: World) -> None:
    config = world["serverless.ServerlessInferenceConfig"](4096, 20, provisioned_concurrency=2)
    _deploy(world, serverless_inference_config=config, volume_size=10, model_data_download_timeout=100)


def serverless_of_another_kind(world: World) -> None:
    _deploy(world, serverless_inference_config={"MemorySizeInMB": 1024})


def asynchronous(world: World) -> Any:
    config = world["async_inference.AsyncInferenceConfig"](
        "s3://bucket/out", 4, "key", {"SuccessTopic": "arn:aws:sns:us-east-1:123456789012:t"}, "s3://bucket/failed"
    )
    predictor = _deploy(world, 1, "ml.m5.large", async_inference_config=config)
    return [type(predictor).__name__, predictor.endpoint_name, predictor.name]


def asynchronous_to_the_default_bucket(world: World) -> Any:
    config = world["async_inference.AsyncInferenceConfig"]()
    _deploy(world, 1, "ml.m5.large", async_inference_config=config)
    return [config.output_path, config.failure_path]


def asynchronous_below_a_prefix(world: World) -> Any:
    config = world["async_inference.AsyncInferenceConfig"](output_path="s3://bucket/out")
    session = world.session(default_bucket_prefix="below/here")
    _deploy(
        world, 1, "ml.m5.large", world.model(name="model", sagemaker_session=session), async_inference_config=config
    )
    return [config.output_path, config.failure_path]


def asynchronous_of_another_kind(world: World) -> None:
    _deploy(world, 1, "ml.m5.large", async_inference_config={"OutputConfig": {}})


def captured(world: World) -> Any:
    config = world["model_monitor.DataCaptureConfig"](True, sagemaker_session=world.session())
    _deploy(world, 1, "ml.m5.large", data_capture_config=config)
    return [config.destination_s3_uri, config.sampling_percentage, list(config.capture_options)]


def captured_with_every_argument(world: World) -> None:
    config = world["model_monitor.DataCaptureConfig"](
        enable_capture=True,
        sampling_percentage=100,
        destination_s3_uri="s3://bucket/captured",
        kms_key_id="key",
        capture_options=["REQUEST", "Output"],
        csv_content_types=["text/csv", "text/x-csv"],
        json_content_types=["application/json"],
        sagemaker_session=world.session(),
    )
    world.train().deploy(1, "ml.m5.large", endpoint_name="endpoint", data_capture_config=config, wait=False)


def explained(world: World) -> None:
    clarify = {name: world[f"explainer.Clarify{name}"] for name in ("TextConfig", "ShapBaselineConfig", "ShapConfig")}
    shap = clarify["ShapConfig"](
        clarify["ShapBaselineConfig"]("application/jsonlines", shap_baseline="1,2"),
        number_of_samples=10,
        seed=1,
        use_logit=True,
        text_config=clarify["TextConfig"]("en", "token"),
    )
    inference = world["explainer.ClarifyInferenceConfig"](
        feature_headers=["a", "b"],
        feature_types=["numerical", "text"],
        features_attribute="x",
        probability_index=0,
        label_headers=["no"],
        max_record_count=2,
        content_template="$features",
    )
    config = world["explainer.ExplainerConfig"](world["explainer.ClarifyExplainerConfig"](shap, "`true`", inference))
    _deploy(world, 1, "ml.m5.large", explainer_config=config)


def explained_by_defaults(world: World) -> None:
    shap = world["explainer.ClarifyShapConfig"](
        world["explainer.ClarifyShapBaselineConfig"](shap_baseline_uri="s3://b/k")
    )
    inference = world["explainer.ClarifyInferenceConfig"](feature_headers=[])
    clarify = world["explainer.ClarifyExplainerConfig"](shap, inference_config=inference)
    _deploy(world, 1, "ml.m5.large", explainer_config=world["explainer.ExplainerConfig"](clarify))


def explained_by_another_kind(world: World) -> None:
    _deploy(world, 1, "ml.m5.large", explainer_config={})


def routed(world: World) -> None:
    strategy = world["enums.RoutingStrategy"].LEAST_OUTSTANDING_REQUESTS
    _deploy(world, 1, "ml.m5.large", routing_config={"RoutingStrategy": strategy})
    _deploy(world, 1, "ml.m5.large", routing_config={"RoutingStrategy": "random"})
    _deploy(world, 1, "ml.m5.large", routing_config={})


def routed_elsewhere(world: World) -> None:
    _deploy(world, 1, "ml.m5.large", routing_config={"RoutingStrategy": "round"})


def with_an_image_of_the_instances(world: World) -> None:
    _deploy(world, 1, "ml.g5.xlarge", inference_ami_version="al2-ami-sagemaker-inference-gpu-2")


def with_terms_accepted(world: World) -> None:
    _deploy(world, 1, "ml.m5.large", accept_eula=True)
    source = {"S3DataSource": {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    model = world.model(
        name="model", model_data=source, model_reference_arn="arn:aws:sagemaker:us-east-1:1:hub-content/c"
    )
    _deploy(world, 1, "ml.m5.large", model, accept_eula=False)


def with_further_data(world: World) -> None:
    source = {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    model = world.model(name="model", additional_model_data_sources=[{"ChannelName": "draft", "S3DataSource": source}])
    _deploy(world, 1, "ml.m5.large", model)


def with_tags_added(world: World) -> Any:
    model = world.model(name="model")
    model.add_tags([{"Key": "team", "Value": "prices"}, {"Key": "gone", "Value": "1"}])
    model.add_tags([{"Key": "team", "Value": "other"}, {"Key": "stage", "Value": "test"}])
    model.remove_tag_with_key("gone")
    _deploy(world, 1, "ml.m5.large", model, tags=[{"Key": "more", "Value": "1"}])


def in_place(world: World) -> Any:
    predictor = _deploy(
        world,
        2,
        "ml.m5.large",
        update_endpoint=True,
        tags={"team": "prices"},
        kms_key="key",
        data_capture_config=world["model_monitor.DataCaptureConfig"](False, sagemaker_session=world.session()),
        volume_size=20,
        container_startup_health_check_timeout=100,
        inference_ami_version="al2-ami-sagemaker-inference-gpu-2",
    )
    return predictor.endpoint_name


def in_place_without_instances(world: World) -> None:
    config = world["serverless.ServerlessInferenceConfig"]()
    _deploy(world, serverless_inference_config=config, update_endpoint=True)


def in_place_of_nothing(world: World) -> None:
    world.aws.answers["DescribeEndpoint"] = Refusal("ValidationException", 'Could not find endpoint "arn".')
    _deploy(world, 1, "ml.m5.large", update_endpoint=True)


def on_shared_instances(world: World) -> Any:
    return _deploy_component(world)


def on_shared_instances_with_every_argument(world: World) -> Any:
    model = world.model(
        name="model",
        predictor_cls=world["predictor.Predictor"],
        vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        enable_network_isolation=True,
    )
    return _deploy_component(
        world,
        model,
        requests={"num_cpus": 2, "num_accelerators": 1, "memory": 1024, "copies": 3},
        limits={"memory": 2048},
        managed_instance_scaling={"MaxInstanceCount": 4},
        inference_component_name="component",
        model_data_download_timeout=100,
        container_startup_health_check_timeout=200,
        tags={"team": "prices"},
        kms_key="key",
        routing_config={"RoutingStrategy": "RANDOM"},
    )


def on_shared_instances_that_are_there(world: World) -> Any:
    return _deploy_component(world, is_there=True)


def on_shared_instances_in_place(world: World) -> Any:
    return _deploy_component(world, update_endpoint=True)


def component_predictor(world: World) -> Any:
    world.aws.answers["DescribeInferenceComponent"] = {
        "InferenceComponentStatus": "InService",
        "Specification": {"ModelName": "model"},
    }
    predictor = world.predictor(component_name="component")
    predictor.predict(b"1", component_name="other")
    predictor.update_predictor(
        model_name="model-2",
        resources=_resources(world, {"memory": 512, "num_cpus": 1}),
        model_data_download_timeout=99,
    )
    predictor.update_endpoint(wait=False)
    predictor.delete_model()
    predictor.delete_predictor()


def component_predictor_of_a_container(world: World) -> None:
    world.predictor(component_name="component").update_predictor(
        image_uri=IMAGE,
        model_data="s3://b/m.tar.gz",
        env={"A": "1"},
        resources=_resources(world, {"memory": 512, "copies": 2}, {"memory": 1024}),
        container_startup_health_check_timeout=88,
    )


def component_predictor_without_a_component(world: World) -> None:
    world.predictor().update_predictor(model_name="model")


def related_models(world: World) -> Any:
    world.aws.answers["ListInferenceComponents"] = {
        "InferenceComponents": [{"InferenceComponentName": "component"}],
        "NextToken": "more",
    }
    return list(world.predictor().list_related_models(name_contains="comp", max_results=1))


def session_of_components(world: World) -> Any:
    session = world.session()
    names = {"InferenceComponents": [{"InferenceComponentName": name} for name in ("b", "a")]}
    world.aws.answers["ListInferenceComponents"] = names
    made = session.create_inference_component("c", "endpoint", "AllTraffic", {"ModelName": "model"})
    changed = session.update_inference_component("c", {"ModelName": "model-2"}, {"CopyCount": 2}, wait=False)
    session.delete_inference_component("c")
    listed = session.list_and_paginate_inference_component_names_associated_with_endpoint("endpoint")
    return [made, changed, listed, session.is_inference_component_based_endpoint("endpoint")]


def session_of_a_component_that_fails(world: World) -> None:
    world.aws.answers["DescribeInferenceComponent"] = {
        "InferenceComponentStatus": "Failed",
        "FailureReason": "no memory",
    }
    world.session().create_inference_component("c", "endpoint", "AllTraffic", {"ModelName": "model"})


def session_of_a_component_that_is_not_there(world: World) -> None:
    gone = Refusal("ValidationException", "Could not find inference component")
    world.aws.answers["DescribeInferenceComponent"] = gone
    world.session().update_inference_component("c", {"ModelName": "model"})


def session_creates_configurations(world: World) -> Any:
    session = world.session()
    variant = world["session.production_variant"](instance_type="ml.m5.large")
    return [
        session.create_endpoint_config("one", "model", 1, "ml.m5.large"),
        session.create_endpoint_config("two", production_variants=[variant], role="Role"),
        session.create_endpoint_config(
            "three", "model", serverless_inference_config_dict={"MemorySizeInMB": 1024, "MaxConcurrency": 1}
        ),
        session.create_endpoint_config("four", "model", 1, "ml.m5.large", routing_config={"RoutingStrategy": "RANDOM"}),
    ]


def session_copies_everything(world: World) -> None:
    described = {
        "EndpointConfigName": "config",
        "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/config",
        "ProductionVariants": [{"VariantName": "v", "ModelName": "m", "InitialVariantWeight": 2.0}],
        "KmsKeyId": "key",
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": "s3://b/c",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/o"}},
        "ExplainerConfig": {"ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {}}}},
    }
    world.aws.answers["DescribeEndpointConfig"] = described
    session = world.session()
    session.create_endpoint_config_from_existing("config", "config-2")
    components = world["enums.EndpointType"].INFERENCE_COMPONENT_BASED
    described["ProductionVariants"] = [{"VariantName": "v", "InitialVariantWeight": 2.0, "InstanceType": "ml.m5.large"}]
    session.create_endpoint_config_from_existing("config", "config-3", endpoint_type=components)


def session_deploys_a_job(world: World) -> Any:
    session = world.session()
    return [
        session.endpoint_from_job("job", 1, "ml.m5.large", wait=False),
        session.endpoint_from_job("job", 2, "ml.m5.large", IMAGE, "name", ROLE, False, {"A": "1"}, None),
        session.create_model_from_job("job"),
        session.create_model_from_job("job", "name", ROLE, IMAGE, "s3://b/m.tar.gz", {"A": "1"}, True, tags={"k": "v"}),
    ]


def session_deploys_data(world: World) -> Any:
    session = world.session()
    network = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    capture = world["model_monitor.DataCaptureConfig"](True, sagemaker_session=session)
    return session.endpoint_from_model_data(
        "s3://b/m.tar.gz", IMAGE, 1, "ml.m5.large", None, ROLE, False, None, network, None, capture, {"k": "v"}
    )


def session_deploys_data_into_half_a_network(world: World) -> None:
    network = {"Subnets": ["subnet-1"]}
    world.session().endpoint_from_model_data(
        "s3://b/m.tar.gz", IMAGE, 1, "ml.m5.large", role=ROLE, model_vpc_config=network
    )


def session_creates_a_model_of_both(world: World) -> None:
    container = {"Image": IMAGE}
    world.session().create_model("model", ROLE, container, primary_container=container)


def session_updates_what_is_not_there(world: World) -> None:
    world.aws.answers["DescribeEndpoint"] = Refusal("ValidationException", 'Could not find endpoint "arn".')
    world.session().update_endpoint("endpoint", "config")


def _deploy(world: World, count: Any = None, instance_type: Any = None, model: Any = None, **more: Any) -> Any:
    model = model or world.model(name="model", predictor_cls=world["predictor.Predictor"])
    return model.deploy(count, instance_type, endpoint_name="endpoint", **more)


def _deploy_component(
    world: World, model: Any = None, requests: Any = None, limits: Any = None, is_there: bool = False, **more: Any
) -> Any:
    model = model or world.model(name="model", predictor_cls=world["predictor.Predictor"])
    world.aws.answers["DescribeInferenceComponent"] = {"InferenceComponentStatus": "InService"}
    if not is_there:
        gone = Refusal("ValidationException", 'Could not find endpoint "arn".')
        world.aws.answers["DescribeEndpoint"] = [gone, {"EndpointStatus": "InService"}]
    predictor = model.deploy(
        1,
        "ml.m5.large",
        endpoint_name="endpoint",
        endpoint_type=world["enums.EndpointType"].INFERENCE_COMPONENT_BASED,
        resources=_resources(world, requests or {"memory": 256}, limits),
        **more,
    )
    return [predictor.endpoint_name, predictor.component_name]


def _resources(world: World, requests: Any, limits: Any = None) -> Any:
    return world["compute_resource_requirements.ResourceRequirements"](requests, limits)
