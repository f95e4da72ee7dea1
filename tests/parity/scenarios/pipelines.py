"""Pipelines: their definitions, and what is asked of the service for them."""

from __future__ import annotations

import functools
import json
import os
import warnings
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from tests.parity.recording import BUCKET, REGION, ROLE, Refusal
from tests.parity.world import FRAMEWORK_IMAGE, IMAGE, World

ARN = f"arn:aws:sagemaker:{REGION}:123456789012:pipeline/prices"
RUN = f"{ARN}/execution/abc123def456"
FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:notify"


def _quiet(scenario: Callable[[World], Any]) -> Callable[[World], Any]:
    """Play a scenario without the warnings that a pipeline's session gives for every step."""

    @functools.wraps(scenario)
    def played(world: World) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return scenario(world)

    return played


def _session(world: World, **changes: Any) -> Any:
    arguments = {"boto_session": world.aws.boto_session(), "default_bucket": BUCKET, **changes}
    return world["workflow.pipeline_context.PipelineSession"](**arguments)


def _parameter(world: World, kind: str, *arguments: Any, **more: Any) -> Any:
    return world[f"workflow.parameters.Parameter{kind}"](*arguments, **more)


def _step(world: World, path: str, *arguments: Any, **more: Any) -> Any:
    return world[f"workflow.{path}"](*arguments, **more)


def _defined(world: World, *steps: Any, **more: Any) -> Any:
    """Return a pipeline's definition."""
    return json.loads(_pipeline(world, *steps, **more).definition())


def _pipeline(world: World, *steps: Any, **more: Any) -> Any:
    more.setdefault("sagemaker_session", _session(world))
    return world["workflow.pipeline.Pipeline"]("prices", steps=list(steps), **more)


def _training(world: World, session: Any, **changes: Any) -> Any:
    inputs = changes.pop("inputs", {"train": "s3://bucket/train"})
    return world.estimator(sagemaker_session=session, **changes).fit(inputs)


def _framework(world: World, session: Any, **changes: Any) -> Any:
    return world.framework("pytorch.PyTorch", sagemaker_session=session, **changes)


@_quiet
def an_empty_pipeline(world: World) -> Any:
    return _defined(world)


@_quiet
def parameters_of_every_kind(world: World) -> Any:
    parameters = [
        _parameter(world, "String", "Rows", "s3://bucket/rows", ["s3://bucket/rows", "s3://bucket/more"]),
        _parameter(world, "String", name="Needed"),
        _parameter(world, "Integer", "Count", 2),
        _parameter(world, "Float", "Rate", 0.5),
        _parameter(world, "Boolean", name="Flag", default_value=True),
    ]
    return _defined(world, parameters=parameters)


@_quiet
def experiments_of_every_kind(world: World) -> Any:
    config = world["workflow.pipeline_experiment_config.PipelineExperimentConfig"]
    variables = world["workflow.execution_variables.ExecutionVariables"]
    own = config("prices", world["workflow.functions.Join"](on="-", values=["t", variables.PIPELINE_EXECUTION_ID]))
    session = _session(world)
    elsewhere = _session(world, boto_session=world.aws.boto_session("us-gov-west-1"))
    return [
        _defined(world, pipeline_experiment_config=own, sagemaker_session=session),
        _defined(world, pipeline_experiment_config=None, sagemaker_session=session),
        _defined(world, sagemaker_session=elsewhere),
    ]


@_quiet
def a_training_step(world: World) -> Any:
    session = _session(world)
    step = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    return _defined(world, step, sagemaker_session=session)


