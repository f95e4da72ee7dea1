"""Amazon Resource Names of the resources we serve (`contract.md` 8.7)."""

from __future__ import annotations

from typing import NamedTuple


class Arn(NamedTuple):
    """The six parts of ``arn:partition:service:region:account:resource``."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def resource_type(self) -> str:
        """What stands before the first ``/`` of the resource, for example ``training-job``."""
        return self.resource.partition("/")[0]

    @property
    def resource_name(self) -> str:
        """What stands after the first ``/`` of the resource."""
        return self.resource.partition("/")[2]


def parse_arn(text: str) -> Arn:
    """Split an ARN.

    Raises:
        ValueError: `text` is not an ARN.
    """
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2]:
        raise ValueError(f"not an ARN: `{text}`")
    return Arn(*parts[1:])


def partition_of(region: str) -> str:
    """Return the AWS partition that a region belongs to."""
    for prefix, partition in (
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
    ):
        if region.startswith(prefix):
            return partition
    return "aws"


def sagemaker_arn(region: str, account: str, kind: str, name: str) -> str:
    """Return the ARN of a SageMaker resource; the service lower-cases names in it (`contract.md` 8.7)."""
    return str(Arn(partition_of(region), "sagemaker", region, account, f"{kind}/{name.lower()}"))
