"""What asks models that run on this machine, and endpoints that are there (v2's own path)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Protocol

from sagewright.predictor import Predictor, PredictorBase
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.schema_builder import SchemaBuilder
    from sagewright.session import Session


class Answering(Protocol):
    """A model that runs on this machine."""

    def invoke(self, body: Any, content_type: str, accept: str) -> bytes:
        """Return the answer's body."""
        ...

    def destroy_server(self) -> None:
        """Let the model go."""
        ...


class LocalPredictor(PredictorBase):
    """Asks a model that runs on this machine, in a process of its own or in this one.

    Args:
        mode_obj: The model.
    """

    def __init__(self, mode_obj: Answering, serializer: Any, deserializer: Any) -> None:
        self._mode_obj, self.serializer, self.deserializer = mode_obj, serializer, deserializer

    def predict(self, data: Any) -> Any:
        """Return the model's answer."""
        accept = self.accept if isinstance(self.accept, str) else self.accept[0]
        body = self._mode_obj.invoke(self.serializer.serialize(data), self.content_type, accept)
        return self.deserializer.deserialize(io.BytesIO(body), accept)

    @property
    def content_type(self) -> str:
        """The MIME type of requests."""
        kind: str = self.serializer.CONTENT_TYPE
        return kind

    @property
    def accept(self) -> Any:
        """The MIME types that answers may have."""
        return self.deserializer.ACCEPT

    def delete_predictor(self) -> None:
        """Let the model go."""
        self._mode_obj.destroy_server()


def retrieve_predictor(
    endpoint_name: str,
    schema_builder: SchemaBuilder,
    sagemaker_session: Session,
    model_server: ModelServer = ModelServer.TORCHSERVE,
) -> Predictor:
    """Return what asks an endpoint that a builder has deployed.

    Raises:
        ValueError: Its server is neither TorchServe nor Triton.
    """
    if model_server == ModelServer.TRITON:
        from sagewright.serve.builder.triton_builder import triton_translators

        schema_builder._update_serializer_deserializer_for_triton()
        schema_builder._detect_dtype_for_triton()
        serializer, deserializer = triton_translators(schema_builder)
    elif model_server == ModelServer.TORCHSERVE:
        serializer, deserializer = translators(schema_builder)
    else:
        raise ValueError(f"Unsupproted model_server: {model_server}\nhint: TORCHSERVE or TRITON.")
    return Predictor(endpoint_name, sagemaker_session, serializer, deserializer)


def translators(schema_builder: Any) -> tuple[Any, Any]:
    """Return what makes requests and what reads answers: a user's own, or what the samples tell."""
    serializer = getattr(schema_builder, "custom_input_translator", None) or schema_builder.input_serializer
    deserializer = getattr(schema_builder, "custom_output_translator", None) or schema_builder.output_deserializer
    return serializer, deserializer