@_quiet
def a_training_step_of_variables(world: World) -> Any:
    session = _session(world)
    rows, kind = _parameter(world, "String", "Rows"), _parameter(world, "String", "Kind", "ml.m5.large")
    count, rate = _parameter(world, "Integer", "Count", 1), _parameter(world, "Float", "Rate", 0.1)
    flag = _parameter(world, "Boolean", name="Flag", default_value=False)
    image = _parameter(world, "String", "Image", IMAGE)
    role, key = _parameter(world, "String", "Role"), _parameter(world, "String", "Key")
    job = _training(
        world,
        session,
        image_uri=image,
        role=role,
        instance_count=count,
        instance_type=kind,
        volume_size=count,
        max_run=count,
        max_wait=count,
        input_mode=rows,
        use_spot_instances=flag,
        output_path=rows,
        output_kms_key=key,
        volume_kms_key=key,
        checkpoint_s3_uri=rows,
        checkpoint_local_path=rows,
        enable_network_isolation=flag,
        encrypt_inter_container_traffic=flag,
        environment={"RATE": rate},
        subnets=[key],
        security_group_ids=[key],
        tags=[{"Key": "k", "Value": key}],
        hyperparameters={"rate": rate, "rows": rows, "n": count, "flag": flag, "plain": 7},
        metric_definitions=[{"Name": "loss", "Regex": key}],
        inputs={
            "train": rows,
            "more": world["inputs.TrainingInput"](rows, content_type=key, distribution=kind, input_mode=key),
        },
    )
    parameters = [rows, kind, count, rate, flag, image, role, key]
    step = _step(world, "steps.TrainingStep", "Train", job)
    return _defined(world, step, parameters=parameters, sagemaker_session=session)


@_quiet
def a_training_step_with_a_script(world: World) -> Any:
    session = _session(world)
    estimator = _framework(world, session, hyperparameters={"epochs": 3, "name": "x"})
    job = estimator.fit("s3://bucket/train")
    return _defined(world, _step(world, "steps.TrainingStep", "Train", job), sagemaker_session=session)


@_quiet
def a_training_step_with_a_folder_of_code_below_a_prefix(world: World) -> Any:
    world.files(src__train_py="print(1)", src__more__help_py="x = 1", src__requirements_txt="numpy")
    session = _session(world, default_bucket_prefix="team/prices")
    estimator = _framework(
        world, session, source_dir="src", hyperparameters={"n": _parameter(world, "Integer", "N", 1)}
    )
    step = _step(world, "steps.TrainingStep", "Train", estimator.fit("s3://bucket/train"))
    return _defined(world, step, sagemaker_session=session)


@_quiet
def a_training_step_with_code_in_a_place_of_its_own(world: World) -> Any:
    session = _session(world)
    estimator = _framework(
        world, session, code_location="s3://other/code", output_path=_parameter(world, "String", "Out"), dependencies=[]
    )
    step = _step(world, "steps.TrainingStep", "Train", estimator.fit("s3://bucket/train"))
    return _defined(world, step, sagemaker_session=session)


@_quiet
def a_training_step_with_everything_else(world: World) -> Any:
    session = _session(world)
    cache = _step(world, "steps.CacheConfig", enable_caching=True, expire_after="P30D")
    retry = world["workflow.retry.StepRetryPolicy"](
        [world["workflow.retry.StepExceptionTypeEnum"].THROTTLING], max_attempts=5
    )
    of_job = world["workflow.retry.SageMakerJobStepRetryPolicy"](
        [world["workflow.retry.SageMakerJobExceptionTypeEnum"].RESOURCE_LIMIT],
        [world["workflow.retry.SageMakerJobExceptionTypeEnum"].CAPACITY_ERROR],
        backoff_rate=1.5,
        interval_seconds=60,
        expire_after_mins=120,
    )
    first = _step(world, "steps.TrainingStep", "First", _training(world, session))
    step = _step(
        world,
        "steps.TrainingStep",
        "Train",
        _training(world, session, disable_profiler=True),
        display_name="Train it",
        description="Trains the model.",
        cache_config=cache,
        depends_on=[first],
        retry_policies=[retry],
    )
    step.add_retry_policy(of_job)
    step.add_depends_on(["Other"])
    other = _step(world, "steps.TrainingStep", "Other", _training(world, session))
    return _defined(world, first, step, other, sagemaker_session=session)


