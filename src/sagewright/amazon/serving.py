"""Serving what an algorithm of Amazon's has learned: what the models and predictors of all of them have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright import image_uris
from sagewright.arguments import ignored
from sagewright.deserializers import BaseDeserializer, RecordDeserializer
from sagewright.model import Model
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, RecordSerializer

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


class RecordPredictor(Predictor):
    """Asks a served algorithm with rows of an array, `(n_rows, n_features)`, as records; it answers with records."""

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
            serializer or RecordSerializer(),
            deserializer or RecordDeserializer(),
            component_name,
        )


class AlgorithmModel(Model):
    """What an algorithm of Amazon's has learned, in the algorithm's own image.

    Args:
        model_data: The S3 URI of `model.tar.gz`.
        role: The role that its endpoints run with.
        **kwargs: As for `Model`; the image and the class of the predictor are the algorithm's.
    """

    repo_name: ClassVar[str]
    repo_version: ClassVar[str] = "1"
    _predictor_class: ClassVar[Callable[..., Any]] = RecordPredictor

    def __init__(
        self,
        model_data: Any,
        role: str | None = None,
        sagemaker_session: Session | None = None,
        **kwargs: Any,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        own = type(self)._predictor_class
        image_uri = image_uris.retrieve(self.repo_name, sagemaker_session.boto_region_name, version=self.repo_version)
        ignored(kwargs, predictor_cls=own.__name__, image_uri=image_uri)
        super().__init__(image_uri, model_data, role, predictor_cls=own, sagemaker_session=sagemaker_session, **kwargs)
