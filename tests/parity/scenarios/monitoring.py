"""Monitors: baselines, schedules, runs and alerts."""

from __future__ import annotations

import json
from typing import Any

from tests.parity.recording import REGION, ROLE, THE_TIME, Refusal, body
from tests.parity.scenarios.processing import processing_description
from tests.parity.world import World

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-monitor:1"
HOURLY = "cron(0 * ? * * *)"
SCHEDULE_ARN = f"arn:aws:sagemaker:{REGION}:123456789012:monitoring-schedule/schedule"
JOB_ARN = f"arn:aws:sagemaker:{REGION}:123456789012:processing-job/run"
OFFSETS = {"start_time_offset": "-PT1H", "end_time_offset": "-PT0H"}
KINDS = {
    "DefaultModelMonitor": "DataQuality",
    "ModelQualityMonitor": "ModelQuality",
    "ModelBiasMonitor": "ModelBias",
    "ModelExplainabilityMonitor": "ModelExplainability",
}


def expressions(world: World) -> Any:
    made = world["model_monitor.CronExpressionGenerator"]
    return [
        made.hourly(),
        made.daily(),
        made.daily(5),
        made.daily_every_x_hours(6),
        made.daily_every_x_hours(6, 2),
        made.now(),
    ]


def formats(world: World) -> Any:
    baseline, captured = world["model_monitor.DatasetFormat"], world["model_monitor.MonitoringDatasetFormat"]
    return [
        *(baseline.csv(), baseline.csv(False, "END"), baseline.json(), baseline.json(False)),
        *(baseline.sagemaker_capture_json(), captured.csv(), captured.csv(False), captured.json(), captured.parquet()),
    ]


def documents_of_inputs(world: World) -> Any:
    attributes = {
        "features_attribute": "features",
        "inference_attribute": "label",
        "probability_attribute": 1,
        "probability_threshold_attribute": 0.5,
        "exclude_features_attribute": "id",
    }
    endpoint, batch = world["model_monitor.EndpointInput"], world["model_monitor.BatchTransformInput"]
    form = world["model_monitor.MonitoringDatasetFormat"].csv()
    return [
        endpoint("endpoint", "/opt/ml/processing/x")._to_request_dict(),
        endpoint("endpoint", "/x", "Pipe", "ShardedByS3Key", **OFFSETS, **attributes)._to_request_dict(),
        batch("s3://bucket/captured", "/x", form)._to_request_dict(),
        batch("s3://bucket/captured", "/x", form, "Pipe", "ShardedByS3Key", **OFFSETS, **attributes)._to_request_dict(),
        world["model_monitor.MonitoringOutput"]("/x", "s3://bucket/out", "EndOfJob")._to_request_dict(),
    ]


def own_baseline(world: World) -> Any:
    monitor = _own(world, env={"A": "1"}, entrypoint=["run"], output_kms_key="key-2", base_job_name="prices")
    source = world["processing.ProcessingInput"]("s3://bucket/rows", "/opt/ml/processing/input/rows")
    monitor.run_baseline([source], "/opt/ml/processing/output", ["--a"], wait=False, logs=False)
    return [len(monitor.baselining_jobs), monitor.latest_baselining_job.outputs[0].destination]


def own_schedule(world: World) -> Any:
    monitor = _own(world, env={"A": "1"})
    output = world["model_monitor.MonitoringOutput"]("/opt/ml/processing/output")
    monitor.create_monitoring_schedule(endpoint_input="endpoint", output=output, schedule_cron_expression=HOURLY)
    return output.destination


def own_schedule_with_everything(world: World) -> Any:
    monitor = _own(
        world,
        entrypoint=["run"],
        volume_size_in_gb=10,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        env={"A": "1"},
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
    )
    monitor.create_monitoring_schedule(
        output=world["model_monitor.MonitoringOutput"]("/out", "s3://bucket/out"),
        statistics=world["model_monitor.Statistics"]({}, "s3://bucket/statistics.json"),
        constraints=world["model_monitor.Constraints"]({}, "s3://bucket/constraints.json"),
        monitor_schedule_name="schedule",
        schedule_cron_expression="NOW",
        batch_transform_input=_batch(world),
        arguments=["--a"],
        data_analysis_start_time="-PT5H",
        data_analysis_end_time="-PT0H",
    )
    return [monitor.monitoring_schedule_name, monitor.arguments]


def own_schedule_twice(world: World) -> None:
    monitor = _own(world, env={"A": "1"})
    for _ in range(2):
        monitor.create_monitoring_schedule("endpoint", world["model_monitor.MonitoringOutput"]("/out"))


