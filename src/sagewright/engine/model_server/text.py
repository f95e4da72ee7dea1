"""Which bodies functions get as text, without the libraries that read them."""

from __future__ import annotations

from sagewright.engine.model_server.errors import Undecodable
from sagewright.vocabulary.content_types import CSV, JSON, parse_content_type

UTF8_TYPES = (JSON, CSV)


def is_text(content_type: str | None) -> bool:
    """Tell whether functions get a body of this type as text."""
    return parse_content_type(content_type or JSON).name in UTF8_TYPES


def text_of(body: bytes, content_type: str) -> str:
    """Return a body as text.

    Raises:
        Undecodable: It is not UTF-8.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable(content_type, error) from None
