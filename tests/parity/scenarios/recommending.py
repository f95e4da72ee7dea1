"""Machines that are measured for a model, and models that are deployed on them."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from tests.parity.recording import ROLE, Refusal
from tests.parity.world import FRAMEWORK_IMAGE, IMAGE, World

_PAYLOAD: dict[str, Any] = {
    "sample_payload_url": "s3://bucket/payload.tar.gz",
    "supported_content_types": ["text/csv"],
    "job_name": "job",
    "log_level": "Quiet",
}
_PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/prices/1"
_ENDPOINT = {"EndpointName": "e", "VariantName": "v"}
_ID = "job/abcd1234"


def a_model_of_an_image(world: World) -> Any:
    model = world.model()
    found = _measured(world, model, framework="XGBOOST", supported_instance_types=["ml.c5.large"])
    return [found is model, model.inference_recommendations, _told(model)]


def a_model_with_a_name(world: World) -> Any:
    return _told(_measured(world, world.model(name="prices", env={"A": "1"}), framework="XGBOOST"))


def a_model_of_a_framework(world: World) -> Any:
    world.files(serve_py="print(1)")
    model = world["sklearn.model.SKLearnModel"](
        model_data="s3://bucket/model.tar.gz",
        role=ROLE,
        entry_point="serve.py",
        framework_version="1.2-1",
        image_uri=FRAMEWORK_IMAGE,
        sagemaker_session=world.session(),
    )
    return _told(_measured(world, model))


def a_registered_model(world: World) -> Any:
    session = world.session()
    model = world["model.ModelPackage"](role=ROLE, model_package_arn=_PACKAGE, sagemaker_session=session)
    return _told(_measured(world, model, framework="PYTORCH"))


def under_a_load(world: World) -> Any:
    categorical = world["parameter.CategoricalParameter"]
    phase = world["inference_recommender.inference_recommender_mixin.Phase"]
    threshold = world["inference_recommender.inference_recommender_mixin.ModelLatencyThreshold"]
    ranges = {"instance_types": categorical(["ml.c5.large", "ml.m5.large"]), "OMP": categorical(["1", "2"])}
    model = _measured(
        world,
        world.model(name="prices"),
        framework="TENSORFLOW",
        job_duration_in_seconds=7200,
        hyperparameter_ranges=[ranges],
        phases=[phase(duration_in_seconds=120, initial_number_of_users=1, spawn_rate=1)],
        max_invocations=100,
        model_latency_thresholds=[threshold(percentile="P95", value_in_milliseconds=100)],
        max_tests=5,
        max_parallel_tests=2,
    )
    return _told(model)


def under_a_load_of_another_type(world: World) -> Any:
    phase = world["inference_recommender.inference_recommender_mixin.Phase"]
    arguments = {"framework": "MXNET", "phases": [phase(120, 1, 1)], "traffic_type": "STAIRS"}
    return _told(_measured(world, world.model(name="prices"), **arguments))


def up_to_some_tests(world: World) -> Any:
    return _told(_measured(world, world.model(name="prices"), framework="MXNET", max_tests=5))


def without_machines(world: World) -> None:
    ranges = [{"OMP": world["parameter.CategoricalParameter"](["1"])}]
    world.model().right_size(**_PAYLOAD, framework="MXNET", hyperparameter_ranges=ranges)


def with_an_unknown_level(world: World) -> None:
    world.model(name="prices").right_size(**{**_PAYLOAD, "log_level": "Loud"}, framework="MXNET")


def deployed_on_what_was_found(world: World) -> Any:
    model = _measured(world, world.model(name="prices"), framework="XGBOOST")
    return model.deploy(wait=False, endpoint_name="endpoint")


def deployed_on_other_machines(world: World) -> Any:
    model = _measured(world, world.model(name="prices"), framework="XGBOOST")
    return model.deploy(1, "ml.m4.xlarge", wait=False, endpoint_name="endpoint")


def deployed_without_machines(world: World) -> Any:
    model = _measured(world, world.model(name="prices"), framework="XGBOOST")
    serverless = world["serverless.ServerlessInferenceConfig"]()
    return model.deploy(serverless_inference_config=serverless, wait=False, endpoint_name="endpoint")


def deployed_with_an_accelerator(world: World) -> Any:
    model = _measured(world, world.model(name="prices"), framework="XGBOOST")
    return model.deploy(accelerator_type="ml.eia2.medium", wait=False, endpoint_name="endpoint")


def an_estimators_model_on_what_was_found(world: World) -> Any:
    _answer(world, {"ModelName": "measured"})
    world.aws.answers["DescribeModel"] = _described("measured")
    estimator = world.train()
    predictor = estimator.deploy(inference_recommendation_id=_ID, endpoint_name="endpoint", wait=False)
    return predictor.endpoint_name


def by_the_id_of_a_models_measurement(world: World) -> Any:
    _answer(world, {"ModelName": "measured"}, {"EnvironmentParameters": [_variable("OMP", "2")]})
    world.aws.answers["DescribeModel"] = _described("measured")
    return _deployed(world)


def by_the_id_of_a_packages_measurement(world: World) -> Any:
    _answer(world, {"ModelPackageVersionArn": _PACKAGE})
    container = {"Image": FRAMEWORK_IMAGE, "ModelDataUrl": "s3://bucket/package.tar.gz"}
    world.aws.answers["DescribeModelPackage"] = {"InferenceSpecification": {"Containers": [container]}}
    return _deployed(world)


def by_the_id_of_a_compiled_models_measurement(world: World) -> Any:
    _answer(world, {"ModelName": "measured"}, {"CompilationJobName": "compiled"})
    world.aws.answers["DescribeCompilationJob"] = {
        "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/compiled.tar.gz"},
        "InferenceImage": FRAMEWORK_IMAGE,
    }
    return _deployed(world)


def by_an_id_of_a_model(world: World) -> Any:
    _answer_of_the_model(world)
    return _deployed(world, initial_instance_count=2)


def by_an_id_of_a_model_without_a_number(world: World) -> Any:
    _answer_of_the_model(world)
    return _deployed(world)


def by_an_id_that_is_not_there(world: World) -> Any:
    _answer(world, {"ModelName": "measured"})
    world.aws.answers["DescribeModel"] = {
        **_described("job"),
        "DeploymentRecommendation": {"RealTimeInferenceRecommendations": []},
    }
    return _said(lambda: _deployed(world, inference_recommendation_id="job/00000000"))


def by_what_is_no_id(world: World) -> Any:
    return _said(lambda: _deployed(world, inference_recommendation_id="job"))


def by_an_id_and_half_of_the_machines(world: World) -> Any:
    _answer(world, {"ModelName": "measured"})
    return _said(lambda: _deployed(world, instance_type="ml.m5.large"))


def by_an_id_and_all_of_the_machines(world: World) -> Any:
    return _deployed(world, instance_type="ml.m4.xlarge", initial_instance_count=1)


def by_an_id_with_an_accelerator(world: World) -> Any:
    return _deployed(world, accelerator_type="ml.eia2.medium")


def by_an_id_on_demand(world: World) -> Any:
    return _deployed(world, serverless_inference_config=world["serverless.ServerlessInferenceConfig"]())


def by_an_id_later(world: World) -> Any:
    return _deployed(world, async_inference_config=world["async_inference.AsyncInferenceConfig"]())


def by_an_id_with_explanations(world: World) -> Any:
    return _deployed(world, explainer_config=world["explainer.explainer_config.ExplainerConfig"]())


def _measured(world: World, model: Any, **arguments: Any) -> Any:
    _answer(world, {"ModelName": "measured"})
    with contextlib.redirect_stdout(io.StringIO()):  # v2 marks the last look twice
        return model.right_size(**_PAYLOAD, **arguments)


def _told(model: Any) -> Any:
    return [model.name, model.inference_recommender_job_results["Status"]]


def _answer(world: World, measured: dict[str, Any], configuration: dict[str, Any] | None = None) -> None:
    world.aws.answers["DescribeInferenceRecommendationsJob"] = {
        "Status": "COMPLETED",
        "InputConfig": measured,
        "InferenceRecommendations": [
            _recommendation(_ID, "ml.c5.large", configuration or {}),
            _recommendation("job/efgh5678", "ml.m5.large", {}),
            {
                "RecommendationId": "job/ijkl9012",
                "EndpointConfiguration": {**_ENDPOINT, "ServerlessConfig": {"MemorySizeInMB": 1024}},
                "ModelConfiguration": {},
            },
        ],
    }


def _answer_of_the_model(world: World) -> None:
    world.aws.answers["DescribeInferenceRecommendationsJob"] = Refusal("ResourceNotFound", "no such job")
    found = {"RecommendationId": _ID, "InstanceType": "ml.c5.large", "Environment": {"OMP": "2"}}
    world.aws.answers["DescribeModel"] = {
        **_described("job"),
        "DeploymentRecommendation": {"RealTimeInferenceRecommendations": [found]},
    }


def _recommendation(id_: str, machine: str, configuration: dict[str, Any]) -> dict[str, Any]:
    endpoint = {**_ENDPOINT, "InstanceType": machine, "InitialInstanceCount": 1}
    return {"RecommendationId": id_, "EndpointConfiguration": endpoint, "ModelConfiguration": configuration}


def _variable(name: str, value: str) -> dict[str, str]:
    return {"Key": name, "ValueType": "String", "Value": value}


def _described(name: str) -> dict[str, Any]:
    return {"ModelName": name, "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": "s3://bucket/measured.tar.gz"}}


def _deployed(world: World, **arguments: Any) -> Any:
    given = {"inference_recommendation_id": _ID, "endpoint_name": "endpoint", "wait": False, **arguments}
    return world.model(name="prices").deploy(**given)


def _said(call: Any) -> Any:
    """Return what an error says first; ours goes on with a hint."""
    try:
        return call()
    except ValueError as error:
        return str(error).partition("\n")[0].replace(" ", "")
