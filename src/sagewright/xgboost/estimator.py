"""Training with XGBoost and a script of one's own (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sagewright.arguments import renamed
from sagewright.estimator import Framework
from sagewright.estimator.base import VPC_CONFIG_DEFAULT
from sagewright.xgboost.model import XGBoostModel, check_versions

Document = dict[str, Any]


class XGBoost(Framework):
    """Trains with a script in the image of XGBoost.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        framework_version: For example `1.7-1`.
        hyperparameters: The script gets them as arguments.
        image_uri_region: None: the session's.
        **kwargs: As for `Framework` and `Estimator`.

    Raises:
        ValueError: The version is unknown, or another Python than 3 is asked for.

    Example:
        >>> from sagewright.xgboost import XGBoost
        >>> image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
        >>> trees = XGBoost("train.py", "1.7-1", image_uri=image, role="role", instance_count=1,
        ...                 instance_type="ml.m5.large", hyperparameters={"eta": 0.3})
        >>> trees.hyperparameters()
        {'eta': '0.3'}
    """

    _framework_name: ClassVar[str] = "xgboost"
    _logs_when_attached = "All"

    def __init__(
        self,
        entry_point: str,
        framework_version: str,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        py_version: str = "py3",
        image_uri: str | None = None,
        image_uri_region: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        super().__init__(entry_point, source_dir, hyperparameters, image_uri=image_uri, **kwargs)
        self.framework_version, self.py_version = framework_version, py_version
        check_versions(py_version, framework_version)
        if image_uri is None:
            from sagewright import image_uris

            self.image_uri = image_uris.retrieve(
                self._framework_name,
                image_uri_region or self.sagemaker_session.boto_region_name,
                version=framework_version,
                py_version=py_version,
                instance_type=self.instance_type,
                image_scope="training",
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
    ) -> XGBoostModel:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            entry_point, source_dir, dependencies: The code that serves; None: that which has trained.
            **kwargs: Go to `XGBoostModel`.
        """
        return XGBoostModel(
            self.model_data,
            role or self.role,
            entry_point or self._model_entry_point(),
            framework_version=self.framework_version,
            source_dir=source_dir or self._model_source_dir(),
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
        return cls._attached_to_image(arguments, "xgboost", job_details["TrainingJobName"])
