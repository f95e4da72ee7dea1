"""JumpStart's models (v2's own path): not built, see `absent`."""

from __future__ import annotations

from sagewright.jumpstart.absent import refusing

__all__, __getattr__ = refusing(
    __name__,
    classes=[
        "JumpStartModel",
    ],
)
