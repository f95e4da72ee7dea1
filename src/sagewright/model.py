"""Models: an image, its data, and how they are deployed (`contract.md` 9.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import nearest_of, no_surplus, refused, suggests
from sagewright.compiling import Compiling
from sagewright.config import paths
from sagewright.config.values import files, resolved
from sagewright.deferring import defers, runnable_by_pipeline
from sagewright.deployment import Deployment, deploy
from sagewright.deserializers import BaseDeserializer
from sagewright.enums import EndpointType
from sagewright.inference_recommender.inference_recommender_mixin import InferenceRecommenderMixin
from sagewright.local.choice import session_for
from sagewright.local_data import uploaded_file
from sagewright.model_base import ModelBase
from sagewright.model_code import script_variables, upload_model_code
from sagewright.predictor import Predictor
from sagewright.registering import Registering
from sagewright.requests.hosting import container_definition
from sagewright.s3 import s3_path_join
from sagewright.serializers import BaseSerializer
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import as_text, is_variable

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.source_code import UploadedCode
    from sagewright.transformer import Transformer
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


@suggests
class Model(Compiling, InferenceRecommenderMixin, Registering, ModelBase):
    """A model that can be deployed.

    Args:
        image_uri: The image that serves it.
        model_data: The S3 URI of `model.tar.gz`; a `file://` URI is uploaded (v2 takes those in its local mode only).
        role: The role that its endpoints run with.
        predictor_cls: Called with the endpoint's name and the session; what it returns is what `deploy` returns.
        env: Environment variables of the server.
        name: None: the image's name with a timestamp.
        vpc_config: `{"Subnets": [...], "SecurityGroupIds": [...]}`.

    Example:
        >>> from sagewright.model import Model
        >>> image = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
        >>> model = Model(image, "s3://b/model.tar.gz", "role")
        >>> model.prepare_container_def()["ModelDataUrl"]
        's3://b/model.tar.gz'
    """

    def __init__(
        self,
        image_uri: str | None = None,
        model_data: str | Document | None = None,
        role: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        env: Mapping[str, str] | None = None,
        name: str | None = None,
        vpc_config: Document | None = None,
        sagemaker_session: Session | None = None,
        enable_network_isolation: bool | None = None,
        model_kms_key: str | None = None,
        image_config: Document | None = None,
        source_dir: str | None = None,
        code_location: str | None = None,
        entry_point: str | None = None,
        container_log_level: int = 20,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
        resources: Any = None,
        additional_model_data_sources: Any = None,
        model_reference_arn: str | None = None,
    ) -> None:
        self.image_uri, self.model_data = image_uri, model_data
        defaults = sagemaker_session if sagemaker_session is not None else files()
        self.role = resolved(role, defaults, paths.MODEL_EXECUTION_ROLE_ARN_PATH)
        self.predictor_cls = predictor_cls
        self.env: dict[str, str] = dict(resolved(env, defaults, paths.MODEL_PRIMARY_CONTAINER_ENVIRONMENT_PATH, {}))
        self.name = name
        self._base_name: str | None = None
        self.vpc_config = resolved(vpc_config, defaults, paths.MODEL_VPC_CONFIG_PATH)
        self.sagemaker_session = sagemaker_session
        self._enable_network_isolation = resolved(
            enable_network_isolation, defaults, paths.MODEL_ENABLE_NETWORK_ISOLATION_PATH, False
        )
        self.model_kms_key, self.image_config, self.code_location = model_kms_key, image_config, code_location
        self.container_log_level = container_log_level
        self.entry_point, self.source_dir, self.git_config = entry_point, source_dir, git_config
        self.dependencies = list(dependencies or ())
        self.uploaded_code: UploadedCode | None = None
        self.repacked_model_data: str | None = None
        self.additional_model_data_sources = additional_model_data_sources
        self.content_types: Sequence[str] | None = None
        self.response_types: Sequence[str] | None = None
        self.resources, self.model_reference_arn = resources, model_reference_arn
        self.accept_eula: bool | None = None
        self.endpoint_name: str | None = None
        self.inference_component_name: str | None = None
        self._tags: list[dict[str, str]] | None = None

    def enable_network_isolation(self) -> bool:
        """Tell whether the server is cut off from the network."""
        isolation: bool = self._enable_network_isolation
        return isolation

    def prepare_container_def(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> Document:
        """Return the container of `CreateModel`.

        Raises:
            ValueError: The model has no image.
        """
        if self.image_uri is None:
            raise ValueError("A model needs an `image_uri`.")
        env = dict(self.env)
        if self.source_dir or self.dependencies or self.entry_point or self.git_config:
            upload_model_code(self, self.image_uri, repack=self.is_repack())
            env.update(script_variables(self))
        return container_definition(
            self.image_uri,
            self.repacked_model_data or self.model_data,
            env,
            image_config=self.image_config,
            additional_model_data_sources=self.additional_model_data_sources,
            **self._terms(accept_eula, model_reference_arn),
        )

    def _terms(self, accept_eula: bool | None, model_reference_arn: str | None) -> Document:
        """Return whether a container's terms are accepted and where its model comes from; given values weigh more."""
        return {
            "accept_eula": self.accept_eula if accept_eula is None else accept_eula,
            "model_reference_arn": self.model_reference_arn if model_reference_arn is None else model_reference_arn,
        }

    def is_repack(self) -> bool:
        """Tell whether the model's code is packed into its archive."""
        return self.source_dir is not None and self.entry_point is not None and not self.git_config

    @runnable_by_pipeline
    def create(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        tags: Tags = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> None:
        """Create the model, without an endpoint.

        Raises:
            ValueError: It has no role.
        """
        self._create_sagemaker_model(
            instance_type,
            accelerator_type,
            format_tags(tags),
            serverless_inference_config,
            accept_eula,
            model_reference_arn,
        )

    def deploy(
        self,
        initial_instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        accelerator_type: str | None = None,
        endpoint_name: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        wait: bool = True,
        data_capture_config: Any = None,
        async_inference_config: Any = None,
        serverless_inference_config: Any = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
        inference_recommendation_id: str | None = None,
        explainer_config: Any = None,
        accept_eula: bool | None = None,
        endpoint_logging: bool = False,
        resources: Any = None,
        endpoint_type: EndpointType = EndpointType.MODEL_BASED,
        managed_instance_scaling: Any = None,
        inference_component_name: str | None = None,
        routing_config: Document | None = None,
        model_reference_arn: str | None = None,
        inference_ami_version: str | None = None,
        update_endpoint: bool | None = False,
        **kwargs: Any,
    ) -> Any:
        """Create the model, an endpoint configuration and an endpoint.

        Args:
            initial_instance_count, instance_type: Needed unless the endpoint is serverless, or what
                `inference_recommendation_id` or the model's last `right_size` has found is taken.
            endpoint_name: None: the model's name with a timestamp.
            tags: Of the model, the configuration and the endpoint.
            wait: Return when the endpoint is in service.
            data_capture_config: Keep what is asked and answered (`sagewright.model_monitor.DataCaptureConfig`).
            async_inference_config: Answer in S3 (`sagewright.async_inference.AsyncInferenceConfig`).
            serverless_inference_config: Serve on demand (`sagewright.serverless.ServerlessInferenceConfig`).
            volume_size: GiB.
            model_data_download_timeout, container_startup_health_check_timeout: Seconds, 60 to 3600.
            explainer_config: Explain the answers; the target `local` refuses it.
            accept_eula: Whether the terms of the model are accepted; None: it has none.
            endpoint_logging: Show the endpoint's log while waiting.
            endpoint_type: `EndpointType.INFERENCE_COMPONENT_BASED`: put the model on the instances of an endpoint that
                others share; then `resources` says what it needs, `inference_component_name` what it is called, and
                `managed_instance_scaling` between which bounds (`MinInstanceCount`, `MaxInstanceCount`) instances come
                and go.
            routing_config: `{"RoutingStrategy": RoutingStrategy.RANDOM}` or `LEAST_OUTSTANDING_REQUESTS`.
            update_endpoint: Let the endpoint `endpoint_name`, which is there, serve the model in place of what it
                serves.

        Returns:
            What `predictor_cls` makes of the endpoint's name and the session, for asynchronous endpoints as an
            `AsyncPredictor`; None where the model has no `predictor_cls`.

        Raises:
            ValueError: The model has no role, or the instances are not named.
            UnexpectedStatusException: The endpoint did not come into service.
        """
        no_surplus("Model.deploy", kwargs, type(self).deploy)
        self.accept_eula = accept_eula
        self.add_tags(tags)
        self._take_defaults(instance_type)
        if self.role is None:
            raise ValueError("Role can not be null for deploying a model")
        return deploy(
            self,
            Deployment(
                initial_instance_count=initial_instance_count,
                instance_type=instance_type,
                serializer=serializer,
                deserializer=deserializer,
                accelerator_type=accelerator_type,
                endpoint_name=endpoint_name,
                tags=self._tags,
                kms_key=kms_key,
                wait=wait,
                data_capture_config=data_capture_config,
                async_inference_config=async_inference_config,
                serverless_inference_config=serverless_inference_config,
                volume_size=volume_size,
                model_data_download_timeout=model_data_download_timeout,
                container_startup_health_check_timeout=container_startup_health_check_timeout,
                inference_recommendation_id=inference_recommendation_id,
                explainer_config=explainer_config,
                accept_eula=accept_eula,
                endpoint_logging=endpoint_logging,
                resources=resources or self.resources,
                endpoint_type=endpoint_type,
                managed_instance_scaling=managed_instance_scaling,
                inference_component_name=inference_component_name,
                routing_config=routing_config,
                model_reference_arn=model_reference_arn,
                inference_ami_version=inference_ami_version,
                update_endpoint=update_endpoint,
            ),
        )

    def add_tags(self, tags: Tags) -> None:
        """Add tags that the model and its endpoint get; of two with one key the first stays."""
        there = {tag["Key"] for tag in self._tags or ()}
        added = [tag for tag in format_tags(tags) or () if tag["Key"] not in there]
        self._tags = [*(self._tags or ()), *added] or None

    def remove_tag_with_key(self, key: str) -> None:
        """Take a tag away that was added."""
        self._tags = [tag for tag in self._tags or () if tag["Key"] != key] or None

    def delete_model(self) -> None:
        """Delete the model.

        Raises:
            ValueError: It has not been created.
        """
        if self.name is None:
            raise ValueError("The SageMaker model must be created first before attempting to delete.")
        self._session().delete_model(self.name)

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
        """Create the model; return what runs transform jobs of it (see `Transformer` for the arguments).

        Raises:
            ValueError: The model has no role.
        """
        from sagewright.transformer import Transformer

        session = self._session(instance_type)
        self.create(instance_type, tags=tags)
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
            env=None if self.enable_network_isolation() else env,
            base_transform_job_name=self._base_name or self.name,
            sagemaker_session=session,
            volume_kms_key=volume_kms_key,
        )

    tune = refused("Model.tune", "it needs JumpStart's models")
    attach = refused("Model.attach", "it needs JumpStart's models")

    def _take_defaults(self, instance_type: InstanceType | None) -> Session:
        """Let the session's defaults decide what is still open; return the session."""
        session = self._session(instance_type)
        self.role = resolved(self.role, session, paths.MODEL_EXECUTION_ROLE_ARN_PATH)
        self.vpc_config = resolved(self.vpc_config, session, paths.MODEL_VPC_CONFIG_PATH)
        return session

    # Subclasses of users override it under this name, which is v2's.
    def _create_sagemaker_model(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        tags: Tags = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> None:
        """Create the model; name it where it has no name."""
        session = self._take_defaults(instance_type)
        if self.role is None:
            raise ValueError("Role can not be null for deploying a model")
        self._upload_model_data(session)
        container = self.prepare_container_def(
            instance_type,
            accelerator_type=accelerator_type,
            serverless_inference_config=serverless_inference_config,
            accept_eula=accept_eula,
            model_reference_arn=model_reference_arn,
        )
        if not defers(session):  # a pipeline's run names its models itself
            self._name_after(container["Image"])
        session.create_model(
            self.name,  # type: ignore[arg-type]  # nameless in a pipeline
            self.role,
            container,
            self.vpc_config,
            self.enable_network_isolation(),
            tags=format_tags(tags),
        )

    def _name_after(self, image_uri: str) -> None:
        if self.name is None:
            self._base_name = self._base_name or base_name_from_image(image_uri)
        if self._base_name:
            self.name = name_from_base(self._base_name)

    def _upload_model_data(self, session: Session) -> None:
        if isinstance(self.model_data, str) and self.model_data.startswith("file://"):
            place = s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "", "models")
            self.model_data = uploaded_file(session, self.model_data, place)

    def _session(self, instance_type: InstanceType | None = None) -> Session:
        if self.sagemaker_session is None:
            self.sagemaker_session = session_for(instance_type, None, None)
        return self.sagemaker_session


