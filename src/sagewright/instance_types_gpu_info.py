"""GPUs of instance types, as JumpStart counts them (v2's own path).

The figures are those of the SageMaker Python SDK 2.257, `instance_gpu_info.json` (Apache-2.0), slips included.
"""

from __future__ import annotations

# Instance type -> GPUs and their memory in MiB, together; the same in every region that has a table.
_GPUS = {
    "ml.p5.48xlarge": (8, 655360),
    "ml.p4d.24xlarge": (8, 327680),
    "ml.p4de.24xlarge": (8, 655360),
    "ml.p3.2xlarge": (1, 16384),
    "ml.p3.8xlarge": (4, 65536),
    "ml.p3.16xlarge": (8, 131072),
    "ml.p3dn.24xlarge": (8, 262144),
    "ml.p2.xlarge": (1, 12288),
    "ml.p2.8xlarge": (8, 98304),
    "ml.p2.16xlarge": (16, 196608),
    "ml.g4dn.xlarge": (1, 16384),
    "ml.g4dn.2xlarge": (1, 16384),
    "ml.g4dn.4xlarge": (1, 16384),
    "ml.g4dn.8xlarge": (1, 16384),
    "ml.g4dn.16xlarge": (1, 16384),
    "ml.g4dn.12xlarge": (4, 65536),
    "ml.g5n.xlarge": (1, 24576),
    "ml.g5.2xlarge": (1, 24576),
    "ml.g5.4xlarge": (1, 24576),
    "ml.g5.8xlarge": (1, 24576),
    "ml.g5.16xlarge": (1, 24576),
    "ml.g5.12xlarge": (4, 98304),
    "ml.g5.24xlarge": (4, 98304),
    "ml.g5.48xlarge": (8, 183104),
}
_REGIONS = frozenset(
    [
        "af-south-1",
        "ap-east-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ca-central-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    ]
)


def retrieve(region: str) -> dict[str, dict[str, int]]:
    """Return the GPUs of a region's instance types, and their memory; {} for a region without a table.

    Example:
        >>> from sagewright import instance_types_gpu_info
        >>> instance_types_gpu_info.retrieve("us-west-2")["ml.p3.8xlarge"]
        {'Count': 4, 'TotalGpuMemoryInMiB': 65536}
    """
    if region not in _REGIONS:
        return {}
    return {name: {"Count": count, "TotalGpuMemoryInMiB": memory} for name, (count, memory) in _GPUS.items()}
