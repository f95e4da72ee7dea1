"""Images as requests name them."""

from __future__ import annotations

from sagewright.engine.images import Image, UnknownImage, missing_module, resolve
from sagewright.vocabulary.errors import validation_error


def checked_image(uri: str) -> Image:
    """Return an image that can run here.

    Raises:
        ApiError: `ValidationException`: it means nothing to this engine, or needs a library that is not installed.
    """
    try:
        image = resolve(uri)
    except UnknownImage as error:
        raise validation_error(str(error)) from None
    missing = missing_module(image)
    if missing is not None:
        raise validation_error(
            f"The image `{uri}` needs the library `{missing}`, which is not installed in this Python environment.\n"
            "hint: pip install 'sagewright[local]'"
        )
    return image