@_quiet
def an_experiment_of_a_step(world: World) -> Any:
    session = _session(world)
    shown = {"ExperimentName": "e", "TrialName": "t", "TrialComponentDisplayName": "train"}
    estimator = world.estimator(sagemaker_session=session)
    one = _step(world, "steps.TrainingStep", "One", estimator.fit("s3://bucket/train", experiment_config=shown))
    bare = {"ExperimentName": "e"}
    two = _step(world, "steps.TrainingStep", "Two", estimator.fit("s3://bucket/train", experiment_config=bare))
    return _defined(world, one, two, sagemaker_session=session)


@_quiet
def names_that_users_choose(world: World) -> Any:
    session = _session(world)
    config = world["workflow.pipeline_definition_config.PipelineDefinitionConfig"](use_custom_job_prefix=True)
    estimator = world.estimator(sagemaker_session=session, base_job_name="prices")
    step = _step(world, "steps.TrainingStep", "Train", estimator.fit("s3://bucket/train"))
    named = _step(world, "steps.TrainingStep", "Named", estimator.fit("s3://bucket/train", job_name="mine"))
    return _defined(world, step, named, sagemaker_session=session, pipeline_definition_config=config)


@_quiet
def an_outdated_training_step(world: World) -> Any:
    rows = _parameter(world, "String", "Rows", "s3://bucket/rows")
    session = world.session()
    plain = world.estimator(sagemaker_session=session, hyperparameters={"n": 1}, instance_count=rows)
    scripted = _framework(world, session, hyperparameters={"n": 1})
    inputs = {"train": world["inputs.TrainingInput"](rows, content_type="text/csv")}
    steps = [
        _step(world, "steps.TrainingStep", name="Plain", estimator=plain, inputs=inputs),
        _step(world, "steps.TrainingStep", name="Scripted", estimator=scripted, inputs="s3://bucket/rows"),
    ]
    return _defined(world, *steps, parameters=[rows], sagemaker_session=session)


@_quiet
def a_model_of_what_was_trained(world: World) -> Any:
    session = _session(world)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    data = train.properties.ModelArtifacts.S3ModelArtifacts
    model = world.model(model_data=data, sagemaker_session=session, env={"A": _parameter(world, "String", "A")})
    step = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"), depends_on=[train])
    return _defined(world, train, step, sagemaker_session=session)


@_quiet
def a_model_whose_code_is_packed_by_the_run(world: World) -> Any:
    session = _session(world)
    world.files(inference_py="print(1)")
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    data = train.properties.ModelArtifacts.S3ModelArtifacts
    model = world["pytorch.PyTorchModel"](
        data, ROLE, "inference.py", image_uri=FRAMEWORK_IMAGE, sagemaker_session=session, model_kms_key="key"
    )
    settings = {"instance_type": "ml.m5.xlarge", "entry_point": "none.py"}
    step = _step(
        world,
        "model_step.ModelStep",
        "Keep",
        model.create("ml.m5.large", tags={"team": "prices"}),
        display_name="Keep it",
        repack_model_step_settings=settings,
    )
    return _defined(world, train, step, sagemaker_session=session)


@_quiet
def a_model_of_a_folder_of_code_in_a_network(world: World) -> Any:
    session = _session(world)
    world.files(src__inference_py="print(1)", src__help_py="x = 1")
    data = _parameter(world, "String", "Model", "s3://bucket/model.tar.gz")
    model = world.model(
        image_uri=FRAMEWORK_IMAGE,
        model_data=data,
        sagemaker_session=session,
        entry_point="inference.py",
        source_dir="src",
        name="mine",
        vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    )
    step = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    return _defined(world, step, sagemaker_session=session)


@_quiet
def models_in_a_row(world: World) -> Any:
    session = _session(world)
    world.files(inference_py="print(1)")
    data = _parameter(world, "String", "Model", "s3://bucket/model.tar.gz")
    scripted = world["pytorch.PyTorchModel"](
        data, ROLE, "inference.py", image_uri=FRAMEWORK_IMAGE, sagemaker_session=session
    )
    plain = world.model(model_data="s3://bucket/plain.tar.gz", sagemaker_session=session)
    row = world["pipeline.PipelineModel"]([plain, scripted], ROLE, sagemaker_session=session)
    step = _step(world, "model_step.ModelStep", "Keep", row.create("ml.m5.large"))
    return _defined(world, step, sagemaker_session=session)


