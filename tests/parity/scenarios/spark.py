"""Processors of Spark applications."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

SETTINGS = [{"Classification": "spark-defaults", "Properties": {"spark.executor.memory": "2g"}}]


def python_application(world: World) -> Any:
    world.files(app_py="print(1)")
    processor = _pyspark(world)
    processor.run("app.py", arguments=["a"], wait=False)
    return [processor.image_uri, processor.command, processor.entrypoint, processor.env]


def python_application_with_everything(world: World) -> Any:
    world.files(app_py="1", lib__a_py="A = 1", one_py="ONE = 1", my_jar="jar", notes_txt="x")
    processor = _pyspark(
        world,
        env={"A": "1"},
        base_job_name="prices",
        volume_size_in_gb=1,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
    )
    processor.run(
        "app.py",
        submit_py_files=["lib", "one.py", "s3://bucket/two.py"],
        submit_jars=["my.jar"],
        submit_files=["notes.txt", "s3a://bucket/notes"],
        inputs=[world["processing.ProcessingInput"]("s3://bucket/rows", "/opt/ml/processing/input/rows")],
        outputs=[world["processing.ProcessingOutput"]("/opt/ml/processing/out")],
        arguments=["--depth", "3"],
        wait=False,
        job_name="job",
        configuration=SETTINGS,
        spark_event_logs_s3_uri="s3://bucket/events",
        kms_key="key-3",
    )
    return [processor.command, processor.entrypoint]


def files_in_s3_only(world: World) -> Any:
    processor = _pyspark(world)
    processor.run("s3://bucket/app.py", submit_py_files=["s3://b/a.py", "s3://b/c.py"], wait=False, job_name="job")
    return processor.command


def two_runs_of_one_processor(world: World) -> Any:
    processor = _pyspark(world)
    processor.run("s3://bucket/app.py", submit_py_files=["s3://b/a.py"], wait=False, job_name="one")
    first = processor.command
    processor.run("s3://bucket/app.py", submit_jars=["s3://b/a.jar"], wait=False, job_name="two")
    return [first, processor.command]


def places_of_their_own(world: World) -> None:
    world.files(app_py="1", one_py="1")
    processor = _pyspark(world, configuration_location="s3://conf/x/", dependency_location="s3://deps/y/")
    processor.run("app.py", ["one.py"], wait=False, job_name="job", configuration=SETTINGS[0])


def default_bucket_with_a_prefix(world: World) -> None:
    world.files(app_py="1", one_py="1")
    session = world.session(default_bucket_prefix="team/prices")
    _pyspark(world, sagemaker_session=session).run(
        "app.py", ["one.py"], wait=False, job_name="job", configuration=SETTINGS
    )


def images(world: World) -> Any:
    given: list[dict[str, Any]] = [
        {"framework_version": "2.4"},
        {"framework_version": "3.1", "py_version": "py37", "container_version": "1"},
        {"framework_version": None, "image_uri": "my-image:1"},
    ]
    return [_pyspark(world, **arguments).image_uri for arguments in given]


def half_a_version(world: World) -> None:
    _pyspark(world, py_version="py37")


def java_application(world: World) -> Any:
    world.files(app_jar="jar", more_jar="jar")
    processor = _jar(world)
    processor.run(
        "app.jar",
        "com.example.Main",
        submit_jars=["more.jar"],
        submit_files=["s3://bucket/notes"],
        wait=False,
        job_name="job",
        spark_event_logs_s3_uri="s3://bucket/events",
        configuration=SETTINGS,
    )
    return [processor.command, processor.entrypoint]


def java_application_without_a_class(world: World) -> None:
    _jar(world).run("s3://bucket/app.jar", None, wait=False)


def no_application(world: World) -> None:
    _pyspark(world).run(None, wait=False)


def file_that_is_not_there(world: World) -> None:
    _pyspark(world).run("s3://bucket/app.py", ["missing.py"], wait=False)


def file_on_a_web_server(world: World) -> None:
    _pyspark(world).run("s3://bucket/app.py", ["https://bucket/a.py"], wait=False)


def event_logs_outside_of_s3(world: World) -> None:
    _pyspark(world).run("s3://bucket/app.py", wait=False, spark_event_logs_s3_uri="/tmp/x")


def settings_without_properties(world: World) -> None:
    _pyspark(world).run("s3://bucket/app.py", wait=False, configuration={"Classification": "spark-defaults"})


def settings_with_an_unknown_key(world: World) -> None:
    settings = {"Classification": "spark-defaults", "Properties": {}, "Propertie": 1}
    _pyspark(world).run("s3://bucket/app.py", wait=False, configuration=[settings])


def settings_of_an_unknown_kind(world: World) -> None:
    settings = {"Classification": "spark-default", "Properties": {}}
    _pyspark(world).run("s3://bucket/app.py", wait=False, configuration=settings)


def arguments_for_a_step(world: World) -> Any:
    world.files(one_py="1")
    processor = _pyspark(world)
    args = processor.get_run_args("s3://bucket/app.py", ["one.py"], job_name="job", configuration=SETTINGS)
    return [args.code, [source._to_request_dict() for source in args.inputs], args.outputs, processor.command]


def arguments_for_a_step_of_java(world: World) -> Any:
    processor = _jar(world)
    args = processor.get_run_args("s3://bucket/app.jar", "com.example.Main", job_name="job")
    return [args.code, args.inputs, args.outputs, processor.command]


def _pyspark(world: World, **changes: Any) -> Any:
    return _made(world, "spark.processing.PySparkProcessor", changes)


def _jar(world: World, **changes: Any) -> Any:
    return _made(world, "spark.processing.SparkJarProcessor", changes)


def _made(world: World, path: str, changes: dict[str, Any]) -> Any:
    arguments = {
        "role": ROLE,
        "instance_type": "ml.m5.xlarge",
        "instance_count": 2,
        "framework_version": "3.3",
        **changes,
    }
    arguments.setdefault("sagemaker_session", world.session())
    return world[path](**arguments)
