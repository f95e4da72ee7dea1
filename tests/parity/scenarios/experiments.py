"""Experiments: runs, what they log, and the jobs that belong to them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.parity.recording import ACCOUNT, REGION, THE_TIME, Refusal
from tests.parity.world import World

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
TAKEN = Refusal("ValidationException", "It already exists.")


def a_run(world: World) -> Any:
    with _run(world) as run:
        run.log_parameter("rate", 0.1)
        run.log_parameters({"epochs": 3, "optimizer": "adam", "nan": float("nan"), "yes": True})
        run.log_artifact("data", "s3://bucket/data", is_output=False)
        run.log_artifact("model", "s3://bucket/model", media_type="application/gzip")
    _without_times(world)
    return [run.experiment_config, run.experiment_name, run.run_name, run.run_group_name]


def a_run_with_every_argument(world: World) -> None:
    run = _run(
        world,
        experiment_display_name="Prices",
        run_display_name="First",
        tags={"a": "b"},
        artifact_bucket="mine",
        artifact_prefix="files",
    )
    Path("rows.csv").write_text("1,2")
    with run:
        run.log_file("rows.csv")
        run.log_file("rows.csv", name="rows", media_type="text/plain", is_output=False)
    _without_times(world)


def a_run_with_files_in_the_default_bucket(world: World) -> None:
    Path("rows.json").write_text("{}")
    with _run(world, sagemaker_session=world.session(default_bucket_prefix="team")) as run:
        run.log_file("rows.json")
        run.log_file("rows.json", name="again")
    _without_times(world)


def a_run_that_there_is(world: World) -> None:
    for operation in ("CreateExperiment", "CreateTrial", "CreateTrialComponent"):
        world.aws.answers[operation] = TAKEN
    world.aws.answers["DescribeExperiment"] = {"ExperimentName": "prices", "DisplayName": "Prices"}
    world.aws.answers["DescribeTrial"] = {"TrialName": "group", "ExperimentName": "prices"}
    world.aws.answers["DescribeTrialComponent"] = {
        "TrialComponentName": "prices-first",
        "TrialComponentArn": f"{ARN}:experiment-trial-component/prices-first",
        "DisplayName": "First",
        "StartTime": THE_TIME,
        "Parameters": {"rate": {"NumberValue": 0.1}, "name": {"StringValue": "x"}},
        "InputArtifacts": {"data": {"Value": "s3://bucket/data", "MediaType": "text/csv"}},
    }
    with _run(world) as run:
        run.log_parameter("rate", 0.2)
    _without_times(world)


def a_run_of_another_experiments_group(world: World) -> None:
    world.aws.answers["CreateTrial"] = TAKEN
    world.aws.answers["DescribeTrial"] = {"TrialName": "group", "ExperimentName": "others"}
    _run(world)


def a_run_that_may_not_be_made(world: World) -> None:
    world.aws.answers["CreateExperiment"] = Refusal("AccessDeniedException", "no")
    _run(world)


def a_run_that_belongs_to_the_group_already(world: World) -> None:
    _run(world, found=[{"TrialComponent": {"TrialComponentName": "prices-first"}}])


def a_run_with_a_long_name(world: World) -> None:
    _run(world, run_name="r" * 60)


def a_run_of_an_experiment_with_a_long_name(world: World) -> None:
    _run(world, experiment_name="e" * 60)


def a_run_that_fails(world: World) -> None:
    try:
        with _run(world):
            raise KeyError("x" * 2000)
    except KeyError:
        _without_times(world)


def a_run_within_a_run(world: World) -> None:
    try:
        with _run(world), _run(world):
            pass
    finally:
        _without_times(world)


def metrics(world: World) -> None:
    with _run(world) as run:
        for step in range(12):
            run.log_metric("loss", 1 / (step + 1), step=step, timestamp=datetime.now(timezone.utc))
        run.log_metric(name="nan", value=float("inf"))
        run.log_metric(name="last", value=1)
    _without_times(world)


def a_metric_of_long_ago(world: World) -> None:
    try:
        with _run(world) as run:
            run.log_metric("loss", 1, timestamp=datetime.now(timezone.utc) - timedelta(days=20))
    except ValueError as error:
        raise ValueError(str(error)[:18]) from None
    finally:
        _without_times(world)
        world.aws.calls[-1][1]["Status"].pop("Message")


def a_metric_with_half_a_step(world: World) -> None:
    try:
        with _run(world) as run:
            run.log_metric("loss", 1, step=0.5)
    finally:
        _without_times(world)


def a_metric_that_is_refused(world: World) -> None:
    world.aws.answers["BatchPutMetrics"] = {"Errors": [{"Code": "METRIC_LIMIT_EXCEEDED", "MetricIndex": 0}]}
    try:
        with _run(world) as run:
            run.log_metric("loss", 1)
    finally:
        _without_times(world)


def logged_outside(world: World) -> None:
    _run(world).log_parameter("a", 1)


def a_file_that_is_not_there(world: World) -> None:
    try:
        with _run(world) as run:
            run.log_file("rows.csv")
    finally:
        _without_times(world)


def too_many_artifacts(world: World) -> None:
    try:
        with _run(world) as run:
            for number in range(31):
                run.log_artifact(f"a{number}", "s3://bucket/a")
    finally:
        world.aws.calls.clear()


def loaded_within_a_run(world: World) -> Any:
    load = world["experiments.load_run"]
    with _run(world) as run, load() as again:
        again.log_parameter("a", 1)
    _without_times(world)
    return again is run


def loaded_by_its_name(world: World) -> Any:
    _service(world)
    run = world["experiments.load_run"]("first", "prices", world.session())
    with run:
        run.log_parameter("a", 1)
    _without_times(world)
    return run.experiment_config


def loaded_without_an_experiment(world: World) -> None:
    world["experiments.load_run"](run_name="first", sagemaker_session=world.session())


def loaded_where_there_is_none(world: World) -> None:
    world["experiments.load_run"](sagemaker_session=world.session())


def listed(world: World) -> Any:
    _service(world, found=[{"TrialComponent": {"TrialComponentName": "prices-first", "Tags": [_tag()]}}])
    summaries = [{"TrialComponentName": name} for name in ("prices-first", "prices-second")]
    world.aws.answers["ListTrialComponents"] = {"TrialComponentSummaries": summaries}
    runs = world["experiments.list_runs"](
        "prices", THE_TIME, THE_TIME, world.session(), 5, None, world["experiments.SortByType"].NAME
    )
    return [[run.run_name for run in runs], world.aws.asked("ListTrialComponents")]


def a_training_job_within_a_run(world: World) -> None:
    with _run(world):
        world.train()
        world.estimator().fit(
            "s3://bucket/a", wait=False, job_name="job", experiment_config={"ExperimentName": "other"}
        )
    world.train()
    _without_times(world)


def a_transform_job_within_a_run(world: World) -> None:
    with _run(world):
        transformer = world["transformer.Transformer"](
            "model", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=world.session()
        )
        transformer.transform("s3://bucket/rows", job_name="job", wait=False)
    _without_times(world)


def an_experiment(world: World) -> Any:
    _service(world)
    make = world["experiments.Experiment"]
    experiment = make.create("prices", "Prices", "Of houses.", [{"Key": "a", "Value": "b"}], world.session())
    experiment.description = "Of flats."
    experiment.save()
    world.aws.answers["DescribeExperiment"] = {"ExperimentName": "prices", "DisplayName": "Prices"}
    again = make.load("prices", sagemaker_session=world.session())
    world.aws.answers["ListTrials"] = [
        {"TrialSummaries": [{"TrialName": "one"}], "NextToken": "more"},
        {"TrialSummaries": [{"TrialName": "two"}]},
    ]
    trials = [trial.trial_name for trial in again.list_trials(sort_by="Name", sort_order="Ascending")]
    again.delete()
    return [experiment.experiment_arn, again.display_name, trials, world.aws.asked("ListTrials")]


def an_experiment_deleted_with_all_that_is_in_it(world: World) -> None:
    _service(world)
    experiment = world["experiments.Experiment"].create("prices", sagemaker_session=world.session())
    world.aws.answers["DescribeTrial"] = {"TrialName": "group"}
    world.aws.answers["DescribeTrialComponent"] = {"TrialComponentName": "prices-first"}
    world.aws.answers["ListTrials"] = {"TrialSummaries": [{"TrialName": "group"}]}
    world.aws.answers["ListTrialComponents"] = {"TrialComponentSummaries": [{"TrialComponentName": "prices-first"}]}
    experiment._delete_all("--force")


def an_experiment_deleted_without_force(world: World) -> None:
    _service(world)
    world["experiments.Experiment"].create("prices", sagemaker_session=world.session())._delete_all("yes")


def _run(world: World, found: Any = (), **changes: Any) -> Any:
    _service(world, found)
    arguments = {"experiment_name": "Prices", "run_name": "First", **changes}
    arguments.setdefault("sagemaker_session", world.session())
    return world["experiments.Run"](**arguments)


def _service(world: World, found: Any = ()) -> None:
    answers = {
        "CreateExperiment": {"ExperimentArn": f"{ARN}:experiment/prices"},
        "CreateTrial": {"TrialArn": f"{ARN}:experiment-trial/group"},
        "CreateTrialComponent": {"TrialComponentArn": f"{ARN}:experiment-trial-component/prices-first"},
        "Search": {"Results": list(found)},
        "HeadObject": {"ETag": "etag"},
    }
    for operation, answer in answers.items():
        world.aws.answers.setdefault(operation, answer)


def _tag() -> dict[str, str]:
    return {"Key": "sagemaker:trial-component-source", "Value": "run"}


def _without_times(world: World) -> None:
    """Say of times only that they are there."""
    for _, params in world.aws.calls:
        for name in ("StartTime", "EndTime"):
            if name in params:
                params[name] = "a time"
        for metric in params.get("MetricData", ()):
            metric["Timestamp"] = type(metric["Timestamp"]).__name__
