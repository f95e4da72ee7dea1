"""Filter patterns: which log events are meant (CloudWatch Logs User Guide, "Filter and pattern syntax").

Three languages, told apart by how a pattern begins: `{ ... }` of JSON documents, `[ ... ]` of lines of columns, and
terms. Each compiles to a `Pattern`.
"""

from __future__ import annotations

from functools import lru_cache

from sagewright.engine.operations.logs.patterns.pattern import Pattern

__all__ = ["Pattern", "compiled"]


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """Return what a filter pattern means.

    Raises:
        ApiError: `InvalidParameterException`: it is none.
    """
    from sagewright.engine.operations.logs.patterns import columns, documents, terms

    stripped = text.strip()
    if stripped.startswith("{"):
        return documents.compiled(stripped)
    if stripped.startswith("["):
        return columns.compiled(stripped)
    return terms.compiled(stripped)
