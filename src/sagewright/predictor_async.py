"""Asking an asynchronous endpoint (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright import storage
from sagewright.arguments import suggests
from sagewright.async_inference.answers import awaited_answer
from sagewright.async_inference.async_inference_response import AsyncInferenceResponse
from sagewright.async_inference.waiter_config import WaiterConfig
from sagewright.deserializers import BaseDeserializer
from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.serializers import BaseSerializer
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import name_from_base, sagemaker_timestamp

if TYPE_CHECKING:
    from sagewright.predictor import Predictor
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class AsyncPredictor:
    """Asks an endpoint that answers in S3. `deploy` with an `AsyncInferenceConfig` returns one.

    Args:
        predictor: Serializes, deserializes, and knows the endpoint.
        name: Stands in the keys of inputs; None: the endpoint's name.
    """

    def __init__(self, predictor: Predictor, name: str | None = None) -> None:
        self.predictor, self.name = predictor, name
        self.endpoint_name = predictor.endpoint_name
        self.sagemaker_session = predictor.sagemaker_session
        self._s3_client: Any = None
        self._input_path: str | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out a client, which holds connections: the session has another."""
        return {**self.__dict__, "_s3_client": None}

    @property
    def s3_client(self) -> Any:
        """Stores inputs and looks for answers: the session's, unless another is set."""
        return self._s3_client or self.sagemaker_session.s3_client

    @s3_client.setter
    def s3_client(self, client: Any) -> None:
        self._s3_client = client

    @property
    def serializer(self) -> BaseSerializer:
        """Makes the input of what `predict` is given."""
        return self.predictor.serializer

    @serializer.setter
    def serializer(self, serializer: BaseSerializer) -> None:
        self.predictor.serializer = serializer

    @property
    def deserializer(self) -> BaseDeserializer:
        """Makes what is returned of the answer."""
        return self.predictor.deserializer

    @deserializer.setter
    def deserializer(self, deserializer: BaseDeserializer) -> None:
        self.predictor.deserializer = deserializer

    def predict(
        self,
        data: Any = None,
        input_path: str | None = None,
        initial_args: Mapping[str, Any] | None = None,
        inference_id: str | None = None,
        waiter_config: WaiterConfig = WaiterConfig(),  # noqa: B008 - v2's; nobody changes it
    ) -> Any:
        """Ask, wait, and return the answer.

        Args:
            data: What the serializer takes; None: what lies at `input_path`.
            input_path: The S3 URI of the input; with `data` where they are stored.
            initial_args: Members of the request that weigh more than the predictor's own.
            inference_id: Identifies the request.
            waiter_config: How long to wait for the answer: a quarter of an hour, unless told otherwise.

        Raises:
            PollingTimeoutError: It did not come in time.
            AsyncInferenceModelError: The model answered with an error.
            ValueError: There are neither data nor a path.
        """
        response = self._ask(data, input_path, initial_args, inference_id)
        return self._wait_for_output(response["OutputLocation"], response.get("FailureLocation"), waiter_config)

    def predict_async(
        self,
        data: Any = None,
        input_path: str | None = None,
        initial_args: Mapping[str, Any] | None = None,
        inference_id: str | None = None,
    ) -> AsyncInferenceResponse:
        """Ask, and return what the answer can be had from; the arguments are those of `predict`.

        Raises:
            ValueError: There are neither data nor a path.
        """
        response = self._ask(data, input_path, initial_args, inference_id)
        return AsyncInferenceResponse(self, response["OutputLocation"], response.get("FailureLocation"))

    def _ask(
        self, data: Any, input_path: str | None, initial_args: Mapping[str, Any] | None, inference_id: str | None
    ) -> Document:
        if data is None and input_path is None:
            raise ValueError("Please provide input data or input Amazon S3 location to use async prediction")
        if data is not None:
            input_path = self._upload(data, input_path)
        self._input_path = input_path
        request = {
            "EndpointName": self.endpoint_name,
            "Accept": ", ".join(self.predictor.accept),
            **(initial_args or {}),
            "InputLocation": input_path,
            **({"InferenceId": inference_id} if inference_id else {}),
        }
        return dict(self.sagemaker_session.sagemaker_runtime_client.invoke_endpoint_async(**request))

    def _upload(self, data: Any, input_path: str | None) -> str:
        """Store the input; return its S3 URI."""
        bucket, key = parse_s3_url(input_path) if input_path else self._new_place()
        owner = storage.owner_of_default_bucket(self.sagemaker_session, bucket)
        self.s3_client.put_object(
            Body=self.serializer.serialize(data),
            Bucket=bucket,
            Key=key,
            ContentType=self.serializer.CONTENT_TYPE,
            **({"ExpectedBucketOwner": owner} if owner else {}),
        )
        return input_path or f"s3://{bucket}/{key}"

    def _new_place(self) -> tuple[str, str]:
        import uuid

        session = self.sagemaker_session
        folder = name_from_base(self.name or self.endpoint_name, short=True)
        name = f"{sagemaker_timestamp()}-{uuid.uuid4()}"
        key = s3_path_join(session.default_bucket_prefix or "", "async-endpoint-inputs", folder, name)
        return session.default_bucket(), key

    def _wait_for_output(self, output_path: str, failure_path: str | None, waiter_config: WaiterConfig) -> Any:
        return awaited_answer(self, output_path, failure_path, waiter_config)

    # As of the predictor ------------------------------------------------------------------------------------------

    def update_endpoint(
        self,
        initial_instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        model_name: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        data_capture_config_dict: Document | None = None,
        wait: bool = True,
    ) -> None:
        """Give the endpoint a new configuration; see `Predictor.update_endpoint`."""
        self.predictor.update_endpoint(
            initial_instance_count,
            instance_type,
            accelerator_type,
            model_name,
            format_tags(tags),
            kms_key,
            data_capture_config_dict,
            wait=wait,
        )

    def delete_endpoint(self, delete_endpoint_config: bool = True) -> None:
        """Delete the endpoint, and its configuration unless told otherwise."""
        self.predictor.delete_endpoint(delete_endpoint_config)

    def delete_model(self) -> None:
        """Delete the models that the endpoint serves."""
        self.predictor.delete_model()

    def enable_data_capture(self) -> None:
        """Keep what the endpoint is asked and answers."""
        self.predictor.enable_data_capture()

    def disable_data_capture(self) -> None:
        """Keep nothing of what the endpoint is asked and answers."""
        self.predictor.disable_data_capture()

    def update_data_capture_config(self, data_capture_config: Any) -> None:
        """Keep what a `DataCaptureConfig` says."""
        self.predictor.update_data_capture_config(data_capture_config)

    def list_monitors(self) -> list[Any]:
        """Return the endpoint's monitors."""
        return self.predictor.list_monitors()

    def endpoint_context(self) -> Any:
        """Not built yet: lineage."""
        return self.predictor.endpoint_context()
