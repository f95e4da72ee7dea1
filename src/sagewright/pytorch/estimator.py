"""Training with PyTorch (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import not_built, renamed
from sagewright.distribution import release, torch_hyperparameters
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.estimator.staging import as_json
from sagewright.fw_utils import validate_version_or_image_args
from sagewright.pytorch.model import PyTorchModel, warn_of_python_2
from sagewright.pytorch.training_compiler.config import TrainingCompilerConfig
from sagewright.training_compiler.config import checked_compiler

Document = dict[str, Any]


class PyTorch(Framework):
    """Trains with a script in an image of PyTorch.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        framework_version, py_version: For example `2.3.0` and `py311`; needed without `image_uri`.
        hyperparameters: The script gets them as arguments.
        distribution: How it runs on several processes: `torch_distributed`, `mpi`, `pytorchddp`, `smdistributed`;
            with a compiler `pytorchxla`.
        compiler_config: Asks for the SageMaker Training Compiler; the target `local` has no such image.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: There is no script, a version is missing, or the distribution does not go with the instances.
        NotImplementedError: A recipe is asked for.

    Example:
        >>> from sagewright.pytorch import PyTorch
        >>> net = PyTorch("train.py", image_uri="my-image", role="role", instance_count=2,
        ...               instance_type="ml.m5.large", distribution={"mpi": {"enabled": True}})
        >>> net.hyperparameters()["sagemaker_mpi_enabled"]
        'true'
    """

    _framework_name: ClassVar[str] = "pytorch"

    def __init__(
        self,
        entry_point: str | None = None,
        framework_version: str | None = None,
        py_version: str | None = None,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        image_uri: str | None = None,
        distribution: Mapping[str, Any] | None = None,
        compiler_config: Any = None,
        training_recipe: str | None = None,
        recipe_overrides: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        not_built(type(self).__name__, {"training_recipe": training_recipe, "recipe_overrides": recipe_overrides})
        if entry_point is None:
            raise ValueError("Argument entry_point must be set when training_recipe is not provided")
        validate_version_or_image_args(framework_version, py_version, image_uri)
        warn_of_python_2(py_version)
        self.framework_version, self.py_version = framework_version, py_version
        if framework_version and release(framework_version) >= (1, 3):
            kwargs.setdefault("enable_sagemaker_metrics", True)
        super().__init__(entry_point, source_dir, hyperparameters, image_uri=image_uri, **kwargs)
        self._check_distribution(_with_data_parallel(distribution), "pytorch", framework_version)
        self.compiler_config = checked_compiler(compiler_config, TrainingCompilerConfig, self)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON, with those that say how the script is distributed."""
        job = self._job_to_distribute("pytorch", self.framework_version)
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
    ) -> PyTorchModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            **kwargs: Go to `PyTorchModel`.
        """
        return PyTorchModel(
            self.model_data,
            role or self.role,
            entry_point or self._model_entry_point(),
            framework_version=self.framework_version,
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
        return cls._attached_to_image(arguments, "pytorch", job_details["TrainingJobName"])


def _with_data_parallel(distribution: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a distribution in which `pytorchddp` stands as what runs it: the vendor's data parallel library."""
    if distribution is None or "pytorchddp" not in distribution:
        return distribution
    if "smdistributed" in distribution:
        raise ValueError(
            "Cannot use both pytorchddp and smdistributed distribution options together.", dict(distribution)
        )
    others = {name: options for name, options in distribution.items() if name != "pytorchddp"}
    return {**others, "smdistributed": {"dataparallel": distribution["pytorchddp"]}}
