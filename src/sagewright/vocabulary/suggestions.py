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


def close(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names that may have been meant, the likeliest first."""
    import difflib

    names = [other for other in known if other]
    slip = slip_of(name, names)
    found = [*([slip] if slip else []), *difflib.get_close_matches(name, names, most + 1)]
    return list(dict.fromkeys(found))[:most]


def hint(name: str, known: Iterable[str]) -> str:
    """Return a line `hint: did you mean ...?` to put behind a message, or an empty text."""
    near = nearest(name, known)
    return f"\nhint: did you mean `{near}`?" if near is not None else ""


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs by one slip of the fingers, or two in a long one; None: there is none.

    Stricter than `nearest`: for where a wrong guess would do harm.
    """
    folded, best = _folded(name), None
    for other in known:
        allowed = 1 if min(len(name), len(other)) < 8 else 2
        is_short = max(len(name), len(other)) < 4  # words of three letters are alike by chance
        if other != name and not is_short and abs(len(other) - len(name)) <= allowed:
            distance = _slips(folded, _folded(other), allowed)
            rank = distance, _slips(name, other, len(other)), other  # the letter's case counts where else all is one
            if distance <= allowed and (best is None or rank < best):
                best = rank
    return best[2] if best else None


def _slips(one: str, other: str, most: int) -> int:
    """Return how many letters were left out, added, changed or swapped with a neighbour; `most + 1` for more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i, *[0] * len(other)]
        for j, wanted in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
