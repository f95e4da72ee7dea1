"""Small things that scripts take from the toolkit."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.script_mode.libraries import absent


def read_file(path: str, mode: str = "r") -> str:
    """Return what a file holds."""
    with open(path, mode) as file:
        return str(file.read())


def write_file(path: str, data: str, mode: str = "w") -> None:
    """Write a file."""
    with open(path, mode) as file:
        file.write(data)


def retrieve_content_type_header(request_property: Mapping[str, str]) -> str | None:
    """Return the content type among a request's headers, however that is spelt."""
    return next((v for k, v in request_property.items() if k.lower().replace("-", "") == "contenttype"), None)


def parse_accept(accept: str) -> list[str]:
    """Return the types that are accepted, without their parameters."""
    return [wish.split(";")[0].strip() for wish in (accept or "").replace(" ", "").split(",")]


__getattr__ = absent("sagemaker_inference.utils", "pip install sagemaker-inference")
