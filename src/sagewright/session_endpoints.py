"""What can be asked of the service about endpoints and their configurations."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright import following_hosting
from sagewright.arguments import suggests
from sagewright.config import defaults, paths
from sagewright.config.tags import all_tags
from sagewright.config.values import resolved
from sagewright.enums import EndpointType
from sagewright.requests import hosting
from sagewright.requests.hosting import checked_vpc_config, production_variant_document
from sagewright.sending import Sending
from sagewright.service_errors import is_missing, unless_it_exists
from sagewright.session_models import VPC_CONFIG_DEFAULT, vpc_config_of_job
from sagewright.utils import Tags, format_tags, name_from_image

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class EndpointCalls(Sending):
    """The part of `Session` that concerns endpoints."""

    # Configurations -----------------------------------------------------------------------------------------------

    def create_endpoint_config(
        self,
        name: str,
        model_name: str | None = None,
        initial_instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        data_capture_config_dict: Document | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
        explainer_config_dict: Document | None = None,
        async_inference_config_dict: Document | None = None,
        serverless_inference_config_dict: Document | None = None,
        routing_config: Document | None = None,
        inference_ami_version: str | None = None,
        production_variants: Sequence[Document] | None = None,
        role: str | None = None,
    ) -> str:
        """Create an endpoint configuration of one variant, `AllTraffic`, or of those given; return the name.

        Args:
            role: What inference components run with: for variants that name no model.
        """
        variants = production_variants or [
            production_variant_document(
                model_name,
                instance_type,
                initial_instance_count,
                accelerator_type=accelerator_type,
                serverless_inference_config=serverless_inference_config_dict,
                volume_size=volume_size,
                model_data_download_timeout=model_data_download_timeout,
                container_startup_health_check_timeout=container_startup_health_check_timeout,
                routing_config=routing_config,
                inference_ami_version=inference_ami_version,
            )
        ]
        types = [instance_type] if instance_type is not None else defaults.types_of(variants)
        request = hosting.endpoint_config_request(
            name,
            defaults.variants_with(variants, self),
            all_tags(format_tags(tags) or [], self, defaults.ENDPOINT_CONFIG_TAGS),
            defaults.endpoint_key(kms_key, self, types),
            defaults.capture_with(data_capture_config_dict, self),
            defaults.async_with(async_inference_config_dict, self),
            explainer_config_dict,
            role=self._role_of_components(variants, role) if hosting.is_of_components(variants) else None,
        )
        self._tell("Creating endpoint-config with name %s", name)
        made: str = self._create("create_endpoint_config", request, lambda _: name)
        return made

    def create_endpoint_config_from_existing(
        self,
        existing_config_name: str,
        new_config_name: str,
        new_tags: Tags = None,
        new_kms_key: str | None = None,
        new_data_capture_config_dict: Document | None = None,
        new_production_variants: Sequence[Document] | None = None,
        new_explainer_config_dict: Document | None = None,
        endpoint_type: EndpointType = EndpointType.MODEL_BASED,
    ) -> None:
        """Create an endpoint configuration as another one is, but for what is given."""
        logger.info("Creating endpoint-config with name %s", new_config_name)
        existing = self.describe_endpoint_config(existing_config_name)
        session = cast("Session", self)
        variants = defaults.variants_with(new_production_variants or existing["ProductionVariants"], self)
        tags = format_tags(new_tags) or session.list_tags(existing["EndpointConfigArn"])
        request = hosting.copied_endpoint_config_request(
            new_config_name,
            existing,
            all_tags(tags, self, defaults.ENDPOINT_CONFIG_TAGS),
            defaults.endpoint_key(new_kms_key or existing.get("KmsKeyId"), self, defaults.types_of(variants)),
            defaults.capture_with(new_data_capture_config_dict or existing.get("DataCaptureConfig"), self),
            variants,
            new_explainer_config_dict,
            has_weights=endpoint_type != EndpointType.INFERENCE_COMPONENT_BASED,
        )
        if "AsyncInferenceConfig" in request:
            request["AsyncInferenceConfig"] = defaults.async_with(request["AsyncInferenceConfig"], self)
        if "ExecutionRoleArn" not in request and hosting.is_of_components(request["ProductionVariants"]):
            request["ExecutionRoleArn"] = session.get_caller_identity_arn()
        self._send("create_endpoint_config", request)

    def describe_endpoint_config(self, endpoint_config_name: str) -> Document:
        """Return `DescribeEndpointConfig`'s answer."""
        return dict(self.sagemaker_client.describe_endpoint_config(EndpointConfigName=endpoint_config_name))

    def delete_endpoint_config(self, endpoint_config_name: str) -> None:
        """Delete an endpoint configuration."""
        logger.info("Deleting endpoint configuration with name: %s", endpoint_config_name)
        self.sagemaker_client.delete_endpoint_config(EndpointConfigName=endpoint_config_name)

    def _role_of_components(self, variants: Sequence[Document], role: str | None) -> str | None:
        """Return the ARN of the role that a configuration names; None: it names none.

        Raises:
            ValueError: There are no models, and no role.
        """
        role = resolved(role, self, paths.ENDPOINT_CONFIG_EXECUTION_ROLE_ARN_PATH)
        if role is None and hosting.is_of_components(variants):
            raise ValueError("Variants that name no model need a `role`: what their inference components run with.")
        return None if role is None else cast("Session", self).expand_role(role)

    # Endpoints ----------------------------------------------------------------------------------------------------

    def create_endpoint(
        self, endpoint_name: str, config_name: str, tags: Tags = None, wait: bool = True, live_logging: bool = False
    ) -> str:
        """Create an endpoint; return its name.

        Args:
            wait: Return when it is in service.
            live_logging: Show what the endpoint logs meanwhile.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        cast("Session", self)._announce()
        self._tell("Creating endpoint with name %s", endpoint_name)

        def waited(_: Document) -> str:
            if wait:
                self.wait_for_endpoint(endpoint_name, live_logging=live_logging)
            return endpoint_name

        with following_hosting.troubleshooting("create-endpoint"):
            listed = all_tags(format_tags(tags), self, defaults.ENDPOINT_TAGS)
            request = hosting.endpoint_request(endpoint_name, config_name, listed)
            made: str = self._create("create_endpoint", request, waited)
            return made

    def update_endpoint(self, endpoint_name: str, endpoint_config_name: str, wait: bool = True) -> str:
        """Give an endpoint another configuration; return the endpoint's name.

        Raises:
            ValueError: There is no such endpoint.
            UnexpectedStatusException: It did not come back into service.
        """
        self._check_there_is(endpoint_name)
        with following_hosting.troubleshooting("update-endpoint"):
            self.sagemaker_client.update_endpoint(EndpointName=endpoint_name, EndpointConfigName=endpoint_config_name)
            if wait:
                self.wait_for_endpoint(endpoint_name)
        return endpoint_name

    def _check_there_is(self, endpoint_name: str) -> None:
        try:
            self.sagemaker_client.describe_endpoint(EndpointName=endpoint_name)
        except Exception as error:
            if not is_missing(error):
                raise
            raise ValueError(
                f"Endpoint with name '{endpoint_name}' does not exist; please use an existing endpoint name"
            ) from None

    def wait_for_endpoint(self, endpoint: str, poll: float = 30, live_logging: bool = False) -> Document:
        """Wait until an endpoint is in service; return its description.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        return dict(
            following_hosting.wait_for_endpoint(cast("Session", self), endpoint, poll, live_logging=live_logging)
        )

    def describe_endpoint(self, endpoint_name: str) -> Document:
        """Return `DescribeEndpoint`'s answer."""
        return dict(self.sagemaker_client.describe_endpoint(EndpointName=endpoint_name))

    def endpoint_in_service_or_not(self, endpoint_name: str) -> bool:
        """Tell whether there is an endpoint of that name in service."""
        try:
            return bool(self.describe_endpoint(endpoint_name)["EndpointStatus"] == "InService")
        except Exception as error:
            if is_missing(error):
                return False
            raise

    def is_inference_component_based_endpoint(self, endpoint_name: str) -> bool:
        """Tell whether an endpoint serves inference components, not models that its configuration names."""
        config = self.describe_endpoint_config(self.describe_endpoint(endpoint_name)["EndpointConfigName"])
        variants = config.get("ProductionVariants", [])
        return bool(variants) and "ExecutionRoleArn" in config and hosting.is_of_components(variants)

    def delete_endpoint(self, endpoint_name: str) -> None:
        """Delete an endpoint."""
        logger.info("Deleting endpoint with name: %s", endpoint_name)
        self.sagemaker_client.delete_endpoint(EndpointName=endpoint_name)

    # From models, data, jobs --------------------------------------------------------------------------------------

    def endpoint_from_production_variants(
        self,
        name: str,
        production_variants: Sequence[Document],
        tags: Tags = None,
        kms_key: str | None = None,
        wait: bool = True,
        data_capture_config_dict: Document | None = None,
        async_inference_config_dict: Document | None = None,
        explainer_config_dict: Document | None = None,
        live_logging: bool = False,
        vpc_config: Document | None = None,
        enable_network_isolation: bool | None = None,
        role: str | None = None,
    ) -> str:
        """Create an endpoint configuration and an endpoint of the same name; return the name."""
        request = hosting.endpoint_config_request(
            name,
            defaults.variants_with(production_variants, self),
            all_tags(format_tags(tags) or None, self, defaults.ENDPOINT_CONFIG_TAGS),
            defaults.endpoint_key(kms_key, self, defaults.types_of(production_variants)) or None,
            defaults.capture_with(data_capture_config_dict, self),
            defaults.async_with(async_inference_config_dict, self),
            explainer_config_dict,
            self._role_of_components(production_variants, role),
            resolved(vpc_config, self, paths.ENDPOINT_CONFIG_VPC_CONFIG_PATH),
            resolved(enable_network_isolation, self, paths.ENDPOINT_CONFIG_ENABLE_NETWORK_ISOLATION_PATH),
        )
        logger.info("Creating endpoint-config with name %s", name)
        with unless_it_exists(f"Using already existing endpoint configuration: {name}"):
            self._send("create_endpoint_config", request)
        return self.create_endpoint(name, name, tags, wait, live_logging)

    def endpoint_from_model_data(
        self,
        model_s3_location: str | Document,
        image_uri: str,
        initial_instance_count: int,
        instance_type: InstanceType,
        name: str | None = None,
        role: str | None = None,
        wait: bool = True,
        model_environment_vars: Mapping[str, str] | None = None,
        model_vpc_config: Document | None = None,
        accelerator_type: str | None = None,
        data_capture_config: Any = None,
        tags: Tags = None,
    ) -> str:
        """Create a model, an endpoint configuration and an endpoint, all of one name; return the name.

        Args:
            name: None: the image's with a timestamp.
        """
        name = name or name_from_image(image_uri)
        session = cast("Session", self)
        container = hosting.container_definition(image_uri, model_s3_location, model_environment_vars)
        session.create_model(name, role, container, checked_vpc_config(model_vpc_config))
        with unless_it_exists(f"Using already existing endpoint configuration: {name}"):
            self.create_endpoint_config(
                name,
                name,
                initial_instance_count,
                instance_type,
                accelerator_type,
                tags,
                data_capture_config_dict=data_capture_config and data_capture_config._to_request_dict(),
            )
        return self.create_endpoint(name, name, tags, wait)

    def endpoint_from_job(
        self,
        job_name: str,
        initial_instance_count: int,
        instance_type: InstanceType,
        image_uri: str | None = None,
        name: str | None = None,
        role: str | None = None,
        wait: bool = True,
        model_environment_vars: Mapping[str, str] | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        accelerator_type: str | None = None,
        data_capture_config: Any = None,
    ) -> str:
        """Serve what a training job left; return the endpoint's name.

        Args:
            image_uri, name, role: None: the job's own.
        """
        job = self.sagemaker_client.describe_training_job(TrainingJobName=job_name)
        return self.endpoint_from_model_data(
            hosting.trained_model_source(job),
            image_uri or job["AlgorithmSpecification"]["TrainingImage"],
            initial_instance_count,
            instance_type,
            name or job_name,
            role or job["RoleArn"],
            wait,
            model_environment_vars,
            vpc_config_of_job(job, vpc_config_override),
            accelerator_type,
            data_capture_config,
        )

    # Monitoring ---------------------------------------------------------------------------------------------------

    def list_monitoring_schedules(
        self,
        endpoint_name: str | None = None,
        sort_by: str = "CreationTime",
        sort_order: str = "Descending",
        max_results: int = 100,
    ) -> Document:
        """Return `ListMonitoringSchedules`' answer."""
        which = {} if endpoint_name is None else {"EndpointName": endpoint_name}
        return dict(
            self.sagemaker_client.list_monitoring_schedules(
                **which, SortBy=sort_by, SortOrder=sort_order, MaxResults=max_results
            )
        )
