"""The requests of jobs that make a model fit for a machine: compilation and packaging for edge devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.requests.documents import given

Document = dict[str, Any]

# Devices for which one version of each framework is compiled, and none is told.
_WITHOUT_VERSION = (
    "imx8mplus",
    "jacinto_tda4vm",
    "coreml",
    "sitara_am57x",
    "amba_cv2",
    "amba_cv22",
    "amba_cv25",
    "lambda",
)


def compilation_request(
    job_name: str | None,
    input_config: Document,
    output_config: Document | None,
    role: str | None,
    stopping: Document | None,
    *,
    vpc_config: Document | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateCompilationJob`."""
    return {
        "CompilationJobName": job_name,
        "InputConfig": input_config,
        "OutputConfig": output_config,
        "RoleArn": role,
        "StoppingCondition": stopping,
        **given(VpcConfig=vpc_config or None, Tags=tags),
    }


def compilation_input(
    model_data: str, input_shape: str | None, framework: str, device: str | None, framework_version: str | None
) -> Document:
    """Return the document of what is compiled.

    Args:
        input_shape: The inputs' names and shapes, as JSON.
        device: What it is compiled for; for some the version of the framework is told.
    """
    version = None
    if framework_version and device and framework in _with_version(device):
        version = ".".join(framework_version.split(".")[:2])
    document = {"S3Uri": model_data, "DataInputConfig": input_shape, "Framework": framework.upper()}
    return {**document, **given(FrameworkVersion=version)}


def compilation_output(
    place: str, device: str | None, platform: tuple[str | None, str | None, str | None], compiler_options: str | None
) -> Document:
    """Return the document of what is compiled for, and where it goes.

    Args:
        platform: Operating system, architecture and accelerator; they count where there is no device.

    Raises:
        ValueError: There is neither.
    """
    if device is not None:
        target: Document = {"TargetDevice": device}
    else:
        system, architecture, accelerator = platform
        if system is None and architecture is None:
            raise ValueError("target_instance_type or (target_platform_os and target_platform_arch) should be provided")
        named = {"Os": system, "Arch": architecture, **given(Accelerator=accelerator)}
        target = {"TargetPlatform": named}
    return {"S3OutputLocation": place, **target, **given(CompilerOptions=compiler_options)}


def _with_version(device: str) -> tuple[str, ...]:
    """Return the frameworks whose version is told for a device."""
    if device == "ml_inf1":
        return ("pytorch", "tensorflow", "mxnet")
    return () if device in _WITHOUT_VERSION else ("pytorch", "tensorflow")


def edge_packaging_request(
    job_name: str | None,
    compilation_job_name: str | None,
    model: tuple[str | None, str | None],
    output_config: Document | None,
    role: str | None,
    *,
    resource_key: str | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateEdgePackagingJob`.

    Args:
        model: Its name and version.
        resource_key: Of KMS, for the disk that it is packaged on.
    """
    name, version = model
    return {
        "EdgePackagingJobName": job_name,
        "CompilationJobName": compilation_job_name,
        "ModelName": name,
        "ModelVersion": version,
        "OutputConfig": output_config,
        "RoleArn": role,
        **given(ResourceKey=resource_key, Tags=tags),
    }
