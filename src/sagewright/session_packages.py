"""What can be asked of the service about model packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.values import filled_each, resolved
from sagewright.requests.documents import given as present
from sagewright.requests.packages import fills_itself, get_create_model_package_request
from sagewright.sending import Sending
from sagewright.service_errors import unless_it_exists
from sagewright.session_collections import CollectionCalls

if TYPE_CHECKING:
    from sagewright.model_package import ModelPackage
    from sagewright.session import Session

Document = dict[str, Any]


@suggests
class PackageCalls(CollectionCalls, Sending):
    """The part of `Session` that concerns model packages."""

    def create_model_package_from_containers(
        self,
        containers: Sequence[Document] | None = None,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
        model_package_name: str | None = None,
        model_package_group_name: str | None = None,
        model_metrics: Document | None = None,
        metadata_properties: Document | None = None,
        marketplace_cert: bool = False,
        approval_status: str = "PendingManualApproval",
        description: str | None = None,
        drift_check_baselines: Document | None = None,
        customer_metadata_properties: Mapping[str, str] | None = None,
        validation_specification: Document | None = None,
        domain: str | None = None,
        sample_payload_url: str | None = None,
        task: str | None = None,
        skip_model_validation: str = "None",
        source_uri: str | None = None,
        model_card: Document | None = None,
        model_life_cycle: Document | None = None,
        model_package_registration_type: str | None = None,
    ) -> Document:
        """Create a model package, and its group where it is missing; return the answer, with `ModelPackageArn`.

        The arguments are documents; `Model.register` makes them of objects.

        Raises:
            ValueError: The name goes together with a group, a source or a data source; or it has not all instances.
        """
        request = get_create_model_package_request(
            model_package_name,
            model_package_group_name,
            filled_each(containers, self, paths.MODEL_PACKAGE_INFERENCE_SPECIFICATION_CONTAINERS_PATH, ["Image"]),
            content_types,
            response_types,
            inference_instances,
            transform_instances,
            model_metrics,
            metadata_properties,
            marketplace_cert,
            approval_status,
            description,
            drift_check_baselines=drift_check_baselines,
            customer_metadata_properties=customer_metadata_properties,
            validation_specification=self._validation(validation_specification),
            domain=domain,
            sample_payload_url=sample_payload_url,
            task=task,
            skip_model_validation=skip_model_validation,
            source_uri=source_uri,
            model_card=model_card,
            model_life_cycle=model_life_cycle,
            model_package_registration_type=model_package_registration_type,
        )
        if not hasattr(type(self), "_deferred"):  # the step that registers does the rest
            self._ensure_package_group(model_package_group_name)
            if source_uri is not None:
                return self._create_from_source(request, source_uri)
        return self._send("create_model_package", request)

    def _validation(self, given: Document | None) -> Document | None:
        """Return a validation with the defaults of the session's configuration."""
        if not given:
            return given
        role = resolved(given.get("ValidationRole"), self, paths.MODEL_PACKAGE_VALIDATION_ROLE_PATH)
        profiles = filled_each(
            given.get("ValidationProfiles"),
            self,
            paths.MODEL_PACKAGE_VALIDATION_PROFILES_PATH,
            ["ProfileName", "TransformJobDefinition"],
        )
        return {**given, **present(ValidationRole=role, ValidationProfiles=profiles)}

    def _ensure_package_group(self, name: str | None) -> None:
        if name is None or name.startswith("arn:") or self._has_package_group(name):
            return
        with unless_it_exists(f"Using already existing model package group: {name}"):
            self._send("create_model_package_group", {"ModelPackageGroupName": name})

    def _has_package_group(self, name: str) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        expression = {"Filters": [{"Name": "ModelPackageGroupName", "Value": name, "Operator": "Equals"}]}
        try:
            return bool(self.search("ModelPackageGroup", expression).get("Results"))
        except (BotoCoreError, ClientError):  # not everyone who may list may search
            pages = self.sagemaker_client.get_paginator("list_model_package_groups").paginate(NameContains=name)
            groups = [group for page in pages for group in page["ModelPackageGroupSummaryList"]]
            return any(group["ModelPackageGroupName"] == name for group in groups)

    def _create_from_source(self, request: Document, source_uri: str) -> Document:
        """Create a package that comes from somewhere: of another model, or told so when it is there."""
        if fills_itself(source_uri):
            return self._send("create_model_package", _without(request, "InferenceSpecification"))
        made = self._send("create_model_package", _without(request, "SourceUri"))
        update = {"ModelPackageArn": made["ModelPackageArn"], "SourceUri": source_uri}
        return dict(self.sagemaker_client.update_model_package(**update))

    def search(
        self,
        resource: str,
        search_expression: Document | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> Document:
        """Return the first page of what SageMaker finds.

        Args:
            resource: What is looked for: `TrainingJob`, `ModelPackage`, ...
            search_expression: `{"Filters": [{"Name", "Operator", "Value"}]}`.
        """
        request = present(
            Resource=resource,
            SearchExpression=search_expression or None,
            SortBy=sort_by or None,
            SortOrder=sort_order or None,
            NextToken=next_token or None,
            MaxResults=max_results or None,
        )
        return dict(self.sagemaker_client.search(**request))

    def get_most_recently_created_approved_model_package(self, model_package_group_name: str) -> ModelPackage | None:
        """Return the approved package of a group that was created last; None where none is approved."""
        from sagewright.model_package import ModelPackage

        pages = self.sagemaker_client.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=model_package_group_name,
            ModelApprovalStatus="Approved",
            SortBy="CreationTime",
            SortOrder="Descending",
            PaginationConfig={"PageSize": 1},
        )
        for page in pages:
            for package in page["ModelPackageSummaryList"]:
                session = cast("Session", self)
                return ModelPackage(model_package_arn=package["ModelPackageArn"], sagemaker_session=session)
        return None


def _without(request: Document, member: str) -> Document:
    return {name: value for name, value in request.items() if name != member}
