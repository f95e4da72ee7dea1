"""Training with MXNet (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import renamed
from sagewright.distribution import release, warn_of_one_worker_per_host
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.fw_utils import validate_version_or_image_args
from sagewright.mxnet.model import MXNetModel, warn_of_python_2

Document = dict[str, Any]

_FIRST_DISTRIBUTED, _FIRST_WITH_METRICS = (1, 3), (1, 6)
_OLDEST_TAG, _OLDEST = "1.0", "0.12"  # images that were made before tags held versions


class MXNet(Framework):
    """Trains with a script in an image of MXNet.

    Amazon makes no new images of it, and the target `local` has none of its own: map the image to a command there.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        framework_version, py_version: For example `1.9.0` and `py38`; needed without `image_uri`.
        hyperparameters: The script gets them as arguments.
        distribution: How it runs on several processes: `parameter_server` or `mpi`.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: A version is missing, or too old for a distribution.

    Example:
        >>> from sagewright.mxnet import MXNet
        >>> net = MXNet("train.py", "1.9.0", "py38", role="role", instance_count=1, instance_type="ml.m5.large",
        ...             distribution={"parameter_server": {"enabled": True}})
        >>> net.hyperparameters()["sagemaker_parameter_server_enabled"]
        'true'
    """

    _framework_name: ClassVar[str] = "mxnet"

    def __init__(
        self,
        entry_point: str,
        framework_version: str | None = None,
        py_version: str | None = None,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        image_uri: str | None = None,
        distribution: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        distribution = kwargs.pop("distribution", distribution)
        validate_version_or_image_args(framework_version, py_version, image_uri)
        warn_of_python_2(py_version)
        self.framework_version, self.py_version = framework_version, py_version
        if framework_version and release(framework_version) >= _FIRST_WITH_METRICS:
            kwargs.setdefault("enable_sagemaker_metrics", True)
        super().__init__(entry_point, source_dir, hyperparameters, image_uri=image_uri, **kwargs)
        if distribution is not None:
            warn_of_one_worker_per_host(distribution, self.instance_type)
            self._hyperparameters.update(_distributed(distribution, framework_version))

    def create_model(
        self,
        model_server_workers: int | None = None,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        image_uri: str | None = None,
        **kwargs: Any,
    ) -> MXNetModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            image_uri: The image that serves; None: the estimator's.
            **kwargs: Go to `MXNetModel`.
        """
        kwargs["image_uri"] = image_uri or self.image_uri
        model = MXNetModel(
            self.model_data,
            role or self.role,
            entry_point,
            framework_version=self.framework_version,
            py_version=self.py_version,
            source_dir=source_dir or self._model_source_dir(),
            model_server_workers=model_server_workers,
            vpc_config=self.get_vpc_config(vpc_config_override),
            dependencies=dependencies or self.dependencies,
            **self._model_arguments(kwargs),
        )
        if entry_point is None:
            model.entry_point = self.entry_point if model._is_packed() else self._model_entry_point()
        return model

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        image_uri: str = arguments["image_uri"]
        arguments = cls._attached_to_image(arguments, cls._framework_name, job_details["TrainingJobName"])
        if arguments["framework_version"] is None and image_uri.endswith(f":{_OLDEST_TAG}") and arguments["py_version"]:
            arguments["framework_version"] = _OLDEST
        return arguments


def _distributed(distribution: Mapping[str, Any], framework_version: str | None) -> dict[str, Any]:
    """Return the hyperparameters that tell the container how to run the script."""
    if framework_version and release(framework_version) < _FIRST_DISTRIBUTED:
        first = ".".join(map(str, _FIRST_DISTRIBUTED))
        raise ValueError(f"The distribution option is valid for only versions {first} and higher")
    found: dict[str, Any] = {}
    if "parameter_server" in distribution:
        found["sagemaker_parameter_server_enabled"] = distribution["parameter_server"].get("enabled", False)
    if "mpi" in distribution:
        options = distribution["mpi"]
        found["sagemaker_mpi_enabled"] = options.get("enabled", False)
        if options.get("processes_per_host"):
            found["sagemaker_mpi_num_of_processes_per_host"] = options["processes_per_host"]
            found["sagemaker_mpi_custom_mpi_options"] = options.get("custom_mpi_options", "")
    return found
