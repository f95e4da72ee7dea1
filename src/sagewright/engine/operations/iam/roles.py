"""IAM roles (IAM API Reference; `contract.md` 8.9).

In the user's own process nothing is denied; over HTTP a role's policies decide what its sessions may do. The role of
the engine's own identity exists from the beginning, and so does the role that a caller in the process has assumed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.entities import (
    PROFILE,
    ROLE,
    SAGEMAKER_TRUST,
    Body,
    all_of,
    arn_of,
    change,
    create,
    find,
    find_or_none,
    new_id,
    remove,
)
from sagewright.engine.operations.iam.pages import below, name_of, page_of
from sagewright.engine.operations.iam.policy_arns import boundary_of
from sagewright.engine.operations.iam.tags import checked_tags
from sagewright.engine.operations.iam.users import described_boundary
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.policies import check_document
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.identities import EXECUTION_ROLE

KIND = ROLE.record

_MAX_TRUST_CHARACTERS = 2048
SERVICE_PATH = "/aws-service-role/"


def create_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record a role."""
    if params.get("Path", "/").startswith(SERVICE_PATH):
        raise ApiError("ValidationError", "Cannot create a role with a path that is reserved for services.")
    if _own_role(caller, params["RoleName"]) is not None:
        raise ROLE.taken(params["RoleName"])
    body = {
        "path": params.get("Path", "/"),
        "trust": checked_trust(params["AssumeRolePolicyDocument"]),
        "description": params.get("Description"),
        "max_session_s": params.get("MaxSessionDuration", 3600),
        "tags": checked_tags(params.get("Tags")),
        "boundary": boundary_of(parts, caller, params.get("PermissionsBoundary")),
        "id": new_id(ROLE.prefix),
    }
    return {"Role": role_of(create(parts, caller.account, ROLE, params["RoleName"], body), caller)}


def get_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a role."""
    record = find_or_none(parts, caller.account, ROLE, params["RoleName"]) or _own_role(caller, params["RoleName"])
    if record is None:
        raise ROLE.missing(params["RoleName"])
    return {"Role": {**role_of(record, caller), "RoleLastUsed": {}}}


def list_roles(parts: Parts, caller: Caller, params: Params) -> Result:
    """List roles in order of name."""
    roles = below(params, [(record.body["path"], record) for record in all_of(parts, caller.account, ROLE)])
    page, more = page_of(params, roles, name_of)
    return {"Roles": [role_of(record, caller, whole=False) for record in page], **more}


def update_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change a role's description, and the longest session: an hour, where it is not given."""
    changed: Body = {"max_session_s": params.get("MaxSessionDuration") or 3600}
    if params.get("Description") is not None:
        changed["description"] = params["Description"]
    _change(parts, caller, params["RoleName"], changed)
    return {}