@_quiet
def outdated_model_steps(world: World) -> Any:
    session = world.session()
    model = world.model(model_data=_parameter(world, "String", "Model"), sagemaker_session=session)
    row = world["pipeline.PipelineModel"]([model, model], ROLE, sagemaker_session=session)
    inputs = world["inputs.CreateModelInput"](instance_type="ml.m5.large")
    steps = [
        _step(world, "steps.CreateModelStep", name="One", model=model, inputs=inputs),
        _step(world, "steps.CreateModelStep", name="Row", model=row, inputs=inputs, display_name="Row"),
    ]
    return _defined(world, *steps, sagemaker_session=session)


@_quiet
def a_transform_step(world: World) -> Any:
    session = _session(world)
    model = world.model(sagemaker_session=session)
    keep = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    transformer = world["transformer.Transformer"](
        keep.properties.ModelName, 1, "ml.m5.large", sagemaker_session=session
    )
    rows = _parameter(world, "String", "Rows")
    job = transformer.transform(rows, content_type="text/csv", split_type="Line")
    cache = _step(world, "steps.CacheConfig", enable_caching=True)
    step = _step(world, "steps.TransformStep", "Transform", job, cache_config=cache)
    return _defined(world, keep, step, parameters=[rows], sagemaker_session=session)


@_quiet
def a_transform_step_of_variables_below_a_prefix(world: World) -> Any:
    session = _session(world, default_bucket_prefix="team")
    text, count = _parameter(world, "String", "Text"), _parameter(world, "Integer", "Count", 1)
    transformer = world["transformer.Transformer"](
        text,
        count,
        text,
        strategy=text,
        assemble_with=text,
        output_kms_key=text,
        accept=text,
        max_concurrent_transforms=count,
        max_payload=count,
        tags=[{"Key": "k", "Value": text}],
        env={"A": text},
        sagemaker_session=session,
        volume_kms_key=text,
    )
    job = transformer.transform(
        text,
        data_type=text,
        content_type=text,
        compression_type=text,
        split_type=text,
        input_filter=text,
        output_filter=text,
        join_source=text,
        batch_data_capture_config=world["inputs.BatchDataCaptureConfig"](text, text, True),
    )
    return _defined(world, _step(world, "steps.TransformStep", "Transform", job), sagemaker_session=session)


@_quiet
def an_outdated_transform_step(world: World) -> Any:
    session = world.session()
    transformer = world["transformer.Transformer"](
        "model", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=session
    )
    inputs = world["inputs.TransformInput"](_parameter(world, "String", "Rows"), content_type="text/csv")
    step = _step(world, "steps.TransformStep", name="Transform", transformer=transformer, inputs=inputs)
    return _defined(world, step, sagemaker_session=session)


def _conditions(world: World, *, of: Any) -> list[Any]:
    def make(name: str, *values: Any) -> Any:
        return world[f"workflow.conditions.Condition{name}"](*values)

    return [
        make("Equals", of, 1),
        make("GreaterThan", of, 0.5),
        make("GreaterThanOrEqualTo", 1, of),
        make("LessThan", of, _parameter(world, "Integer", "Count", 1)),
        make("LessThanOrEqualTo", of, 6.0),
        make("In", of, ["a", of, 3]),
        make("Not", make("Equals", of, True)),
        make("Or", [make("Equals", of, "a"), make("Not", make("In", of, [1]))]),
    ]


@_quiet
def conditions_of_every_kind(world: World) -> Any:
    session = _session(world)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    variables = world["workflow.execution_variables.ExecutionVariables"]
    after = _step(world, "steps.TrainingStep", "After", _training(world, session), depends_on=[train])
    join = world["workflow.functions.Join"](on=" ", values=["bad:", train.properties.TrainingJobName, 7])
    condition = _step(
        world,
        "condition_step.ConditionStep",
        name="Choose",
        depends_on=["Train"],
        display_name="Choose one",
        description="Chooses.",
        conditions=_conditions(world, of=train.properties.FinalMetricDataList["loss"].Value)
        + _conditions(world, of=variables.START_DATETIME),
        if_steps=[after],
        else_steps=[_step(world, "fail_step.FailStep", "Fail", error_message=join)],
    )
    return _defined(world, train, condition, sagemaker_session=session)


