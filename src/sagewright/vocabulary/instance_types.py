"""What an instance type stands for: virtual CPUs, memory, GPUs.

The sizes follow Amazon's naming: within a family, CPUs and memory grow with the size; the figures are those that Amazon
publishes for the families (AWS, "Amazon EC2 instance types" and "Amazon SageMaker AI pricing").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

GIB = 1 << 30
LOCAL = ("local", "local_gpu")  # this machine itself: v2's local mode


@dataclass(frozen=True)
class InstanceType:
    """An instance type, for example `ml.m5.large`.

    Attributes:
        memory_bytes: 0: as much as there is, without a limit.
    """

    name: str
    vcpus: int
    memory_bytes: int
    gpus: int = 0


# Family -> GiB of memory per virtual CPU.
_GIB_PER_VCPU: Mapping[str, float] = {
    **dict.fromkeys(("t2", "t3", "t3a"), 4.0),  # below `large` they have a table of their own
    **dict.fromkeys(("m4", "m5", "m5d", "m5n", "m6i", "m6id", "m6g", "m6gd", "m7i", "m7g", "m8g"), 4.0),
    **dict.fromkeys(("m8i", "m7i-flex", "m8i-flex"), 4.0),
    "c4": 1.875,
    **dict.fromkeys(("c5", "c5d", "c6i", "c6id", "c6g", "c6gd", "c6gn", "c7i", "c7g", "c8g"), 2.0),
    **dict.fromkeys(("c6in", "c8i", "c7i-flex", "c8i-flex"), 2.0),
    **dict.fromkeys(("c5n",), 2.625),
    "r4": 7.625,
    **dict.fromkeys(("r5", "r5d", "r6i", "r6id", "r6g", "r6gd", "r7i", "r7g", "r7gd", "r8g"), 8.0),
    **dict.fromkeys(("r8i", "r8i-flex"), 8.0),
    **dict.fromkeys(("inf1",), 2.0),
    **dict.fromkeys(("inf2",), 4.0),
}
_SIZES: Mapping[str, int] = {"large": 2, "xlarge": 4}
# Families whose memory and GPUs follow no rule: size -> (vCPUs, GiB, GPUs).
_TABLES: Mapping[str, Mapping[str, tuple[int, float, int]]] = {
    "t2": {"medium": (2, 4, 0), "large": (2, 8, 0), "xlarge": (4, 16, 0), "2xlarge": (8, 32, 0)},
    "t3": {"medium": (2, 4, 0), "large": (2, 8, 0), "xlarge": (4, 16, 0), "2xlarge": (8, 32, 0)},
    "m4": {
        "xlarge": (4, 16, 0),
        "2xlarge": (8, 32, 0),
        "4xlarge": (16, 64, 0),
        "10xlarge": (40, 160, 0),
        "16xlarge": (64, 256, 0),
    },
    "c4": {
        "large": (2, 3.75, 0),
        "xlarge": (4, 7.5, 0),
        "2xlarge": (8, 15, 0),
        "4xlarge": (16, 30, 0),
        "8xlarge": (36, 60, 0),
    },
    "c5": {"9xlarge": (36, 72, 0), "18xlarge": (72, 144, 0)},
    "p2": {"xlarge": (4, 61, 1), "8xlarge": (32, 488, 8), "16xlarge": (64, 732, 16)},
    "p3": {"2xlarge": (8, 61, 1), "8xlarge": (32, 244, 4), "16xlarge": (64, 488, 8)},
    "p3dn": {"24xlarge": (96, 768, 8)},
    "p4d": {"24xlarge": (96, 1152, 8)},
    "p4de": {"24xlarge": (96, 1152, 8)},
    "p5": {"4xlarge": (16, 256, 1), "48xlarge": (192, 2048, 8)},
    "p5e": {"48xlarge": (192, 2048, 8)},
    "p5en": {"48xlarge": (192, 2048, 8)},
    "g4dn": {
        "xlarge": (4, 16, 1),
        "2xlarge": (8, 32, 1),
        "4xlarge": (16, 64, 1),
        "8xlarge": (32, 128, 1),
        "12xlarge": (48, 192, 4),
        "16xlarge": (64, 256, 1),
    },
    "g5": {
        "xlarge": (4, 16, 1),
        "2xlarge": (8, 32, 1),
        "4xlarge": (16, 64, 1),
        "8xlarge": (32, 128, 1),
        "12xlarge": (48, 192, 4),
        "16xlarge": (64, 256, 1),
        "24xlarge": (96, 384, 4),
        "48xlarge": (192, 768, 8),
    },
    "g6": {
        "xlarge": (4, 16, 1),
        "2xlarge": (8, 32, 1),
        "4xlarge": (16, 64, 1),
        "8xlarge": (32, 128, 1),
        "12xlarge": (48, 192, 4),
        "16xlarge": (64, 256, 1),
        "24xlarge": (96, 384, 4),
        "48xlarge": (192, 768, 8),
    },
    "g6e": {
        "xlarge": (4, 32, 1),
        "2xlarge": (8, 64, 1),
        "4xlarge": (16, 128, 1),
        "8xlarge": (32, 256, 1),
        "12xlarge": (48, 384, 4),
        "16xlarge": (64, 512, 1),
        "24xlarge": (96, 768, 4),
        "48xlarge": (192, 1536, 8),
    },
    "trn1": {"2xlarge": (8, 32, 0), "32xlarge": (128, 512, 0)},
    "trn1n": {"32xlarge": (128, 512, 0)},
    "trn2": {"48xlarge": (192, 2048, 0)},
    "inf1": {"xlarge": (4, 8, 0), "2xlarge": (8, 16, 0), "6xlarge": (24, 48, 0), "24xlarge": (96, 192, 0)},
    "inf2": {"xlarge": (4, 16, 0), "8xlarge": (32, 128, 0), "24xlarge": (96, 384, 0), "48xlarge": (192, 768, 0)},
}
_NAME = re.compile(r"ml\.([a-z0-9-]+)\.((?:\d+)?(?:xlarge)|large|medium)")


def instance(name: str) -> InstanceType:
    """Return what an instance type stands for; `local` for one CPU in the queue and no limits.

    Raises:
        ValueError: It is not a type of a family that is known here.
    """
    if name in LOCAL:
        return InstanceType(name, 1, 0)
    match = _NAME.fullmatch(name)
    if match is not None:
        family, size = match.groups()
        if size in _TABLES.get(family, {}):
            vcpus, memory_gib, gpus = _TABLES[family][size]
            return InstanceType(name, vcpus, int(memory_gib * GIB), gpus)
        if family in _GIB_PER_VCPU and size != "medium":
            vcpus = _SIZES.get(size) or 4 * int(size.removesuffix("xlarge"))
            return InstanceType(name, vcpus, int(vcpus * _GIB_PER_VCPU[family] * GIB))
        if family in _GIB_PER_VCPU and family.endswith(("g", "gd", "gn")):
            return InstanceType(name, 1, int(_GIB_PER_VCPU[family] * GIB))
    raise ValueError(f"`{name}` is not a known instance type\nhint: for example ml.m5.large")
