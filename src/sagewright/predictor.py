"""Asking a deployed model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagewright.arguments import no_surplus, renamed_class, suggests
from sagewright.deprecations import renamed_warning
from sagewright.deserializers import BaseDeserializer, BytesDeserializer
from sagewright.enums import EndpointType
from sagewright.iterators import BaseIterator, ByteIterator
from sagewright.jumpstart.formats import default_predictor as retrieve_default
from sagewright.renamed_serializers import (
    csv_deserializer,
    csv_serializer,
    json_deserializer,
    json_serializer,
    npy_serializer,
    numpy_deserializer,
)
from sagewright.requests.hosting import production_variant_document
from sagewright.serializers import BaseSerializer, IdentitySerializer
from sagewright.utils import Tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.compute_resource_requirements import ResourceRequirements
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

__all__ = [
    "Predictor",
    "PredictorBase",
    "RealTimePredictor",
    "csv_deserializer",
    "csv_serializer",
    "json_deserializer",
    "json_serializer",
    "npy_serializer",
    "numpy_deserializer",
    "retrieve_default",
]

Document = dict[str, Any]


class PredictorBase(ABC):
    """What can be asked."""

    @abstractmethod
    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Return the answer."""

    @abstractmethod
    def delete_predictor(self, *args: Any, **kwargs: Any) -> None:
        """Delete what answers."""

    @property
    @abstractmethod
    def content_type(self) -> str:
        """The MIME type of requests."""

    @property
    @abstractmethod
    def accept(self) -> Any:
        """The MIME types that answers may have."""

    def __str__(self) -> str:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return f"{type(self).__name__}: {given}"


