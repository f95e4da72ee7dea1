"""What sessions are asked about compilation, edge packaging, recommendations, hubs and training plans."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ACCOUNT, BUCKET, REGION, ROLE, THE_TIME, Refusal
from tests.parity.scenarios.sessions import OWN
from tests.parity.world import IMAGE, World

_PREFIX = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
_INPUT = {"S3Uri": "s3://bucket/model.tar.gz", "DataInputConfig": '{"x": [1, 3]}', "Framework": "PYTORCH"}
_OUTPUT = {"S3OutputLocation": "s3://bucket/out", "TargetDevice": "ml_c5"}
_CONFIG: dict[str, Any] = {
    "SchemaVersion": "1.0",
    "SageMaker": {
        "CompilationJob": {
            "RoleArn": f"{ROLE}OfTheFile",
            "OutputConfig": {"KmsKeyId": "key"},
            "VpcConfig": {"SecurityGroupIds": ["sg"], "Subnets": ["subnet"]},
            "Tags": [{"Key": "team", "Value": "prices"}],
        },
        "EdgePackagingJob": {
            "RoleArn": f"{ROLE}OfTheFile",
            "OutputConfig": {"KmsKeyId": "key"},
            "ResourceKey": "resource-key",
            "Tags": [{"Key": "team", "Value": "prices"}],
        },
    },
}


# Training -----------------------------------------------------------------------------------------------------------


def request_of_a_training_job(world: World) -> Any:
    return world.session().get_train_request(
        "File",
        None,
        role=ROLE,
        job_name="job",
        output_config={"S3OutputPath": "s3://bucket/out"},
        resource_config={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        stop_condition={"MaxRuntimeInSeconds": 60},
        hyperparameters={"a": "1"},
        image_uri=IMAGE,
        tags=[{"Key": "k", "Value": "v"}],
    )


def training_job_of_documents(world: World) -> None:
    world.session().train(
        input_mode="Pipe",
        input_config=None,
        role=ROLE,
        job_name="job",
        output_config={"S3OutputPath": "s3://bucket/out"},
        resource_config={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        stop_condition={"MaxRuntimeInSeconds": 60},
        algorithm_arn=f"{_PREFIX}:algorithm/mine",
        use_spot_instances=True,
        checkpoint_s3_uri="s3://bucket/checkpoints",
        environment={"A": "1"},
        retry_strategy={"MaximumRetryAttempts": 2},
    )


def training_job_of_two_things(world: World) -> None:
    world.session().get_train_request(
        "File", None, role=ROLE, image_uri=IMAGE, algorithm_arn="arn", resource_config={"InstanceCount": 1}
    )


def training_plans(world: World) -> Any:
    world.aws.answers["ListTrainingPlans"] = {"TrainingPlanSummaries": [{"TrainingPlanName": "plan"}]}
    world.aws.answers["DescribeTrainingPlan"] = {"TrainingPlanName": "plan", "Status": "Active"}
    session = world.session()
    found = session.list_training_plans(
        filters=[{"Name": "Status", "Value": "Active"}],
        start_time_after=THE_TIME,
        start_time_before=THE_TIME,
        sort_order="Ascending",
        sort_by="Name",
        max_results=5,
        next_token="token",
    )
    return [
        found["TrainingPlanSummaries"],
        session.list_training_plans()["TrainingPlanSummaries"],
        session.describe_training_plan("plan")["Status"],
        world.aws.asked("ListTrainingPlans"),
        world.aws.asked("DescribeTrainingPlan"),
    ]


def training_plans_by_when_they_were_asked_for(world: World) -> None:
    world.session().list_training_plans(requested_start_time_after=THE_TIME, requested_start_time_before=THE_TIME)


# Compilation --------------------------------------------------------------------------------------------------------


def compilation(world: World) -> None:
    world.session().compile_model(
        _INPUT, _OUTPUT, ROLE, "compilation", {"MaxRuntimeInSeconds": 300}, tags=[{"Key": "k", "Value": "v"}]
    )


def compilation_by_the_configuration(world: World) -> None:
    session = world.session(sagemaker_config=_CONFIG)
    session.compile_model(_INPUT, _OUTPUT, job_name="compilation", stop_condition={"MaxRuntimeInSeconds": 300})


def compilation_waited_for(world: World) -> Any:
    world.aws.answers["DescribeCompilationJob"] = [
        {"CompilationJobStatus": "INPROGRESS"},
        {"CompilationJobStatus": "COMPLETED", "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/m.tar.gz"}},
    ]
    return world.session().wait_for_compilation_job("compilation", poll=0)["ModelArtifacts"]


def compilation_that_fails(world: World) -> None:
    world.aws.answers["DescribeCompilationJob"] = {"CompilationJobStatus": "FAILED", "FailureReason": "no such layer"}
    world.session().wait_for_compilation_job("compilation", poll=0)


def compilation_that_is_stopped(world: World) -> Any:
    world.aws.answers["DescribeCompilationJob"] = [
        {"CompilationJobStatus": "STOPPING"},
        {"CompilationJobStatus": "STOPPED"},
    ]
    return world.session().wait_for_compilation_job("compilation", poll=0)["CompilationJobStatus"]


def edge_packaging(world: World) -> None:
    world.session().package_model_for_edge(
        {"S3OutputLocation": "s3://bucket/out"},
        ROLE,
        "packaging",
        compilation_job_name="compilation",
        model_name="model",
        model_version="1.0",
        resource_key="key",
        tags=[{"Key": "k", "Value": "v"}],
    )


def edge_packaging_by_the_configuration(world: World) -> None:
    world.session(sagemaker_config=_CONFIG).package_model_for_edge(
        {"S3OutputLocation": "s3://bucket/out"},
        job_name="packaging",
        compilation_job_name="compilation",
        model_name="model",
        model_version="1.0",
    )


def edge_packaging_waited_for(world: World) -> Any:
    world.aws.answers["DescribeEdgePackagingJob"] = [
        {"EdgePackagingJobStatus": "INPROGRESS"},
        {"EdgePackagingJobStatus": "COMPLETED"},
    ]
    return world.session().wait_for_edge_packaging_job("packaging", poll=0)["EdgePackagingJobStatus"]


def edge_packaging_that_fails(world: World) -> None:
    world.aws.answers["DescribeEdgePackagingJob"] = {"EdgePackagingJobStatus": "FAILED"}
    world.session().wait_for_edge_packaging_job("packaging", poll=0)


def optimization_waited_for(world: World) -> Any:
    world.aws.answers["DescribeOptimizationJob"] = [
        {"OptimizationJobStatus": "STARTING"},
        {"OptimizationJobStatus": "INPROGRESS"},
        {"OptimizationJobStatus": "COMPLETED"},
    ]
    return world.session().wait_for_optimization_job("optimization", poll=0)["OptimizationJobStatus"]


def optimization_that_fails_for_capacity(world: World) -> None:
    world.aws.answers["DescribeOptimizationJob"] = {
        "OptimizationJobStatus": "FAILED",
        "FailureReason": "CapacityError: no machines",
    }
    world.session().wait_for_optimization_job("optimization", poll=0)


# Recommendations ----------------------------------------------------------------------------------------------------


def recommendations_of_a_model(world: World) -> Any:
    return world.session().create_inference_recommendations_job(
        ROLE, "s3://bucket/payload.tar.gz", ["text/csv"], job_name="job", model_name="model", framework="PYTORCH"
    )


def recommendations_with_all(world: World) -> Any:
    return world.session().create_inference_recommendations_job(
        role=ROLE,
        sample_payload_url="s3://bucket/payload.tar.gz",
        supported_content_types=["text/csv"],
        job_name="job",
        job_type="Advanced",
        model_package_version_arn=f"{_PREFIX}:model-package/package/1",
        job_duration_in_seconds=7200,
        nearest_model_name="resnet50",
        supported_instance_types=["ml.m5.large"],
        framework="PYTORCH",
        framework_version="1.6",
        endpoint_configurations=[{"InstanceType": "ml.m5.large"}],
        traffic_pattern={"TrafficType": "PHASES", "Phases": [{"InitialNumberOfUsers": 1, "DurationInSeconds": 120}]},
        stopping_conditions={"MaxInvocations": 100},
        resource_limit={"MaxNumberOfTests": 5},
    )


def recommendations_without_what_only_advanced_ones_take(world: World) -> Any:
    return world.session().create_inference_recommendations_job(
        ROLE,
        "s3://bucket/payload.tar.gz",
        ["text/csv"],
        model_name="model",
        framework="PYTORCH",
        stopping_conditions={"MaxInvocations": 100},
        resource_limit={"MaxNumberOfTests": 5},
    )


def recommendations_of_nothing(world: World) -> None:
    world.session().create_inference_recommendations_job(ROLE, "s3://bucket/payload.tar.gz", ["text/csv"])


def recommendations_of_two_things(world: World) -> None:
    world.session().create_inference_recommendations_job(
        ROLE, "s3://bucket/payload.tar.gz", ["text/csv"], model_name="model", model_package_version_arn="arn"
    )


def recommendations_waited_for(world: World) -> Any:
    world.aws.answers["DescribeInferenceRecommendationsJob"] = [
        {"Status": "PENDING"},
        {"Status": "IN_PROGRESS"},
        {"Status": "COMPLETED"},
    ]
    return world.session().wait_for_inference_recommendations_job("job", poll=0, log_level="Quiet")["Status"]


def recommendations_waited_for_in_an_unknown_way(world: World) -> None:
    world.session().wait_for_inference_recommendations_job("job", log_level="Loud")


def recommendations_that_fail(world: World) -> None:
    world.aws.answers["DescribeInferenceRecommendationsJob"] = {"Status": "FAILED", "FailureReason": "no payload"}
    world.session().wait_for_inference_recommendations_job("job", poll=0, log_level="Quiet")


def log_of_recommendations(world: World) -> Any:
    world.aws.answers["GetLogEvents"] = [
        Refusal("ResourceNotFoundException", "no such stream"),
        {"events": [{"timestamp": 1, "message": "measured"}], "nextForwardToken": "f"},
    ]
    read = world["session.get_log_events_for_inference_recommender"]
    client = world.aws.boto_session().client("logs")
    return [read(client, "group", "stream")["events"], world.aws.asked("GetLogEvents")]


# Hubs and servers ---------------------------------------------------------------------------------------------------


def hub(world: World) -> Any:
    world.aws.answers["CreateHub"] = {"HubArn": f"{_PREFIX}:hub/hub"}
    session = world.session()
    session.create_hub("hub", "of ours")
    made = session.create_hub(
        hub_name="hub",
        hub_description="of ours",
        hub_display_name="Hub",
        hub_search_keywords=["prices"],
        s3_storage_config={"S3OutputPath": "s3://bucket/hub"},
        tags=[{"Key": "k", "Value": "v"}],
    )
    session.delete_hub("hub")
    return made["HubArn"]


def hub_content(world: World) -> Any:
    world.aws.answers["CreateHubContentReference"] = {"HubArn": f"{_PREFIX}:hub/hub"}
    session, public = world.session(), "arn:aws:sagemaker:us-east-1:aws:hub-content/public/Model/m"
    session.create_hub_content_reference("hub", public)
    made = session.create_hub_content_reference("hub", public, hub_content_name="model", min_version="1.0.0")
    session.delete_hub_content_reference("hub", "ModelReference", "model")
    return made["HubArn"]


def hubs_listed(world: World) -> Any:
    world.aws.answers["DescribeHub"] = {"HubName": "hub"}
    world.aws.answers["DescribeHubContent"] = {"HubContentName": "model"}
    for operation, items in (
        ("ListHubs", "HubSummaries"),
        ("ListHubContents", "HubContentSummaries"),
        ("ListHubContentVersions", "HubContentSummaries"),
    ):
        world.aws.answers[operation] = {items: []}
    session = world.session()
    page = {
        "creation_time_after": THE_TIME,
        "creation_time_before": THE_TIME,
        "max_results": 5,
        "next_token": "token",
        "sort_by": "HubName",
        "sort_order": "Ascending",
    }
    of_contents = {**page, "sort_by": "HubContentName", "max_schema_version": "2.0.0"}
    session.list_hubs()
    session.list_hubs(name_contains="hub", **page)
    session.list_hub_contents("hub", "Model")
    session.list_hub_contents("hub", "Model", name_contains="m", **of_contents)
    session.list_hub_content_versions("hub", "Model", "model")
    session.list_hub_content_versions("hub", "Model", "model", min_version="1.0.0", **of_contents)
    session.describe_hub("hub")
    session.describe_hub_content("model", "Model", "hub")
    session.describe_hub_content("model", "Model", "hub", hub_content_version="1.0.0")
    asked = ("ListHubs", "ListHubContents", "ListHubContentVersions", "DescribeHub", "DescribeHubContent")
    return [world.aws.asked(operation) for operation in asked]


def hubs_by_the_schema_of_what_they_hold(world: World) -> None:
    world.session().list_hubs(max_schema_version="2.0.0")


def mlflow_server(world: World) -> Any:
    world.aws.answers["CreatePresignedMlflowTrackingServerUrl"] = {"AuthorizedUrl": "https://mlflow.example/auth"}
    session = world.session()
    session.create_presigned_mlflow_tracking_server_url("server")
    return session.create_presigned_mlflow_tracking_server_url("server", 60, 1800)["AuthorizedUrl"]


# Buckets and documents ----------------------------------------------------------------------------------------------


def bucket_made(world: World) -> Any:
    session = world.session()
    for region in ("us-east-1", "eu-west-1"):
        session.create_bucket_for_not_exist_error("new", region, world.aws.boto_session(region).resource("s3"))


def bucket_that_somebody_makes(world: World) -> None:
    message = "A conflicting conditional operation is currently in progress against this resource."
    world.aws.answers["CreateBucket"] = Refusal("OperationAborted", message, 409)
    world.session().create_bucket_for_not_exist_error("new", REGION, world.aws.boto_session().resource("s3"))


def bucket_of_an_account(world: World) -> Any:
    s3 = world.aws.boto_session().resource("s3")
    world.session().expected_bucket_owner_id_bucket_check("mine", s3, ACCOUNT)
    world.session(default_bucket_prefix="team").expected_bucket_owner_id_bucket_check("mine", s3, ACCOUNT)
    return [world.aws.asked("HeadBucket"), world.aws.asked("ListObjectsV2")]


def bucket_of_another_account(world: World) -> None:
    world.aws.answers["HeadBucket"] = Refusal("403", "Forbidden", 403)
    s3 = world.aws.boto_session().resource("s3")
    world.session().expected_bucket_owner_id_bucket_check("mine", s3, ACCOUNT)


def bucket_looked_at(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("404", "Not Found", 404)
    s3 = world.aws.boto_session().resource("s3")
    for is_not_listed in (True, False):
        session = world.session()
        session.general_bucket_check_if_user_has_permission(BUCKET, s3, s3.Bucket(BUCKET), REGION, is_not_listed)
    return world.aws.asked("HeadBucket")


def bucket_that_is_forbidden(world: World) -> None:
    world.aws.answers["HeadBucket"] = Refusal("403", "Forbidden", 403)
    s3 = world.aws.boto_session().resource("s3")
    session = world.session()
    session.general_bucket_check_if_user_has_permission(BUCKET, s3, s3.Bucket(BUCKET), REGION, True)


def bucket_named(world: World) -> Any:
    named = world["session.generate_default_sagemaker_bucket_name"](world.aws.boto_session())
    return [named, named == OWN, world.session().boto_region_name]


def documents_filled(world: World) -> Any:
    document = {"a": 1}
    world["session.update_args"](document, a=2, b=None, c=[])
    return document


def settings(world: World) -> Any:
    kind = world["session_settings.SessionSettings"]
    names = ("encrypt_repacked_artifacts", "local_download_dir", "include_jumpstart_tags")
    return [[getattr(made, name) for name in names] for made in (kind(), kind(False, "/tmp", False))]
