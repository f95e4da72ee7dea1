"""The networks of jobs and models: subnets and security groups (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.requests.hosting import checked_vpc_config

__all__ = [
    "SECURITY_GROUP_IDS_KEY",
    "SUBNETS_KEY",
    "VPC_CONFIG_DEFAULT",
    "VPC_CONFIG_KEY",
    "from_dict",
    "sanitize",
    "to_dict",
]

SUBNETS_KEY, SECURITY_GROUP_IDS_KEY, VPC_CONFIG_KEY = "Subnets", "SecurityGroupIds", "VpcConfig"
VPC_CONFIG_DEFAULT = "VPC_CONFIG_DEFAULT"

Document = dict[str, Any]


def to_dict(subnets: Any, security_group_ids: Any) -> Document | None:
    """Return a `VpcConfig`; None where one of the two is None."""
    if subnets is None or security_group_ids is None:
        return None
    return {SUBNETS_KEY: subnets, SECURITY_GROUP_IDS_KEY: security_group_ids}


def from_dict(vpc_config: Document | None, do_sanitize: bool = False) -> tuple[Any, Any]:
    """Return the subnets and security groups of a `VpcConfig`; two None of None.

    Args:
        do_sanitize: Check it first, see `sanitize`.
    """
    found = sanitize(vpc_config) if do_sanitize else vpc_config
    return (None, None) if found is None else (found[SUBNETS_KEY], found[SECURITY_GROUP_IDS_KEY])


def sanitize(vpc_config: Any) -> Document | None:
    """Return a `VpcConfig` of its two members; None for None.

    Raises:
        ValueError: It is none.

    Example:
        >>> from sagewright.vpc_utils import sanitize
        >>> sanitize({"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "Other": 1})
        {'Subnets': ['subnet-1'], 'SecurityGroupIds': ['sg-1']}
    """
    return checked_vpc_config(vpc_config)