@suggests
class Predictor(PredictorBase):
    """Sends requests to an endpoint.

    Args:
        serializer: Makes the body of what `predict` is given.
        deserializer: Makes what `predict` returns of the answer.
        component_name: The inference component that answers, on an endpoint of several.

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
        self._content_type: str | None = None
        self._accept: str | tuple[str, ...] | None = None

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
            initial_args: Further members of the request; its content type and accepted types weigh more than the
                predictor's own.
            target_model: One of a multi-model endpoint's.
            target_variant: The variant that shall answer, instead of one drawn by weight.
            inference_id: Stands beside the request in captured data.
            custom_attributes: Handed to the model as a header.
            component_name: The inference component that shall answer; None: the predictor's.

        Raises:
            ClientError: `ModelError` where the model answered with an error.
        """
        request = self._create_request_args(
            data,
            initial_args,
            TargetModel=target_model,
            TargetVariant=target_variant,
            InferenceId=inference_id,
            CustomAttributes=custom_attributes,
            InferenceComponentName=component_name or self.component_name,
        )
        return self._handle_response(self.sagemaker_session.sagemaker_runtime_client.invoke_endpoint(**request))

    def predict_stream(
        self,
        data: Any,
        initial_args: Mapping[str, Any] | None = None,
        target_variant: str | None = None,
        inference_id: str | None = None,
        custom_attributes: str | None = None,
        component_name: str | None = None,
        target_container_hostname: str | None = None,
        iterator: Callable[[Any], BaseIterator] = ByteIterator,
    ) -> BaseIterator:
        """Return an iterator over the model's answer, which gives each piece as soon as it is there.

        Args:
            target_container_hostname: The container that shall answer, where each can be asked.
            iterator: Makes pieces of the answer's events: `sagewright.iterators.LineIterator`, or a class of your own.

        Raises:
            ClientError: `ModelError` where the model answered with an error.
        """
        request = self._create_request_args(
            data,
            initial_args,
            TargetVariant=target_variant,
            InferenceId=inference_id,
            CustomAttributes=custom_attributes,
            InferenceComponentName=component_name or self.component_name,
            TargetContainerHostname=target_container_hostname,
        )
        runtime = self.sagemaker_session.sagemaker_runtime_client
        return iterator(runtime.invoke_endpoint_with_response_stream(**request)["Body"])

    def _create_request_args(self, data: Any, initial_args: Mapping[str, Any] | None, **members: Any) -> Document:
        return {
            "EndpointName": self.endpoint_name,
            "ContentType": self.content_type,
            "Accept": self.accept if isinstance(self.accept, str) else ", ".join(self.accept),
            **(initial_args or {}),
            **{name: value for name, value in members.items() if value},
            "Body": self.serializer.serialize(data),
        }

    def _handle_response(self, response: Mapping[str, Any]) -> Any:
        return self.deserializer.deserialize(response["Body"], response.get("ContentType", "application/octet-stream"))

    # What serves --------------------------------------------------------------------------------------------------

    def delete_endpoint(self, delete_endpoint_config: bool = True) -> None:
        """Delete the endpoint, and its configuration unless told otherwise."""
        if delete_endpoint_config:
            self._delete_endpoint_config()
        self.sagemaker_session.delete_endpoint(self.endpoint_name)

    def delete_predictor(self, wait: bool = False) -> None:
        """Delete the inference component; where there is none, the endpoint and its configuration.

        Args:
            wait: Return when the component has gone.
        """
        if self.component_name:
            self.sagemaker_session.delete_inference_component(self.component_name, wait=wait)
        else:
            self.delete_endpoint()

    def update_endpoint(
        self,
        initial_instance_count: int | None = None,
        instance_type: InstanceType | None = None,
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
            endpoint_type=(EndpointType.INFERENCE_COMPONENT_BASED if self.component_name else EndpointType.MODEL_BASED),
        )
        self.sagemaker_session.update_endpoint(self.endpoint_name, new, wait=wait)

    def update_predictor(
        self,
        model_name: str | None = None,
        image_uri: str | None = None,
        model_data: str | Document | None = None,
        env: Mapping[str, str] | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
        resources: ResourceRequirements | None = None,
    ) -> None:
        """Change the inference component.

        Args:
            model_name: What it serves; None: what `image_uri`, `model_data` and `env` make.
            model_data_download_timeout, container_startup_health_check_timeout: Seconds.
            resources: What a copy needs, and how many there are.

        Raises:
            ValueError: The predictor asks an endpoint, not a component of it.
        """
        if self.component_name is None:
            raise ValueError(
                "No inference component exists for the specified model. Ensure that you deployed the inference "
                "component, and try again."
            )
        container = _given(Image=image_uri, Environment=env, ArtifactUrl=model_data)
        parameters = _given(
            ModelDataDownloadTimeoutInSeconds=model_data_download_timeout,
            ContainerStartupHealthCheckTimeoutInSeconds=container_startup_health_check_timeout,
        )
        self.sagemaker_session.update_inference_component(
            self.component_name,
            _given(
                ModelName=model_name,
                Container=None if model_name else container,
                StartupParameters=parameters,
                ComputeResourceRequirements=resources and resources.get_compute_resource_requirements(),
            ),
            {"CopyCount": resources.copy_count} if resources and resources.copy_count else None,
        )

    def list_related_models(
        self,
        variant_name_equals: str | None = None,
        name_contains: str | None = None,
        creation_time_after: datetime | None = None,
        creation_time_before: datetime | None = None,
        last_modified_time_after: datetime | None = None,
        last_modified_time_before: datetime | None = None,
        status_equals: str | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> tuple[Any, str | None]:
        """Return a page of the endpoint's inference components, and the token of the next one."""
        page = self.sagemaker_session.list_inference_components(
            self.endpoint_name,
            variant_name_equals,
            name_contains,
            creation_time_after,
            creation_time_before,
            last_modified_time_after,
            last_modified_time_before,
            status_equals,
            sort_order,
            sort_by,
            max_results,
            next_token,
        )
        return page["InferenceComponents"], page.get("NextToken")

    def delete_model(self) -> None:
        """Delete the models that the endpoint serves.

        Raises:
            Exception: One of them could not be deleted.
        """
        failed, last = [], None
        for name in self._model_names():
            try:
                self.sagemaker_session.delete_model(name)
            except Exception as error:  # noqa: BLE001 - the others shall be deleted all the same
                failed.append(name)
                last = error
        if failed:
            raise Exception(
                f"One or more models cannot be deleted, please retry. \nFailed models: {', '.join(failed)}"
            ) from last

    # What is kept of requests and answers -------------------------------------------------------------------------

    def enable_data_capture(self) -> None:
        """Keep what the endpoint is asked and answers, as a `DataCaptureConfig` does by default."""
        self._capture(enabled=True)

    def disable_data_capture(self) -> None:
        """Keep nothing of what the endpoint is asked and answers."""
        self._capture(enabled=False)

    def _capture(self, *, enabled: bool) -> None:
        from sagewright.model_monitor import DataCaptureConfig

        self.update_data_capture_config(DataCaptureConfig(enabled, sagemaker_session=self.sagemaker_session))

    def update_data_capture_config(self, data_capture_config: Any) -> None:
        """Give the endpoint a configuration as it has, but for what is kept.

        Args:
            data_capture_config: A `DataCaptureConfig`; None: as it is.
        """
        new = name_from_base(self.endpoint_name)
        self.sagemaker_session.create_endpoint_config_from_existing(
            self._endpoint_config_name(),
            new,
            new_data_capture_config_dict=data_capture_config and data_capture_config._to_request_dict(),
        )
        self.sagemaker_session.update_endpoint(self.endpoint_name, new)

    def list_monitors(self) -> list[Any]:
        """Return the monitors of the endpoint's schedules."""
        from sagewright.model_monitor.attaching import monitors_of

        return list(monitors_of(self.sagemaker_session, str(self.endpoint_name)))

    def endpoint_context(self) -> Any:
        """Not built yet: lineage."""
        raise NotImplementedError("`endpoint_context` is not built into Sagewright yet: it needs lineage tracking.")

    @property
    def content_type(self) -> str:
        """The MIME type of requests: the serializer's, unless another one is set."""
        return self._content_type or self.serializer.CONTENT_TYPE

    @content_type.setter
    def content_type(self, value: str) -> None:
        self._content_type = value

    @property
    def accept(self) -> str | tuple[str, ...]:
        """The MIME types that answers may have: the deserializer's, unless others are set."""
        return self._accept or self.deserializer.ACCEPT

    @accept.setter
    def accept(self, value: str | tuple[str, ...]) -> None:
        self._accept = value

    @property
    def endpoint(self) -> str:
        """The endpoint's name, as it was called in v1."""
        renamed_warning("The endpoint attribute")
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
        if self.component_name:
            component = self.sagemaker_session.describe_inference_component(self.component_name)
            return [name for name in [component.get("Specification", {}).get("ModelName")] if name]
        config = self.sagemaker_session.sagemaker_client.describe_endpoint_config(
            EndpointConfigName=self._endpoint_config_name()
        )
        return [variant["ModelName"] for variant in config["ProductionVariants"] if "ModelName" in variant]


RealTimePredictor = renamed_class(Predictor, "RealTimePredictor")


def predictor_of(
    made_by: Callable[..., Any] | None,
    endpoint_name: str,
    session: Session,
    serializer: BaseSerializer | None,
    deserializer: BaseDeserializer | None,
    **more: Any,
) -> Any:
    """Return what a predictor class makes of an endpoint, with serializers in place of its own; None for no class."""
    if made_by is None:
        return None
    predictor = made_by(endpoint_name, session, **more)
    if serializer is not None:
        predictor.serializer = serializer
    if deserializer is not None:
        predictor.deserializer = deserializer
    return predictor


def _given(**members: Any) -> Document:
    return {name: value for name, value in members.items() if value}