@_quiet
def conditions_within_conditions(world: World) -> Any:
    session = _session(world)
    count = _parameter(world, "Integer", "Count", 1)
    model = world.model(sagemaker_session=session)
    keep = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    equals = world["workflow.conditions.ConditionEquals"]
    inner = _step(
        world,
        "condition_step.ConditionStep",
        name="Inner",
        conditions=[equals(count, 2)],
        if_steps=[keep],
        else_steps=[_step(world, "fail_step.FailStep", "Fail", depends_on=["Train"], display_name="F")],
    )
    outer = _step(world, "condition_step.ConditionStep", name="Outer", conditions=[equals(count, 1)], if_steps=[inner])
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    return _defined(world, train, outer, parameters=[count], sagemaker_session=session)


@_quiet
def steps_that_come_along(world: World) -> Any:
    """A step that others refer to need not be listed."""
    session = _session(world)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    model = world.model(model_data=train.properties.ModelArtifacts.S3ModelArtifacts, sagemaker_session=session)
    keep = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    last = _step(world, "fail_step.FailStep", "Fail", depends_on=[keep])
    return _defined(world, last, sagemaker_session=session)


@_quiet
def functions_and_queues(world: World) -> Any:
    session = _session(world)
    kinds = world["workflow.lambda_step.LambdaOutputTypeEnum"]
    status = world["workflow.lambda_step.LambdaOutput"](output_name="status", output_type=kinds.Integer)
    answer = world["workflow.callback_step.CallbackOutput"](output_name="answer")
    helper = world["lambda_helper.Lambda"](function_arn=FUNCTION, session=session)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    call = _step(
        world,
        "lambda_step.LambdaStep",
        name="Call",
        lambda_func=helper,
        inputs={"a": "b", "job": train.properties.TrainingJobName, "list": [1, train.properties.TrainingJobArn]},
        outputs=[status],
        cache_config=_step(world, "steps.CacheConfig", True, "T12H"),
        display_name="Call it",
    )
    ask = _step(
        world,
        "callback_step.CallbackStep",
        name="Ask",
        sqs_queue_url=f"https://sqs.{REGION}.amazonaws.com/123456789012/q",
        inputs={"status": call.properties.Outputs["status"], "same": status},
        outputs=[answer],
        depends_on=[call],
        description="Asks.",
    )
    last = _step(world, "fail_step.FailStep", "Fail", error_message=ask.properties.Outputs["answer"])
    return _defined(world, train, call, ask, last, sagemaker_session=session)


@_quiet
def functions_that_are_made(world: World) -> Any:
    world.files(notify_py="def handler(event, context): ...")
    os.utime("notify.py", (10**9, 10**9))  # the archive holds it
    world.aws.answers["CreateFunction"] = Refusal("ResourceConflictException", "there is one", 409)
    world.aws.answers["UpdateFunctionCode"] = {"FunctionArn": FUNCTION}
    session = _session(world)
    made = world["lambda_helper.Lambda"](
        function_name="notify",
        execution_role_arn=ROLE,
        script="notify.py",
        handler="notify.handler",
        session=session,
        timeout=60,
        environment={"Variables": {"RATE": "1"}},
    )
    step = _step(world, "lambda_step.LambdaStep", name="Call", lambda_func=made)
    return _defined(world, step, sagemaker_session=session)


