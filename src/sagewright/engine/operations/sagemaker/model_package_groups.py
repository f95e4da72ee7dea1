"""Groups of model packages: create, describe, list, delete (`contract.md` 6.1).

Names of groups and packages are one and the same whatever their case, as their ARNs are lower-case: so are the names
of their records.
"""

from __future__ import annotations

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import ApiError, validation_error

KIND, PACKAGE = "model-package-group", "model-package"


def create_model_package_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a group.

    Raises:
        ApiError: `ValidationException`: the name is taken.
    """
    refuse([("ManagedConfiguration", params.get("ManagedConfiguration"))])
    name = params["ModelPackageGroupName"]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    request = {member: value for member, value in params.items() if member != "Tags"}
    body = {"request": request, "arn": arn, "last_version": 0}
    taken = validation_error(f"Model Package Group already exists: {arn}")
    if parts.state.get(KIND, caller.scope, name.lower()) is not None:
        raise taken
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    try:
        parts.state.put(Record(KIND, caller.scope, name.lower(), body, "Completed"), expected_version=0)
    except VersionConflict:
        raise taken from None
    return {"ModelPackageGroupArn": arn}


def describe_model_package_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a group."""
    record = find_group(parts, caller, params["ModelPackageGroupName"])
    return {**record.body["request"], **_summary(record), "CreatedBy": {}}


def list_model_package_groups(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the oldest first."""
    if "NameContains" in params:
        params = {**params, "NameContains": params["NameContains"].lower()}
    return list_records(
        parts, caller, params, KIND, "ModelPackageGroupSummaryList", _summary, descending=False, page=100
    )


def delete_model_package_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget an empty group.

    Raises:
        ApiError: `ConflictException`: it holds packages.
    """
    record = find_group(parts, caller, params["ModelPackageGroupName"])
    if parts.state.count(Query(PACKAGE, caller.scope, name_prefix=f"{record.name}/")):
        raise ApiError(
            "ConflictException",
            f"Cannot delete model package group {record.body['arn']}: it still contains model packages.",
        )
    parts.state.delete(KIND, caller.scope, record.name)
    drop_tags(parts, caller, record.body["arn"])
    return {}


def find_group(parts: Parts, caller: Caller, name_or_arn: str) -> Record:
    """Return a group's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    name = group_name(name_or_arn)
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, KIND, name)
        raise validation_error(f"ModelPackageGroup {arn} does not exist.")
    return record


def group_name(name_or_arn: str) -> str:
    """Return the name of a group's record."""
    return name_or_arn.rpartition("/")[2].lower()


def _summary(record: Record) -> Result:
    return {
        "ModelPackageGroupName": record.body["request"]["ModelPackageGroupName"],
        "ModelPackageGroupArn": record.body["arn"],
        "ModelPackageGroupDescription": record.body["request"].get("ModelPackageGroupDescription"),
        "CreationTime": record.created_at,
        "ModelPackageGroupStatus": "Completed",
    }
