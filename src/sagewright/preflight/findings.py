"""What preflight finds, and how it is said."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple

logger = logging.getLogger("sagemaker")


class Finding(NamedTuple):
    """Something that is wrong.

    Attributes:
        where: `train.py:12`, or the argument at fault.
        what: What is wrong with it.
        hint: What to do.
        is_error: The job would fail; else it may do something else than is meant.
    """

    where: str
    what: str
    hint: str | None = None
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"\n  hint: {self.hint}" if self.hint else "")


class PreflightError(ValueError):
    """A job would fail. `findings` holds all that was found, warnings among it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f"- {finding}" for finding in findings if finding.is_error]
        super().__init__(
            "This job would fail, so nothing has been uploaded or started.\n"
            + "\n".join(errors)
            + "\nhint: SAGEWRIGHT_PREFLIGHT=warn starts it all the same."
        )


def warn(findings: Iterable[Finding]) -> None:
    """Log findings, each once in a process."""
    for finding in findings:
        if finding not in _said:
            _said.add(finding)
            logger.warning("%s", finding)


_said: set[Finding] = set()


def did_you_mean(name: str | None) -> str | None:
    """Return the hint that names what was probably meant."""
    return None if name is None else f"did you mean `{name}`?"
