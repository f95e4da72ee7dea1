"""Model packages: create, describe, list, update, delete (`contract.md` 6.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from sagewright.engine.abc import BadToken, Query, Record, VersionConflict
from sagewright.engine.operations.sagemaker.model_package_groups import PACKAGE, find_group, group_name
from sagewright.engine.operations.sagemaker.package_sources import with_source
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import ApiError, validation_error

PENDING, APPROVED = "PendingManualApproval", "Approved"
PAGE = 100

_UNBUILT = ("ValidationSpecification", "SourceAlgorithmSpecification", "CertifyForMarketplace", "ManagedStorageType")
_NOT_SHOWN = ("Tags", "ClientToken", "ModelPackageName", "ModelPackageGroupName")
_SORT_BY = {"CreationTime": "created", "Name": "name"}


def create_model_package(parts: Parts, caller: Caller, params: Params) -> Result:
    """Register a model: the next version of a group, or a package of its own name.

    Raises:
        ApiError: `ValidationException`, or `ConflictException` where a token is used for another package.
    """
    _check(params)
    params = with_source(parts, caller, params)
    token = params.get("ClientToken")
    known = parts.state.get("model-package-token", caller.scope, token) if token else None
    if known is not None:
        return _same(params, known)
    body = {"request": {name: value for name, value in params.items() if name not in _NOT_SHOWN}}
    record = _versioned(parts, caller, params, body) if "ModelPackageGroupName" in params else None
    if record is None:
        record = _unversioned(parts, caller, params, body)
    if token:
        remembered = {"arn": record.body["arn"], "params": _comparable(params)}
        parts.state.put(Record("model-package-token", caller.scope, token, remembered), expected_version=0)
    return {"ModelPackageArn": record.body["arn"]}


def describe_model_package(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a package."""
    record = find_package(parts, caller, params["ModelPackageName"])
    body = record.body
    changed = record.modified_at if record.version > 1 else None
    shown = {**body["request"], **_summary(record), "LastModifiedTime": changed, "CreatedBy": {}}
    if params.get("IncludedData") == "MetadataOnly":
        shown.pop("ModelCard", None)
    return {**shown, "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []}}


def list_model_packages(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries, by default the oldest first: a group's, or those that stand alone."""
    group = params.get("ModelPackageGroupName")
    kind = params.get("ModelPackageType", "Versioned" if group else "Unversioned")
    after, before = params.get("CreationTimeAfter"), params.get("CreationTimeBefore")
    query = Query(
        PACKAGE,
        caller.scope,
        name_contains=params["NameContains"].lower() if params.get("NameContains") else None,
        name_prefix=f"{group_name(group)}/" if group else None,  # of a group that is none, none; no error
        status=params.get("ModelApprovalStatus"),
        created_after=after.timestamp() if after else None,
        created_before=before.timestamp() if before else None,
        sort_by=_SORT_BY[params.get("SortBy", "CreationTime")],
        descending=params.get("SortOrder") == "Descending",
        limit=params.get("MaxResults", PAGE),
        after=params.get("NextToken"),
    )
    try:
        page = parts.state.list(query)
    except BadToken:
        raise validation_error("The NextToken of the request is not valid.") from None
    found = [_summary(r) for r in page.records if kind == "Both" or ("/" in r.name) == (kind == "Versioned")]
    return {"ModelPackageSummaryList": found, "NextToken": page.next_token}


def update_model_package(parts: Parts, caller: Caller, params: Params) -> Result:
    """Approve or reject a package, or change what is said of it.

    Raises:
        ApiError: `ValidationException`; `ConflictException` where somebody else changes it at the same time.
    """
    record = find_package(parts, caller, params["ModelPackageArn"])
    _check_parts(params)
    if "ModelApprovalStatus" in params and "/" not in record.name:
        raise validation_error(f"Model package {record.body['arn']} is not versioned and has no approval status.")
    request = {**record.body["request"], **_changes(record.body["request"], params)}
    status = params.get("ModelApprovalStatus", record.status)
    changed = replace(record, body={**record.body, "request": request}, status=status)
    try:
        parts.state.put(changed, expected_version=record.version)
    except VersionConflict:
        raise ApiError("ConflictException", f"{record.body['arn']} is being changed by somebody else.") from None
    return {"ModelPackageArn": record.body["arn"]}


def delete_model_package(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a package; models that were made of it stay as they are."""
    record = find_package(parts, caller, params["ModelPackageName"])
    parts.state.delete(PACKAGE, caller.scope, record.name)
    drop_tags(parts, caller, record.body["arn"])
    return {}


def find_package(parts: Parts, caller: Caller, name_or_arn: str) -> Record:
    """Return the record of a package by its name, `group/version` or ARN.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    name = name_or_arn.partition(":model-package/")[2] or name_or_arn
    record = parts.state.get(PACKAGE, caller.scope, name.lower())
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, PACKAGE, name)
        raise validation_error(f"ModelPackage {arn} does not exist.")
    return record


# Creating -----------------------------------------------------------------------------------------------------------


def _check(params: Params) -> None:
    refuse((member, params.get(member)) for member in _UNBUILT)
    if ("ModelPackageName" in params) == ("ModelPackageGroupName" in params):
        raise validation_error("You must specify either ModelPackageName or ModelPackageGroupName, and not both.")
    if "InferenceSpecification" in params and "SourceUri" in params:
        raise validation_error("SourceUri cannot be given together with an InferenceSpecification.")
    if "ModelPackageGroupName" in params and params.get("Tags"):
        raise validation_error("Tags cannot be given to a versioned model package: it has those of its group.")
    if "ModelPackageName" in params and "InferenceSpecification" not in params:
        raise validation_error("An unversioned model package needs an InferenceSpecification.")
    _check_parts(params)


def _check_parts(params: Params) -> None:
    """Check what a package can be created with, and changed to."""
    for container in _containers(params):
        if not container.get("Image"):
            raise validation_error("A container of an InferenceSpecification needs an Image.")
    card = (params.get("ModelCard") or {}).get("ModelCardContent")
    if card is not None and not _is_json_object(card):
        raise validation_error("The ModelCardContent of a model package must be a JSON object.")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _containers(params: Params) -> Iterator[Mapping[str, Any]]:
    added = (params.get(f"AdditionalInferenceSpecifications{end}") or () for end in ("", "ToAdd"))
    for specification in (params.get("InferenceSpecification"), *chain.from_iterable(added)):
        yield from (specification or {}).get("Containers", ())


def _versioned(parts: Parts, caller: Caller, params: Params, body: dict[str, Any]) -> Record:
    """Write the next version of a group; numbers are never given twice."""
    while True:
        group = find_group(parts, caller, params["ModelPackageGroupName"])
        number = group.body["last_version"] + 1
        counted = replace(group, body={**group.body, "last_version": number})
        try:
            parts.state.put(counted, expected_version=group.version)
        except VersionConflict:
            continue
        name = group.body["request"]["ModelPackageGroupName"]
        body |= {"arn": _arn(caller, f"{name}/{number}"), "group": name, "number": number}
        status = params.get("ModelApprovalStatus", PENDING)
        record = Record(PACKAGE, caller.scope, f"{group.name}/{number}", body, status)
        return parts.state.put(record, expected_version=0)


def _unversioned(parts: Parts, caller: Caller, params: Params, body: dict[str, Any]) -> Record:
    name = params["ModelPackageName"]
    body |= {"arn": _arn(caller, name), "name": name}
    taken = validation_error(f"ModelPackage already exists: {body['arn']}")
    if parts.state.get(PACKAGE, caller.scope, name.lower()) is not None:
        raise taken
    if params.get("Tags"):
        put_tags(parts, caller, body["arn"], params["Tags"])
    try:
        return parts.state.put(Record(PACKAGE, caller.scope, name.lower(), body), expected_version=0)
    except VersionConflict:
        raise taken from None


def _arn(caller: Caller, name: str) -> str:
    return sagemaker_arn(caller.region, caller.account, PACKAGE, name)


def _same(params: Params, known: Record) -> Result:
    """Return the answer to a request that was sent a second time."""
    if known.body["params"] != _comparable(params):
        raise ApiError("ConflictException", "The ClientToken was used for another model package.")
    return {"ModelPackageArn": known.body["arn"]}


def _comparable(params: Params) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "ClientToken"}


# Changing and showing -----------------------------------------------------------------------------------------------


def _changes(request: Mapping[str, Any], params: Params) -> dict[str, Any]:
    """Return the members of a package that an update changes."""
    kept = ("ApprovalDescription", "ModelPackageRegistrationType", "InferenceSpecification", "SourceUri", "ModelCard")
    changes = {name: params[name] for name in (*kept, "ModelLifeCycle") if name in params}
    if "ModelCard" in params:
        changes["ModelCard"] = {**request.get("ModelCard", {}), **params["ModelCard"]}
    removed = set(params.get("CustomerMetadataPropertiesToRemove", ()))
    member = "CustomerMetadataProperties"  # None where all were removed
    properties = {**(request.get(member) or {}), **params.get(member, {})}
    changes[member] = {k: v for k, v in properties.items() if k not in removed} or None
    added = params.get("AdditionalInferenceSpecificationsToAdd")
    if added:
        present = request.get("AdditionalInferenceSpecifications", [])
        names = {specification["Name"] for specification in present}
        if twice := next((item["Name"] for item in added if item["Name"] in names), None):
            raise validation_error(f"The inference specification `{twice}` exists already.")
        changes["AdditionalInferenceSpecifications"] = [*present, *added]
    return changes


def _summary(record: Record) -> Result:
    body = record.body
    return {
        "ModelPackageName": body.get("name"),
        "ModelPackageGroupName": body.get("group"),
        "ModelPackageVersion": body.get("number"),
        "ModelPackageArn": body["arn"],
        "ModelPackageDescription": body["request"].get("ModelPackageDescription"),
        "CreationTime": record.created_at,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": record.status or None,
        "ModelLifeCycle": body["request"].get("ModelLifeCycle"),
        "ModelPackageRegistrationType": body["request"].get("ModelPackageRegistrationType"),
    }
