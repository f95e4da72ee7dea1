"""What sessions do with buckets, roles, tags, and what they can be asked of jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.parity.recording import ACCOUNT, BUCKET, REGION, ROLE, THE_TIME, Refusal, body, training_description
from tests.parity.world import World

OWN = f"sagemaker-{REGION}-{ACCOUNT}"


def _outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a call returns, or the kind of error it raises."""
    try:
        return call(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises
        return type(error).__name__


def _session_of_its_own(world: World, **changes: Any) -> Any:
    return world.session(**{"default_bucket": None, **changes})


# Buckets ------------------------------------------------------------------------------------------------------------


def own_bucket_that_is_there(world: World) -> Any:
    world.aws.answers["ListBuckets"] = {"Buckets": [{"Name": OWN, "CreationDate": THE_TIME}]}
    session = _session_of_its_own(world)
    return [session.default_bucket(), session.default_bucket(), session.default_bucket_prefix]


def own_bucket_that_is_missing(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("404", "Not Found", 404)
    return _session_of_its_own(world).default_bucket()


def own_bucket_in_another_region(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("404", "Not Found", 404)
    session = world.session(region="eu-west-1", default_bucket=None)
    return [session.default_bucket(), session.boto_region_name]


def own_bucket_of_somebody_else(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("403", "Forbidden", 403)
    return _outcome(_session_of_its_own(world).default_bucket)


def own_bucket_that_somebody_makes_meanwhile(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("404", "Not Found", 404)
    message = "A conflicting conditional operation is currently in progress against this resource."
    world.aws.answers["CreateBucket"] = Refusal("OperationAborted", message, 409)
    return _session_of_its_own(world).default_bucket()


def named_bucket_that_is_missing(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("404", "Not Found", 404)
    return world.session(default_bucket="prices").default_bucket()


def named_bucket_that_is_forbidden(world: World) -> Any:
    world.aws.answers["HeadBucket"] = Refusal("403", "Forbidden", 403)
    return _outcome(world.session(default_bucket="prices").default_bucket)


def own_bucket_behind_a_prefix(world: World) -> Any:
    session = _session_of_its_own(world, default_bucket_prefix="team/a")
    found = session.default_bucket()
    return [found, world.aws.asked("ListObjectsV2")[:1], world.aws.asked("HeadBucket")]


def uploads_to_the_own_bucket_say_whose_it_is(world: World) -> Any:
    world.files(rows_csv="1,2", folder__a_csv="1", folder__sub__b_csv="2")
    session = _session_of_its_own(world)
    return [
        session.upload_data("rows.csv"),
        session.upload_data("folder", key_prefix="all"),
        session.upload_data("rows.csv", bucket="other"),
        session.upload_data("rows.csv", extra_args={"ServerSideEncryption": "AES256"}),
        session.upload_string_as_file_body("text", OWN, "key"),
        session.upload_string_as_file_body("text", "other", "key", kms_key="kms"),
    ]


def uploads_before_the_own_bucket_is_asked_for(world: World) -> Any:
    return _session_of_its_own(world).upload_string_as_file_body("text", OWN, "key")


def uploads_below_a_prefix(world: World) -> Any:
    world.files(rows_csv="1,2", folder__a_csv="1")
    session = world.session(default_bucket_prefix="team/a")
    return [
        session.upload_data("rows.csv"),
        session.upload_data("folder", key_prefix="all"),
        session.upload_data("folder", bucket=BUCKET, key_prefix="all"),
    ]


def reads_of_the_own_bucket_say_whose_it_is(world: World) -> Any:
    world.aws.answers["GetObject"] = {"Body": body(b"text"), "ContentLength": 4, "ETag": '"e"'}
    world.aws.answers["ListObjectsV2"] = {"Contents": []}
    session = _session_of_its_own(world)
    session.default_bucket()
    read = [session.read_s3_file(OWN, "key"), session.read_s3_file("other", "key")]
    none = [session.download_data("here", OWN, "folder"), session.download_data("here", "other", "folder")]
    return [read, none, world.aws.asked("GetObject"), world.aws.asked("ListObjectsV2")]


# Who and where ------------------------------------------------------------------------------------------------------


def identity_of_a_role(world: World) -> Any:
    session = world.session()
    return [session.get_caller_identity_arn(), session.account_id(), world["get_execution_role"](session)]


def identity_of_a_role_that_cannot_be_looked_up(world: World) -> Any:
    world.aws.answers["GetRole"] = Refusal("AccessDenied", "no", 403)
    return world["get_execution_role"](world.session())


def identity_of_studio(world: World) -> Any:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/AmazonSageMaker-ExecutionRole-20200101T000000/SageMaker"
    world.aws.answers["GetCallerIdentity"] = {"Account": ACCOUNT, "UserId": "u", "Arn": arn}
    world.aws.answers["GetRole"] = Refusal("AccessDenied", "no", 403)
    return world["get_execution_role"](world.session())


def identity_of_a_user(world: World) -> Any:
    arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
    world.aws.answers["GetCallerIdentity"] = {"Account": ACCOUNT, "UserId": "u", "Arn": arn}
    world.aws.answers["GetRole"] = Refusal("NoSuchEntity", "no", 404)
    session = world.session()
    return [session.get_caller_identity_arn(), _outcome(world["get_execution_role"], session)]


def roles_by_name(world: World) -> Any:
    session = world.session()
    return [session.expand_role("Role"), session.expand_role(ROLE), session.expand_role("service-role/Role")]


def tags(world: World) -> Any:
    world.aws.answers["ListTags"] = {
        "Tags": [{"Key": "team", "Value": "prices"}, {"Key": "aws:cloudformation:stack", "Value": "x"}]
    }
    return world.session().list_tags("arn:aws:sagemaker:us-east-1:123456789012:model/model")


# Jobs ---------------------------------------------------------------------------------------------------------------


def a_job_is_stopped(world: World) -> None:
    world.session().stop_training_job("job")


def a_job_that_has_ended_is_stopped(world: World) -> None:
    world.aws.answers["StopTrainingJob"] = Refusal("ValidationException", "The request was rejected")
    world.session().stop_training_job("job")


def a_job_that_nobody_may_stop(world: World) -> Any:
    world.aws.answers["StopTrainingJob"] = Refusal("AccessDeniedException", "no", 403)
    return _outcome(world.session().stop_training_job, "job")


def a_job_is_waited_for(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = [
        training_description(TrainingJobStatus="InProgress", SecondaryStatusTransitions=[]),
        training_description(),
    ]
    return world.session().wait_for_job("job", poll=0)["TrainingJobStatus"]


def a_job_that_failed_is_waited_for(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = training_description(
        TrainingJobStatus="Failed", FailureReason="AlgorithmError: no"
    )
    world.session().wait_for_job("job", poll=0)


def a_job_for_which_there_is_no_capacity(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = training_description(
        TrainingJobStatus="Failed", FailureReason="CapacityError: none left"
    )
    world.session().logs_for_job("job", wait=True, poll=0)


def a_stopped_job_is_waited_for(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = training_description(TrainingJobStatus="Stopped")
    return world.session().wait_for_job("job", poll=0)["TrainingJobStatus"]


def a_transform_job_is_stopped_and_described(world: World) -> Any:
    session = world.session()
    session.stop_transform_job("job")
    return [
        session.describe_transform_job("job")["TransformJobStatus"],
        session.describe_training_job("job")["RoleArn"],
    ]


def things_are_deleted(world: World) -> None:
    session = world.session()
    session.delete_model("model")
    session.delete_endpoint("endpoint")
    session.delete_endpoint_config("config")


def endpoints_are_asked_for(world: World) -> Any:
    session = world.session()
    there = [session.endpoint_in_service_or_not("endpoint"), session.describe_endpoint("endpoint")["EndpointStatus"]]
    world.aws.answers["DescribeEndpoint"] = Refusal("ValidationException", 'Could not find endpoint "x".')
    return [*there, session.endpoint_in_service_or_not("endpoint"), _outcome(session.update_endpoint, "endpoint", "c")]


def containers_of_models(world: World) -> Any:
    models = [world.model(), world.model(env={"A": "1"})]
    return [
        world["session.container_def"]("image"),
        world["session.container_def"]("image", "s3://b/m", {"A": "1"}, "MultiModel", {"RepositoryAccessMode": "Vpc"}),
        world["session.pipeline_container_def"](models, "ml.m5.large"),
        world["session.production_variant"]("model", "ml.m5.large"),
        world["session.production_variant"]("model", "ml.m5.large", 2, "B", 3, volume_size=5),
    ]
