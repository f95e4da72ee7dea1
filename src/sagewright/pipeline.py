"""Models that answer one after another on one endpoint (v2's own path)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.values import files, resolved
from sagewright.deferring import runnable_by_pipeline
from sagewright.deserializers import BaseDeserializer
from sagewright.local.choice import session_for
from sagewright.predictor import predictor_of
from sagewright.registering import get_model_package_args, package_of
from sagewright.requests.hosting import production_variant_document
from sagewright.requests.packages import inference_described
from sagewright.serializers import BaseSerializer
from sagewright.session_models import pipeline_container_def
from sagewright.utils import Tags, format_tags, name_from_image

if TYPE_CHECKING:
    from sagewright.drift_check_baselines import DriftCheckBaselines
    from sagewright.metadata_properties import MetadataProperties
    from sagewright.model import Model
    from sagewright.model_metrics import ModelMetrics
    from sagewright.model_package import ModelPackage
    from sagewright.session import Session
    from sagewright.transformer import Transformer
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class PipelineModel:
    """A serial inference pipeline: each model is asked with what the one before it has answered.

    Args:
        models: 2 to 15, in order. Each has its own image, data and code.
        role: The role that its endpoints run with.
        predictor_cls: Called with the endpoint's name and the session; what it returns is what `deploy` returns.
        name: None: the first image's name with a timestamp.
        vpc_config: `{"Subnets": [...], "SecurityGroupIds": [...]}`.

    Raises:
        ValueError: There is no role.

    Example:
        >>> from sagewright.model import Model
        >>> from sagewright.pipeline import PipelineModel
        >>> models = [Model(image, "s3://b/model.tar.gz") for image in ("first", "second")]
        >>> [container["Image"] for container in PipelineModel(models, "role").pipeline_container_def()]
        ['first', 'second']
    """

    def __init__(
        self,
        models: Sequence[Model],
        role: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        name: str | None = None,
        vpc_config: Document | None = None,
        sagemaker_session: Session | None = None,
        enable_network_isolation: bool | None = None,
    ) -> None:
        defaults = sagemaker_session if sagemaker_session is not None else files()
        role = resolved(role, defaults, paths.MODEL_EXECUTION_ROLE_ARN_PATH)
        if not role:
            raise ValueError("An AWS IAM role is required to create a Pipeline Model.")
        self.models, self.role, self.predictor_cls, self.name = models, role, predictor_cls, name
        self.vpc_config = resolved(vpc_config, defaults, paths.MODEL_VPC_CONFIG_PATH)
        self.sagemaker_session = sagemaker_session
        self.enable_network_isolation = resolved(
            enable_network_isolation, defaults, paths.MODEL_ENABLE_NETWORK_ISOLATION_PATH, False
        )
        self.endpoint_name: str | None = None

    def pipeline_container_def(self, instance_type: InstanceType | None = None) -> list[Document]:
        """Return the containers of `CreateModel`, in order; the models' code is uploaded on the way."""
        return pipeline_container_def(self.models, instance_type)

    def deploy(
        self,
        initial_instance_count: int,
        instance_type: InstanceType,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        endpoint_name: str | None = None,
        tags: Tags = None,
        wait: bool = True,
        update_endpoint: bool = False,
        data_capture_config: Any = None,
        kms_key: str | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
    ) -> Any:
        """Create the model, an endpoint configuration and an endpoint; see `Model.deploy` for the arguments.

        Args:
            endpoint_name: None: the model's name.

        Returns:
            What `predictor_cls` makes of the endpoint's name and the session; None where there is none.

        Raises:
            UnexpectedStatusException: The endpoint did not come into service.
        """
        session = self._session(instance_type)
        self.create(instance_type)
        assert self.name is not None
        self.endpoint_name = endpoint_name or self.name
        capture = None if data_capture_config is None else data_capture_config._to_request_dict()
        limits: Document = {
            "volume_size": volume_size,
            "model_data_download_timeout": model_data_download_timeout,
            "container_startup_health_check_timeout": container_startup_health_check_timeout,
        }
        if update_endpoint:
            session.create_endpoint_config(
                self.name,
                self.name,
                initial_instance_count,
                instance_type,
                tags=tags,
                kms_key=kms_key,
                data_capture_config_dict=capture,
                **limits,
            )
            session.update_endpoint(self.endpoint_name, self.name, wait=wait)
        else:
            variant = production_variant_document(self.name, instance_type, initial_instance_count, **limits)
            session.endpoint_from_production_variants(
                self.endpoint_name, [variant], format_tags(tags), kms_key, wait, capture
            )
        return predictor_of(self.predictor_cls, self.endpoint_name, session, serializer, deserializer)

    @runnable_by_pipeline
    def create(self, instance_type: InstanceType) -> None:
        """Create the model, without an endpoint."""
        session = self._session(instance_type)
        containers = self.pipeline_container_def(instance_type)
        self.name = self.name or name_from_image(containers[0]["Image"])
        session.create_model(self.name, self.role, containers, self.vpc_config, self.enable_network_isolation)

    def transformer(
        self,
        instance_count: int,
        instance_type: InstanceType,
        strategy: str | None = None,
        assemble_with: str | None = None,
        output_path: str | None = None,
        output_kms_key: str | None = None,
        accept: str | None = None,
        env: Mapping[str, str] | None = None,
        max_concurrent_transforms: int | None = None,
        max_payload: int | None = None,
        tags: Tags = None,
        volume_kms_key: str | None = None,
    ) -> Transformer:
        """Create the model; return what runs transform jobs of it (see `Transformer` for the arguments)."""
        from sagewright.transformer import Transformer

        session = self._session(instance_type)
        self.create(instance_type)
        assert self.name is not None
        return Transformer(
            self.name,
            instance_count,
            instance_type,
            strategy=strategy,
            assemble_with=assemble_with,
            output_path=output_path,
            output_kms_key=output_kms_key,
            accept=accept,
            max_concurrent_transforms=max_concurrent_transforms,
            max_payload=max_payload,
            tags=format_tags(tags),
            env=env,
            base_transform_job_name=self.name,
            sagemaker_session=session,
            volume_kms_key=volume_kms_key,
        )

    @runnable_by_pipeline
    def register(
        self,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
        model_package_name: str | None = None,
        model_package_group_name: str | None = None,
        image_uri: str | None = None,
        model_metrics: ModelMetrics | None = None,
        metadata_properties: MetadataProperties | None = None,
        marketplace_cert: bool = False,
        approval_status: str | None = None,
        description: str | None = None,
        drift_check_baselines: DriftCheckBaselines | None = None,
        customer_metadata_properties: Mapping[str, str] | None = None,
        domain: str | None = None,
        sample_payload_url: str | None = None,
        task: str | None = None,
        framework: str | None = None,
        framework_version: str | None = None,
        nearest_model_name: str | None = None,
        data_input_configuration: str | None = None,
        skip_model_validation: str | None = None,
        source_uri: str | None = None,
        model_card: Any = None,
        model_package_registration_type: str | None = None,
        base_model: Any = None,
    ) -> ModelPackage | None:
        """Put the models into the registry as one package; see `Model.register` for the arguments.

        Args:
            image_uri: With a name, of all models; None: each model's own.

        Raises:
            ValueError: A model has no data, or neither a name nor a group is given.
        """
        session = self._session(inference_instances[0] if inference_instances else None)
        if any(model.model_data is None for model in self.models):
            raise ValueError("SageMaker Model Package cannot be created without model data.")
        if model_package_group_name is not None:
            containers = [
                inference_described(
                    container, framework, framework_version, nearest_model_name, data_input_configuration
                )
                for container in self.pipeline_container_def(inference_instances[0] if inference_instances else None)
            ]
        else:
            containers = [
                {"Image": image_uri or model.image_uri, "ModelDataUrl": model.model_data} for model in self.models
            ]
        if base_model is not None:
            containers = [{**container, "BaseModel": base_model} for container in containers]
        answer = session.create_model_package_from_containers(
            **get_model_package_args(
                content_types,
                response_types,
                inference_instances=inference_instances,
                transform_instances=transform_instances,
                model_package_name=model_package_name,
                model_package_group_name=model_package_group_name,
                model_metrics=model_metrics,
                metadata_properties=metadata_properties,
                marketplace_cert=marketplace_cert,
                approval_status=approval_status,
                description=description,
                container_def_list=containers,
                drift_check_baselines=drift_check_baselines,
                customer_metadata_properties=customer_metadata_properties,
                domain=domain,
                sample_payload_url=sample_payload_url,
                task=task,
                skip_model_validation=skip_model_validation,
                source_uri=source_uri,
                model_card=model_card,
                model_package_registration_type=model_package_registration_type,
            )
        )
        return package_of(answer, self, session)

    def delete_model(self) -> None:
        """Delete the model.

        Raises:
            ValueError: It has not been created.
        """
        if self.name is None:
            raise ValueError("The SageMaker model must be created before attempting to delete.")
        self._session().delete_model(self.name)

    def _session(self, instance_type: InstanceType | None = None) -> Session:
        """Return the session, which the models share that have none."""
        if self.sagemaker_session is None:
            self.sagemaker_session = session_for(instance_type, None, None)
        for model in self.models:
            model.sagemaker_session = model.sagemaker_session or self.sagemaker_session
        return self.sagemaker_session
