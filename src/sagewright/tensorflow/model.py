"""Serving with TensorFlow (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.deserializers import BaseDeserializer, JSONDeserializer
from sagewright.model import FrameworkModel
from sagewright.model_code import (
    code_place,
    repack_with_code,
    repacks_in_run,
    script_variables,
    upload_model_code,
)
from sagewright.predictor import Predictor
from sagewright.requests.hosting import container_definition
from sagewright.serializers import BaseSerializer, JSONSerializer
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_LOG_LEVELS = {10: "debug", 20: "info", 30: "warn", 40: "error", 50: "crit"}
# Versions whose serving images are numbered otherwise than the training images.
_SERVED_BY = {"2.12.0": "2.12.1", "2.16.2": "2.16.1"}


class TensorFlowPredictor(Predictor):
    """Asks a served model of TensorFlow, with JSON.

    Args:
        model_name, model_version: Which of the served models answers; None: the server's default.
    """

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        model_name: str | None = None,
        model_version: str | None = None,
        component_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            endpoint_name,
            sagemaker_session,
            serializer or JSONSerializer(),
            deserializer or JSONDeserializer(),
            component_name,
            **kwargs,
        )
        wanted = (("tfs-model-name", model_name), ("tfs-model-version", model_version))
        self._model_attributes = ",".join(f"{name}={value}" for name, value in wanted if value)

    def classify(self, data: Any) -> Any:
        """Return the model's classification."""
        return self._ask(data, "classify")

    def regress(self, data: Any) -> Any:
        """Return the model's regression."""
        return self._ask(data, "regress")

    def predict(  # type: ignore[override]  # v2's takes two arguments, ours hands the others on
        self, data: Any, initial_args: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Return the model's answer; see `Predictor.predict`."""
        arguments = dict(initial_args or {})
        attributes = [text for text in (arguments.get("CustomAttributes"), self._model_attributes) if text]
        if attributes:
            arguments["CustomAttributes"] = ",".join(attributes)
        return super().predict(data, arguments, **kwargs)

    def _ask(self, data: Any, method: str) -> Any:
        if self.content_type != "application/json":
            raise ValueError(f"The {method} api requires json requests.")
        return self.predict(data, {"CustomAttributes": f"tfs-method={method}"})


class TensorFlowModel(FrameworkModel):
    """A model that TensorFlow Serving serves, perhaps with a script before and behind it.

    Args:
        model_data: The S3 URI of `model.tar.gz`.
        entry_point: A script with `input_handler` and `output_handler`, or `handler`; it is packed into the archive.
        framework_version: For example `2.14.1`; needed without `image_uri`.
        **kwargs: As for `FrameworkModel` and `Model`.
    """

    _framework_name: ClassVar[str] = "tensorflow"
    _registers_version: ClassVar[bool] = True

    def __init__(
        self,
        model_data: str | Document | None,
        role: str | None = None,
        entry_point: str | None = None,
        image_uri: str | None = None,
        framework_version: str | None = None,
        container_log_level: int | None = None,
        predictor_cls: Callable[..., Any] | None = TensorFlowPredictor,
        **kwargs: Any,
    ) -> None:
        if framework_version is None and image_uri is None:
            raise ValueError(
                "Both framework_version and image_uri were None. Either specify framework_version or specify image_uri."
            )
        super().__init__(model_data, image_uri, role, entry_point, predictor_cls=predictor_cls, **kwargs)
        self.framework_version = framework_version
        self.inference_framework_version = _SERVED_BY.get(str(framework_version), framework_version)
        self._log_level = container_log_level

    def prepare_container_def(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> Document:
        """Return the container of `CreateModel`, having packed the code into the model's archive.

        Raises:
            ValueError: Nothing tells which image serves.
        """
        if self.image_uri is None and instance_type is None and serverless_inference_config is None:
            raise ValueError("Must supply either an instance type (for choosing CPU vs GPU) or an image URI.")
        image_uri = self.serving_image_uri(
            self._session().boto_region_name, instance_type, accelerator_type, serverless_inference_config
        )
        model_data, env = self.model_data, self._container_env()
        if self.entry_point and is_variable(model_data):
            repacks_in_run(self, image_uri)
        elif self.entry_point and self._session()._asks_engine():
            upload_model_code(self, image_uri, repack=False)
            env = {**env, **script_variables(self)}
        elif self.entry_point:
            bucket, prefix = code_place(self, image_uri)
            model_data = f"s3://{bucket}/{prefix}/model.tar.gz"
            repack_with_code(self, model_data)
        terms = self._terms(accept_eula, model_reference_arn)
        return container_definition(image_uri, model_data, env, **terms)

    def serving_image_uri(
        self,
        region_name: str,
        instance_type: InstanceType | None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
    ) -> str:
        """Return the image that serves: the model's own, or the framework's."""
        if self.image_uri:
            return self.image_uri
        from sagewright import image_uris

        logger.info("image_uri is not presented, retrieving image_uri based on instance_type, framework etc.")
        return image_uris.retrieve(
            self._framework_name,
            region_name,
            version=self.inference_framework_version,
            instance_type=instance_type,
            accelerator_type=accelerator_type,
            image_scope="inference",
            serverless_inference_config=serverless_inference_config,
        )

    def _container_env(self) -> dict[str, str]:
        if not self._log_level:
            return self.env
        if self._log_level not in _LOG_LEVELS:
            logger.warning("ignoring invalid container log level: %s", self._log_level)
            return self.env
        return {**self.env, "SAGEMAKER_TFS_NGINX_LOGLEVEL": _LOG_LEVELS[self._log_level]}
