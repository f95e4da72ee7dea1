"""What can be asked of the service about inference components: models that share an endpoint's instances."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sagewright import following_hosting
from sagewright.arguments import suggests
from sagewright.config.tags import with_project_tags
from sagewright.following import Pace
from sagewright.sending import Sending
from sagewright.service_errors import is_missing
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class ComponentCalls(Sending):
    """The part of `Session` that concerns inference components."""

    def create_inference_component(
        self,
        inference_component_name: str,
        endpoint_name: str,
        variant_name: str,
        specification: Document,
        runtime_config: Document | None = None,
        tags: Tags = None,
        wait: bool = True,
    ) -> str:
        """Put a model on an endpoint's instances; return the component's name.

        Args:
            runtime_config: None: one copy.
            wait: Return when it is in service.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        request: Document = {
            "InferenceComponentName": inference_component_name,
            "EndpointName": endpoint_name,
            "VariantName": variant_name,
            "Specification": specification,
            "RuntimeConfig": runtime_config or {"CopyCount": 1},
        }
        listed = with_project_tags(format_tags(tags))
        if listed:
            request["Tags"] = listed
        self._tell("Creating inference component with name %s for endpoint %s", inference_component_name, endpoint_name)

        def waited(_: Document) -> str:
            if wait:
                self.wait_for_inference_component(inference_component_name)
            return inference_component_name

        made: str = self._create("create_inference_component", request, waited)
        return made

    def update_inference_component(
        self,
        inference_component_name: str,
        specification: Document | None = None,
        runtime_config: Document | None = None,
        wait: bool = True,
    ) -> str:
        """Change a component; return its name.

        Raises:
            ValueError: There is none of that name.
            UnexpectedStatusException: It did not come back into service.
        """
        if self._is_gone(inference_component_name):
            raise ValueError(
                f"InferenceComponent with name '{inference_component_name}' does not exist; please use an existing "
                "model name"
            )
        given = {"Specification": specification, "RuntimeConfig": runtime_config}
        self.sagemaker_client.update_inference_component(
            InferenceComponentName=inference_component_name,
            **{name: value for name, value in given.items() if value is not None},
        )
        if wait:
            self.wait_for_inference_component(inference_component_name)
        return inference_component_name

    def wait_for_inference_component(self, inference_component_name: str, poll: float = 20) -> Document:
        """Wait until a component is in service; return its description.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        return dict(
            following_hosting.wait_for_inference_component(cast("Session", self), inference_component_name, poll)
        )

    def describe_inference_component(self, inference_component_name: str) -> Document:
        """Return `DescribeInferenceComponent`'s answer."""
        return dict(self.sagemaker_client.describe_inference_component(InferenceComponentName=inference_component_name))

    def list_inference_components(
        self,
        endpoint_name_equals: str | None = None,
        variant_name_equals: str | None = None,
        name_contains: str | None = None,
        creation_time_after: datetime | None = None,
        creation_time_before: datetime | None = None,
        last_modified_time_after: datetime | None = None,
        last_modified_time_before: datetime | None = None,
        status_equals: str | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Document:
        """Return a page of `ListInferenceComponents`."""
        filters = {
            "EndpointNameEquals": endpoint_name_equals,
            "VariantNameEquals": variant_name_equals,
            "NameContains": name_contains,
            "CreationTimeAfter": creation_time_after,
            "CreationTimeBefore": creation_time_before,
            "LastModifiedTimeAfter": last_modified_time_after,
            "LastModifiedTimeBefore": last_modified_time_before,
            "StatusEquals": status_equals,
            "SortOrder": sort_order,
            "SortBy": sort_by,
            "MaxResults": max_results,
            "NextToken": next_token,
        }
        given = {name: value for name, value in filters.items() if value is not None}
        return dict(self.sagemaker_client.list_inference_components(**given))

    def list_and_paginate_inference_component_names_associated_with_endpoint(self, endpoint_name: str) -> list[str]:
        """Return the names of all components of an endpoint, in order."""
        pages = self.sagemaker_client.get_paginator("list_inference_components").paginate(
            EndpointNameEquals=endpoint_name
        )
        return sorted(found["InferenceComponentName"] for page in pages for found in page["InferenceComponents"])

    def delete_inference_component(self, inference_component_name: str, wait: bool = False) -> None:
        """Delete a component.

        Args:
            wait: Return when it has gone.
        """
        logger.info("Deleting inference component with name: %s", inference_component_name)
        self.sagemaker_client.delete_inference_component(InferenceComponentName=inference_component_name)
        if wait:
            self.wait_for_inference_component_deletion(inference_component_name)

    def wait_for_inference_component_deletion(self, inference_component_name: str, poll: int = 20) -> None:
        """Wait until a component has gone."""
        pace = Pace(poll, shortest_s=0.05)
        while not self._is_gone(inference_component_name):
            pace.wait()

    def _is_gone(self, name: str) -> bool:
        try:
            self.describe_inference_component(name)
        except Exception as error:
            if is_missing(error):
                return True
            raise
        return False
