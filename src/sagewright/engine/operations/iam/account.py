"""What concerns the account as a whole: its alias, its password policy, how much of everything it has."""

from __future__ import annotations

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.iam import access_keys
from sagewright.engine.operations.iam.attachments import counts
from sagewright.engine.operations.iam.entities import GROUP, POLICY, PROFILE, ROLE, USER, all_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_ALIAS, _PASSWORDS = "iam-account-alias", "iam-password-policy"
_DEFAULT_PASSWORDS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
}
_QUOTAS = {
    "AccessKeysPerUserQuota": 2,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "PolicySizeQuota": 6144,
    "RolePolicySizeQuota": 10240,
    "UserPolicySizeQuota": 2048,
    "VersionsPerPolicyQuota": 5,
}


def create_account_alias(parts: Parts, caller: Caller, params: Params) -> Result:
    """Give the account a name, in place of one that it has."""
    record = Record(_ALIAS, caller.account, "alias", {"alias": params["AccountAlias"]})
    _replace(parts, record)
    return {}


def list_account_aliases(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the account's name, if it has one."""
    record = parts.state.get(_ALIAS, caller.account, "alias")
    return {"AccountAliases": [record.body["alias"]] if record else [], "IsTruncated": False}


def delete_account_alias(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take the account's name away."""
    record = parts.state.get(_ALIAS, caller.account, "alias")
    if record is None or record.body["alias"] != params["AccountAlias"]:
        message = f"The account alias {params['AccountAlias']} cannot be found."
        raise ApiError("NoSuchEntity", message, 404)
    parts.state.delete(_ALIAS, caller.account, "alias")
    return {}


def update_account_password_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record what passwords must be like; what is not given goes back to its default."""
    _replace(parts, Record(_PASSWORDS, caller.account, "policy", {**_DEFAULT_PASSWORDS, **params}))
    return {}


def get_account_password_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return what passwords must be like."""
    record = parts.state.get(_PASSWORDS, caller.account, "policy")
    if record is None:
        raise _no_password_policy(caller)
    return {"PasswordPolicy": {**record.body, "ExpirePasswords": bool(record.body.get("MaxPasswordAge"))}}


def delete_account_password_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget what passwords must be like."""
    if parts.state.get(_PASSWORDS, caller.account, "policy") is None:
        message = "The account policy with name PasswordPolicy cannot be found."
        raise ApiError("NoSuchEntity", message, 404)
    parts.state.delete(_PASSWORDS, caller.account, "policy")
    return {}


def get_account_summary(parts: Parts, caller: Caller, params: Params) -> Result:
    """Count what the account has."""
    attached, _ = counts(parts, caller.account)
    policies = all_of(parts, caller.account, POLICY)
    return {
        "SummaryMap": {
            **_QUOTAS,
            "Users": len(all_of(parts, caller.account, USER)),
            "Groups": len(all_of(parts, caller.account, GROUP)),
            "Roles": len(all_of(parts, caller.account, ROLE)),
            "InstanceProfiles": len(all_of(parts, caller.account, PROFILE)),
            "Policies": len(policies),
            "PolicyVersionsInUse": len(policies) + sum(not identifier for _, identifier in attached),
            "AccountAccessKeysPresent": int(bool(access_keys.keys_of(parts, caller.account, None))),
            "AccountMFAEnabled": 0,
            "MFADevices": 0,
            "MFADevicesInUse": 0,
            "Providers": 0,
            "ServerCertificates": 0,
        }
    }


def _replace(parts: Parts, record: Record) -> None:
    while True:
        old = parts.state.get(record.kind, record.scope, record.name)
        try:
            parts.state.put(record, expected_version=old.version if old else 0)
        except VersionConflict:
            continue
        return


def _no_password_policy(caller: Caller) -> ApiError:
    message = f"The Password Policy with domain name {caller.account} cannot be found."
    return ApiError("NoSuchEntity", message, 404)
