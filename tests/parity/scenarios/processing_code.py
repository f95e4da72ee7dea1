"""Processors that send code: scripts, and folders in the frameworks' images."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-image:1"
IN = "/opt/ml/processing/input"


def script(world: World) -> Any:
    world.files(src__run_py="print(1)")
    processor = _script_processor(world)
    processor.run("src/run.py", arguments=["--depth", "3"], wait=False)
    return [processor.entrypoint, len(processor.jobs)]


def script_beside_inputs(world: World) -> None:
    world.files(run_py="print(1)", rows_csv="1,2")
    sources = [world["processing.ProcessingInput"]("rows.csv", f"{IN}/rows")]
    outputs = [world["processing.ProcessingOutput"]("/opt/ml/processing/out")]
    _script_processor(world, env={"A": "1"}).run(
        "run.py", sources, outputs, wait=False, job_name="job", kms_key="key-1"
    )


def script_as_a_file_uri(world: World) -> Any:
    import os

    world.files(run_py="print(1)")
    processor = _script_processor(world)
    processor.run(f"file://{os.getcwd()}/run.py", wait=False, job_name="job")
    return processor.entrypoint


def script_in_s3(world: World) -> Any:
    processor = _script_processor(world, command=["Rscript", "--vanilla"])
    processor.run("s3://bucket/code/run.R", wait=False, job_name="job")
    return processor.entrypoint


def script_that_is_not_there(world: World) -> None:
    _script_processor(world).run("run.py", wait=False)


def script_that_is_a_folder(world: World) -> None:
    world.files(src__run_py="print(1)")
    _script_processor(world).run("src", wait=False)


def script_on_a_web_server(world: World) -> None:
    _script_processor(world).run("https://bucket/run.py", wait=False)


def script_in_a_default_bucket_with_a_prefix(world: World) -> None:
    world.files(run_py="print(1)")
    session = world.session(default_bucket_prefix="team/prices")
    _script_processor(world, sagemaker_session=session).run("run.py", wait=False, job_name="job")


def arguments_for_a_step(world: World) -> Any:
    args = _script_processor(world).get_run_args("s3://bucket/run.py", arguments=["a"])
    return [args.code, args.inputs, args.outputs, args.arguments]


def sklearn(world: World) -> Any:
    world.files(run_py="print(1)")
    processor = world["sklearn.processing.SKLearnProcessor"](
        "1.2-1", ROLE, instance_type="ml.m5.xlarge", instance_count=1, sagemaker_session=world.session()
    )
    processor.run("run.py", wait=False)
    return [processor.image_uri, processor.command, processor.base_job_name]


def sklearn_with_everything(world: World) -> None:
    world.files(run_py="print(1)")
    world["sklearn.SKLearnProcessor"](
        framework_version="0.23-1",
        role=ROLE,
        instance_type="ml.m5.xlarge",
        instance_count=2,
        command=["python3", "-u"],
        volume_size_in_gb=1,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        base_job_name="prices",
        env={"A": "1"},
        tags=[{"Key": "a", "Value": "b"}],
        network_config=world["network.NetworkConfig"](True),
        sagemaker_session=world.session(),
    ).run("run.py", wait=False, job_name="job")


def sklearn_of_an_unknown_version(world: World) -> None:
    world["sklearn.processing.SKLearnProcessor"]("9.9", ROLE, 1, "ml.m5.large", sagemaker_session=world.session())


def framework(world: World) -> Any:
    world.files(run_py="print(1)")
    processor = _framework_processor(world)
    processor.run("run.py", wait=False, job_name="job")
    return [*_about(processor), world.aws.archive("job/source/sourcedir.tar.gz")]


def framework_with_a_name_of_the_moment(world: World) -> None:
    world.files(run_py="print(1)")
    _framework_processor(world).run("run.py", wait=False)


def framework_with_a_folder_and_dependencies(world: World) -> Any:
    world.files(src__bin__run_py="print(1)", src__requirements_txt="numpy", lib__a_py="A = 1", rows_csv="1")
    processor = _framework_processor(world, command=["python3", "-u"], base_job_name="prices", output_kms_key="key-2")
    sources = [world["processing.ProcessingInput"]("rows.csv", f"{IN}/rows")]
    processor.run(
        "bin/run.py",
        source_dir="src",
        dependencies=["lib"],
        inputs=sources,
        outputs=[world["processing.ProcessingOutput"]("/opt/ml/processing/out", output_name="out")],
        arguments=["--depth", "3"],
        wait=False,
        job_name="job",
    )
    return [*_about(processor), world.aws.archive("job/source/sourcedir.tar.gz"), len(sources)]


def framework_with_a_key_of_the_run(world: World) -> None:
    world.files(run_py="print(1)")
    _framework_processor(world, output_kms_key="key-2").run("run.py", wait=False, job_name="job", kms_key="key-1")


def framework_with_a_code_location(world: World) -> None:
    world.files(run_py="print(1)")
    _framework_processor(world, code_location="s3://other/code/").run("run.py", wait=False, job_name="job")


def framework_with_a_default_bucket_with_a_prefix(world: World) -> None:
    world.files(run_py="print(1)")
    session = world.session(default_bucket_prefix="team/prices")
    _framework_processor(world, sagemaker_session=session).run("run.py", wait=False, job_name="job")


def framework_with_a_folder_in_s3(world: World) -> None:
    _framework_processor(world).run("run.py", source_dir="s3://bucket/a/sourcedir.tar.gz", wait=False, job_name="job")


def framework_with_an_archive_of_another_name(world: World) -> None:
    _framework_processor(world).run("run.py", source_dir="s3://bucket/a/code.tar.gz", wait=False, job_name="job")


def framework_with_a_shell_script_in_s3(world: World) -> Any:
    processor = _framework_processor(world)
    processor.run("s3://bucket/a/runproc.sh", wait=False, job_name="job")
    return processor.entrypoint


def framework_in_an_image_of_its_own(world: World) -> Any:
    world.files(run_py="print(1)")
    processor = _framework_processor(world, image_uri=IMAGE, base_job_name="prices")
    processor.run("run.py", wait=False, job_name="job")
    return _about(processor)


def framework_with_an_arn_that_is_none(world: World) -> None:
    world.files(run_py="print(1)")
    _framework_processor(world).run("run.py", wait=False, job_name="job", codeartifact_repo_arn="arn:aws:s3:::bucket")


def framework_without_the_script(world: World) -> None:
    world.files(src__other_py="print(1)")
    _framework_processor(world).run("run.py", source_dir="src", wait=False, job_name="job")


def framework_arguments_for_a_step(world: World) -> Any:
    world.files(run_py="print(1)")
    args = _framework_processor(world).get_run_args("run.py", arguments=["a"], job_name="job")
    return [args.code, [source._to_request_dict() for source in args.inputs], args.outputs, args.arguments]


def pytorch(world: World) -> Any:
    return _own(world, "pytorch.processing.PyTorchProcessor", "2.0", py_version="py310")


def tensorflow(world: World) -> Any:
    return _own(world, "tensorflow.processing.TensorFlowProcessor", "2.14", py_version="py310")


def xgboost(world: World) -> Any:
    return _own(world, "xgboost.processing.XGBoostProcessor", "1.7-1")


def xgboost_with_everything(world: World) -> Any:
    return _own(
        world,
        "xgboost.XGBoostProcessor",
        "1.7-1",
        py_version="py3",
        command=["python3"],
        volume_size_in_gb=1,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        code_location="s3://other/code",
        max_runtime_in_seconds=60,
        base_job_name="prices",
        env={"A": "1"},
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
    )


def mxnet(world: World) -> Any:
    return _own(world, "mxnet.MXNetProcessor", "1.9", py_version="py38")


def hugging_face(world: World) -> Any:
    world.files(run_py="print(1)")
    processor = world["huggingface.processing.HuggingFaceProcessor"](
        ROLE,
        1,
        "ml.m5.large",
        transformers_version="4.26",
        pytorch_version="1.13",
        py_version="py39",
        sagemaker_session=world.session(),
    )
    processor.run("run.py", wait=False, job_name="job")
    return _about(processor)


def _script_processor(world: World, **changes: Any) -> Any:
    arguments = {
        "role": ROLE,
        "image_uri": IMAGE,
        "command": ["python3"],
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        **changes,
    }
    arguments.setdefault("sagemaker_session", world.session())
    return world["processing.ScriptProcessor"](**arguments)


def _framework_processor(world: World, **changes: Any) -> Any:
    arguments = {
        "estimator_cls": world["sklearn.SKLearn"],
        "framework_version": "1.2-1",
        "role": ROLE,
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        **changes,
    }
    arguments.setdefault("sagemaker_session", world.session())
    return world["processing.FrameworkProcessor"](**arguments)


def _own(world: World, path: str, version: str, **changes: Any) -> Any:
    world.files(run_py="print(1)")
    processor = world[path](version, ROLE, 1, "ml.m5.large", sagemaker_session=world.session(), **changes)
    processor.run("run.py", wait=False, job_name="job")
    return _about(processor)


def _about(processor: Any) -> list[Any]:
    return [processor.image_uri, processor.base_job_name, processor.command, processor.entrypoint]