def own_schedule_of_two_inputs(world: World) -> None:
    output = world["model_monitor.MonitoringOutput"]("/out")
    _own(world).create_monitoring_schedule("endpoint", output, batch_transform_input=_batch(world))


def own_schedule_of_no_input(world: World) -> None:
    _own(world).create_monitoring_schedule(output=world["model_monitor.MonitoringOutput"]("/out"))


def own_schedule_without_output(world: World) -> None:
    _own(world).create_monitoring_schedule("endpoint")


def own_schedule_of_one_run_without_times(world: World) -> None:
    output = world["model_monitor.MonitoringOutput"]("/out")
    _own(world).create_monitoring_schedule("endpoint", output, schedule_cron_expression="NOW")


def own_schedule_changed(world: World) -> Any:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    monitor = _own(world)
    monitor.monitoring_schedule_name = "schedule"
    monitor.update_monitoring_schedule(instance_count=3, schedule_cron_expression="cron(0 1 ? * * *)")
    return monitor.instance_count


def own_schedule_changed_with_everything(world: World) -> None:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    monitor = _own(world)
    monitor.monitoring_schedule_name = "schedule"
    monitor.update_monitoring_schedule(
        endpoint_input=world["model_monitor.EndpointInput"]("other", "/in"),
        output=world["model_monitor.MonitoringOutput"]("/out"),
        statistics=world["model_monitor.Statistics"]({}, "s3://bucket/statistics2.json"),
        constraints=world["model_monitor.Constraints"]({}, "s3://bucket/constraints2.json"),
        schedule_cron_expression="NOW",
        instance_count=3,
        instance_type="ml.m5.4xlarge",
        entrypoint=["go"],
        volume_size_in_gb=5,
        volume_kms_key="key-3",
        output_kms_key="key-4",
        arguments=["--b"],
        max_runtime_in_seconds=70,
        env={"B": "2"},
        network_config=world["network.NetworkConfig"](False),
        role=f"{ROLE}2",
        image_uri="other:1",
        data_analysis_start_time="-PT5H",
        data_analysis_end_time="-PT0H",
    )


def own_schedule_changed_to_two_inputs(world: World) -> None:
    _own(world).update_monitoring_schedule("endpoint", batch_transform_input=_batch(world))


def own_monitor_attached(world: World) -> Any:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    return _told(world["model_monitor.ModelMonitor"].attach("schedule", world.session()))


def own_monitor_without_a_role(world: World) -> None:
    world["model_monitor.ModelMonitor"](sagemaker_session=world.session())


def own_monitor_of_no_kind(world: World) -> None:
    _own(world).monitoring_type()


def defaults_of_a_config_file(world: World) -> None:
    job = {
        "RoleArn": f"{ROLE}OfConfig",
        "Environment": {"A": "1"},
        "MonitoringOutputConfig": {"KmsKeyId": "out"},
        "MonitoringResources": {"ClusterConfig": {"VolumeKmsKeyId": "volume"}},
        "NetworkConfig": {
            "EnableNetworkIsolation": True,
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        },
    }
    tags = [{"Key": "team", "Value": "prices"}]
    schedule = {"MonitoringScheduleConfig": {"MonitoringJobDefinition": job}, "Tags": tags}
    config = {"SchemaVersion": "1.0", "SageMaker": {"MonitoringSchedule": schedule}}
    session = world.session(sagemaker_config=config)
    monitor = world["model_monitor.ModelMonitor"](image_uri=IMAGE, sagemaker_session=session)
    monitor.create_monitoring_schedule("endpoint", world["model_monitor.MonitoringOutput"]("/out"))
    world["model_monitor.DefaultModelMonitor"](sagemaker_session=session).create_monitoring_schedule("endpoint")


def baseline_of_data(world: World) -> Any:
    monitor = _monitor(world, "DefaultModelMonitor")
    job = monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), wait=False, logs=False)
    return [job is monitor.latest_baselining_job, job.name == monitor.latest_baselining_job_name, monitor.image_uri]


def baseline_of_data_with_everything(world: World) -> None:
    world.files(rows_csv="1,2", pre_py="1")
    constraints = world["model_monitor.DataQualityDistributionConstraints"](categorical_drift_method="ChiSquared")
    monitor = _monitor(
        world,
        "DefaultModelMonitor",
        instance_count=2,
        instance_type="ml.m5.large",
        volume_size_in_gb=10,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        base_job_name="prices",
        env={"A": "1"},
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
    )
    monitor.suggest_baseline(
        "rows.csv",
        _csv(world),
        record_preprocessor_script="pre.py",
        post_analytics_processor_script="s3://bucket/post.py",
        output_s3_uri="s3://bucket/out",
        wait=False,
        logs=False,
        job_name="job",
        monitoring_config_override=world["model_monitor.DataQualityMonitoringConfig"](constraints),
    )


