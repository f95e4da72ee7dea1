"""Functions that run as jobs: their requests, and what is uploaded."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pickle
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from tests.parity.recording import ROLE, THE_TIME, Refusal, body, training_description
from tests.parity.world import FRAMEWORK_IMAGE, World

IMAGE = FRAMEWORK_IMAGE


def settings_left_out(world: World) -> Any:
    settings = _settings(world)
    names = (
        "dependencies environment_variables image_uri include_local_workdir instance_count instance_type job_conda_env "
        "keep_alive_period_in_seconds max_retry_attempts max_runtime_in_seconds role s3_kms_key s3_root_uri tags "
        "use_spot_instances volume_kms_key volume_size vpc_config encrypt_inter_container_traffic"
    )
    return {name: getattr(settings, name) for name in names.split()}


def _settings(world: World, **changes: Any) -> Any:
    return world["remote_function.job._JobSettings"](**_arguments(world, **changes))


def _arguments(world: World, **changes: Any) -> dict[str, Any]:
    given = {"image_uri": IMAGE, "role": ROLE, "instance_type": "ml.m5.large", **changes}
    given.setdefault("sagemaker_session", world.session())
    return {name: value for name, value in given.items() if value != "left out"}


def _job(world: World, *args: Any, **changes: Any) -> Any:
    """Start a function's job; return what its request holds beside what was uploaded."""
    kwargs = changes.pop("kwargs", {})
    return world["remote_function.job._Job"].start(_settings(world, **changes), _add, args, kwargs)


def _add(a: Any, b: Any = 1) -> Any:
    return a + b


def job(world: World) -> Any:
    name = _job(world, 1).job_name
    return [name, _kept(world)]


def job_with_everything(world: World) -> Any:
    world.files(needs_txt="numpy\n", a_py="A = 1\n", sub__b_py="B = 1\n", notes_md="n")
    _job(
        world,
        1,
        kwargs={"b": world["remote_function.CheckpointLocation"]("s3://bucket/checkpoints")},
        dependencies="needs.txt",
        pre_execution_commands=["echo 1", "echo 2"],
        environment_variables={"A": "1"},
        include_local_workdir=True,
        instance_count=1,
        job_conda_env="base",
        job_name_prefix="prices",
        keep_alive_period_in_seconds=60,
        max_retry_attempts=3,
        max_runtime_in_seconds=600,
        s3_kms_key="key-1",
        s3_root_uri="s3://mine/jobs",
        security_group_ids=["sg-1"],
        subnets=["subnet-1"],
        tags=[{"Key": "a", "Value": "b"}],
        volume_kms_key="key-2",
        volume_size=50,
        encrypt_inter_container_traffic=True,
        use_spot_instances=True,
        max_wait_time_in_seconds=700,
        disable_output_compression=True,
        nproc_per_node=2,
    )
    return _kept(world)


def job_of_torchrun(world: World) -> Any:
    _job(world, 1, use_torchrun=True, instance_count=2, nproc_per_node=4)
    return _kept(world)


def job_of_mpirun(world: World) -> Any:
    _job(world, 1, use_mpirun=True, instance_count=2)
    return _kept(world)


def job_of_one_instance_with_torchrun(world: World) -> Any:
    _job(world, 1, use_torchrun=True)
    return _kept(world)


def job_that_is_a_spark_application(world: World) -> Any:
    world.files(one_py="1", two_jar="2", three_txt="3")
    spark = world["remote_function.SparkConfig"](
        submit_jars=["two.jar", "s3://bucket/more.jar"],
        submit_py_files=["one.py"],
        submit_files=["three.txt"],
        configuration={"Classification": "spark-defaults", "Properties": {"spark.executor.memory": "2g"}},
        spark_event_logs_uri="s3://bucket/events",
    )
    with _python(3, 9):
        settings = _settings(world, spark_config=spark, image_uri=None, instance_count=2)
    world["remote_function.job._Job"].start(settings, _add, (1,), {})
    return [settings.image_uri, _kept(world)]


