"""Training with Transformers (v2's own path)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import renamed
from sagewright.distribution import torch_hyperparameters
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.estimator.staging import as_json
from sagewright.fw_utils import framework_name_from_image
from sagewright.huggingface.model import HuggingFaceModel, check_one_base
from sagewright.huggingface.training_compiler.config import TrainingCompilerConfig
from sagewright.training_compiler.config import checked_compiler

Document = dict[str, Any]


class HuggingFace(Framework):
    """Trains with a script in an image of Transformers on PyTorch or TensorFlow.

    Args:
        py_version: For example `py310`.
        entry_point: The script; a path in `source_dir`, if there is one.
        transformers_version: For example `4.36.0`, with `pytorch_version` `2.1.0`; needed without `image_uri`.
        tensorflow_version, pytorch_version: One of them.
        hyperparameters: The script gets them as arguments.
        distribution: As for `PyTorch`.
        compiler_config: Asks for the SageMaker Training Compiler; the target `local` has no such image.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: Versions are missing or do not go together, or the distribution does not go with the instances.
    """

    _framework_name: ClassVar[str] = "huggingface"

    def __init__(
        self,
        py_version: str,
        entry_point: str,
        transformers_version: str | None = None,
        tensorflow_version: str | None = None,
        pytorch_version: str | None = None,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        image_uri: str | None = None,
        distribution: Mapping[str, Any] | None = None,
        compiler_config: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        self.framework_version, self.py_version = transformers_version, py_version
        self.tensorflow_version, self.pytorch_version = tensorflow_version, pytorch_version
        if image_uri is None:
            _check_versions(transformers_version, tensorflow_version, pytorch_version)
        kwargs.setdefault("enable_sagemaker_metrics", True)
        super().__init__(entry_point, source_dir, hyperparameters, image_uri=image_uri, **kwargs)
        self.base_framework_name = "pytorch" if tensorflow_version is None else "tensorflow"
        self.base_framework_version = tensorflow_version or pytorch_version
        self._check_distribution(distribution, self.base_framework_name, self.base_framework_version)
        self.compiler_config = checked_compiler(compiler_config, TrainingCompilerConfig, self)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON, with those that say how the script is distributed."""
        job = self._job_to_distribute(self._framework_name, self.framework_version)
        return {
            **super().hyperparameters(),
            **as_json(torch_hyperparameters(self.distribution or {}, job, self._group_types())),
            **self._compiler_hyperparameters(),
        }

    def create_model(
        self,
        model_server_workers: int | None = None,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> HuggingFaceModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point: The script that serves; None: the image's own.
            source_dir, dependencies: None: those that have trained.
            **kwargs: Go to `HuggingFaceModel`.
        """
        return HuggingFaceModel(
            role or self.role,
            self.model_data,
            entry_point,
            transformers_version=self.framework_version,
            tensorflow_version=self.tensorflow_version,
            pytorch_version=self.pytorch_version,
            py_version=self.py_version,
            source_dir=source_dir or self._model_source_dir(),
            model_server_workers=model_server_workers,
            vpc_config=self.get_vpc_config(vpc_config_override),
            dependencies=dependencies or self.dependencies,
            **self._model_arguments(kwargs),
        )

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        image_uri = arguments.pop("image_uri")
        framework, arguments["py_version"], tag, _ = framework_name_from_image(image_uri)
        if framework is None or tag is None:
            return {**arguments, "image_uri": image_uri}
        match = re.fullmatch(r"(.*)-transformers(.*)-(?:cpu|gpu)-(?:py2|py3\d*)", tag)
        if not framework.startswith("huggingface-") or match is None:
            raise ValueError(f"Training job: {job_details['TrainingJobName']} didn't use image for requested framework")
        base = "pytorch_version" if "pytorch" in framework else "tensorflow_version"
        return {**arguments, base: match.group(1), "transformers_version": match.group(2)}


def _check_versions(transformers: str | None, tensorflow: str | None, pytorch: str | None) -> None:
    if transformers is None:
        raise ValueError(
            "transformers_version, and image_uri are both None. Specify either transformers_version or image_uri"
        )
    base = check_one_base(pytorch, tensorflow)
    if transformers.count(".") != base.count("."):
        raise ValueError(
            "Please use either full version or shortened version for both transformers_version, tensorflow_version and "
            "pytorch_version."
        )