def baseline_of_data_by_an_unknown_method(world: World) -> None:
    constraints = world["model_monitor.DataQualityDistributionConstraints"](categorical_drift_method="Guess")
    override = world["model_monitor.DataQualityMonitoringConfig"](constraints)
    _monitor(world, "DefaultModelMonitor").suggest_baseline(
        "s3://b/x", _csv(world), monitoring_config_override=override
    )


def baseline_of_data_that_is_waited_for(world: World) -> Any:
    monitor = _monitor(world, "DefaultModelMonitor")
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), job_name="job", logs=False)
    world.aws.answers["GetObject"] = {"Body": body(json.dumps({"features": [{"name": "age"}]}).encode())}
    statistics, constraints = monitor.baseline_statistics(), monitor.suggested_constraints()
    return [
        *(statistics.body_dict, statistics.file_s3_uri, constraints.body_dict, constraints.file_s3_uri),
        [asked["Key"] for asked in world.aws.asked("GetObject")],
        monitor.describe_latest_baselining_job()["ProcessingJobName"],
    ]


def baseline_that_has_failed(world: World) -> None:
    monitor = _monitor(world, "DefaultModelMonitor")
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), job_name="job", wait=False, logs=False)
    world.aws.answers["GetObject"] = Refusal("NoSuchKey", "no")
    world.aws.answers["DescribeProcessingJob"] = processing_description(ProcessingJobStatus="Failed")
    monitor.baseline_statistics()


def no_baseline(world: World) -> None:
    _monitor(world, "DefaultModelMonitor").describe_latest_baselining_job()


def plain_baseline_of_a_kind(world: World) -> None:
    _monitor(world, "ModelBiasMonitor").run_baseline()


def baseline_of_predictions(world: World) -> None:
    monitor = _monitor(world, "ModelQualityMonitor")
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), "Regression")
    monitor.suggest_baseline(
        "s3://bucket/rows.csv",
        _csv(world),
        "BinaryClassification",
        inference_attribute="label",
        probability_attribute="score",
        ground_truth_attribute="truth",
        probability_threshold_attribute="0.5",
        post_analytics_processor_script="s3://bucket/post.py",
        output_s3_uri="s3://bucket/out",
        job_name="job",
    )


def baseline_of_bias(world: World) -> Any:
    monitor = _monitor(world, "ModelBiasMonitor")
    _suggest_bias(world, monitor)
    return [type(monitor.latest_baselining_job).__name__, monitor.latest_baselining_job_name]


def baseline_of_explanations(world: World) -> Any:
    monitor = _monitor(world, "ModelExplainabilityMonitor", base_job_name="prices", output_kms_key="key")
    _suggest_explanations(world, monitor)
    world.aws.answers["GetObject"] = {"Body": body(b'{"version": "1.0"}')}
    constraints = monitor.suggested_constraints()
    return [constraints.file_s3_uri, constraints.body_dict]


def statistics_of_bias(world: World) -> None:
    monitor = _monitor(world, "ModelBiasMonitor")
    _suggest_bias(world, monitor)
    monitor.latest_baselining_job.baseline_statistics()


def schedule_of_data(world: World) -> Any:
    monitor = _monitor(world, "DefaultModelMonitor")
    monitor.create_monitoring_schedule("endpoint", schedule_cron_expression=HOURLY)
    return [monitor.monitoring_schedule_name, monitor.job_definition_name]


def schedule_of_data_after_a_baseline(world: World) -> None:
    world.files(pre_py="1")
    world.aws.answers["GetObject"] = {"Body": body(b"{}")}
    monitor = _monitor(
        world,
        "DefaultModelMonitor",
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        env={"A": "1"},
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
    )
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), job_name="job", wait=False, logs=False)
    monitor.create_monitoring_schedule(
        endpoint_input=world["model_monitor.EndpointInput"]("endpoint", "/in", **OFFSETS),
        record_preprocessor_script="pre.py",
        post_analytics_processor_script="s3://bucket/post.py",
        output_s3_uri="s3://bucket/out",
        constraints="s3://bucket/constraints.json",
        statistics=world["model_monitor.Statistics"]({}, "s3://bucket/statistics.json"),
        monitor_schedule_name="schedule",
        schedule_cron_expression="NOW",
        enable_cloudwatch_metrics=False,
        data_analysis_start_time="-PT5H",
        data_analysis_end_time="-PT0H",
    )


def schedule_of_captured_batches(world: World) -> None:
    _monitor(world, "DefaultModelMonitor").create_monitoring_schedule(
        batch_transform_input=_batch(world), monitor_schedule_name="schedule"
    )


