"""Many models behind one endpoint (v2's own path)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sagewright import storage
from sagewright.arguments import no_surplus
from sagewright.deserializers import BaseDeserializer
from sagewright.local.choice import LOCAL, session_for
from sagewright.model import Model
from sagewright.predictor import predictor_of
from sagewright.requests.hosting import container_definition, production_variant_document
from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.serializers import BaseSerializer
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

MULTI_MODEL_CONTAINER_MODE = "MultiModel"


class MultiDataModel(Model):
    """All models below an S3 prefix, behind one endpoint: `predict(..., target_model="a.tar.gz")` names one.

    A model is loaded when it is first asked for, and given up when there is no room.

    Args:
        name: The model's name, and the endpoint's unless another is given.
        model_data_prefix: The S3 URI below which the archives lie.
        model: What serves them: its image, code, role and predictor class. Or, without it:
        image_uri, role: The image that serves them, and its role.
        **kwargs: As for `Model`, without `model`.

    Raises:
        ValueError: The prefix is no S3 URI, or there is a model beside an image.

    Example:
        >>> from sagewright.multidatamodel import MultiDataModel
        >>> models = MultiDataModel("all", "s3://b/models/", image_uri="image", role="role")
        >>> models.prepare_container_def()["Mode"]
        'MultiModel'
    """

    def __init__(
        self,
        name: str,
        model_data_prefix: str,
        model: Model | None = None,
        image_uri: str | None = None,
        role: str | None = None,
        sagemaker_session: Session | None = None,
        **kwargs: Any,
    ) -> None:
        if not model_data_prefix.startswith("s3://"):
            raise ValueError(f'Expecting S3 model prefix beginning with "s3://". Received: "{model_data_prefix}"')
        if model and (image_uri or role or kwargs):
            raise ValueError("Parameters image_uri, role, and kwargs are not permitted when model parameter is passed.")
        kwargs.pop("model_data", None)
        super().__init__(image_uri, model_data_prefix, role, name=name, sagemaker_session=sagemaker_session, **kwargs)
        self.model_data_prefix, self.model = model_data_prefix, model
        self.container_mode = MULTI_MODEL_CONTAINER_MODE

    def prepare_container_def(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> Document:
        """Return the container of `CreateModel`; the serving model's code is uploaded on the way."""
        image_uri, env = str(self.image_uri), self.env
        if self.model:
            self.model.sagemaker_session = self.model.sagemaker_session or self._session(instance_type)
            served = self.model.prepare_container_def(instance_type, accelerator_type=accelerator_type)
            image_uri, env = served["Image"], served["Environment"]
        return container_definition(
            image_uri,
            self.model_data_prefix,
            env,
            self.container_mode,
            accept_eula=accept_eula,
            model_reference_arn=model_reference_arn,
        )

    def deploy(  # type: ignore[override]  # v2's takes less than a model's
        self,
        initial_instance_count: int,
        instance_type: InstanceType,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        accelerator_type: str | None = None,
        endpoint_name: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        wait: bool = True,
        data_capture_config: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Create the model, an endpoint configuration and an endpoint; see `Model.deploy` for the arguments.

        Args:
            endpoint_name: None: the model's name.

        Returns:
            What the predictor class makes of the endpoint's name and the session; None where there is none.

        Raises:
            ValueError: There is no role.
            UnexpectedStatusException: The endpoint did not come into service.
        """
        if kwargs.pop("update_endpoint", None):
            logger.warning("update_endpoint is a no-op in sagemaker>=2.\nhint: use `Predictor.update_endpoint`.")
        no_surplus("MultiDataModel.deploy", kwargs, MultiDataModel.deploy)
        shown = self.model or self
        if shown.role is None:
            raise ValueError("Role can not be null for deploying a model")
        session = self._session(instance_type)
        container = self.prepare_container_def(instance_type, accelerator_type=accelerator_type)
        assert self.name is not None
        listed = format_tags(tags)
        isolated = shown.enable_network_isolation()
        session.create_model(self.name, shown.role, container, shown.vpc_config, isolated, tags=listed)
        self.endpoint_name = endpoint_name or self.name
        variant = production_variant_document(
            self.name, instance_type, initial_instance_count, accelerator_type=accelerator_type
        )
        capture = None if data_capture_config is None else data_capture_config._to_request_dict()
        session.endpoint_from_production_variants(self.endpoint_name, [variant], listed, kms_key, wait, capture)
        return predictor_of(shown.predictor_cls, self.endpoint_name, session, serializer, deserializer)

    def add_model(self, model_data_source: str, model_data_path: str | None = None) -> str:
        """Put an archive below the prefix; return its S3 URI.

        Args:
            model_data_source: The path of an archive here, or the S3 URI of one.
            model_data_path: Its place below the prefix, which `target_model` names; None: the file's name, or the key.

        Raises:
            ValueError: The source is neither.
        """
        session = self._session()
        if model_data_source.startswith("s3://"):
            source_bucket, key = parse_s3_url(model_data_source)
            bucket, place = parse_s3_url(s3_path_join(self.model_data_prefix, model_data_path or key))
            session.s3_client.copy({"Bucket": source_bucket, "Key": key}, bucket, place)
            return s3_path_join("s3://", bucket, place)
        if not os.path.exists(model_data_source):
            raise ValueError(
                f'model_source must either be a valid local file path or s3 uri. Received: "{model_data_source}"'
            )
        below = s3_path_join(self.model_data_prefix, model_data_path or os.path.basename(model_data_source))
        bucket, place = parse_s3_url(below)
        owner = storage.owner_of_default_bucket(session, bucket)
        extra = {"ExtraArgs": {"ExpectedBucketOwner": owner}} if owner else {}
        session.s3_client.upload_file(model_data_source, bucket, place, **extra)
        return s3_path_join("s3://", bucket, place)

    def list_models(self) -> Iterator[str]:
        """Yield the archives below the prefix, by what `target_model` names them."""
        bucket, prefix = parse_s3_url(self.model_data_prefix)
        for key in self._session().list_s3_files(bucket, prefix):
            yield key.replace(prefix, "", 1)

    def _session(self, instance_type: InstanceType | None = None) -> Session:
        if self.model and self.sagemaker_session is None:
            self.sagemaker_session = self.model.sagemaker_session
        if instance_type in LOCAL and self.sagemaker_session and not self.sagemaker_session.local_mode:
            self.sagemaker_session = session_for(instance_type, None, None)  # as v2: `local` is always this machine
        return super()._session(instance_type)
