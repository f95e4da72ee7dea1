"""Training and serving with Chainer (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.chainer.estimator import Chainer
from sagewright.chainer.model import ChainerModel, ChainerPredictor

__all__ = ["Chainer", "ChainerModel", "ChainerPredictor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
