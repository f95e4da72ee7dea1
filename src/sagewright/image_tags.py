"""Tags of Amazon's images, with their exceptions (`contract.md` 9.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GRAVITON_FAMILIES = ("m6g", "m6gd", "c6g", "c6gd", "c6gn", "c7g", "r6g", "r6gd")

_INSTANCE_TYPE = re.compile(r"ml[._]([a-z\d\-]+)\.?\w*")
_BASE = re.compile(r"(?:pytorch|tensorflow)(.*)")
_ARM_TAGS = {
    ("xgboost", "1.5-1"): "1.5-1-arm64",
    ("xgboost", "1.3-1"): "1.3-1-arm64",
    ("sklearn", "1.0-1"): "1.0-1-arm64-cpu-py3",
}
# What p4d instances and smdistributed run of images that are published for several versions of CUDA.
_CUDA_11 = {
    "tensorflow-2.3-gpu-py37": "cu110-ubuntu18.04-v3",
    "tensorflow-2.3.1-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-2.3.2-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-1.15-gpu-py37": "cu110-ubuntu18.04-v8",
    "tensorflow-1.15.4-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-1.15.5-gpu-py37": "cu110-ubuntu18.04",
    "mxnet-1.8-gpu-py37": "cu110-ubuntu16.04-v1",
    "mxnet-1.8.0-gpu-py37": "cu110-ubuntu16.04",
    "pytorch-1.6-gpu-py36": "cu110-ubuntu18.04-v3",
    "pytorch-1.6.0-gpu-py36": "cu110-ubuntu18.04",
    "pytorch-1.6-gpu-py3": "cu110-ubuntu18.04-v3",
    "pytorch-1.6.0-gpu-py3": "cu110-ubuntu18.04",
}


def plain_tag(*parts: str | None) -> str:
    """Return the parts that there are, joined."""
    return "-".join(part for part in parts if part)


def tag_of(
    framework: str,
    version: str,
    scope: str | None,
    tag: str,
    instance_type: str | None,
    distribution: Any,
    processor: str | None,
) -> str:
    """Return the tag that is published, where it is not the plain one."""
    family = family_of(instance_type)
    if framework in ("xgboost", "sklearn"):
        on_arm = family in GRAVITON_FAMILIES or scope == "inference_graviton"
        return _ARM_TAGS[framework, version] if on_arm else tag
    if instance_type is not None and (family == "p4d" or "smdistributed" in (distribution or ())):
        tag = plain_tag(tag, _CUDA_11.get(f"{framework}-{tag}"))
    if framework == "sagemaker-tritonserver" and processor == "gpu":
        return tag.removesuffix("-gpu")
    return tag


def transformers_tag_prefix(
    table: Mapping[str, Any], repository: str, asked: str | None, version: str, base: str
) -> str:
    """Return how a tag of Hugging Face begins: the base framework's version and that of transformers.

    Args:
        asked: The version as it was asked for, which most tags repeat.
        version: The version that it came to.
        base: For example `pytorch1.13`.
    """
    shown = asked or version
    if repository.endswith("-trcomp-training"):
        shown = version
    if repository in ("huggingface-pytorch-inference-neuron", "huggingface-pytorch-inference-neuronx"):
        shown = table.get("version_aliases", {}).get(shown, shown)
        base = table["versions"].get(shown, {}).get("version_aliases", {}).get(base, base)
    match = _BASE.fullmatch(base)
    return f"{match[1] if match else base}-transformers{shown}"


def family_of(instance_type: str | None) -> str:
    """`ml.m5.large` -> `m5`, `ml_m5` -> `m5`; else an empty text."""
    match = _INSTANCE_TYPE.fullmatch(instance_type) if isinstance(instance_type, str) else None
    return match[1] if match else ""
