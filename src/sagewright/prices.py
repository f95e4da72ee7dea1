"""What an hour of an instance costs, by AWS's price list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any


@lru_cache
def get_instance_rate_per_hour(instance_type: str, region: str) -> dict[str, str] | None:
    """Return what an hour of an instance costs on demand; asks AWS's price list.

    Raises:
        Exception: The list has no such instance.
    """
    import json

    import boto3

    client: Any = boto3.client("pricing", region_name=_home_of_prices(region))
    wanted = {"instanceName": instance_type, "locationType": "AWS Region", "regionCode": region}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
    listed = client.get_products(ServiceCode="AmazonSageMaker", Filters=filters).get("PriceList", [])
    if listed:
        rate = extract_instance_rate_per_hour(json.loads(listed[0]) if isinstance(listed[0], str) else listed[0])
        if rate is not None:
            return rate
    raise Exception(f"Unable to get instance rate per hour for instance type: {instance_type}.")


def extract_instance_rate_per_hour(price_data: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Return the price on demand of an entry of AWS's price list; None: it has none."""
    for term in (price_data or {}).get("terms", {}).get("OnDemand", {}).values():
        for price in term.get("priceDimensions", {}).values():
            for currency, value in price.get("pricePerUnit", {}).items():
                return {
                    "unit": f"{currency}/Hr",
                    "value": str(round(float(value), 3)),
                    "name": "On-demand Instance Rate",
                }
    return None


def _home_of_prices(region: str) -> str:
    """Return the region whose price list is nearest: only these have one."""
    if region.startswith(("eu", "af")):
        return "eu-central-1"
    return "ap-south-1" if region.startswith(("ap", "cn")) else "us-east-1"
