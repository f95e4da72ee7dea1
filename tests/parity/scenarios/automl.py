"""AutoML jobs of both versions: their requests, candidates, and what is made of them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from tests.parity.recording import ACCOUNT, REGION, ROLE, THE_TIME, Refusal, training_description, transform_description
from tests.parity.world import World

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:automl-job/job"


def the_least(world: World) -> Any:
    auto = _auto(world)
    auto.fit("s3://bucket/train.csv", wait=False, logs=False, job_name="job")
    return [auto.output_path, auto.current_job_name, auto.latest_auto_ml_job.name]


def every_argument(world: World) -> None:
    _auto(
        world,
        output_kms_key="key-1",
        output_path="s3://bucket/out",
        base_job_name="prices",
        compression_type="Gzip",
        volume_kms_key="key-2",
        encrypt_inter_container_traffic=True,
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        problem_type="Regression",
        max_candidates=3,
        max_runtime_per_training_job_in_seconds=60,
        total_job_runtime_in_seconds=600,
        job_objective={"MetricName": "MSE"},
        generate_candidate_definitions_only=True,
        tags=[{"Key": "a", "Value": "b"}],
        content_type="text/csv;header=present",
        s3_data_type="ManifestFile",
        feature_specification_s3_uri="s3://bucket/features.json",
        validation_fraction=0.3,
        mode="ENSEMBLING",
        auto_generate_endpoint_name=False,
        endpoint_name="endpoint",
        sample_weight_attribute_name="w",
    ).fit("s3://bucket/train.csv", wait=False, logs=True, job_name="job")


def an_endpoint_with_a_name_of_its_own(world: World) -> None:
    auto = _auto(world, auto_generate_endpoint_name=True, endpoint_name="endpoint", tags={"a": "b"})
    auto.fit("s3://bucket/train.csv", wait=False, job_name="job")


def several_uris(world: World) -> None:
    _auto(world, compression_type="Gzip", content_type="text/csv").fit(
        ["s3://bucket/one", "s3://bucket/two"], wait=False, job_name="job"
    )


def inputs_of_their_own(world: World) -> Any:
    one = world["automl.automl.AutoMLInput"](["s3://bucket/one", "s3://bucket/two"], "y", channel_type="training")
    two = world["automl.automl.AutoMLInput"](
        inputs="s3://bucket/three",
        target_attribute_name="y",
        compression="Gzip",
        channel_type="validation",
        content_type="x-application/vnd.amazon+parquet",
        s3_data_type="S3Prefix",
        sample_weight_attribute_name="w",
    )
    auto = _auto(world, target_attribute_name=None)
    auto.fit(one, wait=False, job_name="job")
    auto.fit([one, two], wait=False, job_name="next")
    return [auto.current_job_name, two.to_request_dict()]


def data_of_this_machine(world: World) -> None:
    Path("train.csv").write_text("1,2")
    _auto(world).fit("train.csv", wait=False, job_name="job")


def no_inputs(world: World) -> None:
    _auto(world).fit(wait=False, job_name="job")


def inputs_that_are_none(world: World) -> None:
    _auto(world).fit(7, wait=False, job_name="job")


def a_job_without_a_name(world: World) -> Any:
    auto = _auto(world)
    auto.fit("s3://bucket/train.csv", wait=False)
    name = world.aws.calls[-1][1].pop("AutoMLJobName")
    return [name[:7], len(name), name == auto.current_job_name]


def a_job_with_a_base_name(world: World) -> Any:
    _auto(world, base_job_name="a-name-that-is-longer-than-what-fits").fit("s3://bucket/train.csv", wait=False)
    name = world.aws.calls[-1][1].pop("AutoMLJobName")
    return [name[:8], len(name)]


def no_role(world: World) -> None:
    _auto(world, role=None)


def an_objective_without_a_problem(world: World) -> None:
    _auto(world, job_objective={"MetricName": "MSE"})


def a_problem_without_an_objective(world: World) -> None:
    _auto(world, problem_type="Regression")


def followed(world: World) -> None:
    _jobs(world)
    _auto(world).fit("s3://bucket/train.csv", logs=False, job_name="job")


def followed_with_logs(world: World) -> None:
    _jobs(world)
    _auto(world).fit("s3://bucket/train.csv", job_name="job")


def followed_to_a_failure(world: World) -> None:
    _jobs(world, AutoMLJobStatus="Failed", FailureReason="No candidates.")
    _auto(world).fit("s3://bucket/train.csv", logs=False, job_name="job")


def followed_to_a_failure_with_logs(world: World) -> None:
    _jobs(world, AutoMLJobStatus="Failed", FailureReason="No candidates.")
    _auto(world).fit("s3://bucket/train.csv", job_name="job")


def followed_to_a_stop(world: World) -> None:
    _jobs(world, AutoMLJobStatus="Stopped")
    _auto(world).fit("s3://bucket/train.csv", logs=False, job_name="job")


def described(world: World) -> Any:
    _jobs(world)
    auto = _auto(world)
    auto.fit("s3://bucket/train.csv", wait=False, job_name="job")
    other = auto.describe_auto_ml_job("another")["AutoMLJobName"]
    return [auto.describe_auto_ml_job()["AutoMLJobStatus"], auto.latest_auto_ml_job.describe()["AutoMLJobName"], other]


def best_candidate(world: World) -> Any:
    auto = _attached(world)
    best = auto.best_candidate()
    return [best["CandidateName"], best is auto.best_candidate(), len(world.aws.asked("DescribeAutoMLJob"))]


def best_candidate_of_another_job(world: World) -> Any:
    auto = _attached(world)
    auto.best_candidate(job_name="another")
    return [asked["AutoMLJobName"] for asked in world.aws.asked("DescribeAutoMLJob")]


def candidates(world: World) -> Any:
    world.aws.answers["ListCandidatesForAutoMLJob"] = {"Candidates": [_candidate()]}
    auto = _attached(world)
    found = auto.list_candidates()
    auto.list_candidates("another", "Completed", "c", None, "Descending", "Status", 5)
    return [[one["CandidateName"] for one in found], world.aws.asked("ListCandidatesForAutoMLJob")]


def attached(world: World) -> Any:
    auto = _attached(world)
    return _shown(auto)


def attached_with_every_argument(world: World) -> Any:
    channel = {
        **_channel(),
        "CompressionType": "Gzip",
        "ContentType": "text/csv",
        "SampleWeightAttributeName": "w",
    }
    config = {
        "CompletionCriteria": {
            "MaxCandidates": 3,
            "MaxRuntimePerTrainingJobInSeconds": 60,
            "MaxAutoMLJobRuntimeInSeconds": 600,
        },
        "SecurityConfig": {
            "VolumeKmsKeyId": "key-2",
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        },
        "CandidateGenerationConfig": {"FeatureSpecificationS3Uri": "s3://bucket/f"},
        "DataSplitConfig": {"ValidationFraction": 0.3},
        "Mode": "AUTO",
    }
    _jobs(
        world,
        InputDataConfig=[channel],
        AutoMLJobConfig=config,
        OutputDataConfig={"S3OutputPath": "s3://bucket/out", "KmsKeyId": "key-1"},
        ProblemType="Regression",
        AutoMLJobObjective={"MetricName": "MSE"},
        GenerateCandidateDefinitionsOnly=True,
        ModelDeployConfig={"AutoGenerateEndpointName": True, "EndpointName": "endpoint"},
    )
    world.aws.answers["ListTags"] = {"Tags": [{"Key": "a", "Value": "b"}]}
    return _shown(_attached(world))


def a_model(world: World) -> Any:
    model = _attached(world).create_model("model", inference_response_keys=["predicted_label", "probability"])
    model.create("ml.m5.large")
    return [model.name, [one.env for one in model.models], model.role]


def a_model_with_every_argument(world: World) -> Any:
    model = _attached(world).create_model(
        name="model",
        candidate=_candidate(),
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        enable_network_isolation=True,
        model_kms_key="key-1",
        predictor_cls=world["predictor.Predictor"],
    )
    model.create("ml.m5.large")
    return [one.model_kms_key for one in model.models]


def a_model_that_answers_what_it_cannot(world: World) -> None:
    _attached(world).create_model("model", inference_response_keys=["colour", "labels", "size"])


def a_model_that_answers_one_thing_only(world: World) -> None:
    candidate = _candidate()
    del candidate["InferenceContainers"][-1]["Environment"]["SAGEMAKER_INFERENCE_SUPPORTED"]
    _attached(world).create_model("model", candidate=candidate, inference_response_keys=["labels"])


def a_chain_with_a_gap(world: World) -> Any:
    containers = [
        {"Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "a,b"}},
        {"Environment": {}},
        {"Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "b"}},
        {"Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "a, b"}},
    ]
    world["automl.automl.AutoML"].validate_and_update_inference_response(containers, ["b", "a"])
    world["automl.automl.AutoML"].validate_and_update_inference_response([], None)
    return containers


def deployed(world: World) -> Any:
    predictor = _attached(world).deploy(
        initial_instance_count=2,
        instance_type="ml.m5.large",
        serializer=world["serializers.CSVSerializer"](),
        deserializer=world["deserializers.CSVDeserializer"](),
        candidate=world["automl.candidate_estimator.CandidateEstimator"](_candidate(), world.session()),
        name="model",
        endpoint_name="endpoint",
        tags={"a": "b"},
        wait=False,
        enable_network_isolation=True,
        model_kms_key="key-1",
        predictor_cls=world["predictor.Predictor"],
        inference_response_keys=["predicted_label"],
        volume_size=30,
        model_data_download_timeout=60,
        container_startup_health_check_timeout=61,
    )
    return [predictor.endpoint_name, predictor.accept]


def deployed_without_a_predictor(world: World) -> Any:
    return _attached(world).deploy(1, "ml.m5.large", name="model", wait=False)


# Candidates ---------------------------------------------------------------------------------------------------------


def steps_of_a_candidate(world: World) -> Any:
    estimator = _candidate_estimator(world)
    steps = estimator.get_steps()
    return [
        estimator.name,
        estimator.steps,
        [[step.name, step.type, step.inputs, sorted(step.description)[:3]] for step in steps],
    ]


def a_candidate_that_runs_again(world: World) -> Any:
    estimator = _candidate_estimator(world)
    estimator.fit("s3://bucket/more", candidate_name="another", wait=False, logs=False)
    return [estimator.name, [step["type"] for step in estimator.steps]]


def a_candidate_that_runs_again_with_every_argument(world: World) -> None:
    _candidate_estimator(world).fit(
        inputs="s3://bucket/more",
        volume_kms_key="key-1",
        encrypt_inter_container_traffic=True,
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    )


def a_candidate_that_runs_again_on_local_data(world: World) -> None:
    Path("train.csv").write_text("1,2")
    _candidate_estimator(world).fit("train.csv")


def a_candidate_with_logs_without_waiting(world: World) -> None:
    _candidate_estimator(world).fit("s3://bucket/more", wait=False)


def a_candidate_of_no_data(world: World) -> None:
    _candidate_estimator(world).fit(["s3://bucket/more"], wait=False, logs=False)


# The second version --------------------------------------------------------------------------------------------------


def second_of_a_table(world: World) -> Any:
    auto = _second(world)
    auto.fit(_data(world), wait=False, logs=False, job_name="job")
    return [auto.output_path, auto.current_job_name, auto.latest_auto_ml_job.name]


def second_with_every_argument(world: World) -> None:
    auto = _second(
        world,
        problem_config=_problem(world, "Tabular")(
            target_attribute_name="y",
            algorithms_config=["xgboost", "linear-learner"],
            feature_specification_s3_uri="s3://bucket/f",
            generate_candidate_definitions_only=False,
            mode="AUTO",
            problem_type="Regression",
            sample_weight_attribute_name="w",
            max_candidates=3,
            max_runtime_per_training_job_in_seconds=60,
            max_total_job_runtime_in_seconds=600,
        ),
        base_job_name="prices",
        output_path="s3://bucket/out",
        job_objective={"MetricName": "MSE"},
        validation_fraction=0.3,
        auto_generate_endpoint_name=False,
        endpoint_name="endpoint",
        output_kms_key="key-1",
        volume_kms_key="key-2",
        encrypt_inter_container_traffic=True,
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        tags={"a": "b"},
    )
    _fit(auto, [_data(world), _data(world, channel_type="validation")])


def second_of_pictures(world: World) -> None:
    config = _problem(world, "ImageClassification")
    _fit(_second(world, problem_config=config(3, 60, 600)), _data(world))


def second_of_texts(world: World) -> None:
    config = _problem(world, "TextClassification")
    _fit(_second(world, problem_config=config("text", "label", 3)), _data(world))


def second_of_language(world: World) -> None:
    config = _problem(world, "TextGeneration")("Falcon7BInstruct", False, {"epochCount": "1"}, max_candidates=1)
    _fit(_second(world, problem_config=config), _data(world))


def second_of_time_series(world: World) -> None:
    config = _problem(world, "TimeSeriesForecasting")(
        forecast_frequency="1D",
        forecast_horizon=7,
        item_identifier_attribute_name="item",
        target_attribute_name="y",
        timestamp_attribute_name="t",
        grouping_attribute_names=["shop"],
        feature_specification_s3_uri="s3://bucket/f",
        forecast_quantiles=["p10", "mean"],
        holiday_config="DE",
        aggregation={"y": "sum"},
        filling={"y": {"middlefill": "zero"}},
    )
    _fit(_second(world, problem_config=config), _data(world))


def second_of_the_least_time_series(world: World) -> Any:
    config = _problem(world, "TimeSeriesForecasting")("1D", 7, "item", "y", "t", [], None, [])
    _fit(_second(world, problem_config=config), _data(world))
    return config.to_request_dict()


def second_of_data_of_this_machine(world: World) -> Any:
    Path("train.csv").write_text("1,2")
    local = world["automl.automlv2.LocalAutoMLDataChannel"]("S3Prefix", "train.csv", "training", "Gzip", "text/csv")
    auto = _second(world)
    _fit(auto, local)
    _fit(auto, [local])
    return type(auto.inputs).__name__


def second_without_inputs(world: World) -> None:
    _second(world).fit(None, wait=False, job_name="job")


def second_without_a_role(world: World) -> None:
    _second(world, role=None)


def second_with_an_objective_without_a_problem(world: World) -> None:
    _second(world, job_objective={"MetricName": "MSE"})


def second_followed(world: World) -> None:
    _jobs(world)
    _second(world).fit(_data(world), job_name="job")


def second_followed_to_a_failure(world: World) -> None:
    _jobs(world, AutoMLJobStatus="Failed", FailureReason="No candidates.")
    _second(world).fit(_data(world), job_name="job")


def second_described(world: World) -> Any:
    _jobs(world)
    world.aws.answers["ListCandidatesForAutoMLJob"] = {"Candidates": [_candidate()]}
    auto = _second(world)
    _fit(auto, _data(world))
    return [
        auto.describe_auto_ml_job()["AutoMLJobStatus"],
        auto.best_candidate()["CandidateName"],
        len(auto.list_candidates(sort_by="Status")),
        auto.latest_auto_ml_job.describe()["AutoMLJobStatus"],
    ]


def second_deployed(world: World) -> Any:
    _jobs(world)
    auto = world["automl.automlv2.AutoMLV2"].attach("job", world.session())
    return auto.deploy(1, "ml.m5.large", name="model", endpoint_name="endpoint", wait=False)


def second_attached_to_each_kind(world: World) -> Any:
    problems = {
        "Tabular": _problem(world, "Tabular")("y", ["xgboost"], problem_type="Regression", mode="AUTO"),
        "ImageClassification": _problem(world, "ImageClassification")(3),
        "TextClassification": _problem(world, "TextClassification")("text", "label"),
        "TextGeneration": _problem(world, "TextGeneration")("Falcon7BInstruct", True, {"a": "b"}),
        "TimeSeriesForecasting": _problem(world, "TimeSeriesForecasting")("1D", 7, "i", "y", "t", ["g"]),
    }
    found = []
    for name, problem in problems.items():
        objective = {"AutoMLJobObjective": {"MetricName": "MSE"}} if name == "Tabular" else {}
        _jobs(world, AutoMLProblemTypeConfigName=name, AutoMLProblemTypeConfig=problem.to_request_dict(), **objective)
        auto = world["automl.automlv2.AutoMLV2"].attach("job", world.session())
        found.append([vars(auto.problem_config), auto.problem_config == problem])
        found.append([[vars(one) for one in auto.inputs], auto.job_objective, auto.endpoint_name, auto.output_kms_key])
        found.append([auto.auto_generate_endpoint_name, auto.validation_fraction, auto.current_job_name])
    return found


def second_of_a_first(world: World) -> None:
    first = _auto(
        world,
        problem_type="Regression",
        job_objective={"MetricName": "MSE"},
        max_candidates=3,
        mode="AUTO",
        output_path="s3://bucket/out",
        tags={"a": "b"},
        base_job_name="prices",
        validation_fraction=0.3,
    )
    second = world["automl.automlv2.AutoMLV2"].from_auto_ml(first)
    _fit(second, _data(world))


def a_job_that_is_not_there(world: World) -> None:
    world.aws.answers["DescribeAutoMLJob"] = Refusal("ResourceNotFound", "no such job")
    world["automl.automl.AutoML"].attach("job", world.session())


def _auto(world: World, **changes: Any) -> Any:
    arguments = {"role": ROLE, "target_attribute_name": "y", "sagemaker_session": world.session(), **changes}
    return world["automl.automl.AutoML"](**arguments)


def _second(world: World, **changes: Any) -> Any:
    arguments = {"role": ROLE, "sagemaker_session": world.session(), **changes}
    arguments.setdefault("problem_config", _problem(world, "Tabular")("y"))
    return world["automl.automlv2.AutoMLV2"](**arguments)


def _fit(auto: Any, inputs: Any) -> None:
    """Start a job, without what genuine v2 prints: the request."""
    with contextlib.redirect_stdout(io.StringIO()):
        auto.fit(inputs, wait=False, job_name="job")


def _problem(world: World, name: str) -> Any:
    return world[f"automl.automlv2.AutoML{name}Config"]


def _data(world: World, **changes: Any) -> Any:
    arguments = {"s3_data_type": "S3Prefix", "s3_uri": "s3://bucket/train.csv", "channel_type": "training", **changes}
    return world["automl.automlv2.AutoMLDataChannel"](**arguments)


def _attached(world: World) -> Any:
    if "DescribeAutoMLJob" not in world.aws.answers:
        _jobs(world)
    return world["automl.automl.AutoML"].attach("job", world.session())


def _candidate_estimator(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = training_description(
        EnableNetworkIsolation=False,
        EnableManagedSpotTraining=False,
        OutputDataConfig={"S3OutputPath": "s3://bucket/o"},
    )
    world.aws.answers["DescribeTransformJob"] = transform_description(
        DataProcessing={"InputFilter": "$"}, Environment={"A": "1"}
    )
    return world["automl.candidate_estimator.CandidateEstimator"](_candidate(), world.session())


def _shown(auto: Any) -> Any:
    hidden = ("sagemaker_session", "latest_auto_ml_job")
    return {name: value for name, value in vars(auto).items() if name not in hidden and not name.startswith("_")}


def _jobs(world: World, **changes: Any) -> None:
    """Let AWS have a job, which both versions describe."""
    world.aws.answers["DescribeAutoMLJob"] = world.aws.answers["DescribeAutoMLJobV2"] = {
        "AutoMLJobName": "job",
        "AutoMLJobArn": ARN,
        "InputDataConfig": [_channel()],
        "AutoMLJobInputDataConfig": [{"DataSource": _channel()["DataSource"], "ChannelType": "training"}],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "RoleArn": ROLE,
        "AutoMLProblemTypeConfigName": "ImageClassification",
        "AutoMLProblemTypeConfig": {"ImageClassificationJobConfig": {}},
        "AutoMLJobStatus": "Completed",
        "AutoMLJobSecondaryStatus": "Completed",
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
        "BestCandidate": _candidate(),
        **changes,
    }


def _channel() -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train.csv"}}
    return {"DataSource": source, "TargetAttributeName": "y"}


def _candidate() -> dict[str, Any]:
    kinds = {"TrainingJob": "train", "TransformJob": "transform", "ProcessingJob": "process"}
    return {
        "CandidateName": "candidate",
        "ObjectiveStatus": "Succeeded",
        "CandidateStatus": "Completed",
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
        "CandidateSteps": [
            {"CandidateStepType": f"AWS::SageMaker::{kind}", "CandidateStepArn": ARN, "CandidateStepName": name}
            for kind, name in kinds.items()
        ],
        "InferenceContainers": [
            {"Image": "one", "ModelDataUrl": "s3://bucket/one.tar.gz", "Environment": {"A": "1"}},
            {
                "Image": "two",
                "ModelDataUrl": "s3://bucket/two.tar.gz",
                "Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability,labels"},
            },
            {
                "Image": "three",
                "ModelDataUrl": "s3://bucket/three.tar.gz",
                "Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label, probability, labels"},
            },
        ],
    }
