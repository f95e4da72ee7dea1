"""Saying no to what the engine cannot honour yet, by name: nothing is accepted and ignored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sagewright.vocabulary.errors import validation_error


def refuse(fields: Iterable[tuple[str, Any]]) -> None:
    """Refuse the first field that is asked for.

    Args:
        fields: The path of each field that would change what happens, and whether (or what of) it is asked for.

    Raises:
        ApiError: `ValidationException`, naming the field.
    """
    for path, present in fields:
        if present:
            raise validation_error(
                f"`{path}` is not built into the Sagewright engine yet (target `local`).\n"
                "hint: leave it out, or use the target `aws`."
            )
