"""Where requests go: the one door from the SDK to the engine, and to Amazon.

`local`      the embedded engine, in this process and on this machine (default)
`http(s)://` a shared engine, as `sagewright up` serves one, with the credentials that boto3 finds
`aws`        Amazon SageMaker, likewise
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sagewright import settings

if TYPE_CHECKING:
    import boto3

DEFAULT_REGION = "us-east-1"


class Target(NamedTuple):
    """Where requests go.

    Attributes:
        name: `local`, `aws`, or the address of a shared engine.
        home: The folder of the embedded engine, for `local`.
    """

    name: str
    home: Path | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.home})" if self.home else self.name

    @property
    def url(self) -> str | None:
        """The address of a shared engine; None on the other targets."""
        return self.name if self.name.startswith("http") else None

    @property
    def is_engine(self) -> bool:
        """Whether Sagewright's engine answers there, embedded or shared, and not Amazon."""
        return self.name != "aws"


class NoCredentials(ValueError):
    """A shared engine is the target, and there is nothing to sign requests with."""


def current() -> Target:
    """Return the target in force: `SAGEWRIGHT_TARGET`, or `local`.

    Raises:
        ValueError: It is none that exists.
    """
    return target_of(settings.TARGET.read())


def target_of(text: str) -> Target:
    """Return the target that a text names.

    Raises:
        ValueError: As for `current`.
    """
    name = settings.TARGET.parse(text)
    return Target(name, settings.HOME.read() if name == "local" else None)


def boto_session(region_name: str | None = None, target: Target | None = None) -> boto3.Session:
    """Return a boto3 session whose clients go to the target in force, or to another one.

    On `local` no credentials are looked for. The region is the one that boto3's configuration names; where it names
    none, an engine's is us-east-1.

    Raises:
        NoCredentials: A shared engine is the target, and boto3 finds no credentials.

    Example:
        >>> from sagewright import targets
        >>> targets.boto_session().client("sts").get_caller_identity()["Account"]
        '123456789012'
    """
    import boto3

    if settings.DRY_RUN.read():
        return _dry_session(region_name)
    target = target or current()
    if target.url is not None:
        session = _shared_session(target.url, region_name)
    elif target.home is not None:
        session = _embedded_session(target.home, region_name)
    else:
        return boto3.Session(region_name=region_name)
    _mounted.add(session)
    return session


def _dry_session(region_name: str | None) -> boto3.Session:
    """Return a session whose requests are written down and not sent."""
    import boto3

    from sagewright import dry_run

    dry_run.install()
    return boto3.Session(region_name=region_name or boto3.Session().region_name or DEFAULT_REGION)


def plain_region() -> str | None:
    """Return the region of an engine as `boto_session` would have it, where that is plain without loading boto3.

    Returns:
        None: A profile or a configuration file of boto3's has a say, and boto3 must be asked.
    """
    region = os.environ.get("AWS_DEFAULT_REGION")
    if region:
        return region
    if os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE"):
        return None
    file = Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    return None if file.exists() else DEFAULT_REGION


def _embedded_session(home: Path, region_name: str | None) -> boto3.Session:
    import boto3

    from sagewright.engine.gateway.mounts.botocore import mount
    from sagewright.engine.gateway.mounts.process import FAKE_CREDENTIALS

    region = region_name or boto3.Session().region_name or DEFAULT_REGION
    session = boto3.Session(**FAKE_CREDENTIALS, region_name=region)  # type: ignore[arg-type]
    mount(session.events, home)
    return session


def _shared_session(url: str, region_name: str | None) -> boto3.Session:
    """Return a session whose clients go to an address, for every service, unless they are given another one."""
    import boto3
    from botocore.session import get_session

    core = get_session()
    core.get_component("credential_provider").remove("iam-role")  # a machine's keys are Amazon's, and asking takes long
    if core.get_credentials() is None:
        raise NoCredentials(
            f"The target is {url}, and boto3 finds no credentials to sign requests with.\n"
            "hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as `sagewright up` has printed them, or a user's."
        )
    create_client = core.create_client

    def create_client_there(*arguments: Any, **named: Any) -> Any:
        if named.get("endpoint_url") is None:
            named["endpoint_url"] = url
        return create_client(*arguments, **named)

    core.create_client = create_client_there  # type: ignore[method-assign]
    region = region_name or core.get_config_variable("region") or DEFAULT_REGION
    return boto3.Session(botocore_session=core, region_name=region)


def reaches_engine(session: boto3.Session) -> bool:
    """Tell whether a boto3 session's clients ask an engine: ours do, and all of a program we have routed."""
    from sagewright.engine.gateway.mounts.process import is_routed

    return session in _mounted or is_routed()


def route_everything() -> None:
    """Lead every boto3 client that this process makes from now on to the target, as `sagewright run` does.

    For notebooks: call it before clients are made. On `aws` there is nothing to do.
    """
    target = current()
    if target.is_engine:
        from sagewright.engine.gateway.mounts import process

        if target.home is not None:
            process.route(target.home)
        else:
            process.lead(target.name)


_announced = threading.Event()
_mounted: weakref.WeakSet[boto3.Session] = weakref.WeakSet()


def announce(target: Target | None = None, as_whom: str | None = None) -> None:
    """Say on stderr, once in a process, where requests go: to the target in force, or to another one.

    Args:
        as_whom: The account, role and region, where they are not the engine's own.
    """
    if not _announced.is_set():
        _announced.set()
        more = f": {as_whom}" if as_whom else ""
        print(f"sagewright: running on the target {target or current()}{more}", file=sys.stderr)  # noqa: T201


def is_announced() -> bool:
    """Tell whether it has been said where requests go."""
    return _announced.is_set()
