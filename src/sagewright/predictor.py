"""Asking a deployed model."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import no_surplus, suggests
from sagewright.deserializers import BaseDeserializer, BytesDeserializer
from sagewright.requests.hosting import production_variant_document
from sagewright.serializers import BaseSerializer, IdentitySerializer
from sagewright.utils import Tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")


@suggests
class Predictor:
    """Sends requests to an endpoint.

    Args:
        serializer: Makes the body of what `predict` is given.
        deserializer: Makes what `predict` returns of the answer.

    Example:
        >>> from sagewright.predictor import Predictor
        >>> Predictor("my-endpoint").endpoint_name
        'my-endpoint'
    """

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        component_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        endpoint_name = kwargs.pop("endpoint", endpoint_name)
        no_surplus("Predictor", kwargs, type(self).__init__)
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.endpoint_name = endpoint_name
        self.sagemaker_session = sagemaker_session
        self.serializer = serializer or IdentitySerializer()
        self.deserializer = deserializer or BytesDeserializer()
        self.component_name = component_name

    def predict(
        self,
        data: Any,
        initial_args: Mapping[str, Any] | None = None,
        target_model: str | None = None,
        target_variant: str | None = None,
        inference_id: str | None = None,
        custom_attributes: str | None = None,
        component_name: str | None = None,
    ) -> Any:
        """Return the model's answer.

        Args:
            data: What the serializer takes.
            initial_args: Members of the request that weigh more than the predictor's own.
            target_model: One of a multi-model endpoint's.
            target_variant: The variant that shall answer, instead of one drawn by weight.
            inference_id: Stands beside the request in captured data.
            custom_attributes: Handed to the model as a header.

        Raises:
            ClientError: `ModelError` where the model answered with an error.
        """
        request = {
            "EndpointName": self.endpoint_name,
            "ContentType": self.serializer.CONTENT_TYPE,
            "Accept": ", ".join(self.deserializer.ACCEPT),
            **{
                name: value
                for name, value in (
                    ("TargetModel", target_model),
                    ("TargetVariant", target_variant),
                    ("InferenceId", inference_id),
                    ("CustomAttributes", custom_attributes),
                    ("InferenceComponentName", component_name or self.component_name),
                )
                if value is not None
            },
            **(initial_args or {}),
        }
        request.setdefault("Body", self.serializer.serialize(data))
        response = self.sagemaker_session.sagemaker_runtime_client.invoke_endpoint(**request)
        return self.deserializer.deserialize(response["Body"], response.get("ContentType", "application/octet-stream"))

    def delete_endpoint(self, delete_endpoint_config: bool = True) -> None:
        """Delete the endpoint, and its configuration unless told otherwise."""
        if delete_endpoint_config:
            self._delete_endpoint_config()
        self.sagemaker_session.delete_endpoint(self.endpoint_name)

    def delete_predictor(self, wait: bool = False) -> None:
        """Delete the endpoint and its configuration; the service does not say when they have gone."""
        self.delete_endpoint()

    def update_endpoint(
        self,
        initial_instance_count: int | None = None,
        instance_type: str | None = None,
        accelerator_type: str | None = None,
        model_name: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        data_capture_config_dict: dict[str, Any] | None = None,
        max_instance_count: int | None = None,
        min_instance_count: int | None = None,
        wait: bool = True,
    ) -> None:
        """Give the endpoint a new configuration: its old one, but for what is given.

        Args:
            initial_instance_count, instance_type: Given together, or not at all.
            model_name: None: the one model that is served now.
            max_instance_count, min_instance_count: Bounds between which the instances may be scaled.

        Raises:
            ValueError: Too little is given to tell what the new instances are, or which model they serve.
        """
        variants = None
        if initial_instance_count or instance_type or accelerator_type or model_name:
            if instance_type is None or initial_instance_count is None:
                raise ValueError(
                    "Missing initial_instance_count and/or instance_type. Provided values: "
                    f"initial_instance_count={initial_instance_count}, instance_type={instance_type}, "
                    f"accelerator_type={accelerator_type}, model_name={model_name}."
                )
            bounds = (("MaxInstanceCount", max_instance_count), ("MinInstanceCount", min_instance_count))
            variant = production_variant_document(
                model_name or self._only_model_name(),
                instance_type,
                initial_instance_count,
                accelerator_type=accelerator_type,
                managed_instance_scaling={name: bound for name, bound in bounds if bound},
            )
            variants = [variant]
        existing = self._endpoint_config_name()
        new = name_from_base(existing)
        self.sagemaker_session.create_endpoint_config_from_existing(
            existing,
            new,
            new_tags=tags,
            new_kms_key=kms_key,
            new_data_capture_config_dict=data_capture_config_dict,
            new_production_variants=variants,
        )
        self.sagemaker_session.update_endpoint(self.endpoint_name, new, wait=wait)

    def delete_model(self) -> None:
        """Delete the models that the endpoint serves.

        Raises:
            Exception: One of them could not be deleted.
        """
        failed = []
        for name in self._model_names():
            try:
                self.sagemaker_session.delete_model(name)
            except Exception as error:  # noqa: BLE001 - the others shall be deleted all the same
                failed.append(f"{name}: {error}")
        if failed:
            raise Exception(f"One or more models cannot be deleted, please retry. {'; '.join(failed)}")

    @property
    def content_type(self) -> str:
        """The MIME type of requests."""
        return self.serializer.CONTENT_TYPE

    @property
    def accept(self) -> tuple[str, ...]:
        """The MIME types that answers may have."""
        return self.deserializer.ACCEPT

    @property
    def endpoint(self) -> str:
        """The endpoint's name, as it was called in v1."""
        logger.warning("endpoint has been renamed in sagemaker>=2.\n%s", "Use endpoint_name.")
        return self.endpoint_name

    def _delete_endpoint_config(self) -> None:
        self.sagemaker_session.delete_endpoint_config(self._endpoint_config_name())

    def _endpoint_config_name(self) -> str:
        return str(self.sagemaker_session.describe_endpoint(self.endpoint_name)["EndpointConfigName"])

    def _only_model_name(self) -> str:
        names = self._model_names()
        if len(names) > 1:
            raise ValueError(
                "Unable to choose a default model for a new EndpointConfig because the endpoint has multiple models: "
                f"{', '.join(names)}"
            )
        return names[0]

    def _model_names(self) -> list[str]:
        config = self.sagemaker_session.sagemaker_client.describe_endpoint_config(
            EndpointConfigName=self._endpoint_config_name()
        )
        return [variant["ModelName"] for variant in config["ProductionVariants"]]
