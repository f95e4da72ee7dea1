"""What AWS calls its regions' hosts and partitions."""

from __future__ import annotations

from typing import Any

ALTERNATE_DOMAINS = {
    "cn-north-1": "amazonaws.com.cn",
    "cn-northwest-1": "amazonaws.com.cn",
    "us-iso-east-1": "c2s.ic.gov",
    "us-isob-east-1": "sc2s.sgov.gov",
    "us-isof-south-1": "csp.hci.ic.gov",
    "us-isof-east-1": "csp.hci.ic.gov",
    "eu-isoe-west-1": "cloud.adc-e.uk",
}


def get_domain_for_region(region: str) -> str:
    """Return the domain below which a region's hosts stand."""
    return ALTERNATE_DOMAINS.get(region, "amazonaws.com")


def sts_regional_endpoint(region: str) -> str:
    """Return the address of STS in a region.

    Raises:
        ValueError: botocore knows no such region.

    Example:
        >>> from sagewright.utils import sts_regional_endpoint
        >>> sts_regional_endpoint("eu-west-1")
        'https://sts.eu-west-1.amazonaws.com'
    """
    return f"https://{_sts(region)['hostname']}"


def aws_partition(region: str) -> str:
    """Return the partition that a region belongs to: `aws`, `aws-cn`, `aws-us-gov`, ...

    Raises:
        ValueError: botocore knows no such region.
    """
    partition: str = _sts(region)["partition"]
    return partition


def _sts(region: str) -> dict[str, Any]:
    from botocore.loaders import create_loader
    from botocore.regions import EndpointResolver

    found: Any = EndpointResolver(create_loader().load_data("endpoints")).construct_endpoint("sts", region)
    if not found:
        raise ValueError(
            f"botocore knows no region `{region}`.\nhint: upgrade botocore, or look for a slip in the name."
        )
    return dict(found)
