"""Lists of what IAM has and the engine has not, which are empty: none of it can be made here.

There are no console passwords, devices, certificates, keys of other kinds or identity providers; programs that clear a
user away ask for them all.
"""

from __future__ import annotations

from sagewright.engine.operations.iam.entities import USER, find
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError


def list_mfa_devices(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"MFADevices": _none(parts, caller, params), "IsTruncated": False}


def list_virtual_mfa_devices(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"VirtualMFADevices": [], "IsTruncated": False}


def list_ssh_public_keys(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"SSHPublicKeys": _none(parts, caller, params), "IsTruncated": False}


def list_signing_certificates(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"Certificates": _none(parts, caller, params), "IsTruncated": False}


def list_service_specific_credentials(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"ServiceSpecificCredentials": _none(parts, caller, params), "IsTruncated": False}


def list_server_certificates(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"ServerCertificateMetadataList": [], "IsTruncated": False}


def list_saml_providers(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"SAMLProviderList": []}


def list_open_id_connect_providers(parts: Parts, caller: Caller, params: Params) -> Result:
    return {"OpenIDConnectProviderList": []}


def get_login_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    raise _no_login_profile(parts, caller, params)


def delete_login_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    raise _no_login_profile(parts, caller, params)


def _no_login_profile(parts: Parts, caller: Caller, params: Params) -> ApiError:
    name = params.get("UserName") or ""
    _none(parts, caller, params)
    return ApiError("NoSuchEntity", f"Login Profile for User {name} cannot be found.", 404)


def _none(parts: Parts, caller: Caller, params: Params) -> list[object]:
    if params.get("UserName"):
        find(parts, caller.account, USER, params["UserName"])
    return []
