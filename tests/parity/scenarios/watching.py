"""What is printed while a job is followed, and how its end is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.parity.recording import THE_TIME, training_description
from tests.parity.world import World


def completed_job(world: World) -> None:
    _speak(world, "algo-1")
    world.estimator().fit("s3://bucket/train", job_name="job")


def completed_job_of_two_hosts(world: World) -> None:
    _speak(world, "algo-1", "algo-2")
    world.aws.answers["DescribeTrainingJob"] = training_description(
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30}
    )
    world.estimator(instance_count=2).fit("s3://bucket/train", job_name="job")


def completed_spot_job(world: World) -> None:
    world.aws.answers["DescribeTrainingJob"] = training_description(
        EnableManagedSpotTraining=True, TrainingTimeInSeconds=100, BillableTimeInSeconds=34
    )
    world.estimator(use_spot_instances=True, max_wait=90000).fit("s3://bucket/train", job_name="job")


def job_without_logs(world: World) -> None:
    world.estimator().fit("s3://bucket/train", job_name="job")


def logs_switched_off(world: World) -> None:
    _speak(world, "algo-1")
    world.estimator().fit("s3://bucket/train", job_name="job", logs=False)


def logs_called_none(world: World) -> None:
    world.estimator().fit("s3://bucket/train", job_name="job", logs="None")


def listed_logs(world: World) -> None:
    _speak(world, "algo-1")
    world.estimator().fit("s3://bucket/train", job_name="job", logs=["Training"])


def failed_job(world: World) -> None:
    _speak(world, "algo-1")
    world.aws.answers["DescribeTrainingJob"] = _failed("AlgorithmError: ValueError: no rows, exit code: 1")
    world.estimator().fit("s3://bucket/train", job_name="job")


def failed_job_without_logs(world: World) -> None:
    world.aws.answers["DescribeTrainingJob"] = _failed("AlgorithmError: ValueError: no rows, exit code: 1")
    world.estimator().fit("s3://bucket/train", job_name="job", logs=False)


def failed_job_without_a_reason(world: World) -> None:
    description = _failed("")
    del description["FailureReason"]
    world.aws.answers["DescribeTrainingJob"] = description
    world.estimator().fit("s3://bucket/train", job_name="job")


def failed_for_capacity(world: World) -> None:
    world.aws.answers["DescribeTrainingJob"] = _failed("CapacityError: Unable to provision requested ML capacity.")
    world.estimator().fit("s3://bucket/train", job_name="job")


def stopped_job(world: World) -> None:
    world.aws.answers["DescribeTrainingJob"] = training_description(
        TrainingJobStatus="Stopped", SecondaryStatus="Stopped"
    )
    world.estimator().fit("s3://bucket/train", job_name="job")


def logs_shown_afterwards(world: World) -> None:
    _speak(world, "algo-1")
    world.session().logs_for_job("job")


def job_waited_for(world: World) -> Any:
    return world.session().wait_for_job("job")["TrainingJobStatus"]


def several_pages_of_log(world: World) -> None:
    _speak(world, "algo-1")
    world.aws.answers["GetLogEvents"] = [
        {"events": [_event(0, "first")], "nextForwardToken": "f/1"},
        {"events": [_event(1, "second")], "nextForwardToken": "f/2"},
        {"events": [], "nextForwardToken": "f/2"},
    ]
    world.estimator().fit("s3://bucket/train", job_name="job")


def log_streams_read(world: World) -> Any:
    _speak(world, "algo-1", "algo-2")
    client, found = world.aws.boto_session().client("logs"), world["logs.multi_stream_iter"]
    positions = {stream: world["logs.Position"](0, 1) for stream in ("job/algo-1-1", "job/algo-2-1")}
    whole = list(found(client, "group", list(positions)))
    return [whole, list(found(client, "group", list(positions), positions)), world.aws.asked("GetLogEvents")]


def log_stream_behind_what_is_known(world: World) -> Any:
    events = [{"timestamp": second, "message": str(second)} for second in range(5)]
    pages = [events[:2], events[2:], []]
    world.aws.answers["GetLogEvents"] = [{"events": page, "nextForwardToken": f"f{len(page)}"} for page in pages]
    client = world.aws.boto_session().client("logs")
    return [list(world["logs.log_stream"](client, "group", "s", 7, 3)), world.aws.asked("GetLogEvents")]


def lines_in_colours(world: World) -> Any:
    world["logs.ColorWrap"]()(0, "plain")
    for index in range(7):
        world["logs.ColorWrap"](force=True)(index, "coloured")
    return [world["logs.argmin"]([None, 3, 2, 2], int), world["logs.argmin"]([], int), world["logs.some"]([None, 0])]


def _failed(reason: str) -> dict[str, Any]:
    return training_description(TrainingJobStatus="Failed", SecondaryStatus="Failed", FailureReason=reason)


def _speak(world: World, *hosts: str) -> None:
    streams = [{"logStreamName": f"job/{host}-1714979289"} for host in hosts]
    pages: list[dict[str, Any]] = [
        {"events": [_event(2 * i + n, f"line {i} of {host}") for i in range(2)], "nextForwardToken": f"f/{host}"}
        for n, host in enumerate(hosts)
    ]
    world.aws.answers["DescribeLogStreams"] = {"logStreams": streams}
    world.aws.answers["GetLogEvents"] = [*pages, {"events": [], "nextForwardToken": "f"}]


def _event(second: int, message: str) -> dict[str, Any]:
    moment = THE_TIME + timedelta(seconds=second)
    return {"timestamp": int(moment.timestamp() * 1000), "message": message, "ingestionTime": 0}
