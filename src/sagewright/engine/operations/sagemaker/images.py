"""Images as requests name them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright import settings
from sagewright.engine.executors.container import engines
from sagewright.engine.images import Image, UnknownImage, mappings, missing_modules, resolve, to_install
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.errors import validation_error


def checked_image(parts: Parts, uri: str, caller: Caller | None = None) -> Image:
    """Return an image that can run here.

    A mapping that names the image outright stands before what the engine knows of it, one with a `*` behind; behind
    that stands the image itself, in a container. With the executor `container` only mappings stand before that.

    Args:
        caller: Whose executor and container engine count; None: this process's.

    Raises:
        ApiError: `ValidationException`: it means nothing to this engine, or needs a library that is not installed.
    """
    executor = caller.executor if caller else settings.EXECUTOR.read()
    environ = caller.environment if caller else os.environ
    mapping = mappings.named(parts.state, uri)
    if mapping is None and executor == "container":
        mapping = mappings.matching(parts.state, uri)
        return resolve(uri, mapping.means()) if mapping else _itself(uri, environ)
    return resolve(uri, mapping.means()) if mapping else _known(parts, uri, environ)


def pinned(image: Image) -> dict[str, Any] | None:
    """Return what a resource keeps of an image whose meaning the user may change; None: it is the engine's."""
    if not image.is_own:
        return None
    mapping = {
        "folder": image.folder,
        "place": image.place,
        "environment": dict(image.environment),
        "port": image.port,
    }
    return {
        "train_command": list(image.train_command),
        "serve_command": list(image.serve_command),
        **({"engine": dict(image.engine), "pull": image.pull} if image.engine else mapping),
    }


def _known(parts: Parts, uri: str, environ: Mapping[str, str]) -> Image:
    try:
        image = resolve(uri)
    except UnknownImage as error:
        mapping = mappings.matching(parts.state, uri)
        meaning = mapping.means() if mapping else _container(environ)
        if meaning is None:
            raise validation_error(str(error)) from None
        return resolve(uri, meaning)
    missing = missing_modules(image)
    if missing:
        raise validation_error(
            f"The image `{uri}` needs {_named(missing)} not installed in this Python environment.\n"
            f"hint: pip install {to_install(image, missing)}"
        )
    return image


def _itself(uri: str, environ: Mapping[str, str]) -> Image:
    container = _container(environ)
    if container is None:
        library = "start Docker or Podman" if engines.has_library() else "pip install 'sagewright[containers]'"
        raise validation_error(
            f"SAGEWRIGHT_EXECUTOR is `container`, and no container engine answers that could run `{uri}`.\n"
            f"hint: {library}, say in DOCKER_HOST where it listens, or unset SAGEWRIGHT_EXECUTOR."
        )
    return resolve(uri, container)


def _container(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what any image means where a container engine answers."""
    engine = engines.find(environ)
    if engine is None:
        return None
    pull = settings.PULL.read(environ)
    return {"train_command": ["train"], "serve_command": ["serve"], "engine": engine, "pull": pull}


def _named(modules: Sequence[str]) -> str:
    if len(modules) == 1:
        return f"the library `{modules[0]}`, which is"
    return f"the libraries {' and '.join(f'`{module}`' for module in modules)}, which are"