def spark_without_files(world: World) -> Any:
    with _python(3, 9):
        settings = _settings(world, spark_config=world["remote_function.SparkConfig"](), image_uri=None)
    world["remote_function.job._Job"].start(settings, _add, (1,), {})
    return _kept(world)


def spark_files_that_are_not_there(world: World) -> Any:
    spark = world["remote_function.SparkConfig"](submit_jars=["absent.jar"])
    with _python(3, 9):
        settings = _settings(world, spark_config=spark, image_uri=None)
    try:
        world["remote_function.job._Job"].start(settings, _add, (1,), {})
    finally:
        _kept(world)


def spark_of_another_python(world: World) -> Any:
    with _python(3, 10):
        return _settings(world, spark_config=world["remote_function.SparkConfig"](), image_uri=None)


def spark_settings_that_are_none(world: World) -> Any:
    return world["remote_function.SparkConfig"](configuration={"Classification": "spark-defaults"})


def spark_events_elsewhere(world: World) -> Any:
    return world["remote_function.SparkConfig"](spark_event_logs_uri="/events")


def spark_and_an_image(world: World) -> Any:
    return _settings(world, spark_config=world["remote_function.SparkConfig"]())


def spark_and_conda(world: World) -> Any:
    return _settings(world, spark_config=world["remote_function.SparkConfig"](), image_uri=None, job_conda_env="own")


def spark_and_captured_dependencies(world: World) -> Any:
    return _settings(
        world, spark_config=world["remote_function.SparkConfig"](), image_uri=None, dependencies="auto_capture"
    )


def default_images(world: World) -> Any:
    found = []
    for version in ((3, 8), (3, 10)):
        with _python(*version):
            found.append(_settings(world, image_uri=None).image_uri)
    os.environ["SAGEMAKER_INTERNAL_IMAGE_URI"] = "own-image"
    try:
        found.append(_settings(world, image_uri=None).image_uri)
    finally:
        del os.environ["SAGEMAKER_INTERNAL_IMAGE_URI"]
    return found


def no_default_image_with_this_python(world: World) -> Any:
    with _python(3, 12):
        return _settings(world, image_uri=None)


def no_instance_type(world: World) -> Any:
    return _settings(world, instance_type="left out")


def commands_and_a_script_before(world: World) -> Any:
    return _settings(world, pre_execution_commands=["echo"], pre_execution_script="a.sh")


def script_before_the_function(world: World) -> Any:
    world.files(setup_sh="echo hello\n", env_yml="name: own\n")
    _job(world, 1, pre_execution_script="setup.sh", dependencies="env.yml")
    return _kept(world)


def working_folder_by_a_filter(world: World) -> Any:
    world.files(a_py="1", b_csv="1", c_txt="1", sub__d_csv="1")
    kept = world["remote_function.CustomFileFilter"](ignore_name_patterns=["*.csv"])
    _job(world, 1, include_local_workdir=True, custom_file_filter=kept)
    return [kept.ignore_name_patterns, _kept(world)]


def working_folder_by_a_function(world: World) -> Any:
    world.files(a_py="1", b_csv="1", sub__c_py="1")
    _job(world, 1, include_local_workdir=True, custom_file_filter=lambda folder, names: ["sub"])
    return _kept(world)


def dependencies_that_are_not_there(world: World) -> Any:
    try:
        _job(world, 1, dependencies="absent.txt")
    finally:
        world.aws.calls.clear()  # v2 has stored the function and its scripts before it looks


def dependencies_of_no_known_kind(world: World) -> Any:
    try:
        _job(world, 1, dependencies="poetry.lock")
    finally:
        world.aws.calls.clear()  # v2 has stored the function and its scripts before it looks


def sagemaker_that_is_too_old(world: World) -> Any:
    world.files(needs_txt="sagemaker==2.200.0\n")
    try:
        _job(world, 1, dependencies="needs.txt")
    finally:
        world.aws.calls.clear()  # as above


