"""Servers, hardware and origins that `ModelBuilder` tells apart (v2's own path)."""

from __future__ import annotations

from enum import Enum


class _Named(Enum):
    def __str__(self) -> str:
        return self.name


class ModelServer(_Named):
    """What answers requests in the container."""

    TORCHSERVE = 1
    MMS = 2
    TENSORFLOW_SERVING = 3
    DJL_SERVING = 4
    TRITON = 5
    TGI = 6
    TEI = 7
    SMD = 8


class HardwareType(_Named):
    """What a machine computes with."""

    CPU = 1
    GPU = 2
    INFERENTIA_1 = 3
    INFERENTIA_2 = 4
    GRAVITON = 5


class ImageUriOption(_Named):
    """Whose image serves."""

    CUSTOM_IMAGE = 1
    CUSTOM_1P_IMAGE = 2
    DEFAULT_IMAGE = 3


class ModelHub(_Named):
    """Where a model comes from that is only named."""

    JUMPSTART = 1
    HUGGINGFACE = 2


class SpeculativeDecodingDraftModelSource(_Named):
    """Whose model drafts for another."""

    SAGEMAKER = 1
    CUSTOM = 2
