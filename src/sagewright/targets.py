"""Where requests go: the one door from the SDK to the engine, and to Amazon.

`local`      the embedded engine, in this process and on this machine (default)
`aws`        Amazon SageMaker, with the credentials that boto3 finds
`http(s)://` a shared engine; not built yet
"""

from __future__ import annotations

import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sagewright import settings

if TYPE_CHECKING:
    import boto3

DEFAULT_REGION = "us-east-1"


class Target(NamedTuple):
    """Where requests go.

    Attributes:
        name: `local` or `aws`.
        home: The folder of the embedded engine, for `local`.
    """

    name: str
    home: Path | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.home})" if self.home else self.name


class TargetNotBuilt(NotImplementedError):
    """The target is one that this version does not have."""


def current() -> Target:
    """Return the target in force: `SAGEWRIGHT_TARGET`, or `local`.

    Raises:
        TargetNotBuilt: It is an address: a shared engine is not built yet.
        ValueError: It is none that exists.
    """
    return target_of(settings.TARGET.read())


def target_of(text: str) -> Target:
    """Return the target that a text names.

    Raises:
        TargetNotBuilt, ValueError: As for `current`.
    """
    name = settings.TARGET.parse(text)
    if name.startswith("http"):
        raise TargetNotBuilt(
            f"The target `{name}` is not built yet: no shared engine can be reached over HTTP.\n"
            "hint: use `local` or `aws`."
        )
    return Target(name, settings.HOME.read() if name == "local" else None)


def boto_session(region_name: str | None = None, target: Target | None = None) -> boto3.Session:
    """Return a boto3 session whose clients go to the target in force, or to another one.

    On `local` no credentials are looked for; the region is the one that boto3's configuration names, else us-east-1.

    Example:
        >>> from sagewright import targets
        >>> targets.boto_session().client("sts").get_caller_identity()["Account"]
        '123456789012'
    """
    import boto3

    target = target or current()
    if target.home is None:
        return boto3.Session(region_name=region_name)
    from sagewright.engine.gateway.mounts.botocore import mount
    from sagewright.engine.gateway.mounts.process import FAKE_CREDENTIALS

    region = region_name or boto3.Session().region_name or DEFAULT_REGION
    session = boto3.Session(**FAKE_CREDENTIALS, region_name=region)  # type: ignore[arg-type]
    mount(session.events, target.home)
    _mounted.add(session)
    return session


def reaches_engine(session: boto3.Session) -> bool:
    """Tell whether a boto3 session's clients ask the embedded engine: ours do, and all of a program we have routed."""
    from sagewright.engine.gateway.mounts.process import is_routed

    return session in _mounted or is_routed()


def route_everything() -> None:
    """Lead every boto3 client that this process makes from now on to the target, as `sagewright run` does.

    For notebooks: call it before clients are made. On `aws` there is nothing to do.
    """
    target = current()
    if target.home is not None:
        from sagewright.engine.gateway.mounts.process import route

        route(target.home)


_announced = threading.Event()
_mounted: weakref.WeakSet[boto3.Session] = weakref.WeakSet()


def announce(target: Target | None = None) -> None:
    """Say on stderr, once in a process, where requests go: to the target in force, or to another one."""
    if not _announced.is_set():
        _announced.set()
        print(f"sagewright: running on the target {target or current()}", file=sys.stderr)  # noqa: T201