@_quiet
def clusters(world: World) -> Any:
    session = _session(world)
    config = world["workflow.emr_step.EMRStepConfig"](
        jar="s3://bucket/it.jar",
        args=["--a", _parameter(world, "String", "A")],
        main_class="it.Main",
        properties=[{"Key": "k", "Value": "v"}],
    )
    there = _step(
        world,
        "emr_step.EMRStep",
        name="There",
        display_name="There",
        description="On one that is there.",
        cluster_id="j-1",
        step_config=config,
        execution_role_arn=ROLE,
        cache_config=_step(world, "steps.CacheConfig", True, "P1D"),
    )
    own = _step(
        world,
        "emr_step.EMRStep",
        name="Own",
        display_name=None,
        description=None,
        cluster_id=None,
        step_config=world["workflow.emr_step.EMRStepConfig"]("s3://bucket/it.jar"),
        cluster_config={"Instances": {"InstanceGroups": [{"InstanceCount": 1}]}, "Applications": [{"Name": "Spark"}]},
        depends_on=[there],
    )
    return _defined(world, there, own, sagemaker_session=session)


# What is asked of the service ---------------------------------------------------------------------------------------


def _answers(world: World) -> None:
    world.aws.answers.update(
        CreatePipeline={"PipelineArn": ARN},
        UpdatePipeline={"PipelineArn": ARN},
        DescribePipeline={"PipelineArn": ARN, "PipelineName": "prices"},
        DeletePipeline={"PipelineArn": ARN},
        StartPipelineExecution={"PipelineExecutionArn": RUN},
        StopPipelineExecution={"PipelineExecutionArn": RUN},
        DescribePipelineExecution={"PipelineExecutionArn": RUN, "PipelineExecutionStatus": "Succeeded"},
        ListPipelineExecutions={"PipelineExecutionSummaries": [{"PipelineExecutionArn": RUN}], "Extra": 1},
        ListPipelineExecutionSteps={"PipelineExecutionSteps": [{"StepName": "Fail", "StepStatus": "Failed"}]},
        ListPipelineVersions={"PipelineVersionSummaries": [{"PipelineVersionId": 3}]},
        ListPipelineParametersForExecution=[
            {"PipelineParameters": [{"Name": "Rows", "Value": "a"}], "NextToken": "more"},
            {"PipelineParameters": [{"Name": "Count", "Value": "2"}]},
        ],
    )


def _plain_pipeline(world: World) -> Any:
    _answers(world)
    rows = _parameter(world, "String", "Rows", "s3://bucket/rows")
    fail = _step(world, "fail_step.FailStep", "Fail", error_message=rows)
    return _pipeline(world, fail, parameters=[rows])


def _asked(world: World) -> list[Any]:
    """Return what was asked about pipelines, reading included, but for who asks and whether the bucket is there."""
    left_out = ("GetCallerIdentity", "HeadBucket", "ListBuckets", "ListObjectsV2")
    asked = [(name, sorted(params.items())) for name, params in world.aws.calls if name not in left_out]
    return [[name, {k: v for k, v in params if k != "ClientRequestToken"}] for name, params in asked]


@_quiet
def a_pipeline_is_created(world: World) -> Any:
    pipeline = _plain_pipeline(world)
    parallel = world["workflow.parallelism_config.ParallelismConfiguration"](3)
    return [
        pipeline.create(ROLE, "Prices.", [{"Key": "team", "Value": "prices"}], parallel)["PipelineArn"],
        pipeline.update(ROLE, parallelism_config={"MaxParallelExecutionSteps": 2})["PipelineArn"],
        pipeline.describe()["PipelineName"],
        pipeline.describe(2)["PipelineName"],
        pipeline.delete()["PipelineArn"],
        pipeline.list_pipeline_versions("Ascending", 1, "t")["PipelineVersionSummaries"],
        pipeline.latest_pipeline_version_id,
        _asked(world),
    ]


@_quiet
def a_pipeline_that_is_there_is_replaced(world: World) -> Any:
    pipeline = _plain_pipeline(world)
    world.aws.answers["CreatePipeline"] = Refusal("ValidationException", "A pipeline of the name already exists.")
    first = pipeline.upsert(ROLE)["PipelineArn"]
    return [first, pipeline.upsert(role_arn=ROLE, description="d", tags={"a": "1"})["PipelineArn"], _asked(world)]


@_quiet
def a_pipeline_that_cannot_be_created(world: World) -> None:
    pipeline = _plain_pipeline(world)
    world.aws.answers["CreatePipeline"] = Refusal("ValidationException", "No.")
    pipeline.upsert(ROLE)