def schedule_in_a_default_bucket_with_a_prefix(world: World) -> None:
    session = world.session(default_bucket_prefix="team/prices")
    monitor = _monitor(world, "DefaultModelMonitor", sagemaker_session=session)
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), job_name="job", wait=False, logs=False)
    monitor.create_monitoring_schedule("endpoint", monitor_schedule_name="schedule")


def schedule_that_is_refused(world: World) -> None:
    world.aws.answers["CreateMonitoringSchedule"] = Refusal("ResourceLimitExceeded", "no more")
    _monitor(world, "DefaultModelMonitor").create_monitoring_schedule("endpoint", monitor_schedule_name="schedule")


def schedule_of_predictions(world: World) -> None:
    world.aws.answers["GetObject"] = {"Body": body(b"{}")}
    monitor = _monitor(world, "ModelQualityMonitor")
    monitor.suggest_baseline("s3://bucket/rows.csv", _csv(world), "Regression", job_name="job")
    monitor.create_monitoring_schedule(
        _endpoint(world), "s3://bucket/truth", "Regression", constraints="s3://bucket/constraints.json"
    )


def schedule_of_predictions_without_truth(world: World) -> None:
    _monitor(world, "ModelQualityMonitor").create_monitoring_schedule("endpoint", problem_type="Regression")


def schedule_of_predictions_of_no_type(world: World) -> None:
    _monitor(world, "ModelQualityMonitor").create_monitoring_schedule("endpoint", "s3://bucket/truth")


def schedule_of_bias(world: World) -> Any:
    monitor = _monitor(world, "ModelBiasMonitor")
    _suggest_bias(world, monitor)
    endpoint = _endpoint(world)
    monitor.create_monitoring_schedule(endpoint, "s3://bucket/truth", schedule_cron_expression=HOURLY)
    return [endpoint.features_attribute, endpoint.inference_attribute, endpoint.probability_attribute]


def schedule_of_bias_with_constraints(world: World) -> None:
    world.aws.answers["GetObject"] = {"Body": body(b"{}")}
    monitor = _monitor(world, "ModelBiasMonitor", env={"A": "1"})
    _suggest_bias(world, monitor)
    monitor.create_monitoring_schedule(
        batch_transform_input=_batch(world),
        ground_truth_input="s3://bucket/truth",
        analysis_config="s3://bucket/analysis_config.json",
        output_s3_uri="s3://bucket/out",
        constraints="s3://bucket/constraints.json",
        monitor_schedule_name="schedule",
    )


def schedule_of_bias_of_an_analysis(world: World) -> None:
    bias = world["clarify.BiasConfig"]([1], "sex", [0])
    analysis = world["model_monitor.BiasAnalysisConfig"](bias, headers=["paid", "sex"], label="paid")
    _monitor(world, "ModelBiasMonitor").create_monitoring_schedule(
        "endpoint", "s3://bucket/truth", analysis, monitor_schedule_name="schedule"
    )


def schedule_of_bias_of_nothing(world: World) -> None:
    _monitor(world, "ModelBiasMonitor").create_monitoring_schedule("endpoint", "s3://bucket/truth")


def schedule_of_explanations(world: World) -> None:
    monitor = _monitor(world, "ModelExplainabilityMonitor")
    _suggest_explanations(world, monitor)
    monitor.create_monitoring_schedule("endpoint", schedule_cron_expression=HOURLY)


def schedule_of_explanations_of_no_input(world: World) -> None:
    _monitor(world, "ModelExplainabilityMonitor").create_monitoring_schedule()


def analyses(world: World) -> Any:
    bias = world["clarify.BiasConfig"]([1], "sex")
    model, shap = world["clarify.ModelConfig"]("model", 1, "ml.m5.large"), world["clarify.SHAPConfig"]()
    explained = world["model_monitor.ExplainabilityAnalysisConfig"]
    return [
        world["model_monitor.BiasAnalysisConfig"](bias)._to_dict(),
        world["model_monitor.BiasAnalysisConfig"](bias, ["a"], 0)._to_dict(),
        explained(shap, model)._to_dict(),
        explained(shap, model, ["a"], ["b"])._to_dict(),
    ]


def changed_time(world: World) -> None:
    for name in KINDS:
        _scheduled(world, name).update_monitoring_schedule(schedule_cron_expression=HOURLY)


def changed_nothing(world: World) -> Any:
    for name in list(KINDS)[:3]:
        _scheduled(world, name).update_monitoring_schedule()
    _scheduled(world, "ModelExplainabilityMonitor").update_monitoring_schedule()


