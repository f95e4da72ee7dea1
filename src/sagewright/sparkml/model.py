"""Pipelines of Spark ML that MLeap has written, served in Amazon's image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright import image_uris
from sagewright.arguments import ignored
from sagewright.model import Model
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, CSVSerializer

if TYPE_CHECKING:
    from sagewright.session import Session

framework_name = "sparkml-serving"


class SparkMLPredictor(Predictor):
    """Asks a served pipeline, with lines of CSV.

    Args:
        **kwargs: As for `Predictor`.
    """

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        component_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            endpoint_name, sagemaker_session, serializer or CSVSerializer(), component_name=component_name, **kwargs
        )


class SparkMLModel(Model):
    """A pipeline of Spark ML that MLeap has written.

    Args:
        model_data: The S3 URI of `model.tar.gz`.
        spark_version: `2.2`, `2.4` or `3.3`.
        **kwargs: As for `Model`. The variable `SAGEMAKER_SPARKML_SCHEMA` of `env` says as JSON which columns come in
            and which goes out, unless every request does.

    Example:
        >>> from sagewright.sparkml import SparkMLModel
        >>> SparkMLModel("s3://bucket/model.tar.gz", "role").image_uri
        '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-sparkml-serving:3.3'
    """

    def __init__(
        self,
        model_data: Any,
        role: str | None = None,
        spark_version: str = "3.3",
        sagemaker_session: Session | None = None,
        **kwargs: Any,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            region = Session().boto_region_name
        else:
            region = sagemaker_session.boto_region_name
        image_uri = image_uris.retrieve(framework_name, region, version=spark_version)
        ignored(kwargs, predictor_cls=SparkMLPredictor.__name__, image_uri=image_uri)
        super().__init__(
            image_uri, model_data, role, predictor_cls=SparkMLPredictor, sagemaker_session=sagemaker_session, **kwargs
        )