@_quiet
def a_pipeline_without_a_role(world: World) -> None:
    _plain_pipeline(world).upsert()


@_quiet
def a_long_definition_goes_to_s3(world: World) -> Any:
    _answers(world)
    fail = _step(world, "fail_step.FailStep", "Fail", error_message="x" * 102400)
    pipeline = _pipeline(world, fail, sagemaker_session=_session(world, default_bucket_prefix="team"))
    pipeline.create(ROLE)
    return _asked(world)


@_quiet
def runs(world: World) -> Any:
    pipeline = _plain_pipeline(world)
    selective = world["workflow.selective_execution_config.SelectiveExecutionConfig"]
    parallel = world["workflow.parallelism_config.ParallelismConfiguration"](3)
    run = pipeline.start()
    pipeline.start({"Rows": "s3://bucket/x", "Count": 3, "Flag": True}, "shown", "told", parallel, None, 2)
    pipeline.start(selective_execution_config=selective(["Fail"]))
    pipeline.start(selective_execution_config=selective(["Fail"], source_pipeline_execution_arn=RUN))
    pipeline.start(selective_execution_config=selective(["Fail"], reference_latest_execution=False))
    run.wait(delay=1, max_attempts=2)
    run.stop()
    return [
        run.arn,
        run.describe()["PipelineExecutionStatus"],
        run.list_steps(),
        run.list_parameters(1, "t")["PipelineParameters"],
        pipeline.list_executions("CreationTime", "Ascending", 5, "t"),
        _asked(world),
    ]


@_quiet
def a_run_that_fails(world: World) -> None:
    pipeline = _plain_pipeline(world)
    world.aws.answers["DescribePipelineExecution"] = {"PipelineExecutionStatus": "Failed"}
    pipeline.start().wait(1, 2)


@_quiet
def results_of_steps_that_are_no_functions(world: World) -> Any:
    run = _plain_pipeline(world).start()
    world.aws.answers["ListPipelineExecutionSteps"] = {
        "PipelineExecutionSteps": [{"StepName": "Model", "Metadata": {"Model": {"Arn": "a"}}}]
    }
    found = []
    for name in ("Model", "None"):
        try:
            run.result(name)
        except ValueError as error:
            found.append(str(error))
    return found


@_quiet
def values_of_an_earlier_run(world: World) -> Any:
    pipeline = _plain_pipeline(world)
    return [pipeline.build_parameters_from_execution(RUN, {"Count": 5}), _asked(world)]


@_quiet
def values_that_an_earlier_run_did_not_have(world: World) -> None:
    _plain_pipeline(world).build_parameters_from_execution(RUN, {"Typo": 5})


def _schedules(world: World) -> None:
    world.aws.answers.update(
        UpdateSchedule=Refusal("ResourceNotFoundException", "none", 404),
        CreateSchedule={"ScheduleArn": "arn:schedule"},
        GetSchedule={
            "Arn": "arn:schedule",
            "ScheduleExpression": "rate(1 hour)",
            "State": "ENABLED",
            "StartDate": datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc),
            "Target": {"RoleArn": ROLE},
        },
        DeleteSchedule=Refusal("ResourceNotFoundException", "none", 404),
    )


@_quiet
def schedules(world: World) -> Any:
    pipeline = _plain_pipeline(world)
    _schedules(world)
    schedule = functools.partial(
        world["workflow.triggers.PipelineSchedule"], start_date=datetime(2024, 5, 6, tzinfo=timezone.utc)
    )
    arns = pipeline.put_triggers(
        [
            schedule(name="often", rate=(10, "minutes")),
            schedule(at=datetime(2025, 1, 2, 3, 4, 5)),
            schedule(name="daily", cron="0 12 * * ? *", enabled=False),
        ],
        role_arn=ROLE,
    )
    pipeline.delete_triggers(["often"])
    found = [arns, pipeline.describe_trigger("often"), _asked(world)]
    world.aws.calls.clear()  # they are in the outcome; times are not written alike on the wire
    return found


