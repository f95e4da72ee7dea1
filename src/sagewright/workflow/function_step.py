"""Steps of Python functions, which are not built (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of

_WHY = "v2's remote functions; a `ProcessingStep` with a script does the same"

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, [], {"DelayedReturn": _WHY, "step": _WHY})
