"""Models that SageMaker Neo compiles, and what is served of them."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

NEO = "301217895009.dkr.ecr.us-west-2.amazonaws.com/sagemaker-inference-pytorch:1.8-cpu-py3"
SHAPE = {"data": [1, 3, 224, 224]}


def for_a_machine(world: World) -> Any:
    return _compiled(world, world.model(), "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="xgboost")


def with_every_argument(world: World) -> Any:
    return _compiled(
        world,
        world.model(),
        "ml_inf1",
        "[[1, 3]]",
        "s3://bucket/out",
        role="Role",
        tags={"k": "v"},
        job_name="job",
        compile_max_run=60,
        framework="mxnet",
        framework_version="1.8.0",
        compiler_options={"dtype": "float16"},
    )


def for_a_platform(world: World) -> Any:
    platform = {"target_platform_os": "LINUX", "target_platform_arch": "ARM64", "target_platform_accelerator": "NVIDIA"}
    arguments = {"job_name": "job", "framework": "tflite", "compiler_options": "{}", **platform}
    return _compiled(world, world.model(), None, SHAPE, "s3://bucket/out", ROLE, **arguments)


def for_no_platform(world: World) -> Any:
    return _compiled(world, world.model(), None, SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="onnx")


def for_a_device(world: World) -> Any:
    arguments = {"job_name": "job", "framework": "pytorch", "framework_version": "1.13.1"}
    return _compiled(world, world.model(), "jetson_nano", SHAPE, "s3://bucket/out", ROLE, **arguments)


def for_a_device_of_one_version(world: World) -> Any:
    arguments = {"job_name": "job", "framework": "pytorch", "framework_version": "1.13.1"}
    return _compiled(world, world.model(), "coreml", SHAPE, "s3://bucket/out", ROLE, **arguments)


def for_elastic_inference(world: World) -> Any:
    arguments = {"job_name": "job", "framework": "tensorflow", "framework_version": "2.3"}
    return _compiled(world, world.model(), "ml_eia2", SHAPE, "s3://bucket/out", ROLE, **arguments)


def without_a_framework(world: World) -> Any:
    return _refused(lambda: _compiled(world, world.model(), "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job"))


def without_a_name(world: World) -> Any:
    return _compiled(world, world.model(), "ml_c5", SHAPE, "s3://bucket/out", ROLE, framework="onnx")


def without_data(world: World) -> Any:
    model = world.model(model_data=None)
    return _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="onnx")


def with_a_source_of_data(world: World) -> Any:
    source = {"S3DataSource": {"S3Uri": "s3://b/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    model = world.model(model_data=source)
    return _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="onnx")


def without_a_role(world: World) -> Any:
    return _compiled(world, world.model(), "ml_c5", SHAPE, "s3://bucket/out", job_name="job", framework="onnx")


def of_a_framework(world: World) -> Any:
    world.files(serve_py="")
    model = world["pytorch.PyTorchModel"](
        model_data="s3://bucket/m.tar.gz",
        role=ROLE,
        entry_point="serve.py",
        framework_version="2.0.1",
        py_version="py310",
        sagemaker_session=world.session(),
    )
    return _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job")


def nameless_and_served(world: World) -> Any:
    model = world.model(predictor_cls=world["predictor.Predictor"])
    _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="xgboost")
    return model.deploy(1, "ml.c5.xlarge").endpoint_name


def of_inferentia_and_not_compiled(world: World) -> None:
    world.model().deploy(1, "ml.inf1.xlarge")


def named_and_served(world: World) -> Any:
    model = world.model(name="mine", predictor_cls=world["predictor.Predictor"])
    told = _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="job", framework="xgboost")
    return [told, model.deploy(1, "ml.c5.xlarge").endpoint_name]


def packaged_for_devices(world: World) -> Any:
    world.aws.answers["DescribeEdgePackagingJob"] = {
        "EdgePackagingJobStatus": "COMPLETED",
        "ModelArtifact": "s3://bucket/packaged.tar.gz",
    }
    model = world.model()
    _compiled(world, model, "ml_c5", SHAPE, "s3://bucket/out", ROLE, job_name="compilation-job", framework="xgboost")
    model.package_for_edge(
        "s3://bucket/out", "model", "1", ROLE, s3_kms_key="key", resource_key="disk", tags={"k": "v"}
    )
    return model.model_data


def packaged_before_it_is_compiled(world: World) -> None:
    world.model().package_for_edge("s3://bucket/out", "model", "1", ROLE)


def of_an_estimator(world: World) -> Any:
    estimator = _trained(world)
    _answer(world)
    model = estimator.compile_model(
        "ml_m5", SHAPE, "s3://bucket/out", framework="xgboost", framework_version="1.3", tags={"k": "v"}
    )
    return [model.model_data, model.image_uri, estimator.deploy(1, "ml.m5.xlarge", use_compiled_model=True) is None]


def of_an_estimator_registered_in_a_pipeline(world: World) -> Any:
    estimator = _trained(world)
    _answer(world)
    arguments = {"framework": "xgboost", "framework_version": "1.3"}
    model = estimator.compile_model("ml_m5", SHAPE, "s3://bucket/out", **arguments)
    steps = world["workflow.step_collections.RegisterModel"](
        name="Compiled",
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        estimator=estimator,
        image_uri=model.image_uri,
        compile_model_family="ml_m5",
        model_package_group_name="prices",
    )
    return steps.request_dicts()


def of_an_estimator_with_half_a_framework(world: World) -> None:
    _trained(world).compile_model("ml_m5", SHAPE, "s3://bucket/out", framework="xgboost")


def of_an_estimator_with_another_framework(world: World) -> Any:
    arguments = {"framework": "cobol", "framework_version": "1"}
    return _refused(lambda: _trained(world).compile_model("ml_m5", SHAPE, "s3://bucket/out", **arguments))


def of_an_estimator_for_another_machine(world: World) -> None:
    _trained(world).deploy(1, "ml.m5.xlarge", use_compiled_model=True)


def _trained(world: World) -> Any:
    estimator = world.estimator()
    estimator.fit("s3://bucket/train", wait=False)
    return estimator


def _refused(call: Any) -> Any:
    """Return what an error says before it lists a set, whose order is another each time."""
    try:
        return call()
    except ValueError as error:
        return str(error).partition("values")[0]


def _answer(world: World) -> None:
    world.aws.answers["DescribeCompilationJob"] = {
        "CompilationJobStatus": "COMPLETED",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/compiled.tar.gz"},
        "InferenceImage": NEO,
    }


def _compiled(world: World, model: Any, *args: Any, **arguments: Any) -> Any:
    _answer(world)
    assert model.compile(*args, **arguments) is model
    return [model.model_data, model.image_uri]
