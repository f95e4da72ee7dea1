"""Models that SageMaker Neo compiles for a machine, on the target `aws` (`contract.md` 9.6)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.requests.compilation import compilation_input, compilation_output
from sagewright.requests.documents import given
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.model import Model

logger = logging.getLogger("sagemaker")

FRAMEWORKS = ("keras", "mxnet", "onnx", "pytorch", "tensorflow", "tflite", "xgboost")


@suggests
class Compiling:
    """The part of a model that has it compiled, and packaged for devices."""

    _is_compiled_model: bool = False
    _compilation_job_name: str | None = None

    def compile(
        self,
        target_instance_family: str | None,
        input_shape: Mapping[str, Any] | str | None,
        output_path: str,
        role: str | None = None,
        tags: Tags = None,
        job_name: str | None = None,
        compile_max_run: int = 15 * 60,
        framework: str | None = None,
        framework_version: str | None = None,
        target_platform_os: str | None = None,
        target_platform_arch: str | None = None,
        target_platform_accelerator: str | None = None,
        compiler_options: Mapping[str, Any] | str | None = None,
    ) -> Self:
        """Have SageMaker Neo compile the model, and wait for it; on the target `aws` only.

        Args:
            target_instance_family: The machine, such as `ml_c5` or `jetson_nano`; None: the platform says it.
            input_shape: The names and shapes of the model's inputs, `{"data": [1, 3, 224, 224]}`.
            output_path: The S3 URI that the compiled model goes to.
            role: None: the configuration's.
            job_name: The compilation job's name; needed.
            compile_max_run: Seconds.
            framework: `mxnet`, `tensorflow`, `keras`, `pytorch`, `onnx`, `xgboost` or `tflite`; None: the model's own.
            framework_version: None: the model's own.
            target_platform_os, target_platform_arch, target_platform_accelerator: For example `LINUX`, `X86_64` and
                `NVIDIA`, where there is no family.
            compiler_options: The compiler's, as the platform has them.

        Returns:
            The model, with the compiled data and the image that serves it.

        Raises:
            ValueError: An argument is missing, or is none of those that there are.
            UnexpectedStatusException: The compilation failed.
        """
        model = cast("Model", self)
        framework = _framework(framework or getattr(self, "_framework_name", None))
        if job_name is None:
            raise ValueError("You must provide a compilation job name")
        data = _compilable(model.model_data)
        session = model._session(target_instance_family)
        role = resolved(role, session, paths.COMPILATION_JOB_ROLE_ARN_PATH)
        if not role:
            raise ValueError("An AWS IAM role is required to create a compilation job.")
        version = framework_version or getattr(self, "framework_version", None)
        session.compile_model(
            compilation_input(data, _as_json(input_shape), framework, target_instance_family, version),
            compilation_output(
                output_path,
                target_instance_family,
                (target_platform_os, target_platform_arch, target_platform_accelerator),
                _as_json(compiler_options),
            ),
            session.expand_role(role),
            job_name,
            {"MaxRuntimeInSeconds": compile_max_run},
            format_tags(tags),
        )
        self._take_compiled(session.wait_for_compilation_job(job_name), target_instance_family)
        self._compilation_job_name = job_name
        return self

    def package_for_edge(
        self,
        output_path: str,
        model_name: str,
        model_version: str,
        role: str | None = None,
        job_name: str | None = None,
        resource_key: str | None = None,
        s3_kms_key: str | None = None,
        tags: Tags = None,
    ) -> Self:
        """Have the compiled model packaged for devices, and wait for it; on the target `aws` only.

        Args:
            output_path: The S3 URI that the package goes to.
            role: None: the configuration's.
            job_name: None: that of the compilation, with `packaging` in place of `compilation`.
            resource_key, s3_kms_key: Of KMS, for the disk that it is packaged on and for what comes of it.

        Returns:
            The model, with the packaged data.

        Raises:
            ValueError: The model has not been compiled.
            UnexpectedStatusException: The packaging failed.
        """
        if self._compilation_job_name is None:
            raise ValueError("You must first compile this model")
        job_name = job_name or f"packaging{self._compilation_job_name[len('compilation') :]}"
        model = cast("Model", self)
        session = model._session()
        role = resolved(role, session, paths.EDGE_PACKAGING_ROLE_ARN_PATH)
        session.package_model_for_edge(
            {
                "S3OutputLocation": output_path,
                **given(KmsKeyId=resolved(s3_kms_key, session, paths.EDGE_PACKAGING_KMS_KEY_ID_PATH)),
            },
            None if role is None else session.expand_role(role),
            job_name,
            self._compilation_job_name,
            model_name,
            model_version,
            resource_key,
            format_tags(tags),
        )
        model.model_data = session.wait_for_edge_packaging_job(job_name)["ModelArtifact"]
        return self

    def _take_compiled(self, job: Mapping[str, Any], family: str | None) -> None:
        model = cast("Model", self)
        model.model_data = job["ModelArtifacts"]["S3ModelArtifacts"]
        if family is None:
            logger.warning(
                "Devices described by Target Platform OS, Architecture and Accelerator are not"
                "supported for deployment via SageMaker. Please deploy the model manually."
            )
        elif family.startswith("ml_"):
            if family != "ml_eia2":
                model.image_uri, self._is_compiled_model = job.get("InferenceImage"), True
        else:
            logger.warning(
                "The instance type %s is not supported for deployment via SageMaker.Please deploy the model manually.",
                family,
            )

    def _name_compiled(self, instance_type: str) -> None:
        """Let the name that a compiled model is yet to get tell the machine that it was compiled for."""
        model = cast("Model", self)
        if model.name is None:
            model._base_name = model._base_name or base_name_from_image(model.image_uri, default_base_name="Model")
        if model._base_name is not None:
            model._base_name = with_machine(model._base_name, instance_type)


def with_machine(base: str, instance_type: str) -> str:
    """Return a name with the machine at its end, without its size."""
    machine = "-".join(instance_type.split(".")[:-1])
    return base if base.endswith(machine) else f"{base}-{machine}"


def _framework(name: str | None) -> str:
    """Return the framework's name.

    Raises:
        ValueError: There is none, or none that is compiled.
    """
    if name is None:
        raise ValueError(f"You must specify framework, allowed values {FRAMEWORKS}")
    if name not in FRAMEWORKS:
        raise ValueError(f"You must provide valid framework, allowed values {FRAMEWORKS}")
    return name


def _compilable(model_data: Any) -> Any:
    """Return the place of a model's data.

    Raises:
        ValueError: It is not one archive in S3.
    """
    if model_data is None:
        raise ValueError("You must provide an S3 path to the compressed model artifacts.")
    if isinstance(model_data, dict):
        raise ValueError("Compiling model data from ModelDataSource is currently not supported")
    return model_data


def _as_json(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, Mapping) else value
