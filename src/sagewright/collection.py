"""Collections of model package groups: trees of the registry (v2's own path)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_COLLECTIONS, _GROUPS = "AWS::ResourceGroups::Group", "AWS::SageMaker::ModelPackageGroup"
_AT_ONCE = 10


@suggests
class Collection:
    """Collections of model package groups. They are groups of AWS Resource Groups, by a tag of their own.

    Args:
        sagemaker_session: None: a new one.

    Example:
        >>> from sagewright.collection import Collection
        >>> collections = Collection(None)
    """

    def __init__(self, sagemaker_session: Session | None) -> None:
        self.sagemaker_session = sagemaker_session or _session()

    def create(self, collection_name: str, parent_collection_name: str | None = None) -> Document:
        """Create a collection; return its `Name` and `Arn`.

        Args:
            parent_collection_name: None: it lies in none.

        Raises:
            ValueError: There is one of that name, or there is no such parent.
        """
        path, tags = collection_name, {"sagemaker:collection": "true", "sagemaker:collection-path:root": "true"}
        if parent_collection_name is not None:
            key, value = self._rule_of(parent_collection_name)
            path, tags = f"{value}/{collection_name}", {key: value, "sagemaker:collection": "true"}
        rule = {"Key": f"sagemaker:collection-path:{int(time.time() * 1000)}", "Values": [path]}
        query = {"ResourceTypeFilters": [_GROUPS, _COLLECTIONS], "TagFilters": [rule]}
        resource_query = {"Query": json.dumps(query), "Type": "TAG_FILTERS_1_0"}
        group = self._asked(self._created, collection_name, resource_query, tags)
        return {"Name": group["Name"], "Arn": group["GroupArn"]}

    def delete(self, collections: Sequence[str]) -> Document:
        """Delete collections that are empty, 10 at most.

        Returns:
            `deleted_collections` and `delete_collection_failures`, each of these a `collection` and a `message`.

        Raises:
            ValueError: There are more.
        """
        if len(collections) > _AT_ONCE:
            raise ValueError("Can delete upto 10 collections at a time")
        deleted, failures = _each(collections, self._delete, "collection", "message")
        return {"deleted_collections": deleted, "delete_collection_failures": failures}

    def add_model_groups(self, collection_name: str, model_groups: Sequence[str]) -> Document:
        """Put model package groups into a collection, 10 at most.

        Returns:
            `added_groups` and `failure`, each of these a `model_group` and a `failure_reason`.

        Raises:
            ValueError: There are more, or there is no such collection.
        """
        _check_number(model_groups)
        key, value = self._rule_of(collection_name)
        client = self.sagemaker_session.sagemaker_client

        def add(name: str) -> None:
            client.add_tags(ResourceArn=self._arn_of(name), Tags=[{"Key": key, "Value": value}])

        added, failures = _each(model_groups, add, "model_group", "failure_reason")
        return {"added_groups": added, "failure": failures}

    def remove_model_groups(self, collection_name: str, model_groups: Sequence[str]) -> Document:
        """Take model package groups out of a collection; see `add_model_groups`.

        Returns:
            `removed_groups` and `failure`.
        """
        _check_number(model_groups)
        key, _ = self._rule_of(collection_name)
        client = self.sagemaker_session.sagemaker_client

        def remove(name: str) -> None:
            client.delete_tags(ResourceArn=self._arn_of(name), TagKeys=[key])

        removed, failures = _each(model_groups, remove, "model_group", "failure_reason")
        return {"removed_groups": removed, "failure": failures}

    def move_model_group(
        self, source_collection_name: str, model_group: str, destination_collection_name: str
    ) -> Document:
        """Take a model package group out of a collection and put it into another.

        Raises:
            RuntimeError: It could not be taken out or put in; then it stays where it was.
        """
        removed = self.remove_model_groups(source_collection_name, [model_group])
        if removed["failure"]:
            raise RuntimeError(removed["failure"][0]["failure_reason"])
        added = self.add_model_groups(destination_collection_name, [model_group])
        if added["failure"]:
            self.add_model_groups(source_collection_name, [model_group])
            raise RuntimeError(added["failure"][0]["failure_reason"])
        return {"moved_success": model_group}

    def list_collection(self, collection_name: str | None = None) -> list[Document]:
        """Return what a collection holds, the collections first: `Name`, `Arn` and `Type` of each.

        Args:
            collection_name: None: the collections that lie in none.
        """
        if collection_name is None:
            tags = [{"Key": "sagemaker:collection-path:root", "Values": ["true"]}]
            found = self.sagemaker_session.get_tagging_resources(tags, ["resource-groups:group"])
            return [_shown(resource["ResourceARN"], "Collection") for resource in found]
        collections = self._resources(collection_name, _COLLECTIONS)
        groups = self._resources(collection_name, _GROUPS)
        return [_shown(one["ResourceArn"], "Collection") for one in collections] + [
            _shown(one["ResourceArn"], one["ResourceType"]) for one in groups
        ]

    def _created(self, name: str, query: Document, tags: dict[str, str]) -> Document:
        from botocore.exceptions import ClientError

        try:
            return dict(self.sagemaker_session.create_group(name, query, tags)["Group"])
        except ClientError as error:
            told = error.response["Error"]
            if told["Code"] == "BadRequestException" and "group already exists" in told["Message"]:
                raise ValueError("Collection with the given name already exists") from None
            raise

    def _delete(self, name: str) -> None:
        wanted = [{"Name": "resource-type", "Values": [_COLLECTIONS, _GROUPS]}]
        if self.sagemaker_session.list_group_resources(name, wanted).get("Resources"):
            raise _Refused("Validation error: Collection not empty")
        self.sagemaker_session.delete_resource_group(name)

    def _rule_of(self, collection_name: str | None) -> tuple[str, str]:
        """Return the tag that makes a group part of a collection."""
        from botocore.exceptions import ClientError

        if collection_name is None:
            raise ValueError("Collection name is required")
        try:
            found = self._asked(self.sagemaker_session.get_resource_group_query, collection_name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NotFoundException":
                raise
            raise ValueError(f"Cannot find collection: {collection_name}") from None
        [rule, *_] = json.loads(found["GroupQuery"]["ResourceQuery"]["Query"])["TagFilters"]
        return rule["Key"], rule["Values"][0]

    def _arn_of(self, model_group: str) -> str:
        client = self.sagemaker_session.sagemaker_client
        return str(client.describe_model_package_group(ModelPackageGroupName=model_group)["ModelPackageGroupArn"])

    def _resources(self, collection_name: str, kind: str) -> list[Document]:
        wanted, found, token = [{"Name": "resource-type", "Values": [kind]}], [], ""
        while True:
            page = self.sagemaker_session.list_group_resources(collection_name, wanted, token)
            found += [resource["Identifier"] for resource in page.get("Resources") or ()]
            token = page.get("NextToken") or ""
            if not token:
                return found

    def _asked(self, ask: Callable[..., Document], *arguments: Any) -> Document:
        from botocore.exceptions import ClientError

        try:
            return ask(*arguments)
        except ClientError as error:
            _raise_if_denied(error)
            raise


class _Refused(Exception):
    """Something is not done, for a reason of ours."""


def _each(names: Sequence[str], do: Callable[[str], None], called: str, why: str) -> tuple[list[str], list[Document]]:
    """Do something with each name; return those with which it was done, and why it was not with the others."""
    from botocore.exceptions import ClientError

    done, failures = [], []
    for name in names:
        try:
            do(name)
        except _Refused as error:
            failures.append({called: name, why: str(error)})
        except ClientError as error:
            _raise_if_denied(error)
            failures.append({called: name, why: error.response["Error"]["Message"]})
        else:
            done.append(name)
    return done, failures


def _check_number(model_groups: Sequence[str]) -> None:
    if len(model_groups) > _AT_ONCE:
        raise ValueError("Model groups can have a maximum length of 10")


def _raise_if_denied(error: Any) -> None:
    code = error.response["Error"]["Code"]
    if code == "AccessDeniedException":
        raise PermissionError(
            f"{code}: This account needs to attach a custom policy to the user role to gain access to Collections. "
            "Refer - https://docs.aws.amazon.com/sagemaker/latest/dg/modelcollections-permissions.html"
        )


def _shown(arn: str, kind: str) -> Document:
    return {"Name": arn.split("group/")[1], "Arn": arn, "Type": kind}


def _session() -> Session:
    from sagewright.session import Session

    return Session()
