"""What a document asks about a request: the keys of its conditions and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.policies import conditions
from sagewright.engine.policies.documents import Document, statements_of
from sagewright.engine.policies.principals import strings

_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)[^}]*\}")


def context_keys(document: Document) -> list[str]:
    """Return the keys as they are written, each once, in the order in which they come."""
    found = (key for statement in statements_of(document) for key in _of_statement(statement))
    return list({key.lower(): key for key in found}.values())


def _of_statement(statement: Mapping[str, Any]) -> Iterator[str]:
    block = statement.get("Condition") or {}
    yield from conditions.keys_of(block)
    values = [value for keys in block.values() for value in keys.values()]
    for element in (statement.get("Resource"), statement.get("NotResource"), *values):
        for text in strings(element):
            yield from (match[1] for match in _VARIABLE.finditer(text) if match[1] not in ("*", "?", "$"))
