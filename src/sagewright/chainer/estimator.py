"""Training with Chainer (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import renamed
from sagewright.chainer.model import ChainerModel, warn_of_python_2
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.estimator.staging import as_json
from sagewright.fw_utils import validate_version_or_image_args

Document = dict[str, Any]

_OPTIONS = ("use_mpi", "num_processes", "process_slots_per_host", "additional_mpi_options")


class Chainer(Framework):
    """Trains with a script in an image of Chainer.

    Amazon makes no new images of it, and the target `local` has none of its own: map the image to a command there.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        use_mpi: Run the script by `mpirun`; None: where there are several instances.
        num_processes: Of all instances together; None: one for each GPU, or for each instance without.
        process_slots_per_host: None: one for each GPU, or one.
        additional_mpi_options: Put behind `mpirun`, for example `-X NCCL_DEBUG=WARN`.
        hyperparameters: The script gets them as arguments.
        framework_version, py_version: For example `5.0.0` and `py3`; needed without `image_uri`.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: A version is missing.

    Example:
        >>> from sagewright.chainer import Chainer
        >>> net = Chainer("train.py", num_processes=4, framework_version="5.0.0", py_version="py3", role="role",
        ...               instance_count=2, instance_type="ml.m5.large")
        >>> net.hyperparameters()
        {'sagemaker_num_processes': '4'}
    """

    _framework_name: ClassVar[str] = "chainer"

    def __init__(
        self,
        entry_point: str,
        use_mpi: bool | None = None,
        num_processes: int | None = None,
        process_slots_per_host: int | None = None,
        additional_mpi_options: str | None = None,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        framework_version: str | None = None,
        py_version: str | None = None,
        image_uri: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        validate_version_or_image_args(framework_version, py_version, image_uri)
        warn_of_python_2(py_version)
        self.framework_version, self.py_version = framework_version, py_version
        super().__init__(entry_point, source_dir, hyperparameters, image_uri=image_uri, **kwargs)
        self.use_mpi, self.num_processes = use_mpi, num_processes
        self.process_slots_per_host, self.additional_mpi_options = process_slots_per_host, additional_mpi_options

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON, with those that say how the script is distributed."""
        asked = {f"sagemaker_{name}": getattr(self, name) for name in _OPTIONS}
        return {**super().hyperparameters(), **as_json({name: value for name, value in asked.items() if value})}

    def create_model(
        self,
        model_server_workers: int | None = None,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> ChainerModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            **kwargs: Go to `ChainerModel`.
        """
        return ChainerModel(
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
        for name in _OPTIONS:
            value = arguments["hyperparameters"].pop(f"sagemaker_{name}", None)
            if value:
                arguments[name] = value
        return cls._attached_to_image(arguments, cls._framework_name, job_details["TrainingJobName"])