def sagemaker_that_is_new_enough(world: World) -> Any:
    world.files(needs_txt="numpy\nsagemaker>=2.256.0,<3.0.0\n")
    _job(world, 1, dependencies="needs.txt")
    return _kept(world)


def names_of_jobs(world: World) -> Any:
    def __first_(x: Any) -> Any:
        return x

    found, start = [], world["remote_function.job._Job"].start
    for function in (_add, __first_, lambda x: x):
        found.append(start(_settings(world), function, (1,), {}).job_name)
    _kept(world)
    return found


def two_places_for_checkpoints(world: World) -> Any:
    place = world["remote_function.CheckpointLocation"]("s3://bucket/a")
    try:
        _job(world, place, kwargs={"b": place})
    finally:
        world.aws.calls.clear()  # v2 stores the function before it looks


def checkpoints_elsewhere(world: World) -> Any:
    return world["remote_function.CheckpointLocation"]("/checkpoints")


def place_of_checkpoints(world: World) -> Any:
    return os.fspath(world["remote_function.CheckpointLocation"]("s3://bucket/a"))


def settings_of_the_configuration(world: World) -> Any:
    defaults = {
        "Dependencies": "needs.txt",
        "PreExecutionCommands": ["echo 1"],
        "EnvironmentVariables": {"A": "1"},
        "ImageUri": "own-image",
        "IncludeLocalWorkDir": True,
        "CustomFileFilter": {"IgnoreNamePatterns": ["*.csv"]},
        "InstanceType": "ml.c5.large",
        "JobCondaEnvironment": "own",
        "RoleArn": ROLE,
        "S3KmsKeyId": "key-1",
        "S3RootUri": "s3://mine/jobs",
        "Tags": [{"Key": "a", "Value": "b"}],
        "VolumeKmsKeyId": "key-2",
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        "EnableInterContainerTrafficEncryption": True,
    }
    world.files(needs_txt="numpy\n", a_py="1", b_csv="1")
    config = {
        "SchemaVersion": "1.0",
        "SageMaker": {"PythonSDK": {"Modules": {"RemoteFunction": defaults}}},
    }
    session = world.session(sagemaker_config=config)
    settings = world["remote_function.job._JobSettings"](sagemaker_session=session)
    world["remote_function.job._Job"].start(settings, _add, (1,), {})
    return [settings.custom_file_filter.ignore_name_patterns, settings.include_local_workdir, _kept(world)]


def default_bucket_with_a_prefix(world: World) -> Any:
    session = world.session(default_bucket_prefix="team/prices")
    _job(world, 1, sagemaker_session=session)
    return _kept(world)


def role_by_its_name(world: World) -> Any:
    return _settings(world, role="Role").role


def role_of_the_program(world: World) -> Any:
    return _settings(world, role=None).role


def functions_that_are_steps(world: World) -> Any:
    """Two functions of one pipeline: what they share is uploaded once."""
    world.files(needs_txt="numpy\n", a_py="1")
    pickled = world["remote_function.core.stored_function._SerializedData"](b"function", b"arguments")
    parameter = world["workflow.parameters.ParameterInteger"]("N", 1)
    settings = _settings(world, dependencies="needs.txt", include_local_workdir=True, instance_type=parameter)
    scripts, workspace, requests = True, True, []
    for name in ("first", "second"):
        building = world["workflow.utilities.step_compilation_context_manager"](
            "prices", name, settings.sagemaker_session, None, None, None, scripts, workspace, "2024-01-01"
        )
        with building as step:
            requests.append(
                world["remote_function.job._Job"].compile(
                    job_settings=settings,
                    job_name=world["remote_function.job._Job"]._get_job_name(settings, _add),
                    s3_base_uri="s3://bucket/prices",
                    func=_add,
                    func_args=(parameter,),
                    func_kwargs={"b": world["workflow.execution_variables.ExecutionVariables"].PIPELINE_NAME},
                    serialized_data=pickled,
                )
            )
            scripts, workspace = step.upload_runtime_scripts, step.upload_workspace
    return [_expressed(requests), scripts, workspace, _kept(world)]


