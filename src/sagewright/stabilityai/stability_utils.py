"""Which image serves models of Stability AI (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagewright.session import Session


def get_stabilityai_image_uri(
    session: Session | None = None,
    region: str | None = None,
    version: str | None = None,
    image_scope: str | None = "inference",
) -> str:
    """Return the image that serves models of Stability AI.

    Args:
        session, region: Whose region the image lies in; None: that of a new session.
        version: None: the only known.

    Raises:
        ValueError: There is no such version or region.
    """
    from sagewright import image_uris
    from sagewright.session import Session

    region = region or (session or Session()).boto_region_name
    return image_uris.retrieve("stabilityai", region, version=version, image_scope=image_scope)