class FrameworkModel(Model):
    """A model that a framework's image serves with a script; frameworks are classes below this one."""

    framework_version: str | None = None
    _framework_name: ClassVar[str | None] = None

    def __init__(
        self,
        model_data: str | Document | None,
        image_uri: str | None,
        role: str | None = None,
        entry_point: str | None = None,
        source_dir: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        env: Mapping[str, str] | None = None,
        name: str | None = None,
        container_log_level: int = 20,
        code_location: str | None = None,
        sagemaker_session: Session | None = None,
        dependencies: Sequence[str] | None = None,
        git_config: Document | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            image_uri,
            model_data,
            role,
            predictor_cls=predictor_cls,
            env=env,
            name=name,
            sagemaker_session=sagemaker_session,
            source_dir=source_dir,
            code_location=code_location,
            entry_point=entry_point,
            container_log_level=container_log_level,
            dependencies=dependencies,
            git_config=git_config,
            **kwargs,
        )

    def is_repack(self) -> bool:
        """Tell whether the model's code is packed into its archive."""
        return super().is_repack() and not self.code_location

    def _registered_framework(self, given: Any, inference_instances: Sequence[str] | None) -> Any:
        name = self._framework_in_registry()
        if name is None:
            return given
        if not self.image_uri:
            instance_type = inference_instances[0] if inference_instances else None
            serving_image_uri: Callable[..., str] = self.serving_image_uri  # type: ignore[attr-defined]
            self.image_uri = serving_image_uri(self._session().boto_region_name, instance_type)
        return given if is_variable(given) else (given or name).upper()

    def _framework_in_registry(self) -> str | None:
        """Return the framework under the name that the registry knows; None: it is none of Amazon's."""
        return self._framework_name

    def _served_by_script(
        self,
        image_uri: str,
        workers: int | None,
        *,
        repack: bool,
        terms: Document,
        image_config: Document | None = None,
    ) -> Document:
        """Return the container of a framework's image that serves with the model's script.

        Args:
            terms: What `_terms` returns.
        """
        upload_model_code(self, image_uri, repack=repack)
        env = {**self.env, **script_variables(self)}
        if workers:
            env["SAGEMAKER_MODEL_SERVER_WORKERS"] = as_text(workers)
        return container_definition(
            image_uri, self.repacked_model_data or self.model_data, env, image_config=image_config, **terms
        )


def __getattr__(name: str) -> Any:
    """Hand out what v2 keeps here and is made of `Model`."""
    if name == "ModelPackage":
        from sagewright.model_package import ModelPackage

        return ModelPackage
    return _nearest(name)


_nearest = nearest_of(__name__, ["FrameworkModel", "Model", "ModelBase", "ModelPackage", "Predictor"])

__all__ = ["FrameworkModel", "Model", "ModelBase", "Predictor"]
