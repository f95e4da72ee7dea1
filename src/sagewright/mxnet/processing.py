"""Processing with MXNet (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.mxnet.estimator import MXNet
from sagewright.processing.of_framework import OwnFrameworkProcessor


class MXNetProcessor(OwnFrameworkProcessor):
    """Runs processing jobs of a script in MXNet's training image.

    Args:
        **: As for `FrameworkProcessor`.
    """

    estimator_cls = MXNet


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["MXNetProcessor"])