def call_that_returns(world: World) -> Any:
    _stores(world, {"answer": 42})
    return _called(world)


def call_that_raises(world: World) -> Any:
    _ends(world, "Failed", FailureReason="AlgorithmError: x")
    _stores(world, KeyError("no"))
    return _called(world)


def call_whose_job_says_why_it_could_not_be_prepared(world: World) -> Any:
    _ends(world, "Failed", FailureReason="AlgorithmError: RuntimeEnvironmentError: no pip, exit code: 1")
    _stores_nothing(world)
    return _called(world)


def call_whose_job_fails_by_itself(world: World) -> Any:
    _ends(world, "Failed", FailureReason="InternalServerError")
    _stores_nothing(world)
    return _called(world)


def call_whose_job_is_stopped(world: World) -> Any:
    _ends(world, "Stopped")
    return _called(world)


def call_whose_result_is_another(world: World) -> Any:
    _stores(world, 1, digest="0" * 64)
    return _called(world)


def calls_with_other_arguments(world: World) -> Any:
    called = world["remote_function.remote"](**_arguments(world))(_add)
    return [
        _refused(called),
        _refused(lambda: called(1, 2, 3)),
        _refused(lambda: called(1, a=1)),
        _refused(lambda: called(1, c=1)),
        _refused(lambda: world["remote_function.remote"](**_arguments(world))(_two)(1)),
        _refused(world["remote_function.remote"](**_arguments(world))(_keyword_only)),
        _refused(lambda: world["remote_function.remote"](**_arguments(world, instance_count=2))(_add)(1)),
    ]


def decorated(world: World) -> Any:
    called = world["remote_function.remote"](_add, **_arguments(world))
    return [called.__name__, called.wrapped_func is _add, called.job_settings.instance_type]


def executors_that_are_refused(world: World) -> Any:
    executor = world["remote_function.RemoteExecutor"]
    return [
        _refused(lambda: executor(**_arguments(world, max_parallel_jobs=0))),
        _refused(lambda: executor(**_arguments(world, instance_count=2))),
        _refused(lambda: executor(**_arguments(world, instance_count=2, use_torchrun=True, use_mpirun=True))),
        executor(**_arguments(world, instance_count=2, use_mpirun=True)).max_parallel_jobs,
    ]


def executor_that_is_shut_down(world: World) -> Any:
    with world["remote_function.RemoteExecutor"](**_arguments(world)) as executor:
        pass
    return _refused(lambda: executor.submit(_add, 1))


def executor(world: World) -> Any:
    _stores(world, 3)
    with world["remote_function.RemoteExecutor"](**_arguments(world)) as executor:
        future = executor.submit(_add, 1, b=2)
        result = future.result()
    return [result, future.done(), future.running(), future.cancelled(), future.cancel(), _kept(world)]


def future_of_a_job_that_has_completed(world: World) -> Any:
    _stores(world, [1, 2])
    return _told(world["remote_function.client.get_future"]("job", world.session()))


def future_of_a_job_that_has_failed(world: World) -> Any:
    _ends(world, "Failed", FailureReason="AlgorithmError: x")
    _stores(world, KeyError("no"))
    return _told(world["remote_function.client.get_future"]("job", world.session()))


def future_of_a_job_that_failed_by_itself(world: World) -> Any:
    _ends(world, "Failed", FailureReason="InternalServerError")
    _stores_nothing(world)
    return _told(world["remote_function.client.get_future"]("job", world.session()))


def future_of_a_job_that_was_stopped(world: World) -> Any:
    _ends(world, "Stopped")
    return _told(world["remote_function.client.get_future"]("job", world.session()))


def future_of_a_job_that_runs(world: World) -> Any:
    _ends(world, "InProgress")
    future = world["remote_function.client.get_future"]("job", world.session())
    return [future.running(), future.done(), future.cancel(), future.cancelled(), future.cancel(), future.result()]