def changed_machines(world: World) -> Any:
    changes = {"instance_count": 3, "instance_type": "ml.m5.4xlarge", "env": {"B": "2"}, "role": f"{ROLE}2"}
    monitors = [_scheduled(world, name) for name in KINDS]
    for monitor in monitors:
        world.aws.answers["DescribeMonitoringSchedule"] = _schedule(**_of_definition(monitor.monitoring_type()))
        monitor.update_monitoring_schedule(**changes)
    return [[monitor.instance_count, monitor.env, monitor.job_definition_name] for monitor in monitors]


def changed_everything(world: World) -> None:
    world.aws.answers["GetObject"] = {"Body": body(b"{}")}
    monitor = _scheduled(world, "DefaultModelMonitor")
    monitor.update_monitoring_schedule(
        endpoint_input=world["model_monitor.EndpointInput"]("other", "/in"),
        record_preprocessor_script="s3://bucket/pre2.py",
        post_analytics_processor_script="s3://bucket/post2.py",
        output_s3_uri="s3://bucket/out2",
        statistics="s3://bucket/statistics2.json",
        constraints="s3://bucket/constraints2.json",
        schedule_cron_expression="NOW",
        instance_count=3,
        instance_type="ml.m5.4xlarge",
        volume_size_in_gb=5,
        volume_kms_key="key-3",
        output_kms_key="key-4",
        max_runtime_in_seconds=70,
        env={"B": "2"},
        network_config=world["network.NetworkConfig"](False),
        enable_cloudwatch_metrics=False,
        role=f"{ROLE}2",
        data_analysis_start_time="-PT5H",
        data_analysis_end_time="-PT0H",
    )


def changed_analysis(world: World) -> None:
    bias = world["clarify.BiasConfig"]([1], "sex")
    monitor = _scheduled(world, "ModelBiasMonitor")
    monitor.update_monitoring_schedule(
        analysis_config=world["model_monitor.BiasAnalysisConfig"](bias),
        output_s3_uri="s3://bucket/out2",
        ground_truth_input="s3://bucket/truth2",
    )
    _scheduled(world, "ModelExplainabilityMonitor").update_monitoring_schedule(analysis_config="s3://bucket/other.json")


def changed_to_two_inputs(world: World) -> None:
    _scheduled(world, "DefaultModelMonitor").update_monitoring_schedule("endpoint", batch_transform_input=_batch(world))


def changed_to_two_inputs_of_bias(world: World) -> None:
    _scheduled(world, "ModelBiasMonitor").update_monitoring_schedule("endpoint", batch_transform_input=_batch(world))


def changed_before_there_is_one(world: World) -> None:
    _monitor(world, "ModelQualityMonitor").update_monitoring_schedule(schedule_cron_expression=HOURLY)


def changed_and_refused(world: World) -> None:
    world.aws.answers["UpdateMonitoringSchedule"] = Refusal("ResourceLimitExceeded", "no more")
    _scheduled(world, "ModelQualityMonitor").update_monitoring_schedule(instance_count=3)


def changed_schedule_of_an_early_release(world: World) -> Any:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    monitor = _monitor(world, "DefaultModelMonitor")
    monitor.monitoring_schedule_name = "schedule"
    monitor.update_monitoring_schedule(
        endpoint_input="other",
        record_preprocessor_script="s3://bucket/pre.py",
        output_s3_uri="s3://bucket/out2",
        instance_count=3,
        env={"B": "2"},
        enable_cloudwatch_metrics=True,
    )
    return [monitor.env, monitor.instance_count]


def attached(world: World) -> Any:
    return [_told(_attached(world, name)) for name in KINDS]


def attached_to_a_schedule_of_an_early_release(world: World) -> Any:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    return _told(world["model_monitor.DefaultModelMonitor"].attach("schedule", world.session()))


def attached_to_another_kind(world: World) -> Any:
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(**_of_definition("Other"))
    told = []
    for name in KINDS:
        try:
            world[f"model_monitor.{name}"].attach("schedule", world.session())
        except TypeError as error:
            told.append(str(error))
    return told


def started_and_stopped(world: World) -> None:
    monitor = _scheduled(world, "DefaultModelMonitor")
    pending = _schedule(MonitoringScheduleStatus="Pending")
    world.aws.answers["DescribeMonitoringSchedule"] = [pending, pending, _schedule()]
    monitor.stop_monitoring_schedule()
    monitor.start_monitoring_schedule()


def deleted(world: World) -> Any:
    found = []
    for name in KINDS:
        monitor = _scheduled(world, name)
        monitor.delete_monitoring_schedule()
        found.append([monitor.monitoring_schedule_name, monitor.job_definition_name])
    return found


