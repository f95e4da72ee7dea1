"""Whether an image and an instance type are made for the same processors."""

from __future__ import annotations

import logging

from sagewright.serve.utils.types import HardwareType, ModelServer

logger = logging.getLogger("sagemaker.serve")

_GPU = frozenset({"ml.g4dn", "ml.g5", "ml.p3", "ml.p3dn", "ml.p4", "ml.p4d", "ml.p4de"})
_GRAVITON = frozenset({"ml.c7g", "ml.m6g", "ml.m6gd", "ml.c6g", "ml.c6gd", "ml.c6gn", "ml.r6g", "ml.r6gd"})
_INFERENTIA = {"ml.inf1": HardwareType.INFERENTIA_1, "ml.inf2": HardwareType.INFERENTIA_2}
# A word in an image's tag or name -> the processor; the first that is there counts.
_WORDS = {"neuronx": HardwareType.INFERENTIA_2, "neuron": HardwareType.INFERENTIA_1, "graviton": HardwareType.GRAVITON}


def warn_of_mismatch(image_uri: str, instance_type: str | None, model_server: ModelServer | None) -> None:
    """Say so where an image is made for other processors than the instances have."""
    knows = model_server in (ModelServer.TORCHSERVE, ModelServer.TRITON) and "xgboost" not in image_uri
    if not knows or not isinstance(instance_type, str) or instance_type.startswith("local"):
        return
    wanted, there = of_image(image_uri), of_instance(instance_type)
    if wanted != there and "sklearn" not in image_uri:
        logger.warning(
            "Detected potential incompatibility of image_uri and instance_type. Your image_uri %s is for %s but "
            "instance_type %s is a %s instance type. This might lead to sub-optimal performance or deployment failure. "
            "Please provide the same `instance_type` to ModelBuilder as well as in model.deploy(). Alternatively, "
            "directly provide `image_uri` to ModelBuilder. ",
            *(image_uri, wanted, instance_type, there),
        )


def of_instance(instance_type: str) -> HardwareType:
    """Return what instances of a type compute with."""
    family = instance_type.rpartition(".")[0]
    if family in _GPU:
        return HardwareType.GPU
    return _INFERENTIA.get(family) or (HardwareType.GRAVITON if family in _GRAVITON else HardwareType.CPU)


def of_image(image_uri: str) -> HardwareType:
    """Return what an image is made for."""
    found = next((hardware for word, hardware in _WORDS.items() if word in image_uri), None)
    return found or (HardwareType.CPU if "cpu" in image_uri else HardwareType.GPU)
