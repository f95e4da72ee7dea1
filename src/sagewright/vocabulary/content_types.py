"""Content types and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

CSV = "text/csv"
JSON = "application/json"
JSON_LINES = "application/jsonlines"
RECORDIO = "application/x-recordio-protobuf"


class ContentType(NamedTuple):
    """A media type, lower-case, and its parameters."""

    name: str
    parameters: Mapping[str, str] = MappingProxyType({})

    def number(self, parameter: str, default: int) -> int:
        """Return a parameter that is a whole number.

        Raises:
            ValueError: It is none.
        """
        text = self.parameters.get(parameter)
        if text is None:
            return default
        if not text.isdigit():
            raise ValueError(f"{parameter}=`{text}` of the content type is not a whole number")
        return int(text)


def parse_content_type(text: str) -> ContentType:
    """`text/csv; label_size=1` -> name and parameters; white space around `;` and `=` is accepted."""
    name, *parts = (part.strip() for part in text.split(";"))
    pairs = (part.partition("=") for part in parts if part)
    return ContentType(name.lower(), {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs})
