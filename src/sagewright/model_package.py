"""Models of a registry or a marketplace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.model import Model
from sagewright.registering import card_of_package
from sagewright.requests import packages
from sagewright.requests.packages import PACKAGE_ARN
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


class ModelPackage(Model):
    """A model that a model package holds: an image, data, and what they may be used for.

    Args:
        model_package_arn: The package's ARN or name. Or, without it:
        algorithm_arn, model_data: An algorithm, and what it has trained; a package is made of them.
        **kwargs: As for `Model`.

    Raises:
        ValueError: Both are given, or neither, or an algorithm without data.

    Example:
        >>> from sagewright import ModelPackage
        >>> ModelPackage("role", model_package_arn="prices").model_package_arn
        'prices'
    """

    def __init__(
        self,
        role: str | None = None,
        model_data: str | Document | None = None,
        algorithm_arn: str | None = None,
        model_package_arn: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(None, model_data, role, **kwargs)
        if model_package_arn and algorithm_arn:
            raise ValueError(
                "model_package_arn and algorithm_arn are mutually exclusive.Both were provided: "
                f"model_package_arn: {model_package_arn} algorithm_arn: {algorithm_arn}"
            )
        if model_package_arn is None and algorithm_arn is None:
            raise ValueError("either model_package_arn or algorithm_arn is required. None was provided.")
        if algorithm_arn is not None and model_data is None:
            raise ValueError("model_data must be provided with algorithm_arn")
        self.algorithm_arn, self.model_package_arn = algorithm_arn, model_package_arn
        self._created_model_package_name: str | None = None

    def enable_network_isolation(self) -> bool:
        """Tell whether the server is cut off from the network: a marketplace's always is."""
        name = self.model_package_arn or self._created_model_package_name
        if name is None:
            return True
        containers = self._describe(name).get("InferenceSpecification", {}).get("Containers", ())
        return any("ProductId" in container for container in containers)

    def _create_sagemaker_model(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        tags: Tags = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> None:
        session = self._session(instance_type)
        shown = self._package_name()
        container: Document = {"ModelPackageName": shown if self.algorithm_arn else self.model_package_arn}
        if self.env:
            container["Environment"] = self.env
        if self.name is None:
            named = PACKAGE_ARN.match(shown)
            self._base_name = named.group(1) if named else shown
        if self._base_name:
            self.name = name_from_base(self._base_name)
        self._approve(self._describe(self.model_package_arn or shown))
        assert self.name is not None
        isolated = self.enable_network_isolation()
        session.create_model(
            self.name,
            self.role,
            container,
            vpc_config=self.vpc_config,
            enable_network_isolation=isolated,
            tags=format_tags(tags),
        )

    def _package_name(self) -> str:
        """Return the package's name, having made it of the algorithm where it is not there."""
        if self.algorithm_arn is None:
            return str(self.model_package_arn)
        if self._created_model_package_name is None:
            name = self.name or name_from_base(self.algorithm_arn.split("/")[-1])
            told = f"Model Package created from training with {self.algorithm_arn}"
            assert self.model_data is not None
            session = self._session()
            session.create_model_package_from_algorithm(name, told, self.algorithm_arn, self.model_data)
            session.wait_for_model_package(name)
            self._created_model_package_name = name
        return self._created_model_package_name

    def _approve(self, description: Mapping[str, Any]) -> None:
        """Approve a version of a group that is not: only those can be deployed."""
        self.model_package_arn = self.model_package_arn or description["ModelPackageArn"]
        named = PACKAGE_ARN.match(self.model_package_arn)
        is_version = named is not None and named.group(2) is not None
        if is_version and description.get("ModelApprovalStatus", "") != "Approved":
            self.update_approval_status(approval_status="Approved")

    def _describe(self, name: str) -> Document:
        return dict(self._session().sagemaker_client.describe_model_package(ModelPackageName=name))

    # Changing the package -----------------------------------------------------------------------------------------

    def update_approval_status(self, approval_status: str, approval_description: str | None = None) -> None:
        """Set whether the package may be deployed: `Approved`, `Rejected` or `PendingManualApproval`.

        Raises:
            ValueError: There is no package yet.
        """
        if self.model_package_arn is None:
            raise ValueError("model_package_arn is required to update the status.")
        told = {} if approval_description is None else {"ApprovalDescription": approval_description}
        self._update(ModelApprovalStatus=approval_status, **told)

    def update_customer_metadata(self, customer_metadata_properties: Mapping[str, str]) -> None:
        """Set metadata, by name."""
        self._update(CustomerMetadataProperties=dict(customer_metadata_properties))

    def remove_customer_metadata_properties(self, customer_metadata_properties_to_remove: Sequence[str]) -> None:
        """Take metadata away, by name."""
        self._update(CustomerMetadataPropertiesToRemove=list(customer_metadata_properties_to_remove))

    def update_source_uri(self, source_uri: str) -> None:
        """Set where the package comes from."""
        self._update(SourceUri=source_uri)

    def update_model_life_cycle(self, model_life_cycle: Any) -> None:
        """Set the stage of the package's life: a `ModelLifeCycle`, or its document as v2 takes it."""
        is_object = hasattr(model_life_cycle, "_to_request_dict")
        self._update(ModelLifeCycle=model_life_cycle._to_request_dict() if is_object else model_life_cycle)

    def update_inference_specification(
        self,
        containers: Sequence[Document] | None = None,
        image_uris: Sequence[str] | None = None,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
    ) -> None:
        """Put another specification of inference in the place of the one there.

        Args:
            containers: Documents of containers; or:
            image_uris: The images of containers without data.
            inference_instances, transform_instances: Types of instances that it runs on.

        Raises:
            ValueError: Neither containers nor images are given, or both.
        """
        if (containers is None) == (image_uris is None):
            raise ValueError("Should have either containers or image_uris for inference.")
        self._send_update(
            packages.get_update_model_package_inference_args(
                self.model_package_arn,
                _containers(containers, image_uris),
                content_types,
                response_types,
                inference_instances,
                transform_instances,
            )
        )

    def add_inference_specification(
        self,
        name: str,
        containers: Sequence[Document] | None = None,
        image_uris: Sequence[str] | None = None,
        description: str | None = None,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
    ) -> None:
        """Add a specification of inference of that name; see `update_inference_specification`.

        Raises:
            ValueError: Neither containers nor images are given, or both.
        """
        if containers is not None and image_uris is not None:
            raise ValueError("Cannot have both containers and image_uris.")
        if containers is None and image_uris is None:
            raise ValueError("Should have either containers or image_uris for inference.")
        self._send_update(
            packages.get_add_model_package_inference_args(
                self.model_package_arn,
                name,
                _containers(containers, image_uris),
                content_types,
                response_types,
                inference_instances,
                transform_instances,
                description,
            )
        )

    def update_model_card(self, model_card: Any) -> None:
        """Set the package's card where its status or its content is another than it was.

        Args:
            model_card: A `ModelCard` or a `ModelPackageModelCard`.
        """
        if hasattr(model_card, "model_package_details"):
            model_card.model_package_details = None  # a package's card does not tell of the package
        card = card_of_package(model_card)
        held = self._describe(str(self.model_package_arn)).get("ModelCard")
        if held is None:
            self._update(ModelCard=card)
            return
        status, content = card.get("ModelCardStatus"), card.get("ModelCardContent")
        if status is not None and status != held["ModelCardStatus"]:
            self._update(ModelCard={"ModelCardStatus": status})
        if content not in (None, "{}", "null") and json.loads(content) != json.loads(held["ModelCardContent"]):
            self._update(ModelCard={"ModelCardContent": content})

    def _update(self, **members: Any) -> None:
        self._send_update({"ModelPackageArn": self.model_package_arn, **members})

    def _send_update(self, request: Document) -> None:
        self._session().sagemaker_client.update_model_package(**request)


def _containers(containers: Sequence[Document] | None, image_uris: Sequence[str] | None) -> Sequence[Document]:
    return [{"Image": uri} for uri in image_uris] if image_uris else containers or ()
