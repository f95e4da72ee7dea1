"""Serving what an estimator has trained (`contract.md` 9.6)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sagewright.compiling import FRAMEWORKS
from sagewright.deprecations import removed_warning
from sagewright.estimator.registering import RegisteringTrained
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base

if TYPE_CHECKING:
    from sagewright.deserializers import BaseDeserializer
    from sagewright.estimator.base import EstimatorBase
    from sagewright.model import Model
    from sagewright.serializers import BaseSerializer
    from sagewright.training_job import TrainingJob
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")


class Serving(RegisteringTrained):
    """The part of an estimator that serves what was trained."""

    base_job_name: str | None
    output_kms_key: str | None
    tags: list[dict[str, str]] | None
    _compiled_models: dict[str | None, Model]

    if TYPE_CHECKING:

        def create_model(self, **kwargs: Any) -> Model: ...

        def training_image_uri(self) -> str: ...

        def _job(self) -> TrainingJob: ...

    def deploy(
        self,
        initial_instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        accelerator_type: str | None = None,
        endpoint_name: str | None = None,
        use_compiled_model: bool = False,
        wait: bool = True,
        model_name: str | None = None,
        kms_key: str | None = None,
        data_capture_config: Any = None,
        tags: Tags = None,
        serverless_inference_config: Any = None,
        async_inference_config: Any = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
        inference_recommendation_id: str | None = None,
        explainer_config: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Serve what was trained; return a predictor.

        Args:
            endpoint_name: None: the job's base name with a timestamp.
            model_name: None: likewise; the same name where neither is given.
            wait: Return when the endpoint is in service.
            **kwargs: Go to `create_model`. The others are those of `Model.deploy`.

        Raises:
            ValueError: Nothing has been trained.
            UnexpectedStatusException: The endpoint did not come into service.
        """
        self._job()
        name = name_from_base(self.base_job_name or base_name_from_image(self.training_image_uri()))
        if use_compiled_model and serverless_inference_config is None:
            model = self._compiled_model("_".join((instance_type or "").split(".")[:-1]))
        else:
            model = self.create_model(**{"model_kms_key": self.output_kms_key, **kwargs})
        model.name = model_name or name
        return model.deploy(
            initial_instance_count,
            instance_type,
            serializer,
            deserializer,
            accelerator_type,
            endpoint_name or name,
            tags or self.tags,
            kms_key,
            wait,
            data_capture_config,
            async_inference_config,
            serverless_inference_config,
            volume_size,
            model_data_download_timeout,
            container_startup_health_check_timeout,
            inference_recommendation_id,
            explainer_config,
        )

    def delete_endpoint(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing, as in v2: predictors delete their endpoints."""
        removed_warning("The function delete_endpoint")

    def compile_model(
        self,
        target_instance_family: str | None,
        input_shape: Mapping[str, Any] | str | None,
        output_path: str,
        framework: str | None = None,
        framework_version: str | None = None,
        compile_max_run: int = 15 * 60,
        tags: Tags = None,
        target_platform_os: str | None = None,
        target_platform_arch: str | None = None,
        target_platform_accelerator: str | None = None,
        compiler_options: Mapping[str, Any] | str | None = None,
        **kwargs: Any,
    ) -> Model:
        """Have SageMaker Neo compile what was trained; on the target `aws` only. See `Model.compile`.

        Args:
            **kwargs: Go to `create_model`.

        Returns:
            The compiled model, which `deploy(use_compiled_model=True)` serves.

        Raises:
            ValueError: The framework is none that is compiled, or comes without its version.
        """
        if framework and framework not in FRAMEWORKS:
            raise ValueError(f"Please use valid framework, allowed values: {FRAMEWORKS}")
        if (framework is None) != (framework_version is None):
            raise ValueError("You should provide framework and framework_version at the same time.")
        base = self.base_job_name or base_name_from_image(self.training_image_uri(), default_base_name="training-job")
        compiled = self.create_model(**kwargs).compile(
            target_instance_family,
            input_shape,
            output_path,
            cast("EstimatorBase", self).role,
            format_tags(tags),
            name_from_base(f"compilation-{base}"),
            compile_max_run,
            framework,
            framework_version,
            target_platform_os,
            target_platform_arch,
            target_platform_accelerator,
            compiler_options,
        )
        self._compiled_models[target_instance_family] = compiled
        return compiled

    def _compiled_model(self, family: str) -> Model:
        """Return the model that was compiled for a machine.

        Raises:
            ValueError: There is none.
        """
        if family not in self._compiled_models:
            raise ValueError(
                f"No compiled model for {family}. Please compile one with compile_model before deploying.\n"
                f"hint: `compile_model({family!r}, ...)` does."
            )
        return self._compiled_models[family]
