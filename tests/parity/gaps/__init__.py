"""Where our interface differs from v2's, and why: one file per group of modules, each with its `GAPS`.

A key is a path below the package, or a pattern of such paths as `fnmatch` reads it. What stands here has to be true: an
entry for what is there and as v2 has it breaks the test, as does a difference without an entry. A method that is there
to refuse (`arguments.refused`) says its reason itself and needs none; what is missing is `not yet` without an entry,
and may get its reason here.
"""

from __future__ import annotations

from typing import NamedTuple


class NotYet(NamedTuple):
    """It is not there yet."""

    why: str = ""


class Refused(NamedTuple):
    """It is not there, or answers with an error, and will not come."""

    why: str


class Differs(NamedTuple):
    """It is there and is called in another way."""

    why: str


Gap = NotYet | Refused | Differs
