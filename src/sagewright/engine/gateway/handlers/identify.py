"""Who calls, and from where.

In the process of the user the operating system is the border: the caller is the engine's own identity, an assumed role
(so that `get_execution_role()` finds one), whatever credentials the request was signed with.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property

from sagewright import settings
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.wire import HttpRequest
from sagewright.engine.parts import Caller
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.identities import EXECUTION_ROLE

SESSION = "sagewright"
DEFAULT_REGION = "us-east-1"

_CREDENTIAL = re.compile(r"Credential=[^/]*/\d{8}/([a-z0-9-]+)/")
_PRESIGNED = re.compile(r"X-Amz-Credential=[^&]*?(?:/|%2F)\d{8}(?:/|%2F)([a-z0-9-]+)(?:/|%2F)", re.IGNORECASE)
_HOST = re.compile(r"[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.")

# What a job inherits of its submitter's environment: where programs, libraries and container engines are, how numbers
# and text are treated. No credentials, nothing that looks like a secret.
INHERITED = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "JAVA_HOME"),
        *("PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONWARNINGS"),
        *("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    )
)
INHERITED_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "CUDA_", "NVIDIA_", "SAGEWRIGHT_")


def identify(exchange: Exchange) -> None:
    """Set the exchange's caller."""
    account, region = settings.ACCOUNT.read(), region_of(exchange.request)
    exchange.caller = Caller(
        account=account,
        region=region,
        arn=f"arn:{partition_of(region)}:sts::{account}:assumed-role/{EXECUTION_ROLE}/{SESSION}",
        user_id=f"AROASAGEWRIGHTROLE00:{SESSION}",
        python=sys.executable,
        environment=Inherited(),
        executor=settings.EXECUTOR.read(),
    )


def region_of(request: HttpRequest) -> str:
    """Return the region that the request was signed for, else the one its host names."""
    for pattern, text in (
        (_CREDENTIAL, request.headers.get("authorization") or ""),
        (_PRESIGNED, request.query),
        (_HOST, request.host),
    ):
        if found := pattern.search(text):
            return found.group(1)
    return DEFAULT_REGION


class Inherited(Mapping[str, str]):
    """The variables that jobs inherit from this process, looked up when a job is made: most calls make none."""

    @cached_property
    def _variables(self) -> dict[str, str]:
        return inherited(os.environ)

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that jobs inherit."""
    return {
        name: value
        for name, value in environ.items()
        if name in INHERITED or (name.startswith(INHERITED_PREFIXES) and name != settings.HOME.variable)
    }
