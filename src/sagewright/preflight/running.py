"""All checks, in the order in which a user would look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sagewright import settings
from sagewright.preflight import account, algorithms, code, data, metrics, names
from sagewright.preflight.findings import Finding, PreflightError, warn
from sagewright.preflight.flight import Flight

Check = Callable[[Flight], Iterable[Finding]]

CHECKS: Sequence[Check] = (
    names.check,
    algorithms.check,
    metrics.check,
    code.check,
    data.check,
    account.check,
)


def run_all(flight: Flight) -> list[Finding]:
    """Return what may go otherwise than is meant, having logged it; an empty list with `SAGEWRIGHT_PREFLIGHT=off`.

    Raises:
        PreflightError: The job would fail; with `SAGEWRIGHT_PREFLIGHT=warn` this is logged, too.
    """
    mode = settings.PREFLIGHT.read()
    if mode == "off":
        return []
    findings = [finding for check in CHECKS for finding in check(flight)]
    if mode == "on" and any(finding.is_error for finding in findings):
        warn(finding for finding in findings if not finding.is_error)
        raise PreflightError(findings)
    warn(findings)
    return findings
