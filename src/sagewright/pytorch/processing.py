"""Processing with PyTorch (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.processing.of_framework import OwnFrameworkProcessor
from sagewright.pytorch.estimator import PyTorch


class PyTorchProcessor(OwnFrameworkProcessor):
    """Runs processing jobs of a script in PyTorch's training image.

    Args:
        **: As for `FrameworkProcessor`.
    """

    estimator_cls = PyTorch


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["PyTorchProcessor"])
