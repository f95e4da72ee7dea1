"""Images of Stability AI's models (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.stabilityai.stability_utils import get_stabilityai_image_uri

__all__ = ["get_stabilityai_image_uri"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
