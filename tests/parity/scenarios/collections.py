"""Collections of model package groups."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

from tests.parity.recording import Refusal
from tests.parity.world import World

ARNS = "arn:aws:resource-groups:us-east-1:123456789012:group"
GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/prices"
QUERY = {"TagFilters": [{"Key": "sagemaker:collection-path:1", "Values": ["houses"]}]}
MISSING = Refusal("NotFoundException", "no such group")
DENIED = Refusal("AccessDeniedException", "no")


def created(world: World) -> Any:
    _answering(world)
    with patch("time.time", return_value=1_700_000_000.5):
        return _collections(world).create("houses")


def created_within_another(world: World) -> Any:
    _answering(world)
    with patch("time.time", return_value=1_700_000_000.5):
        return _collections(world).create("flats", "houses")


def created_within_none(world: World) -> None:
    _answering(world, GetGroupQuery=MISSING)
    _collections(world).create("flats", "houses")


def created_twice(world: World) -> None:
    _answering(world, CreateGroup=Refusal("BadRequestException", "group already exists"))
    with patch("time.time", return_value=1_700_000_000.5):
        _collections(world).create("houses")


def deleted(world: World) -> Any:
    _answering(world)
    return _collections(world).delete(["houses", "flats"])


def deleted_with_what_it_holds(world: World) -> Any:
    _answering(world, ListGroupResources={"Resources": [_resource("flats")]})
    return _collections(world).delete(["houses"])


def deleted_where_there_is_none(world: World) -> Any:
    _answering(world, ListGroupResources=MISSING)
    return _collections(world).delete(["houses"])


def deleted_by_none_who_may(world: World) -> Any:
    _answering(world, DeleteGroup=Refusal("BadRequestException", "why"))
    return _collections(world).delete(["houses"])


def too_many_deleted(world: World) -> None:
    _collections(world).delete(["houses"] * 11)


def groups_added_and_removed(world: World) -> Any:
    _answering(world)
    collections = _collections(world)
    return [collections.add_model_groups("houses", ["prices"]), collections.remove_model_groups("houses", ["prices"])]


def groups_that_are_not(world: World) -> Any:
    _answering(world, DescribeModelPackageGroup=Refusal("ValidationException", "does not exist"))
    collections = _collections(world)
    return [collections.add_model_groups("houses", ["prices"]), collections.remove_model_groups("houses", ["prices"])]


def group_moved(world: World) -> Any:
    _answering(world)
    return _collections(world).move_model_group("houses", "prices", "flats")


def listed(world: World) -> Any:
    pages = [
        {"Resources": [_resource("flats")], "ResourceIdentifiers": [], "NextToken": "t"},
        {"Resources": [_resource("castles")], "ResourceIdentifiers": []},
        {
            "Resources": [{"Identifier": {"ResourceArn": GROUP, "ResourceType": "AWS::SageMaker::ModelPackageGroup"}}],
            "ResourceIdentifiers": [],
        },
    ]
    _answering(world, ListGroupResources=pages)
    return _collections(world).list_collection("houses")


def listed_at_the_root(world: World) -> Any:
    pages = [
        {"ResourceTagMappingList": [{"ResourceARN": f"{ARNS}/houses"}], "PaginationToken": "t"},
        {"ResourceTagMappingList": [{"ResourceARN": f"{ARNS}/flats"}], "PaginationToken": ""},
    ]
    _answering(world, GetResources=pages)
    return _collections(world).list_collection()


def too_many_groups(world: World) -> None:
    _collections(world).add_model_groups("houses", ["prices"] * 11)


def without_permission(world: World) -> None:
    _answering(world, GetGroupQuery=DENIED)
    _collections(world).remove_model_groups("houses", ["prices"])


def _collections(world: World) -> Any:
    return world["collection.Collection"](world.session())


def _resource(name: str) -> dict[str, Any]:
    return {"Identifier": {"ResourceArn": f"{ARNS}/{name}", "ResourceType": "AWS::ResourceGroups::Group"}}


def _answering(world: World, **changes: Any) -> None:
    query = {"GroupName": "houses", "ResourceQuery": {"Type": "TAG_FILTERS_1_0", "Query": json.dumps(QUERY)}}
    world.aws.answers.update(
        {
            "CreateGroup": {"Group": {"Name": "houses", "GroupArn": f"{ARNS}/houses"}},
            "GetGroupQuery": {"GroupQuery": query},
            "ListGroupResources": {"Resources": [], "ResourceIdentifiers": []},
            "DescribeModelPackageGroup": {"ModelPackageGroupArn": GROUP},
            **changes,
        }
    )