# Refusals -----------------------------------------------------------------------------------------------------------


@_quiet
def two_steps_of_one_name(world: World) -> Any:
    fail = functools.partial(_step, world, "fail_step.FailStep")
    return _defined(world, fail("Fail"), fail("Fail"))


@_quiet
def a_step_that_waits_for_none(world: World) -> Any:
    return _defined(world, _step(world, "fail_step.FailStep", "Fail", depends_on=["Nobody"]))


@_quiet
def a_circle(world: World) -> Any:
    session = _session(world)
    one = _step(world, "steps.TrainingStep", "One", _training(world, session), depends_on=["Two"])
    two = _step(world, "steps.TrainingStep", "Two", _training(world, session), depends_on=["One"])
    world["workflow.pipeline.PipelineGraph"].from_pipeline(_pipeline(world, one, two, sagemaker_session=session))


@_quiet
def the_graph_of_a_pipeline(world: World) -> Any:
    session = _session(world)
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    model = world.model(model_data=train.properties.ModelArtifacts.S3ModelArtifacts, sagemaker_session=session)
    keep = _step(world, "model_step.ModelStep", "Keep", model.create("ml.m5.large"))
    last = _step(world, "fail_step.FailStep", "Fail", depends_on=[keep])
    graph = world["workflow.pipeline.PipelineGraph"].from_pipeline(
        _pipeline(world, train, keep, last, sagemaker_session=session)
    )
    edges = {name: sorted(after) for name, after in graph.adjacency_list.items()}
    return [sorted(edges.items()), [step.name for step in graph], sorted(graph.get_steps_in_sub_dag(keep))]


@_quiet
def step_arguments_of_another_call(world: World) -> None:
    session = _session(world)
    _step(world, "steps.TransformStep", "Transform", _training(world, session))


@_quiet
def step_arguments_that_are_none(world: World) -> None:
    _step(world, "steps.TrainingStep", "Train", {"a": 1})


@_quiet
def neither_arguments_nor_an_estimator(world: World) -> None:
    _step(world, "steps.TrainingStep", "Train")


@_quiet
def a_job_policy_for_a_model(world: World) -> None:
    session = _session(world)
    policy = world["workflow.retry.SageMakerJobStepRetryPolicy"](
        [world["workflow.retry.SageMakerJobExceptionTypeEnum"].INTERNAL_ERROR], max_attempts=1
    )
    arguments = world.model(sagemaker_session=session).create("ml.m5.large")
    _step(world, "model_step.ModelStep", "Keep", arguments, retry_policies=[policy])


@_quiet
def policies_that_contradict_themselves(world: World) -> Any:
    policy = world["workflow.retry.RetryPolicy"]
    found = []
    for given in (
        {"max_attempts": 21},
        {"expire_after_mins": 14401},
        {"backoff_rate": -1.0},
        {"interval_seconds": -1},
        {},
    ):
        try:
            found.append(policy(**given).to_request())
        except (AssertionError, ValueError) as error:
            found.append([type(error).__name__, str(error)])
    return found


@_quiet
def clusters_that_contradict_themselves(world: World) -> Any:
    config = world["workflow.emr_step.EMRStepConfig"]("s3://bucket/it.jar")
    groups: dict[str, Any] = {"InstanceGroups": []}
    found = []
    contradictions: list[dict[str, Any]] = [
        {},
        {"cluster_id": "j-1", "cluster_config": {"Instances": groups}},
        {"cluster_config": {"Instances": groups}, "execution_role_arn": ROLE},
        {"cluster_config": {"Name": "n", "Instances": groups}},
        {"cluster_config": {"Applications": []}},
        {"cluster_config": {"Instances": {"TerminationProtected": True}}},
        {"cluster_config": {"Instances": {"InstanceGroups": [], "InstanceFleets": []}}},
    ]
    for given in contradictions:
        arguments: dict[str, Any] = {"cluster_id": None, **given}
        try:
            _step(
                world, "emr_step.EMRStep", name="E", display_name="d", description="d", step_config=config, **arguments
            )
        except ValueError as error:
            found.append(str(error))
    return found
