"""Asking a model that DJL serves (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.deserializers import BaseDeserializer, JSONDeserializer
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, JSONSerializer

if TYPE_CHECKING:
    from sagewright.session import Session


class DJLPredictor(Predictor):
    """Asks a model that DJL serves, with JSON."""

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        component_name: str | None = None,
    ) -> None:
        super().__init__(
            endpoint_name,
            sagemaker_session,
            serializer or JSONSerializer(),
            deserializer or JSONDeserializer(),
            component_name,
        )