def deleted_and_gone_at_once(world: World) -> Any:
    monitor = _scheduled(world, "DefaultModelMonitor")
    world.aws.answers["DescribeMonitoringSchedule"] = Refusal("ResourceNotFound", "gone")
    monitor.delete_monitoring_schedule()
    return monitor.monitoring_schedule_name


def runs(world: World) -> Any:
    _ran(world)
    told = []
    for name in ("DefaultModelMonitor", "ModelBiasMonitor"):
        run = _scheduled(world, name).list_executions()[-1]
        told.append(
            [type(run).__name__, run.job_name, run.output.destination, run.inputs[0].source, run.output_kms_key]
        )
    return told


def no_runs(world: World) -> Any:
    world.aws.answers["ListMonitoringExecutions"] = {"MonitoringExecutionSummaries": []}
    monitor = _scheduled(world, "DefaultModelMonitor")
    latest = [monitor.latest_monitoring_statistics(), monitor.latest_monitoring_constraint_violations()]
    return [monitor.list_executions(), *latest]


def results_of_the_latest_run(world: World) -> Any:
    _ran(world)
    world.aws.answers["GetObject"] = {"Body": body(b'{"violations": []}')}
    monitor = _scheduled(world, "DefaultModelMonitor")
    violations = monitor.latest_monitoring_constraint_violations()
    return [violations.body_dict, violations.file_s3_uri, monitor.latest_monitoring_statistics().file_s3_uri]


def results_of_a_run_that_goes_on(world: World) -> Any:
    _ran(world, ProcessingJobStatus="InProgress")
    world.aws.answers["GetObject"] = Refusal("AccessDenied", "no")
    monitor = _scheduled(world, "DefaultModelMonitor")
    return [monitor.latest_monitoring_constraint_violations(), monitor.latest_monitoring_statistics()]


def results_of_a_run_of_predictions_that_goes_on(world: World) -> None:
    _ran(world, ProcessingJobStatus="InProgress")
    world.aws.answers["GetObject"] = Refusal("NoSuchKey", "no")
    _scheduled(world, "ModelQualityMonitor").latest_monitoring_constraint_violations()


def statistics_of_a_run_of_bias(world: World) -> None:
    _scheduled(world, "ModelBiasMonitor").latest_monitoring_statistics()


def logs_of_the_latest_run(world: World) -> None:
    _ran(world)
    _scheduled(world, "DefaultModelMonitor").get_latest_execution_logs(wait=True)


def logs_of_no_run(world: World) -> None:
    world.aws.answers["ListMonitoringExecutions"] = {"MonitoringExecutionSummaries": []}
    _scheduled(world, "ModelBiasMonitor").get_latest_execution_logs()


def logs_of_a_run_without_a_job(world: World) -> None:
    world.aws.answers["ListMonitoringExecutions"] = {"MonitoringExecutionSummaries": [{"MonitoringScheduleName": "s"}]}
    _scheduled(world, "DefaultModelMonitor").get_latest_execution_logs()


def alerts(world: World) -> Any:
    world.aws.answers["ListMonitoringAlerts"] = {
        "MonitoringAlertSummaries": [
            {
                "MonitoringAlertName": "alert",
                "CreationTime": THE_TIME,
                "LastModifiedTime": THE_TIME,
                "AlertStatus": "OK",
                "DatapointsToAlert": 1,
                "EvaluationPeriod": 2,
                "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
            }
        ],
        "NextToken": "more",
    }
    change = {"MonitoringAlertName": "alert", "CreationTime": THE_TIME, "AlertStatus": "InAlert"}
    world.aws.answers["ListMonitoringAlertHistory"] = {"MonitoringAlertHistory": [change]}
    monitor = _scheduled(world, "DefaultModelMonitor")
    monitor.update_monitoring_alert("alert", 2, 3)
    (alert,), token = monitor.list_monitoring_alerts(next_token="t", max_results=5)
    (told,), last = monitor.list_monitoring_alert_history(
        "alert", creation_time_before=THE_TIME, creation_time_after=THE_TIME, status_equals="OK", next_token="t"
    )
    return [
        *(alert.alert_name, alert.alert_status, alert.data_points_to_alert, alert.evaluation_period, token, last),
        *(alert.actions.model_dashboard_indicator.enabled, told.alert_name, told.alert_status, told.creation_time),
        *(world.aws.asked("ListMonitoringAlerts"), world.aws.asked("ListMonitoringAlertHistory")),
    ]


def alerts_of_no_schedule(world: World) -> Any:
    monitor = _monitor(world, "DefaultModelMonitor")
    return [monitor.list_monitoring_alerts(), monitor.list_monitoring_alert_history()]


