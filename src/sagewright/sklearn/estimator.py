"""Training with scikit-learn (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import renamed
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.fw_utils import validate_version_or_image_args
from sagewright.sklearn.model import SKLearnModel, check_py_version

Document = dict[str, Any]

_GPUS = ("ml.p2.xlarge", "ml.p2.8xlarge", "ml.p2.16xlarge", "ml.p3.xlarge", "ml.p3.8xlarge", "ml.p3.16xlarge")


class SKLearn(Framework):
    """Trains with a script in the image of scikit-learn, on one host.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        framework_version: For example `1.2-1`; needed without `image_uri`.
        hyperparameters: The script gets them as arguments.
        image_uri_region: None: the session's.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: The version is missing or unknown, or the instances have GPUs.
        AttributeError: More than one instance, or another Python than 3.

    Example:
        >>> from sagewright.sklearn import SKLearn
        >>> image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
        >>> forest = SKLearn("train.py", image_uri=image, role="role", instance_type="ml.m5.large",
        ...                  hyperparameters={"trees": 100})
        >>> forest.hyperparameters()
        {'trees': '100'}
    """

    _framework_name: ClassVar[str] = "sklearn"

    def __init__(
        self,
        entry_point: str,
        framework_version: str | None = None,
        py_version: str = "py3",
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        image_uri: str | None = None,
        image_uri_region: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        validate_version_or_image_args(framework_version, py_version, image_uri)
        check_py_version(py_version)
        self.framework_version, self.py_version = framework_version, py_version
        _check_instances(kwargs.get("instance_type"), kwargs.get("instance_count"))
        super().__init__(
            entry_point, source_dir, hyperparameters, image_uri=image_uri, **{**kwargs, "instance_count": 1}
        )
        if image_uri is None:
            from sagewright import image_uris

            self.image_uri = image_uris.retrieve(
                self._framework_name,
                image_uri_region or self.sagemaker_session.boto_region_name,
                version=framework_version,
                py_version=py_version,
                instance_type=self.instance_type,
            )

    def create_model(
        self,
        model_server_workers: int | None = None,
        role: str | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        entry_point: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> SKLearnModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            **kwargs: Go to `SKLearnModel`.
        """
        kwargs.setdefault("enable_network_isolation", self.enable_network_isolation())
        return SKLearnModel(
            self.model_data,
            role or self.role,
            entry_point or self._model_entry_point(),
            source_dir=source_dir or self._model_source_dir(),
            framework_version=self.framework_version,
            py_version=self.py_version or "py3",
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
        return cls._attached_to_image(arguments, "scikit-learn", job_details["TrainingJobName"])


def _check_instances(instance_type: str | None, count: int | None) -> None:
    if instance_type in _GPUS:
        raise ValueError(
            "GPU training is not supported for Scikit-Learn. Please pick a different instance type from here: "
            "https://aws.amazon.com/ec2/instance-types/"
        )
    if count and count != 1:
        raise AttributeError(
            "Scikit-Learn does not support distributed training. Please remove the 'instance_count' argument or set "
            "'instance_count=1' when initializing SKLearn."
        )
