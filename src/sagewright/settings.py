"""Every setting: its meaning and unit, its default, its environment variable, and where a value came from.

A setting is read when it is asked for, never at import. Precedence: what is lent, environment variable, the default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Setting(Generic[T]):
    """One setting. (No dataclass: importing the SDK must not cost what `dataclasses` and `inspect` cost.)"""

    def __init__(self, variable: str, meaning: str, default: T, parse: Callable[[str], T]) -> None:
        self.variable, self.meaning, self.default, self.parse = variable, meaning, default, parse
        self._lent: ContextVar[T | None] = ContextVar(variable, default=None)

    @contextmanager
    def lent(self, value: T) -> Iterator[None]:
        """Let the setting have a value in this thread (or task) for a while."""
        token = self._lent.set(value)
        try:
            yield
        finally:
            self._lent.reset(token)

    def read(self, environ: Mapping[str, str] | None = None) -> T:
        """Return the value in force.

        Raises:
            ValueError: The environment holds something that is not a value of this setting.
        """
        lent = self._lent.get() if environ is None else None
        if lent is not None:
            return lent
        text = (os.environ if environ is None else environ).get(self.variable)
        if not text:
            return self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise ValueError(f"{self.variable}=`{text}` is not usable: {error}\nhint: {self.meaning}") from None

    def source(self) -> str:
        """Return where the value in force comes from."""
        if self._lent.get() is not None:
            return "the program"
        return f"environment variable {self.variable}" if os.environ.get(self.variable) else "default"


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"choose one of {', '.join(words)}")
        return text

    return parse


def _target(text: str) -> str:
    if text in ("local", "aws") or text.startswith(("http://", "https://")):
        return text
    raise ValueError("choose `local`, `aws` or an http(s) address")


def _whole_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("must not be negative")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise ValueError("must be greater than 0")
    return number


def _account(text: str) -> str:
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        raise ValueError("an account id has 12 digits")
    return text


HOME = Setting("SAGEWRIGHT_HOME", "Folder of the embedded engine.", Path("~/.sagewright").expanduser(), _path)
TARGET = Setting("SAGEWRIGHT_TARGET", "Where requests go: `local`, `aws` or `http(s)://host:port`.", "local", _target)
EXECUTOR = Setting(
    "SAGEWRIGHT_EXECUTOR",
    "How jobs run on `local`: `process`; `container`, whatever their image; or `inline` in the calling interpreter.",
    "process",
    _one_of("process", "container", "inline"),
)
PULL = Setting(
    "SAGEWRIGHT_PULL",
    "When the images of jobs that run in containers are pulled: if they are `missing`, `always` or `never`.",
    "missing",
    _one_of("missing", "always", "never"),
)
IDLE_S = Setting("SAGEWRIGHT_IDLE_S", "Seconds without work after which the steward leaves.", 300.0, _positive)
CPUS = Setting(
    "SAGEWRIGHT_CPUS", "CPUs that jobs may occupy together; 0: as many as the machine has.", 0, _whole_number
)
MEMORY_MIB = Setting(
    "SAGEWRIGHT_MEMORY_MIB",
    "MiB that the program of a job may hold on each of its hosts; 0: what the instance type has.",
    0,
    _whole_number,
)
CODE_MIB = Setting(
    "SAGEWRIGHT_CODE_MIB", "MiB that the source code of a job may have, before it is packed.", 1024, _whole_number
)
PREFLIGHT = Setting(
    "SAGEWRIGHT_PREFLIGHT",
    "What happens where preflight finds that a job would fail: `on` raises, `warn` logs, `off` does not look.",
    "on",
    _one_of("on", "warn", "off"),
)
SCALING_MINUTE_S = Setting(
    "SAGEWRIGHT_SCALING_MINUTE_S",
    "Seconds that count as a minute of alarms and cooldowns in auto scaling; fewer let policies be tried quickly.",
    60.0,
    _positive,
)
INVOCATION_S = Setting(
    "SAGEWRIGHT_INVOCATION_S", "Seconds that a served model may take to answer an invocation.", 60.0, _positive
)
SERVERLESS_IDLE_S = Setting(
    "SAGEWRIGHT_SERVERLESS_IDLE_S",
    "Seconds without a request after which the process of a serverless variant ends.",
    300.0,
    _positive,
)
LOADED_MODELS = Setting(
    "SAGEWRIGHT_LOADED_MODELS",
    "How many models an instance of a multi-model endpoint holds at once; 0: as many as its server has room for.",
    0,
    _whole_number,
)
DELIVER_TO = Setting(
    "SAGEWRIGHT_DELIVER_TO",
    "Hosts and networks beside this machine that topics of SNS may send to, with commas between them.",
    "",
    str,
)
ACCOUNT = Setting("SAGEWRIGHT_ACCOUNT", "Account id of the embedded engine, 12 digits.", "123456789012", _account)
DOMAIN = Setting(
    "SAGEWRIGHT_DOMAIN",
    "Domain name of the shared engine; S3 finds buckets in the hosts below it (`bucket.s3.engine.example.org`).",
    "",
    str,
)
DRY_RUN = Setting(
    "SAGEWRIGHT_DRY_RUN",
    "`1`: print what would be asked of AWS and send nothing; a file's name: write it there, a JSON document a line.",
    "",
    str,
)
METRICS_TOKEN = Setting(
    "SAGEWRIGHT_METRICS_TOKEN",
    "Who sends it as a bearer token may read the shared engine's metrics from another machine.",
    "",
    str,
)

ALL: tuple[Setting[Path] | Setting[str] | Setting[float] | Setting[int], ...] = (
    HOME,
    TARGET,
    EXECUTOR,
    PULL,
    IDLE_S,
    CPUS,
    MEMORY_MIB,
    CODE_MIB,
    PREFLIGHT,
    SCALING_MINUTE_S,
    SERVERLESS_IDLE_S,
    INVOCATION_S,
    LOADED_MODELS,
    DELIVER_TO,
    ACCOUNT,
    DOMAIN,
    DRY_RUN,
    METRICS_TOKEN,
)
