"""Transformers: the requests they make, and what is printed while their jobs are followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.parity.recording import ROLE, THE_TIME, Refusal, transform_description
from tests.parity.world import IMAGE, World

SKLEARN, TENSORFLOW = "sklearn.SKLearn", "tensorflow.TensorFlow"


def one_job(world: World) -> Any:
    transformer = _transformer(world)
    transformer.transform("s3://bucket/rows", wait=False)
    return transformer.output_path


def every_argument(world: World) -> None:
    transformer = _transformer(
        world,
        strategy="SingleRecord",
        assemble_with="Line",
        output_path="s3://bucket/out",
        output_kms_key="key-1",
        accept="text/csv",
        max_concurrent_transforms=4,
        max_payload=5,
        tags=[{"Key": "team", "Value": "prices"}],
        env={"A": "1"},
        base_transform_job_name="prices",
        volume_kms_key="key-2",
    )
    transformer.transform(
        "s3://bucket/manifest",
        data_type="ManifestFile",
        content_type="text/csv",
        compression_type="Gzip",
        split_type="Line",
        input_filter="$[1:]",
        output_filter="$[0,-1]",
        join_source="Input",
        experiment_config={"ExperimentName": "e", "TrialName": "t"},
        model_client_config={"InvocationsTimeoutInSeconds": 60, "InvocationsMaxRetries": 1},
        batch_data_capture_config=world["inputs.BatchDataCaptureConfig"]("s3://bucket/c", "key-3", True),
        wait=False,
    )


def a_job_with_a_name_of_its_own(world: World) -> None:
    _transformer(world, max_payload=0, tags={"team": "prices"}).transform(
        "s3://bucket/rows", job_name="job", model_client_config={}, wait=False
    )


def two_jobs_of_one_transformer(world: World) -> Any:
    transformer = _transformer(world)
    transformer.transform("s3://bucket/rows", job_name="one", wait=False)
    first = transformer.output_path
    transformer.transform("s3://bucket/rows", job_name="two", wait=False)
    return [first, transformer.output_path]


def default_bucket_with_a_prefix(world: World) -> None:
    session = world.session(default_bucket_prefix="team/prices")
    _transformer(world, sagemaker_session=session).transform("s3://bucket/rows", job_name="job", wait=False)


def a_model_of_several_containers(world: World) -> None:
    model = {"ModelName": "model", "Containers": [{"Image": IMAGE}, {"Image": "other"}]}
    world.aws.answers["DescribeModel"] = model
    _transformer(world).transform("s3://bucket/rows", wait=False)


def a_model_without_an_image(world: World) -> None:
    world.aws.answers["DescribeModel"] = {"ModelName": "model"}
    _transformer(world).transform("s3://bucket/rows", wait=False)


def a_model_that_is_not_there(world: World) -> None:
    world.aws.answers["DescribeModel"] = Refusal("ValidationException", "Could not find model")
    _transformer(world).transform("s3://bucket/rows", wait=False)


def data_that_are_not_in_s3(world: World) -> None:
    _transformer(world).transform("https://bucket/rows", wait=False)


def of_a_model(world: World) -> Any:
    transformer = world.model(name="m").transformer(
        2, "ml.m5.large", accept="text/csv", env={"A": "1"}, tags=[{"Key": "team", "Value": "prices"}]
    )
    transformer.transform("s3://bucket/rows", job_name="job", wait=False)
    return [transformer.base_transform_job_name, transformer.model_name]


def of_a_model_that_is_cut_off_from_the_network(world: World) -> Any:
    return world.model(name="m", enable_network_isolation=True).transformer(1, "ml.m5.large", env={"A": "1"}).env


def of_models_in_a_row(world: World) -> Any:
    models = [world.model(image_uri=image) for image in ("first", "second")]
    pipeline = world["pipeline.PipelineModel"](models, ROLE, name="m", sagemaker_session=world.session())
    transformer = pipeline.transformer(1, "ml.m5.large", env={"A": "1"}, tags=[{"Key": "team", "Value": "prices"}])
    transformer.transform("s3://bucket/rows", job_name="job", wait=False)
    return [transformer.base_transform_job_name, transformer.env]


def of_an_estimator(world: World) -> Any:
    estimator = world.train(tags=[{"Key": "team", "Value": "prices"}], base_job_name="prices")
    transformer = estimator.transformer(1, "ml.m5.large", strategy="MultiRecord", env={"A": "1"}, model_name="m")
    transformer.transform("s3://bucket/rows", wait=False)
    return transformer.base_transform_job_name


def of_an_estimator_with_a_role_and_a_network(world: World) -> None:
    estimator = world.train(subnets=["subnet-1"], security_group_ids=["sg-1"], output_kms_key="key")
    estimator.transformer(
        1,
        "ml.m5.large",
        role=f"{ROLE}2",
        vpc_config_override=None,
        enable_network_isolation=True,
        tags=[{"Key": "a", "Value": "b"}],
        model_name="m",
    )


def of_an_estimator_that_has_not_trained(world: World) -> Any:
    transformer = world.estimator().transformer(1, "ml.m5.large", env={"A": "1"}, model_name="m")
    return [transformer.model_name, transformer.env, transformer.base_transform_job_name]


def of_a_framework(world: World) -> Any:
    estimator = world.framework(SKLEARN)
    estimator.fit(wait=False, job_name="job")
    transformer = estimator.transformer(
        1, "ml.m5.large", model_server_workers=3, env={"A": "1"}, accept="application/json", model_name="m"
    )
    transformer.transform("s3://bucket/rows", job_name="t", split_type="Line", wait=False)
    return transformer.env


def of_a_framework_that_has_not_trained(world: World) -> Any:
    return world.framework(SKLEARN).transformer(1, "ml.m5.large", model_name="m").env


def of_tensorflow(world: World) -> Any:
    estimator = world.framework(TENSORFLOW, framework_version="2.14.1", py_version="py310", image_uri=None)
    estimator.fit(wait=False, job_name="job")
    transformer = estimator.transformer(1, "ml.m5.large", env={"A": "1"}, max_payload=10, model_name="m")
    transformer.transform("s3://bucket/rows", job_name="t", wait=False)
    return [transformer.model_name, transformer.env]


def attached(world: World) -> Any:
    transformer = world["transformer.Transformer"].attach("job", world.session())
    members = ("model_name", "instance_count", "instance_type", "strategy", "assemble_with", "output_path", "accept")
    more = ("max_concurrent_transforms", "max_payload", "base_transform_job_name")
    return {name: getattr(transformer, name) for name in members + more}


def attached_and_run_again(world: World) -> None:
    world["transformer.Transformer"].attach("job", world.session()).transform("s3://bucket/more", wait=False)


def model_deleted(world: World) -> None:
    _transformer(world).delete_model()


def nothing_to_wait_for(world: World) -> None:
    _transformer(world).wait()


def nothing_to_stop(world: World) -> None:
    _transformer(world).stop_transform_job()


def stopped_without_waiting(world: World) -> None:
    transformer = _transformer(world)
    transformer.transform("s3://bucket/rows", job_name="job", wait=False)
    transformer.stop_transform_job(wait=False)


def stopped_when_it_was_over(world: World) -> None:
    world.aws.answers["StopTransformJob"] = Refusal("ValidationException", "it is in status Completed")
    world.session().stop_transform_job("job")


def stopped_without_permission(world: World) -> None:
    world.aws.answers["StopTransformJob"] = Refusal("AccessDeniedException", "no")
    world.session().stop_transform_job("job")


def completed_job(world: World) -> None:
    _speak(world)
    _transformer(world).transform("s3://bucket/rows", job_name="job")


def completed_job_without_logs(world: World) -> None:
    world.aws.answers["DescribeTransformJob"] = [
        transform_description(TransformJobStatus="InProgress"),
        transform_description(TransformJobStatus="InProgress"),
        transform_description(),
    ]
    _transformer(world).transform("s3://bucket/rows", job_name="job", logs=False)


def failed_job(world: World) -> None:
    _speak(world)
    world.aws.answers["DescribeTransformJob"] = _failed("ClientError: See job logs for more information")
    _transformer(world).transform("s3://bucket/rows", job_name="job")


def failed_job_without_logs(world: World) -> None:
    world.aws.answers["DescribeTransformJob"] = _failed("ClientError: See job logs for more information")
    _transformer(world).transform("s3://bucket/rows", job_name="job", logs=False)


def failed_for_capacity(world: World) -> None:
    world.aws.answers["DescribeTransformJob"] = _failed("CapacityError: Unable to provision requested ML capacity.")
    world.session().wait_for_transform_job("job")


def stopped_job(world: World) -> Any:
    world.aws.answers["DescribeTransformJob"] = [
        transform_description(TransformJobStatus="Stopping"),
        transform_description(TransformJobStatus="Stopped"),
    ]
    return world.session().wait_for_transform_job("job")["TransformJobStatus"]


def logs_shown_afterwards(world: World) -> None:
    _speak(world)
    world.session().logs_for_transform_job("job")


def captured_data(world: World) -> Any:
    return world["inputs.BatchDataCaptureConfig"]("s3://bucket/c", generate_inference_id=False)._to_request_dict()


def _transformer(world: World, **changes: Any) -> Any:
    arguments = {"model_name": "model", "instance_count": 1, "instance_type": "ml.m5.large", **changes}
    arguments.setdefault("sagemaker_session", world.session())
    return world["transformer.Transformer"](**arguments)


def _failed(reason: str) -> dict[str, Any]:
    return transform_description(TransformJobStatus="Failed", FailureReason=reason)


def _speak(world: World) -> None:
    """Let the job have written two lines."""
    moment = int((THE_TIME + timedelta(seconds=1)).timestamp() * 1000)
    events = [{"timestamp": moment + i, "message": f"line {i}", "ingestionTime": 0} for i in range(2)]
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/i-1-1714979289"}]}
    world.aws.answers["GetLogEvents"] = [
        {"events": events, "nextForwardToken": "f/1"},
        {"events": [], "nextForwardToken": "f/1"},
    ]
