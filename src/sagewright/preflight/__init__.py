"""Preflight: what would make a job fail, found before anything is uploaded or started.

The checks read the request, the user's code (which is parsed, never run), and what S3 and SageMaker say of the names in
it. Each yields findings; one that is an error stops the job.
"""

from __future__ import annotations

from sagewright.preflight.findings import Finding as Finding
from sagewright.preflight.findings import PreflightError as PreflightError
from sagewright.preflight.flight import Flight as Flight
from sagewright.preflight.flight import Source as Source


def run(flight: Flight) -> list[Finding]:
    """Return what may go otherwise than is meant, having logged it; an empty list with `SAGEWRIGHT_PREFLIGHT=off`.

    Raises:
        PreflightError: The job would fail; with `SAGEWRIGHT_PREFLIGHT=warn` this is logged, too.
    """
    from sagewright.preflight.running import run_all  # the checks cost imports that an estimator does not need

    return run_all(flight)
