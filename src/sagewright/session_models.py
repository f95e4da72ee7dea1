"""What can be asked of the service about models."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright import following_hosting
from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.defaults import MODEL_TAGS, containers_with
from sagewright.config.tags import all_tags
from sagewright.config.values import resolved
from sagewright.requests import hosting
from sagewright.requests.hosting import checked_vpc_config
from sagewright.sending import Sending
from sagewright.service_errors import unless_it_exists
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

VPC_CONFIG_DEFAULT = "VPC_CONFIG_DEFAULT"  # v2's word for "the training job's own"


def pipeline_container_def(models: Iterable[Any], instance_type: str | None = None) -> list[Document]:
    """Return the containers of models that answer one after another."""
    return [model.prepare_container_def(instance_type) for model in models]


@suggests
class ModelCalls(Sending):
    """The part of `Session` that concerns models."""

    def create_model(
        self,
        name: str,
        role: str | None = None,
        container_defs: Document | Sequence[Document] | str | None = None,
        vpc_config: Document | None = None,
        enable_network_isolation: bool | None = None,
        primary_container: Document | str | None = None,
        tags: Tags = None,
    ) -> str:
        """Create a model, unless there is one of that name; return the name.

        Args:
            container_defs: One container or several in a row; text is an image's URI.
            primary_container: The same, as it was called in v1.
        """
        if container_defs and primary_container:
            raise ValueError("Both container_defs and primary_container can not be passed as input")
        containers = container_defs or primary_container
        if isinstance(containers, str):
            containers = hosting.container_definition(containers)
        role = resolved(role, self, paths.MODEL_EXECUTION_ROLE_ARN_PATH)
        if not containers or not role:
            raise ValueError("A model needs a container and a role.")
        request = hosting.model_request(
            name,
            cast("Session", self).expand_role(role),
            containers_with(containers, self),
            resolved(vpc_config, self, paths.MODEL_VPC_CONFIG_PATH),
            resolved(enable_network_isolation, self, paths.MODEL_ENABLE_NETWORK_ISOLATION_PATH),
            all_tags(format_tags(tags), self, MODEL_TAGS),
        )
        self._tell("Creating model with name: %s", name)
        with unless_it_exists(f"Using already existing model: {name}"):
            self._send("create_model", request)
        return name

    def create_model_from_job(
        self,
        training_job_name: str,
        name: str | None = None,
        role: str | None = None,
        image_uri: str | None = None,
        model_data_url: str | None = None,
        env: Mapping[str, str] | None = None,
        enable_network_isolation: bool | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        tags: Tags = None,
    ) -> str:
        """Create a model of what a training job left; return its name.

        Args:
            name, role, image_uri, model_data_url: None: the job's own.
            vpc_config_override: Left out: the job's own; None: none.
        """
        job = self.sagemaker_client.describe_training_job(TrainingJobName=training_job_name)
        container = hosting.container_definition(
            image_uri or job["AlgorithmSpecification"]["TrainingImage"],
            model_data_url or hosting.trained_model_source(job),
            resolved(env, self, paths.MODEL_PRIMARY_CONTAINER_ENVIRONMENT_PATH),
        )
        return self.create_model(
            name or training_job_name,
            role or job["RoleArn"],
            container,
            vpc_config_of_job(job, vpc_config_override),
            enable_network_isolation,
            tags=tags,
        )

    def create_model_package_from_algorithm(
        self, name: str, description: str, algorithm_arn: str, model_data: str | Document
    ) -> None:
        """Create a model package of an algorithm and what it has trained, unless there is one of that name."""
        request = hosting.algorithm_package_request(name, description, algorithm_arn, model_data)
        self._tell("Creating model package with name: %s", name)
        with unless_it_exists(f"Using already existing model package: {name}"):
            self._send("create_model_package", request)

    def wait_for_model_package(self, model_package_name: str, poll: float = 5) -> Document:
        """Wait until a model package is complete; return its description.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        return dict(following_hosting.wait_for_model_package(cast("Session", self), model_package_name, poll))

    def describe_model(self, name: str) -> Document:
        """Return `DescribeModel`'s answer."""
        return dict(self.sagemaker_client.describe_model(ModelName=name))

    def delete_model(self, model_name: str) -> None:
        """Delete a model."""
        logger.info("Deleting model with name: %s", model_name)
        self.sagemaker_client.delete_model(ModelName=model_name)


def vpc_config_of_job(job: Mapping[str, Any], override: Any) -> Document | None:
    """Return the network that a job's model has: the job's own, unless another is given."""
    return job.get("VpcConfig") if override == VPC_CONFIG_DEFAULT else checked_vpc_config(override)
