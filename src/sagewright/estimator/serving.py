"""Serving what an estimator has trained (`contract.md` 9.6)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright.deprecations import removed_warning
from sagewright.estimator.registering import RegisteringTrained
from sagewright.utils import Tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base

if TYPE_CHECKING:
    from sagewright.deserializers import BaseDeserializer
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
        if use_compiled_model and serverless_inference_config is None:
            family = "_".join((instance_type or "").split(".")[:-1])
            raise ValueError(
                f"No compiled model for {family}. Please compile one with compile_model before deploying.\n"
                "hint: compilation is not built into Sagewright; leave `use_compiled_model` out."
            )
        name = name_from_base(self.base_job_name or base_name_from_image(self.training_image_uri()))
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

    def compile_model(self, *_: Any, **__: Any) -> Any:
        """Not built yet: compilation."""
        raise NotImplementedError("Compilation is not built into Sagewright yet.")
