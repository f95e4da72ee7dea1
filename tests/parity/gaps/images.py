"""Image URIs."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

GAPS: dict[str, Gap] = {
    "image_uris.retrieve": Differs("defaults that stand for JumpStart's session and model type are None"),
}
