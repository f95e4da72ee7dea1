"""Models that are put into the registry, and what can be done with them there."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, Refusal
from tests.parity.scenarios.framework_models import _model as framework_model
from tests.parity.world import FRAMEWORK_IMAGE, IMAGE, World

GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/prices"
VERSION = "arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/1"
TYPES = (["text/csv"], ["application/json"], ["ml.m5.large"], ["ml.m5.xlarge"])
SOURCE = {"S3DataSource": {"S3Uri": "s3://bucket/model/", "S3DataType": "S3Prefix", "CompressionType": "None"}}


def version_of_a_group(world: World) -> Any:
    _answering(world)
    package = world.model(predictor_cls=world["predictor.Predictor"]).register(
        *TYPES, model_package_group_name="prices"
    )
    return [type(package).__name__, package.model_package_arn, package.role, package.model_data]


def version_of_a_group_that_is_there(world: World) -> None:
    _answering(world, Search={"Results": [{"ModelPackageGroup": {"ModelPackageGroupName": "prices"}}]})
    world.model().register(*TYPES, model_package_group_name="prices")


def version_of_a_group_by_its_arn(world: World) -> None:
    _answering(world)
    world.model().register(*TYPES, model_package_group_name=GROUP)


def version_of_a_group_where_none_may_search(world: World) -> None:
    pages = [
        {"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": "prices-old"}], "NextToken": "t"},
        {"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": "prices"}]},
    ]
    _answering(world, Search=Refusal("AccessDeniedException", "no"), ListModelPackageGroups=pages)
    world.model().register(*TYPES, model_package_group_name="prices")


def version_of_a_group_that_appears_meanwhile(world: World) -> None:
    exists = Refusal("ValidationException", f"Model Package Group already exists: {GROUP}")
    _answering(world, CreateModelPackageGroup=exists)
    world.model().register(*TYPES, model_package_group_name="prices")


def version_of_a_group_that_must_not_be_made(world: World) -> None:
    _answering(world, CreateModelPackageGroup=Refusal("AccessDeniedException", "no"))
    world.model().register(*TYPES, model_package_group_name="prices")


def with_every_argument(world: World) -> None:
    _answering(world)
    report = world["model_metrics.MetricsSource"]("application/json", "s3://bucket/report")
    world.model(env={"A": "1"}).register(
        ["text/csv"],
        ["application/json"],
        ["ml.m5.large"],
        ["ml.m5.xlarge"],
        model_package_group_name="prices",
        image_uri=FRAMEWORK_IMAGE,
        model_metrics=world["model_metrics.ModelMetrics"](model_statistics=report),
        metadata_properties=world["metadata_properties.MetadataProperties"]("commit"),
        marketplace_cert=True,
        approval_status="Approved",
        description="what it is",
        drift_check_baselines=world["drift_check_baselines.DriftCheckBaselines"](model_statistics=report),
        customer_metadata_properties={"owner": "me"},
        validation_specification={"ValidationRole": ROLE, "ValidationProfiles": [_PROFILE]},
        domain="MACHINE_LEARNING",
        task="REGRESSION",
        sample_payload_url="s3://bucket/payload.tar.gz",
        framework="XGBOOST",
        framework_version="1.7",
        nearest_model_name="resnet50",
        data_input_configuration='{"input": [1]}',
        skip_model_validation="All",
        model_life_cycle=world["model_life_cycle.ModelLifeCycle"]("Staging", "Pending", "in words"),
        model_package_registration_type="Registered",
        base_model=world["container_base_model.ContainerBaseModel"]("llm", "1.0.0"),
    )


def without_any_argument(world: World) -> None:
    _answering(world)
    world.model().register()


def by_a_name(world: World) -> Any:
    _answering(world)
    return world.model(env={"A": "1"}).register(*TYPES, model_package_name="prices").model_package_arn


def by_a_name_without_data(world: World) -> None:
    _answering(world)
    world.model(model_data=None).register(*TYPES, model_package_name="prices")


def by_a_name_of_a_data_source(world: World) -> None:
    _answering(world)
    world.model(model_data=SOURCE).register(*TYPES, model_package_name="prices")


def by_a_name_and_a_group(world: World) -> None:
    _answering(world)
    world.model().register(*TYPES, model_package_name="prices", model_package_group_name="prices")


def by_a_name_with_a_source(world: World) -> None:
    _answering(world)
    world.model().register(*TYPES, model_package_name="prices", source_uri="s3://bucket/origin")


def by_a_name_without_instances(world: World) -> None:
    _answering(world)
    world.model().register(["text/csv"], ["text/csv"], ["ml.m5.large"], model_package_name="prices")


def of_a_data_source(world: World) -> Any:
    _answering(world)
    return world.model(model_data=SOURCE).register(*TYPES, model_package_group_name="prices").model_data


def with_terms_that_are_accepted(world: World) -> None:
    _answering(world)
    world.model().register(*TYPES, model_package_group_name="prices", accept_eula=True)


def that_comes_from_somewhere(world: World) -> Any:
    _answering(world)
    model = world.model()
    return model.register(*TYPES, model_package_group_name="prices", source_uri="s3://bucket/origin").model_package_arn


def that_comes_from_another_package(world: World) -> None:
    _answering(world)
    world.model().register(*TYPES, model_package_group_name="prices", source_uri=VERSION)


def that_comes_from_another_model(world: World) -> None:
    _answering(world)
    source = "arn:aws:sagemaker:us-east-1:123456789012:model/prices"
    world.model().register(*TYPES, model_package_group_name="prices", source_uri=source)


def of_frameworks(world: World) -> None:
    _answering(world)
    for path, versions in (
        ("sklearn.SKLearnModel", {}),
        ("xgboost.XGBoostModel", {"framework_version": "1.7-1"}),
        ("pytorch.PyTorchModel", {"framework_version": "2.1"}),
        ("tensorflow.TensorFlowModel", {"framework_version": "2.12"}),
        ("huggingface.HuggingFaceModel", {}),
    ):
        model = framework_model(world, path, name="model", **versions)
        model.register(*TYPES, model_package_group_name="prices", framework_version="1.0")


def of_a_framework_whose_image_is_found(world: World) -> None:
    _answering(world)
    model = world["tensorflow.TensorFlowModel"](
        "s3://bucket/model.tar.gz", ROLE, framework_version="2.12", sagemaker_session=world.session()
    )
    model.register(*TYPES, model_package_name="prices", framework="tf")


def models_in_a_row(world: World) -> Any:
    _answering(world)
    models = [world.model(), world.model(image_uri=FRAMEWORK_IMAGE, env={"A": "1"})]
    pipeline = world["pipeline.PipelineModel"](models, ROLE, sagemaker_session=world.session())
    report = world["model_metrics.MetricsSource"]("application/json", "s3://bucket/report")
    package = pipeline.register(
        *TYPES,
        model_package_group_name="prices",
        model_metrics=world["model_metrics.ModelMetrics"](bias=report),
        approval_status="Approved",
        framework="XGBOOST",
        framework_version="1.7",
    )
    return [package.model_package_arn, package.role]


def models_in_a_row_by_a_name(world: World) -> None:
    _answering(world)
    pipeline = world["pipeline.PipelineModel"]([world.model(), world.model()], ROLE, sagemaker_session=world.session())
    pipeline.register(*TYPES, model_package_name="prices", image_uri=FRAMEWORK_IMAGE)


def models_in_a_row_without_data(world: World) -> None:
    models = [world.model(), world.model(model_data=None)]
    world["pipeline.PipelineModel"](models, ROLE, sagemaker_session=world.session()).register(*TYPES)


def by_the_session(world: World) -> Any:
    _answering(world)
    return world.session().create_model_package_from_containers(
        [{"Image": IMAGE}], ["text/csv"], ["text/csv"], model_package_group_name="prices"
    )["ModelPackageArn"]


def by_the_session_without_containers(world: World) -> None:
    _answering(world)
    world.session().create_model_package_from_containers(model_package_group_name="prices")


def documents(world: World) -> Any:
    arguments = world["session.get_model_package_args"](
        ["text/csv"],
        image_uri=IMAGE,
        model_data="s3://bucket/m",
        tags={"k": "v"},
        base_model=world["container_base_model.ContainerBaseModel"]("llm"),
    )
    return [
        arguments,
        world["session.get_create_model_package_request"]("prices", tags={"k": "v"}),
        world["session.get_create_model_package_request"](
            model_package_group_name="g", containers=[{"Image": IMAGE}], content_types=["text/csv"]
        ),
        world["session.get_update_model_package_inference_args"](VERSION, [{"Image": IMAGE}], *TYPES),
        world["session.get_update_model_package_inference_args"](VERSION),
        world["session.get_add_model_package_inference_args"](VERSION, "more", [{"Image": IMAGE}], description="what"),
    ]


def approved_last(world: World) -> Any:
    pages = [
        {"ModelPackageSummaryList": [], "NextToken": "t"},
        {"ModelPackageSummaryList": [{"ModelPackageArn": VERSION}]},
    ]
    world.aws.answers["ListModelPackages"] = pages
    session = world.session()
    return session.get_most_recently_created_approved_model_package("prices").model_package_arn


def none_approved(world: World) -> Any:
    world.aws.answers["ListModelPackages"] = {"ModelPackageSummaryList": []}
    return world.session().get_most_recently_created_approved_model_package("prices")


def package_changed(world: World) -> None:
    package = world["model.ModelPackage"](ROLE, model_package_arn=VERSION, sagemaker_session=world.session())
    package.update_inference_specification(image_uris=[IMAGE], content_types=["text/csv"])
    package.update_inference_specification([{"Image": IMAGE}], None, *TYPES)
    package.add_inference_specification("more", image_uris=[IMAGE], description="what")
    package.add_inference_specification("most", [{"Image": IMAGE}], None, "what", *TYPES)
    package.update_model_life_cycle({"Stage": "Staging", "StageStatus": "Pending"})
    package.update_source_uri("s3://bucket/origin")


def package_changed_without_containers(world: World) -> None:
    _package(world).update_inference_specification()


def package_changed_with_too_much(world: World) -> None:
    _package(world).update_inference_specification([{"Image": IMAGE}], [IMAGE])


def package_added_to_without_containers(world: World) -> None:
    _package(world).add_inference_specification("more")


def package_added_to_with_too_much(world: World) -> None:
    _package(world).add_inference_specification("more", [{"Image": IMAGE}], [IMAGE])


def registered_and_deployed(world: World) -> Any:
    _answering(
        world,
        DescribeModelPackage={
            "ModelPackageArn": VERSION,
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {"Containers": [{"Image": IMAGE}]},
        },
    )
    package = world.model(predictor_cls=world["predictor.Predictor"]).register(*TYPES, model_package_group_name="g")
    return package.deploy(1, "ml.m5.large", endpoint_name="endpoint").endpoint_name


def searched(world: World) -> Any:
    world.aws.answers["Search"] = {"Results": [], "NextToken": "t"}
    found = world.session().search(
        "TrainingJob",
        {"Filters": [{"Name": "TrainingJobName", "Operator": "Equals", "Value": "job"}]},
        "CreationTime",
        "Descending",
        "t",
        3,
    )
    return found["NextToken"]


_INPUT = {
    "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/rows"}}},
    "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
_PROFILE = {"ProfileName": "profile", "TransformJobDefinition": _INPUT}


def _answering(world: World, **changes: Any) -> None:
    world.aws.answers.update(
        {
            "Search": {"Results": []},
            "CreateModelPackageGroup": {"ModelPackageGroupArn": GROUP},
            "CreateModelPackage": {"ModelPackageArn": VERSION},
            "UpdateModelPackage": {"ModelPackageArn": VERSION},
            **changes,
        }
    )


def _package(world: World) -> Any:
    return world["model.ModelPackage"](ROLE, model_package_arn=VERSION, sagemaker_session=world.session())
