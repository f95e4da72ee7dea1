"""Whether a builder's arguments can be meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.serve.detection import is_amazons
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder


def checked(builder: ModelBuilder) -> None:
    """Check the types of a builder's arguments.

    Raises:
        TypeError: A class is given for an object.
        ValueError: The mode or the server is none that there is.
    """
    if not isinstance(builder.mode, Mode):
        modes = ", ".join(mode.name for mode in (Mode.LOCAL_CONTAINER, Mode.SAGEMAKER_ENDPOINT, Mode.IN_PROCESS))
        raise ValueError(f"Please specify mode in: {modes}{_meant(builder.mode, Mode)}")
    if builder.model_server is not None and not isinstance(builder.model_server, ModelServer):
        raise ValueError(
            f"{builder.model_server} is not supported yet! Supported model servers: {set(ModelServer)}"
            f"{_meant(builder.model_server, ModelServer)}"
        )
    if isinstance(builder.inference_spec, type):
        name = builder.inference_spec.__name__
        raise TypeError(f"`inference_spec` is an object, and `{name}` a class\nhint: inference_spec={name}()")


def copied(name: str, given: Mapping[str, Any] | None, default: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of an argument that is a dict.

    Raises:
        TypeError: It is none.
    """
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"`{name}` is a dict, and not `{given!r}`.")
    return dict(given or default)


def check_together(builder: ModelBuilder, *, is_mlflow: bool) -> None:
    """Check that a builder's arguments fit each other.

    Raises:
        ValueError: They contradict each other, or one is missing.
    """
    if builder.inference_spec and builder.model:
        raise ValueError("Can only set one of the following: model, inference_spec.")
    image = builder.image_uri
    if isinstance(image, str) and builder.model_server is None and not is_amazons(image):
        raise ValueError(
            "Model_server must be set when non-first-party image_uri is set. "
            f"Supported model servers: {set(ModelServer)}"
        )
    if not (builder.model or is_mlflow or builder.inference_spec):
        if builder.model_server:
            raise ValueError("Missing required parameter `model` or 'ml_flow' path or inf_spec")
        raise ValueError("Cannot detect required model or inference spec\nhint: give `model`, or `inference_spec`.")


def _meant(given: Any, kinds: type[Mode] | type[ModelServer]) -> str:
    from sagewright.vocabulary.suggestions import hint

    return hint(str(given).upper(), [kind.name for kind in kinds])