def alert_of_no_schedule_changed(world: World) -> None:
    _monitor(world, "DefaultModelMonitor").update_monitoring_alert("alert", 1, 1)


def alert_changed_in_nothing(world: World) -> None:
    _scheduled(world, "DefaultModelMonitor").update_monitoring_alert("alert", None, None)


def files(world: World) -> Any:
    document = {"features": [{"name": "a"}, {"name": "b", "monitoring_config_overrides": {"x": 1}}]}
    text = json.dumps({**document, "monitoring_config": {"evaluate_constraints": "Enabled"}})
    world.files(mine_json=text)
    world.aws.answers["GetObject"] = {"Body": body(text.encode())}
    session, told = world.session(), []
    for name in ("Statistics", "Constraints", "ConstraintViolations"):
        kind = world[f"model_monitor.{name}"]
        made = kind.from_string(text, kms_key="key", sagemaker_session=session)
        read = kind.from_file_path("mine.json", sagemaker_session=session)
        told += [made.body_dict, made.file_s3_uri.rpartition("/")[2], read.file_s3_uri.rpartition("/")[2]]
    constraints = world["model_monitor.Constraints"].from_s3_uri("s3://bucket/c.json", "key", session)
    constraints.set_monitoring(False)
    constraints.set_monitoring(True, "a")
    constraints.set_monitoring(False, "b")
    told += [constraints.body_dict, constraints.save(), constraints.save("s3://bucket/d.json"), constraints.file_s3_uri]
    return told


def monitors_of_an_endpoint(world: World) -> Any:
    told = []
    for name, kind in KINDS.items():
        _scheduled(world, name)
        schedule = {"MonitoringScheduleName": "schedule", "MonitoringType": kind}
        world.aws.answers["ListMonitoringSchedules"] = {"MonitoringScheduleSummaries": [schedule]}
        told += [type(monitor).__name__ for monitor in world.predictor().list_monitors()]
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(MonitoringJobDefinition=_own_job())
    schedule = {"MonitoringScheduleName": "schedule", "MonitoringType": "DataQuality"}
    world.aws.answers["ListMonitoringSchedules"] = {"MonitoringScheduleSummaries": [schedule]}
    return told + [type(monitor).__name__ for monitor in world.predictor().list_monitors()]


def no_monitors_of_an_endpoint(world: World) -> Any:
    return world.predictor().list_monitors()


def calls_of_the_session(world: World) -> Any:
    _ran(world)
    session = world.session()
    return [
        session.list_monitoring_executions("schedule")["MonitoringExecutionSummaries"][0]["ProcessingJobArn"],
        session.describe_monitoring_schedule("schedule")["MonitoringScheduleName"],
        world.aws.asked("ListMonitoringExecutions"),
    ]


def _own(world: World, **changes: Any) -> Any:
    return _monitor(world, "ModelMonitor", image_uri=IMAGE, **changes)


def _monitor(world: World, name: str, **changes: Any) -> Any:
    world.aws.answers.setdefault("DescribeProcessingJob", processing_description())
    world.aws.answers.setdefault("DescribeMonitoringSchedule", _schedule())
    changes.setdefault("sagemaker_session", world.session())
    return world[f"model_monitor.{name}"](**{"role": ROLE, **changes})


def _scheduled(world: World, name: str) -> Any:
    """Return a monitor that has a schedule."""
    monitor = _monitor(world, name)
    monitor.monitoring_schedule_name, monitor.job_definition_name = "schedule", "definition"
    kind = KINDS[name]
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule(**_of_definition(kind))
    world.aws.answers[f"Describe{kind}JobDefinition"] = _definition(kind)
    return monitor


def _attached(world: World, name: str) -> Any:
    _scheduled(world, name)
    return world[f"model_monitor.{name}"].attach("schedule", world.session())


def _endpoint(world: World) -> Any:
    return world["model_monitor.EndpointInput"]("endpoint", "/opt/ml/processing/in", **OFFSETS)


def _batch(world: World) -> Any:
    form = world["model_monitor.MonitoringDatasetFormat"].csv(header=False)
    return world["model_monitor.BatchTransformInput"]("s3://bucket/captured", "/opt/ml/processing/in", form)


def _csv(world: World) -> Any:
    return world["model_monitor.DatasetFormat"].csv(header=True)


def _data(world: World) -> Any:
    return world["clarify.DataConfig"](
        "s3://bucket/rows", "s3://bucket/bias", label="paid", headers=["paid", "sex"], features="f"
    )


