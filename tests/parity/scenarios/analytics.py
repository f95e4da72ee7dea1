"""Tables of jobs, tuning jobs, experiments and artifacts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.parity.recording import THE_TIME, training_description
from tests.parity.world import World


def _table(frame: Any) -> Any:
    """Return a data frame as JSON holds it: columns, and rows of text."""
    return [list(frame.columns), [[str(value) for value in row] for row in frame.itertuples(index=False)]]


def _summary(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": f"job-{number}",
        "TrainingJobStatus": "Completed",
        "TunedHyperParameters": {"eta": f"0.{number}", "loss": '"a"'},
        "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "m", "Value": number / 4},
        "TrainingStartTime": THE_TIME,
        "TrainingEndTime": THE_TIME + timedelta(seconds=90 + number),
        **changes,
    }


def _tuning(world: World) -> Any:
    running = _summary(3, TrainingJobStatus="InProgress", TrainingJobDefinitionName="one")
    del running["FinalHyperParameterTuningJobObjectiveMetric"]
    del running["TrainingEndTime"]
    world.aws.answers["ListTrainingJobsForHyperParameterTuningJob"] = [
        {"TrainingJobSummaries": [_summary(1), _summary(2)], "NextToken": "more"},
        {"TrainingJobSummaries": [running]},
        {"TrainingJobSummaries": []},
    ]
    return world["analytics.HyperparameterTuningJobAnalytics"]("tune", sagemaker_session=world.session())


def of_a_tuning_job(world: World) -> Any:
    found = _tuning(world)
    table = _table(found.dataframe())
    again = found.dataframe() is found.dataframe()
    asked = world.aws.asked("ListTrainingJobsForHyperParameterTuningJob")
    return [table, again, asked, found.name, repr(found), _table(found.dataframe(force_refresh=True))]


def summaries_of_a_tuning_job(world: World) -> Any:
    found = _tuning(world)
    first = [summary["TrainingJobName"] for summary in found.training_job_summaries()]
    return [first, found.training_job_summaries(force_refresh=True)]


def ranges_of_a_tuning_job(world: World) -> Any:
    eta = {"Name": "eta", "MinValue": "0", "MaxValue": "1"}
    loss = {"Name": "loss", "Values": ["a"]}
    ranges = {"ContinuousParameterRanges": [eta], "CategoricalParameterRanges": [loss]}
    world.aws.answers["DescribeHyperParameterTuningJob"] = [
        {"HyperParameterTuningJobConfig": {"ParameterRanges": ranges}, "TrainingJobDefinition": {}},
        {"TrainingJobDefinitions": [{"DefinitionName": "one", "HyperParameterRanges": ranges}]},
    ]
    found = world["analytics.HyperparameterTuningJobAnalytics"]("tune", world.session())
    alone = found.tuning_ranges
    return [alone, found.tuning_ranges == alone, sorted(found.description(force_refresh=True)), found.tuning_ranges]


def written_to_a_file(world: World) -> Any:
    from pathlib import Path

    _tuning(world).export_csv("table.csv")
    return Path("table.csv").read_text()


def of_a_training_job(world: World) -> Any:
    description = training_description(TrainingStartTime=THE_TIME, TrainingEndTime=THE_TIME + timedelta(seconds=60))
    description["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "loss", "Regex": "x"}]
    world.aws.answers["DescribeTrainingJob"] = description
    points = [{"Timestamp": THE_TIME + timedelta(seconds=at), "Average": at / 8} for at in (60, 0)]
    world.aws.answers["GetMetricStatistics"] = {"Datapoints": points}
    found = world["analytics.TrainingJobAnalytics"]("job", sagemaker_session=world.session(), period=30)
    (table,) = [_table(found.dataframe())]
    (asked,) = world.aws.asked("GetMetricStatistics")
    kept = {name: value for name, value in asked.items() if name not in ("StartTime", "EndTime")}
    return [table, kept, found.name, repr(found), found.CLOUDWATCH_NAMESPACE]


def _component(number: int, **changes: Any) -> dict[str, Any]:
    component = {
        "TrialComponentName": f"component-{number}",
        "DisplayName": "Training",
        "Source": {"SourceArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{number}"},
        "Parameters": {"b": {"NumberValue": float(number)}, "a": {"StringValue": "x"}},
        "Metrics": [{"MetricName": "loss", "Min": 0.5, "Max": 1.5, "Avg": 1.0, "Last": 0.5, "Count": 3}],
        "InputArtifacts": {"train": {"MediaType": "text/csv", "Value": "s3://bucket/train"}},
        "OutputArtifacts": {"model": {"Value": "s3://bucket/model"}},
        "Parents": [{"TrialName": "trial", "ExperimentName": "experiment"}],
        **changes,
    }
    return {"TrialComponent": component}


def _experiment(world: World, **arguments: Any) -> Any:
    nothing: dict[str, Any] = {"Parameters": {}, "InputArtifacts": {}, "OutputArtifacts": {}}
    bare = {"TrialComponent": {"TrialComponentName": "bare", **nothing}}
    world.aws.answers["Search"] = [
        {"Results": [_component(1), _component(2)], "NextToken": "more"},
        {"Results": [bare]},
    ]
    return world["analytics.ExperimentAnalytics"](sagemaker_session=world.session(), **arguments)


def of_an_experiment(world: World) -> Any:
    found = _experiment(world, experiment_name="experiment")
    return [_table(found.dataframe()), world.aws.asked("Search"), found.name, repr(found)]


def of_a_part_of_an_experiment(world: World) -> Any:
    found = _experiment(
        world,
        experiment_name="experiment",
        search_expression={"Filters": [{"Name": "Metrics.loss.max", "Operator": "GreaterThan", "Value": "1"}]},
        sort_by="metrics.loss.max",
        sort_order="Descending",
        metric_names=["other"],
        parameter_names=["b"],
        input_artifact_names=["validation"],
        output_artifact_names=["model"],
    )
    return [_table(found.dataframe()), world.aws.asked("Search")]


def of_no_experiment(world: World) -> Any:
    return _experiment(world)


def of_artifacts(world: World) -> Any:
    summary = {
        "ArtifactArn": "arn:aws:sagemaker:us-east-1:123456789012:artifact/a",
        "ArtifactType": "DataSet",
        "Source": {"SourceUri": "s3://bucket/rows"},
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
    }
    world.aws.answers["ListArtifacts"] = [
        {"ArtifactSummaries": [summary, summary], "NextToken": "more"},
        {"ArtifactSummaries": [summary]},
    ]
    found = world["analytics.ArtifactAnalytics"](
        sort_order="Ascending",
        source_uri="s3://bucket/rows",
        artifact_type="DataSet",
        sagemaker_session=world.session(),
    )
    return [_table(found.dataframe()), world.aws.asked("ListArtifacts"), repr(found)]
