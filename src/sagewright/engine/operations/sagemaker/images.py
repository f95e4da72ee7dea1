"""Images as requests name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.engine.images import Image, UnknownImage, mappings, missing_modules, resolve, to_install
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import validation_error


def checked_image(parts: Parts, uri: str) -> Image:
    """Return an image that can run here.

    A mapping that names the image outright stands before what the engine knows of it, one with a `*` behind.

    Raises:
        ApiError: `ValidationException`: it means nothing to this engine, or needs a library that is not installed.
    """
    mapping = mappings.named(parts.state, uri)
    if mapping is not None:
        return resolve(uri, mapping.means())
    try:
        image = resolve(uri)
    except UnknownImage as error:
        mapping = mappings.matching(parts.state, uri)
        if mapping is None:
            raise validation_error(str(error)) from None
        return resolve(uri, mapping.means())
    missing = missing_modules(image)
    if missing:
        raise validation_error(
            f"The image `{uri}` needs {_named(missing)} not installed in this Python environment.\n"
            f"hint: pip install {to_install(image, missing)}"
        )
    return image


def pinned(image: Image) -> dict[str, Any] | None:
    """Return what a resource keeps of an image whose meaning the user may change; None: it is the engine's."""
    if not image.is_own:
        return None
    return {
        "train_command": list(image.train_command),
        "serve_command": list(image.serve_command),
        "folder": image.folder,
        "place": image.place,
        "environment": dict(image.environment),
        "port": image.port,
    }


def _named(modules: Sequence[str]) -> str:
    if len(modules) == 1:
        return f"the library `{modules[0]}`, which is"
    return f"the libraries {' and '.join(f'`{module}`' for module in modules)}, which are"