def _suggest_bias(world: World, monitor: Any) -> None:
    monitor.suggest_baseline(
        _data(world),
        world["clarify.BiasConfig"]([1], "sex", [0]),
        world["clarify.ModelConfig"]("model", 1, "ml.m5.large"),
        world["clarify.ModelPredictedLabelConfig"](label=0, probability=1, probability_threshold=0.5),
    )


def _suggest_explanations(world: World, monitor: Any) -> None:
    monitor.suggest_baseline(
        _data(world),
        world["clarify.SHAPConfig"]([[0]]),
        world["clarify.ModelConfig"]("model", 1, "ml.m5.large"),
        world["clarify.ModelPredictedLabelConfig"](label="score", label_headers=["no", "yes"]),
        job_name="job",
        kms_key="key",
    )


def _told(monitor: Any) -> dict[str, Any]:
    members = ("role", "image_uri", "instance_count", "instance_type", "volume_size_in_gb", "volume_kms_key", "env")
    more = ("output_kms_key", "max_runtime_in_seconds", "tags", "monitoring_schedule_name", "job_definition_name")
    network = monitor.network_config
    told = {name: getattr(monitor, name) for name in (*members, *more, "entrypoint")}
    return {**told, "network": network and network._to_request_dict()}


def _ran(world: World, **changes: Any) -> None:
    """Let the schedule have had a run."""
    source = {"S3Uri": "s3://bucket/captured", "LocalPath": "/in", "S3DataType": "S3Prefix", "S3InputMode": "File"}
    place = {"S3Uri": "s3://bucket/results", "LocalPath": "/out", "S3UploadMode": "Continuous"}
    world.aws.answers["DescribeProcessingJob"] = processing_description(
        ProcessingInputs=[{"InputName": "endpoint", "S3Input": source}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": place}], "KmsKeyId": "key"},
        **changes,
    )
    run = {"MonitoringScheduleName": "schedule", "ProcessingJobArn": JOB_ARN}
    world.aws.answers["ListMonitoringExecutions"] = {"MonitoringExecutionSummaries": [run]}
    world.aws.answers["DescribeMonitoringSchedule"] = _schedule()


def _schedule(**changes: Any) -> dict[str, Any]:
    status = changes.pop("MonitoringScheduleStatus", "Scheduled")
    return {
        "MonitoringScheduleArn": SCHEDULE_ARN,
        "MonitoringScheduleName": "schedule",
        "MonitoringScheduleStatus": status,
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
        "MonitoringScheduleConfig": {"ScheduleConfig": {"ScheduleExpression": HOURLY}, **changes},
    }


def _of_definition(kind: str) -> dict[str, Any]:
    return {"MonitoringJobDefinitionName": "definition", "MonitoringType": kind}


def _own_job() -> dict[str, Any]:
    output = {"S3Uri": "s3://bucket/out", "LocalPath": "/out", "S3UploadMode": "Continuous"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10, "VolumeKmsKeyId": "key-1"}
    return {
        "MonitoringInputs": [{"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/in"}}],
        "MonitoringOutputConfig": {"MonitoringOutputs": [{"S3Output": output}], "KmsKeyId": "key-2"},
        "MonitoringResources": {"ClusterConfig": cluster},
        "MonitoringAppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["run"],
            "ContainerArguments": ["--a"],
            "RecordPreprocessorSourceUri": "s3://bucket/pre.py",
        },
        "BaselineConfig": {"StatisticsResource": {"S3Uri": "s3://bucket/statistics.json"}},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {"A": "1"},
        "NetworkConfig": _NETWORK,
        "RoleArn": ROLE,
    }


def _definition(kind: str) -> dict[str, Any]:
    output = {"S3Uri": "s3://bucket/out", "LocalPath": "/out", "S3UploadMode": "Continuous"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10, "VolumeKmsKeyId": "key-1"}
    app: dict[str, Any] = {"ImageUri": IMAGE, "Environment": {"A": "1"}}
    app |= {"ConfigUri": "s3://bucket/analysis_config.json"} if kind in ("ModelBias", "ModelExplainability") else {}
    source: dict[str, Any] = {"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/in"}}
    source |= {"GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}} if kind in ("ModelBias", "ModelQuality") else {}
    return {
        "JobDefinitionName": "definition",
        "JobDefinitionArn": "arn",
        "CreationTime": THE_TIME,
        f"{kind}BaselineConfig": {"ConstraintsResource": {"S3Uri": "s3://bucket/constraints.json"}},
        f"{kind}AppSpecification": app,
        f"{kind}JobInput": source,
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}], "KmsKeyId": "key-2"},
        "JobResources": {"ClusterConfig": cluster},
        "NetworkConfig": _NETWORK,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "RoleArn": ROLE,
    }


_NETWORK = {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": False,
    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
}
