"""Functions as steps of pipelines: `@step`."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from tests.parity.recording import REGION, ROLE, Refusal, body, training_description
from tests.parity.scenarios.last_steps import _refusals
from tests.parity.scenarios.pipelines import RUN, _defined, _parameter, _pipeline, _quiet, _session, _step, _training
from tests.parity.world import FRAMEWORK_IMAGE, World

DRIVER = "/opt/ml/input/data/sagemaker_remote_function_bootstrap/job_driver.sh"


def _function(world: World, function: Any, **changes: Any) -> Any:
    arguments = {"image_uri": FRAMEWORK_IMAGE, "role": ROLE, "instance_type": "ml.m5.large", "name": "Add", **changes}
    given = {name: value for name, value in arguments.items() if value != "left out"}
    return world["workflow.function_step.step"](**given)(function)


def _add(a: Any, b: Any = 1) -> Any:
    """Add."""
    return a + b


def _list(a: Any) -> list[Any]:
    """Put into a list."""
    return [a]


def _pair(a: Any) -> tuple[Any, Any]:
    """Put into a pair."""
    return a, a


def _bare(a):  # without a docstring and hints
    return a


def _kept(world: World, *steps: Any, **more: Any) -> Any:
    """Return a definition, and what the archives hold that were uploaded; put the calls into an order of names."""
    defined = _steady(_defined(world, *steps, **more))
    world.aws.calls[:] = sorted(map(_steady, world.aws.calls), key=lambda call: json.dumps(call, default=str))
    archives = [content for key, content in world.aws.stored.items() if key.endswith("workspace.zip")]
    return defined, [sorted(zipfile.ZipFile(io.BytesIO(content)).namelist()) for content in archives]


def _steady(value: Any) -> Any:
    """Return a value in which the name that v2 draws at random and the Python that plays are replaced."""
    if isinstance(value, str):
        return re.sub(
            r"^3\.\d+$", "<python>", re.sub(r"sagemaker_requirements_\w+", "sagemaker_requirements_<any>", value)
        )
    if isinstance(value, dict):
        return {name: _steady(item) for name, item in value.items()}
    return type(value)(map(_steady, value)) if isinstance(value, (list, tuple)) else value


@_quiet
def a_function(world: World) -> Any:
    return _kept(world, _function(world, _add)(1, b=2))


@_quiet
def a_function_with_everything(world: World) -> Any:
    world.files(needs_txt="numpy\n")
    retry = world["workflow.retry.StepRetryPolicy"]([world["workflow.retry.StepExceptionTypeEnum"].THROTTLING])
    add = _function(
        world,
        _add,
        display_name="shown",
        description="said",
        retry_policies=[retry],
        dependencies="needs.txt",
        pre_execution_commands=["echo 1", "echo 2"],
        environment_variables={"A": "1"},
        job_conda_env="base",
        job_name_prefix="prices",
        keep_alive_period_in_seconds=60,
        max_retry_attempts=3,
        max_runtime_in_seconds=600,
        security_group_ids=["sg-1"],
        subnets=["subnet-1"],
        tags={"a": "b"},
        volume_kms_key="key",
        volume_size=50,
        encrypt_inter_container_traffic=True,
        use_spot_instances=True,
        max_wait_time_in_seconds=700,
    )
    return _kept(world, add(1))


@_quiet
def a_function_of_variables(world: World) -> Any:
    text, count = _parameter(world, "String", "Text"), _parameter(world, "Integer", "Count", 1)
    flag = _parameter(world, "Boolean", name="Flag", default_value=True)
    add = _function(
        world,
        _add,
        image_uri=text,
        instance_type=text,
        environment_variables={"A": text},
        job_conda_env=text,
        keep_alive_period_in_seconds=count,
        max_retry_attempts=count,
        max_runtime_in_seconds=count,
        security_group_ids=[text],
        subnets=[text],
        volume_kms_key=text,
        volume_size=count,
        encrypt_inter_container_traffic=flag,
        use_spot_instances=flag,
        max_wait_time_in_seconds=count,
    )
    return _kept(world, add(text, b=count), parameters=[text, count, flag])


@_quiet
def arguments_that_a_run_decides(world: World) -> Any:
    session = _session(world)
    variables = world["workflow.execution_variables.ExecutionVariables"]
    train = _step(world, "steps.TrainingStep", "Train", _training(world, session))
    add, more = _function(world, _add), _function(world, _add, name="More")
    rate = _parameter(world, "Float", "Rate", 0.5)
    first = add(train.properties.ModelArtifacts.S3ModelArtifacts, b=variables.PIPELINE_NAME)
    second = more(rate, b=variables.START_DATETIME)
    return _kept(world, first, second, parameters=[rate], sagemaker_session=session)


@_quiet
def what_arguments_become_in_their_pickle(world: World) -> Any:
    kinds = [_parameter(world, kind, name=kind) for kind in ("String", "Integer", "Float", "Boolean")]
    variables = world["workflow.execution_variables.ExecutionVariables"]
    before = _function(world, _list, name="Before")(1)
    returned = _function(world, _bare_list)(*kinds, variables.PIPELINE_NAME, before[0], kept=before)
    step = world["workflow.step_outputs.get_step"](returned)
    read = world["remote_function.core.serialization.CloudpickleSerializer"].deserialize
    args, kwargs = read("s3://bucket/arguments", step._serialized_data.args)
    return [_seen(value) for value in args], {name: _seen(value) for name, value in kwargs.items()}


def _bare_list(*values: Any, kept: Any = None) -> Any:
    """Take all."""
    return values, kept


def _seen(value: Any) -> Any:
    if type(value).__module__.startswith(("sagemaker.", "sagewright.")):
        return [type(value).__name__, {name: _seen(item) for name, item in sorted(vars(value).items())}]
    return value


@_quiet
def functions_in_a_row(world: World) -> Any:
    first = _function(world, _list, name="First")(1)
    second = _function(world, _pair, name="Second")(a=first[0])
    last = _function(world, _add, name="Last")(second[1]["key"][2], b=first)
    pipeline = _pipeline(world, last)
    graph = world["workflow.pipeline.PipelineGraph"].from_pipeline(pipeline)
    world.aws.calls.clear()
    followers = {name: sorted(after) for name, after in graph.adjacency_list.items()}
    return _kept(world, last), followers


@_quiet
def a_row_that_is_named_in_full(world: World) -> Any:
    first = _function(world, _list, name="First")(1)
    second = _function(world, _add, name="Second")(first[0])
    other = _function(world, _add, name="Other")(3)
    step = world["workflow.step_outputs.get_step"]
    step(other).add_depends_on([first, "Second"])
    return _kept(world, other, second, first)


@_quiet
def returns_in_conditions(world: World) -> Any:
    score = _function(world, _add, name="Score")(1)
    conditions = world["workflow.conditions.ConditionGreaterThan"](score["rmse"], 0.5)
    good = _function(world, _add, name="Good")(score)
    bad = _step(world, "fail_step.FailStep", "Bad", error_message="bad")
    choose = _step(
        world, "condition_step.ConditionStep", "Choose", conditions=[conditions], if_steps=[good], else_steps=[bad]
    )
    after = _function(world, _add, name="After")(2)
    world["workflow.step_outputs.get_step"](after).add_depends_on([choose])
    pipeline = _pipeline(world, choose, after)
    graph = world["workflow.pipeline.PipelineGraph"].from_pipeline(pipeline)
    world.aws.calls.clear()
    return _kept(world, choose, after), {name: sorted(to) for name, to in graph.adjacency_list.items()}


@_quiet
def returns_in_other_steps(world: World) -> Any:
    session = _session(world)
    kind = _function(world, _add, name="Kind")("ml.m5.large")
    join = world["workflow.functions.Join"](on="-", values=["was", kind["name"]])
    train = _step(
        world, "steps.TrainingStep", "Train", _training(world, session, instance_type=kind, environment={"A": join})
    )
    fail = _step(world, "fail_step.FailStep", "Fail", error_message=join)
    fail.add_depends_on([kind])
    return _kept(world, train, fail, sagemaker_session=session)


@_quiet
def expressions_of_returns(world: World) -> Any:
    value = _function(world, _add)(1)
    listed, pair = _function(world, _list)(1), _function(world, _pair)(a=1)
    found = (value, value[1], value["a"], value[1]["a"][2], listed, listed[0]["a"], pair[1], value.to_string())
    return [each.expr for each in found], [type(each).__name__ for each in found]


@_quiet
def steps_that_name_themselves(world: World) -> Any:
    get = world["workflow.step_outputs.get_step"]
    made = get(_function(world, _bare, name="left out")(1))
    named = get(_function(world, _add)(1))
    name = re.sub(r"[0-9a-f]{8}-.*", "<uuid>", made.name)
    shown = [name, len(made.name) < 64, made.display_name, made.description.endswith("function_steps.py")]
    return shown, [named.name, named.display_name, named.description], named.ref, named.step_type.value, named.func_args


@_quiet
def two_names_for_one_function(world: World) -> Any:
    add = _function(world, _add, name="left out")
    first, second = add(1), add(2)
    get = world["workflow.step_outputs.get_step"]
    return get(first).name == get(second).name, add.__name__, add.__doc__


@_quiet
def one_name_for_two_steps(world: World) -> Any:
    add = _function(world, _add)
    return _defined(world, add(1), add(2))


@_quiet
def a_function_of_the_configuration(world: World) -> Any:
    world.files(here_py="A = 1\n", needs_txt="numpy\n", notes_md="n")
    module = {
        "Dependencies": "needs.txt",
        "EnvironmentVariables": {"A": "b"},
        "ImageUri": FRAMEWORK_IMAGE,
        "IncludeLocalWorkDir": True,
        "InstanceType": "ml.m5.xlarge",
        "PreExecutionCommands": ["ls"],
        "RoleArn": ROLE,
        "S3KmsKeyId": "key",
        "S3RootUri": "s3://configured/root",
        "Tags": [{"Key": "a", "Value": "b"}],
        "VolumeKmsKeyId": "volume",
        "VpcConfig": {"SecurityGroupIds": ["sg-2"], "Subnets": ["subnet-2"]},
    }
    config = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"RemoteFunction": module}}}}
    session = _session(world, sagemaker_config=config)
    left = {"image_uri": "left out", "role": "left out", "instance_type": "left out"}
    first = _function(world, _add, **left)(1)
    return _kept(world, _function(world, _add, name="More", **left)(first), sagemaker_session=session)


@_quiet
def a_function_below_a_prefix(world: World) -> Any:
    return _kept(world, _function(world, _add)(1), sagemaker_session=_session(world, default_bucket_prefix="team"))


@_quiet
def a_script_before_the_function(world: World) -> Any:
    world.files(before_sh="ls\n")
    return _kept(world, _function(world, _add, pre_execution_script="before.sh")(1))


@_quiet
def a_name_that_stays(world: World) -> Any:
    config = world["workflow.pipeline_definition_config.PipelineDefinitionConfig"](use_custom_job_prefix=True)
    return _kept(world, _function(world, _add, job_name_prefix="prices")(1), pipeline_definition_config=config)


@_quiet
def where_checkpoints_are_kept(world: World) -> Any:
    place = world["remote_function.checkpoint_location.CheckpointLocation"]("s3://bucket/checkpoints")
    return _kept(world, _function(world, _add)(place))


@_quiet
def a_spark_application(world: World) -> Any:
    spark = world["remote_function.spark_config.SparkConfig"](spark_event_logs_uri="s3://bucket/logs")
    add = _function(world, _add, image_uri="left out", spark_config=spark, instance_count=2)
    return _refusals(lambda: _kept(world, add(1)))


@_quiet
def what_no_function_of_a_step_is(world: World) -> Any:
    text = _parameter(world, "String", "Text")
    join, get = world["workflow.functions.Join"]("/", [text]), world["workflow.functions.JsonGet"]("A", "b", "c")
    add, listed = _function(world, _add), _function(world, _list)(1)
    return [
        [name, _plain_types(message)]
        for name, message in _refusals(
            lambda: _function(world, _add, dependencies="auto_capture"),
            lambda: add(join),
            lambda: add(1, b=get),
            add,
            lambda: add(1, 2, 3),
            lambda: add(1, c=2),
            lambda: listed["a"],
            lambda: list(listed),
            lambda: [*add(1)],
            lambda: world["workflow.step_outputs.get_step"](add(1)).properties,
            lambda: setattr(world["workflow.step_outputs.get_step"](add(1)), "depends_on", []),
        )
    ]


def _plain_types(message: str) -> str:
    """Return a message in which classes go by their names alone."""
    return re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"<class \1>", message)


@_quiet
def settings_that_contradict_each_other(world: World) -> Any:
    def built(**changes: Any) -> None:
        try:
            _defined(world, _function(world, _add, **changes)(1))
        finally:
            world.aws.calls.clear()

    return _refusals(
        lambda: built(instance_type="left out"),
        lambda: built(instance_count=2),
        lambda: built(pre_execution_commands=["ls"], pre_execution_script="ls.sh"),
        lambda: built(spark_config=world["remote_function.spark_config.SparkConfig"]()),
        lambda: built(dependencies="needs.json"),
    )


def _result(world: World, steps: Sequence[Any], name: str = "Add") -> Any:
    get = world["workflow.pipeline.get_function_step_result"]
    return get(name, list(steps), "abc", _session(world))


def _described(world: World, **changes: Any) -> None:
    algorithm = {"TrainingImage": "i", "TrainingInputMode": "File", "ContainerEntrypoint": ["/bin/bash", DRIVER]}
    output = {"S3OutputPath": "s3://bucket/prices/abc/Add/results"}
    description = training_description(AlgorithmSpecification=algorithm, OutputDataConfig=output, **changes)
    world.aws.answers["DescribeTrainingJob"] = description


def _stored(world: World, value: Any) -> None:
    pickled = pickle.dumps(value)
    said = {
        "sha256_hash": hashlib.sha256(pickled).hexdigest(),
        "version": "2023-04-24",
        "python_version": "3.11.7",
        "serialization_module": "cloudpickle",
    }
    contents = [json.dumps(said).encode(), pickled]
    world.aws.answers["HeadObject"] = [{"ContentLength": len(content), "ETag": '"e"'} for content in contents]
    world.aws.answers["GetObject"] = [{"Body": body(each), "ContentLength": len(each)} for each in contents]


STEP = {
    "StepName": "Add",
    "StepStatus": "Succeeded",
    "Metadata": {"TrainingJob": {"Arn": f"arn:aws:sagemaker:{REGION}:123456789012:training-job/job"}},
}


@_quiet
def what_a_function_has_returned(world: World) -> Any:
    _described(world)
    _stored(world, {"sum": 3})
    return _result(world, [STEP]), [params["Key"] for params in world.aws.asked("GetObject")]


@_quiet
def what_a_function_of_an_older_version_has_returned(world: World) -> Any:
    _described(world)
    world.aws.answers["DescribeTrainingJob"]["OutputDataConfig"]["S3OutputPath"] = "s3://bucket/prices"
    _stored(world, 3)
    return _result(world, [STEP]), [params["Key"] for params in world.aws.asked("GetObject")]


@_quiet
def what_a_run_has_returned(world: World) -> Any:
    _described(world)
    _stored(world, [3])
    world.aws.answers["DescribePipelineExecution"] = {"PipelineExecutionStatus": "Succeeded"}
    world.aws.answers["ListPipelineExecutionSteps"] = {"PipelineExecutionSteps": [STEP]}
    run = world["workflow.pipeline._PipelineExecution"](RUN.rpartition("/")[0] + "/abc", _session(world))
    return run.result("Add")


@_quiet
def no_function_has_returned(world: World) -> Any:
    other = {"StepName": "Other", "Metadata": {"ProcessingJob": {"Arn": "arn:aws:x"}}}
    _described(world, TrainingJobStatus="Failed")
    found = _refusals(
        lambda: _result(world, [STEP], "Missing"),
        lambda: _result(world, [STEP, other], "Other"),
        lambda: _result(world, [STEP]),
    )
    world.aws.answers["DescribeTrainingJob"] = training_description(
        AlgorithmSpecification={"TrainingImage": "i", "TrainingInputMode": "File", "ContainerEntrypoint": ["python"]}
    )
    found += _refusals(lambda: _result(world, [STEP]))
    world.aws.answers["DescribeTrainingJob"] = Refusal("ValidationException", "no such job")
    return found + [name for name, _ in _refusals(lambda: _result(world, [STEP]))]
