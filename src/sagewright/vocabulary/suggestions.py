"""The nearest name that exists, for one that does not."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, or None."""
    import difflib  # only those who mistype need it

    names = [other for other in known if other]
    folded = {_folded(other): other for other in reversed(names)}
    if _folded(name) in folded:
        return folded[_folded(name)]
    near = difflib.get_close_matches(name, names, 1) or difflib.get_close_matches(_folded(name), folded, 1)
    if near:
        return folded.get(_folded(near[0]), near[0])
    parts = [other for other in names if len(name) >= 4 and (name in other or (len(other) >= 4 and other in name))]
    return min(parts, key=len, default=None)


def hint(name: str, known: Iterable[str]) -> str:
    """Return a line `hint: did you mean ...?` to put behind a message, or an empty text."""
    near = nearest(name, known)
    return f"\nhint: did you mean `{near}`?" if near is not None else ""


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")
