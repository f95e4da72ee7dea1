"""Several models behind one endpoint, in a row or side by side, and models of packages."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, Refusal
from tests.parity.world import FRAMEWORK_IMAGE, IMAGE, World


def pipeline(world: World) -> Any:
    found = _pipeline(world, predictor_cls=world["predictor.Predictor"])
    predictor = found.deploy(1, "ml.m5.large")
    return [found.name, found.endpoint_name, predictor.endpoint_name]


def pipeline_with_every_argument(world: World) -> Any:
    found = _pipeline(
        world,
        name="pipeline",
        predictor_cls=world["predictor.Predictor"],
        vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        enable_network_isolation=True,
    )
    predictor = found.deploy(
        2,
        "ml.m5.large",
        serializer=world["serializers.CSVSerializer"](),
        deserializer=world["deserializers.JSONDeserializer"](),
        endpoint_name="endpoint",
        tags={"team": "prices"},
        wait=False,
        data_capture_config=world["model_monitor.DataCaptureConfig"](True, sagemaker_session=world.session()),
        kms_key="key",
        volume_size=20,
        model_data_download_timeout=100,
        container_startup_health_check_timeout=200,
    )
    found.delete_model()
    return [predictor.content_type, list(predictor.accept)]


def pipeline_in_place(world: World) -> Any:
    found = _pipeline(world, name="pipeline")
    return found.deploy(
        1, "ml.m5.large", endpoint_name="endpoint", update_endpoint=True, tags={"k": "v"}, kms_key="key"
    )


def pipeline_of_scripts(world: World) -> None:
    world.files(inference_py="print(1)")
    scripted = world["sklearn.SKLearnModel"](
        "s3://bucket/sklearn.tar.gz",
        ROLE,
        "inference.py",
        image_uri=FRAMEWORK_IMAGE,
        name="first",
        sagemaker_session=world.session(),
    )
    _pipeline(world, models=[scripted, world.model(env={"A": "1"})], name="pipeline").create("ml.m5.large")


def pipeline_without_a_role(world: World) -> None:
    _pipeline(world, role=None)


def pipeline_deleted_too_early(world: World) -> None:
    _pipeline(world).delete_model()


def containers_in_a_row(world: World) -> Any:
    return world["session.pipeline_container_def"]([world.model(), world.model(env={"A": "1"})], "ml.m5.large")


def many_models(world: World) -> Any:
    models = _many(world, image_uri=IMAGE, role=ROLE, env={"A": "1"}, predictor_cls=world["predictor.Predictor"])
    predictor = models.deploy(1, "ml.m5.large")
    predictor.predict(b"1", target_model="a.tar.gz")
    return [predictor.endpoint_name, models.container_mode, models.model_data_prefix]


def many_models_with_every_argument(world: World) -> Any:
    model = world.model(
        predictor_cls=world["predictor.Predictor"],
        env={"A": "1"},
        vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        enable_network_isolation=True,
    )
    predictor = _many(world, model=model).deploy(
        1,
        "ml.m5.large",
        serializer=world["serializers.CSVSerializer"](),
        deserializer=world["deserializers.JSONDeserializer"](),
        endpoint_name="endpoint",
        tags={"team": "prices"},
        kms_key="key",
        wait=False,
        data_capture_config=world["model_monitor.DataCaptureConfig"](True, sagemaker_session=world.session()),
    )
    return [predictor.endpoint_name, predictor.content_type]


def many_models_of_a_script(world: World) -> None:
    world.files(inference_py="print(1)")
    scripted = world["sklearn.SKLearnModel"](
        "s3://bucket/sklearn.tar.gz",
        ROLE,
        "inference.py",
        image_uri=FRAMEWORK_IMAGE,
        name="first",
        sagemaker_session=world.session(),
    )
    _many(world, model=scripted).deploy(1, "ml.m5.large")


def many_models_are_added_and_listed(world: World) -> Any:
    world.files(a_gz="a")
    keys = [f"models/{name}" for name in ("a.tar.gz", "deep/b.tar.gz")]
    for operation in ("ListObjects", "ListObjectsV2"):
        world.aws.answers[operation] = {"Contents": [{"Key": key, "Size": 1} for key in keys]}
    world.aws.answers["HeadObject"] = {"ContentLength": 1}
    models = _many(world, image_uri=IMAGE, role=ROLE)
    return [
        models.add_model("a.gz"),
        models.add_model("a.gz", "deep/b.gz"),
        models.add_model("s3://other/x/c.gz"),
        models.add_model("s3://other/x/c.gz", "d.gz"),
        list(models.list_models()),
    ]


def many_models_of_nothing(world: World) -> None:
    _many(world, image_uri=IMAGE, role=ROLE).add_model("nowhere.tar.gz")


def many_models_below_no_prefix(world: World) -> None:
    _many(world, prefix="models/", image_uri=IMAGE)


def many_models_of_a_model_and_an_image(world: World) -> None:
    _many(world, model=world.model(), image_uri=IMAGE)


def many_models_without_a_role(world: World) -> None:
    _many(world, image_uri=IMAGE).deploy(1, "ml.m5.large")


def package(world: World) -> Any:
    found = _package(world, "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/3", env={"A": "1"})
    found.deploy(1, "ml.m5.large", endpoint_name="endpoint", tags={"k": "v"})
    return [found.name, found.endpoint_name]


def package_that_is_approved(world: World) -> Any:
    world.aws.answers["DescribeModelPackage"] = {**_DESCRIBED, "ModelApprovalStatus": "Approved"}
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/3"
    _package(world, arn, name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def package_of_a_marketplace(world: World) -> Any:
    world.aws.answers["DescribeModelPackage"] = {
        **_DESCRIBED,
        "InferenceSpecification": {"Containers": [{"Image": IMAGE, "ProductId": "p"}]},
    }
    found = _package(world, "prices", role="Role")
    found.deploy(1, "ml.m5.large")
    return [found.enable_network_isolation(), found.name]


def package_of_an_algorithm(world: World) -> Any:
    world.aws.answers["DescribeModelPackage"] = _DESCRIBED
    found = world["model.ModelPackage"](
        role=ROLE,
        model_data="s3://bucket/model.tar.gz",
        algorithm_arn="arn:aws:sagemaker:us-east-1:123456789012:algorithm/forest",
        sagemaker_session=world.session(),
    )
    found.deploy(1, "ml.m5.large", endpoint_name="endpoint")
    return [found.name, found.model_package_arn]


def package_that_fails(world: World) -> Any:
    world.aws.answers["DescribeModelPackage"] = {**_DESCRIBED, "ModelPackageStatus": "Failed", "FailureReason": "no"}
    world["model.ModelPackage"](
        role=ROLE, model_data="s3://b/m", algorithm_arn="a/b", name="model", sagemaker_session=world.session()
    ).deploy(1, "ml.m5.large")


def package_that_is_there_already(world: World) -> Any:
    world.aws.answers["CreateModelPackage"] = Refusal("ValidationException", "ModelPackage already exists")
    world.aws.answers["DescribeModelPackage"] = _DESCRIBED
    world["model.ModelPackage"](
        role=ROLE, model_data="s3://b/m", algorithm_arn="a/b", name="model", sagemaker_session=world.session()
    ).create("ml.m5.large")


def package_is_changed(world: World) -> None:
    found = _package(world, "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/3")
    found.update_approval_status("Rejected", "too slow")
    found.update_customer_metadata({"a": "1"})
    found.remove_customer_metadata_properties(["a"])
    found.update_source_uri("s3://b/source")
    found.update_model_life_cycle({"Stage": "test", "StageStatus": "Approved"})


def package_of_nothing(world: World) -> None:
    _package(world, None)


def package_of_both(world: World) -> None:
    _package(world, "prices", algorithm_arn="forest", model_data="s3://b/m")


def package_of_an_algorithm_without_data(world: World) -> None:
    _package(world, None, algorithm_arn="forest")


_DESCRIBED = {
    "ModelPackageName": "prices",
    "ModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices",
    "ModelPackageStatus": "Completed",
    "InferenceSpecification": {"Containers": [{"Image": IMAGE}]},
}


def _pipeline(world: World, **changes: Any) -> Any:
    models = changes.pop("models", None) or [world.model(), world.model(image_uri=FRAMEWORK_IMAGE, env={"A": "1"})]
    return world["pipeline.PipelineModel"](
        **{"models": models, "role": ROLE, "sagemaker_session": world.session(), **changes}
    )


def _many(world: World, prefix: str = "s3://bucket/models/", **changes: Any) -> Any:
    return world["multidatamodel.MultiDataModel"]("models", prefix, **{"sagemaker_session": world.session(), **changes})


def _package(world: World, arn: Any, **changes: Any) -> Any:
    world.aws.answers.setdefault("DescribeModelPackage", _DESCRIBED)
    return world["model.ModelPackage"](
        **{"role": ROLE, "model_package_arn": arn, "sagemaker_session": world.session(), **changes}
    )