def futures_by_a_prefix(world: World) -> Any:
    pages = [{"TrainingJobSummaries": [_summary()], "NextToken": "next"}, {"TrainingJobSummaries": [_summary()]}]
    world.aws.answers["ListTrainingJobs"] = pages
    _stores(world, 7)
    found = [_told(future) for future in world["remote_function.client.list_futures"]("job", world.session())]
    return [found, world.aws.asked("ListTrainingJobs")]


def _summary() -> dict[str, Any]:
    return {
        "TrainingJobName": "job",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job",
        "CreationTime": THE_TIME,
        "TrainingJobStatus": "Completed",
    }


def _told(future: Any) -> Any:
    told = [future.running(), future.done(), future.cancelled()]
    return [*told, _refused(future.result)]


def _called(world: World) -> Any:
    try:
        return world["remote_function.remote"](**_arguments(world))(_add)(1)
    finally:
        _kept(world)


def _two(first: Any, second: Any, third: Any) -> None: ...


def _keyword_only(*, first: Any, second: Any, third: Any = 3) -> None: ...


def _refused(call: Any) -> Any:
    """Return what a call returns, or what it raises; ours may add a hint."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is compared
        return [type(error).__name__, str(error).partition("\nhint: ")[0]]


def _ends(world: World, status: str, **changes: Any) -> None:
    described = training_description(TrainingJobStatus=status, SecondaryStatus=status, **changes)
    world.aws.answers["DescribeTrainingJob"] = described


def _stores(world: World, thing: Any, digest: str | None = None) -> None:
    """Let S3 hold a pickle, and what is said of it."""
    payload = pickle.dumps(thing)
    said = {
        "sha256_hash": digest or hashlib.sha256(payload).hexdigest(),
        "version": "2023-04-24",
        "python_version": "3.11.7",
        "serialization_module": "cloudpickle",
    }
    objects = [json.dumps(said).encode(), payload]
    contents = objects * 4  # the last stays for ever
    world.aws.answers["HeadObject"] = [{"ContentLength": len(each), "ETag": "x"} for each in contents]
    world.aws.answers["GetObject"] = [{"Body": body(each), "ContentLength": len(each)} for each in contents]


def _stores_nothing(world: World) -> None:
    for operation in ("HeadObject", "GetObject"):
        world.aws.answers[operation] = Refusal("404", "Not Found", 404)


def _expressed(value: Any) -> Any:
    """Return a request with what stands for variables in a definition."""
    if hasattr(value, "expr"):
        return value.expr
    if isinstance(value, dict):
        return {name: _expressed(item) for name, item in value.items()}
    return list(map(_expressed, value)) if isinstance(value, (list, tuple)) else value


@contextlib.contextmanager
def _python(*version: int) -> Iterator[None]:
    """Let the program believe that it is another Python."""
    before = sys.version_info
    sys.version_info = (*version, 0, "final", 0)  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.version_info = before


def _kept(world: World) -> Any:
    """Return the files in the workspace; put the calls into an order that does not hang on a folder's."""
    files: dict[str, Any] = {}
    for key, content in world.aws.stored.items():
        if key.endswith("workspace.zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                files = {_steady(name): archive.read(name).decode() for name in sorted(archive.namelist())}
    puts = [call for call in world.aws.calls if call[0] == "PutObject"]
    others = [call for call in world.aws.calls if call[0] != "PutObject"]
    world.aws.calls[:] = [*sorted(puts, key=lambda call: str(call[1]["Key"])), *map(_steady, others)]
    return files


def _steady(value: Any) -> Any:
    """Return a value with the one name in it that v2 draws at random replaced."""
    if isinstance(value, str):
        return re.sub(r"sagemaker_requirements_\w+", "sagemaker_requirements_<any>", value)
    if isinstance(value, dict):
        return {name: _steady(item) for name, item in value.items()}
    return type(value)(map(_steady, value)) if isinstance(value, (list, tuple)) else value