def update_role_description(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change a role's description."""
    record = _change(parts, caller, params["RoleName"], {"description": params["Description"]})
    return {"Role": role_of(record, caller)}


def update_assume_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change who may assume a role."""
    _change(parts, caller, params["RoleName"], {"trust": checked_trust(params["PolicyDocument"])})
    return {}


def put_role_permissions_boundary(parts: Parts, caller: Caller, params: Params) -> Result:
    """Bound a role's permissions."""
    _change(parts, caller, params["RoleName"], {"boundary": boundary_of(parts, caller, params["PermissionsBoundary"])})
    return {}


def delete_role_permissions_boundary(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take the bounds away."""

    def edit(body: Body) -> None:
        check_is_changeable(params["RoleName"], body)
        if not body.get("boundary"):
            raise ApiError("NoSuchEntity", "There is no permissions boundary to remove.", 404)
        body["boundary"] = None

    change(parts, caller.account, ROLE, params["RoleName"], edit)
    return {}


def delete_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a role that nothing is attached to."""
    name = params["RoleName"]
    if name == EXECUTION_ROLE:
        raise ApiError(
            "UnmodifiableEntity",
            f"Role {name} is the engine's own and cannot be deleted.\nhint: detach its policies to take rights away.",
        )

    def check(record: Record) -> None:
        check_is_changeable(name, record.body)
        if profiles_of(parts, record):
            raise ApiError(
                "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409
            )
        if record.body.get("attached"):
            raise ApiError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
        if record.body.get("inline"):
            raise ApiError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)

    remove(parts, caller.account, ROLE, name, check)
    return {}


def create_service_linked_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record the role of an AWS service; only the service may change it."""
    service = params["AWSServiceName"]
    if not re.fullmatch(r"[\w.-]+\.amazonaws\.com(\.cn)?", service):
        raise ApiError("InvalidInput", f"{service} is not a valid service name.")
    name = _service_role_name(service, params.get("CustomSuffix"))
    body: Body = {
        "path": f"{SERVICE_PATH}{service}/",
        "trust": SAGEMAKER_TRUST.replace("sagemaker.amazonaws.com", service),
        "description": params.get("Description"),
        "max_session_s": 3600,
        "tags": [],
        "boundary": None,
        "id": new_id(ROLE.prefix),
    }
    try:
        return {"Role": role_of(create(parts, caller.account, ROLE, name, body), caller)}
    except ApiError as error:
        if error.code != "EntityAlreadyExists":
            raise
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise ApiError("InvalidInput", message) from None


def delete_service_linked_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget the role of a service, at once."""

    def check(record: Record) -> None:
        if not record.body["path"].startswith(SERVICE_PATH):
            raise ROLE.missing(record.name)

    record = remove(parts, caller.account, ROLE, params["RoleName"], check)
    task = f"task{record.body['path']}{record.name}/{record.body['id']}"
    return {"DeletionTaskId": task}


def get_service_linked_role_deletion_status(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that a service's role is gone: its deletion took no time."""
    task = params["DeletionTaskId"]
    name = task.split("/")[-2] if task.startswith(f"task{SERVICE_PATH}") and task.count("/") >= 4 else ""
    if not name or find_or_none(parts, caller.account, ROLE, name) is not None:
        raise ApiError("NoSuchEntity", f"Deletion task {task} cannot be found.", 404)
    return {"Status": "SUCCEEDED"}


def role_of(record: Record, caller: Caller, *, whole: bool = True) -> dict[str, Any]:
    """Describe a role; lists leave tags and boundary out."""
    body = record.body
    described = {
        "Path": body["path"],
        "RoleName": record.name,
        "RoleId": body["id"],
        "Arn": arn_of(partition_of(caller.region), record, ROLE),
        "CreateDate": record.created_at,
        "AssumeRolePolicyDocument": quote(body["trust"], safe=""),
        "Description": body.get("description"),
        "MaxSessionDuration": body["max_session_s"],
    }
    if not whole:
        return described
    return {
        **described,
        "Tags": body.get("tags") or None,
        "PermissionsBoundary": described_boundary(body.get("boundary")),
    }


def profiles_of(parts: Parts, role: Record) -> Sequence[Record]:
    """Return the instance profiles that a role is in, in order of name."""
    profiles = all_of(parts, role.scope, PROFILE)
    return [profile for profile in profiles if (profile.body.get("roles") or {}).get(role.name) == role.body["id"]]


def check_is_changeable(name: str, body: Body | Any) -> None:
    """Raise `UnmodifiableEntity` for the role of a service."""
    if body["path"].startswith(SERVICE_PATH):
        message = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        raise ApiError("UnmodifiableEntity", message)


def checked_trust(text: str) -> str:
    """Return a trust policy that may be recorded.

    Raises:
        ApiError: `MalformedPolicyDocument`, `LimitExceeded`.
    """
    check_document(text, "trust")
    if len(re.sub(r"\s", "", text)) > _MAX_TRUST_CHARACTERS:
        raise ApiError("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {_MAX_TRUST_CHARACTERS}", 409)
    return text


def _change(parts: Parts, caller: Caller, name: str, changed: Body) -> Record:
    find(parts, caller.account, ROLE, name)

    def edit(body: Body) -> None:
        check_is_changeable(name, body)
        body.update(changed)

    return change(parts, caller.account, ROLE, name, edit)


def _own_role(caller: Caller, name: str) -> Record | None:
    """Return the role that a caller in the process has assumed, whether or not it is recorded."""
    kind, _, rest = parse_arn(caller.arn).resource.partition("/")
    if caller.principal is not None or kind != "assumed-role" or rest.partition("/")[0] != name:
        return None
    identifier = f"AROA{name.encode().hex().upper():0<17.17}"
    body = {"path": "/", "trust": SAGEMAKER_TRUST, "max_session_s": 3600, "tags": [], "id": identifier}
    return Record(KIND, caller.account, name, body)


def _service_role_name(service: str, suffix: str | None) -> str:
    """Return the name of a service's role; those whose names AWS forms otherwise are listed."""
    stem = service.partition(".amazonaws.com")[0]
    scaled, _, scaling = stem.rpartition(".")
    if scaling == "application-autoscaling":
        words = f"ApplicationAutoScaling_{_SCALED.get(scaled) or _joined(scaled)}"
    else:
        words = _SERVICES.get(stem) or _joined(stem)
    name = f"AWSServiceRoleFor{words}"
    return f"{name}_{suffix}" if suffix else name


_SERVICES = {
    "autoscaling": "AutoScaling",
    "elasticbeanstalk": "ElasticBeanstalk",
    "notebooks.sagemaker": "AmazonSageMakerNotebooks",
}
_SCALED = {
    "sagemaker": "SageMakerEndpoint",
    "custom-resource": "CustomResource",
    "dynamodb": "DynamoDBTable",
    "ecs": "ECSService",
    "lambda": "LambdaConcurrency",
    "rds": "RDSCluster",
}


def _joined(stem: str) -> str:
    return "".join(word.title() for word in re.split(r"[.-]", stem))
