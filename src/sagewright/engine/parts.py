"""What an operation works with: the engine's parts, and who is calling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sagewright.engine.abc import Clock, Ids, LogStore, MetricStore, ObjectStore, StateStore

Params = Mapping[str, Any]
Result = dict[str, Any]


@dataclass(frozen=True)
class Principal:
    """Whom policies decide about.

    Attributes:
        kind: `root`, `user` or `role`.
        name: The user's or role's name; empty for the root of the account.
        session_policies: Policy documents that narrow a session, as given when its role was assumed.
        tags: The session's tags.
        inherited_tags: Those of them that sessions inherit which this one opens.
        source_identity: Who is said to be behind the session and all that it opens.
    """

    kind: str
    name: str = ""
    session_policies: tuple[Mapping[str, Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    inherited_tags: Mapping[str, str] = field(default_factory=dict)
    source_identity: str | None = None


@dataclass(frozen=True)
class Caller:
    """Who calls, from where.

    Attributes:
        arn: The caller's identity.
        python: The interpreter of the calling process, in which its jobs shall run; None over HTTP.
        environment: Environment variables of the calling process that its jobs inherit (`PATH`, ...).
        executor: `process`; `container` for jobs whose images shall run as they are; or `inline` for those that shall
            run in the calling process.
        principal: Whose policies decide what the call may do; None: the call comes from the user's own process, where
            the operating system is the border, and may do everything.
    """

    account: str
    region: str
    arn: str
    user_id: str
    python: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    executor: str = "process"
    principal: Principal | None = None

    @property
    def scope(self) -> str:
        """The scope of state records: SageMaker's resources are per account and region."""
        return f"{self.account}/{self.region}"


@dataclass(frozen=True)
class Parts:
    """The stores, the clock and the bell of one engine.

    Attributes:
        home: The folder of this engine; None where everything is in memory.
        ring: Tells the steward that there is work, starting it if need be. Call it after the state is written.
    """

    home: Path | None
    state: StateStore
    objects: ObjectStore
    logs: LogStore
    metrics: MetricStore
    clock: Clock
    ids: Ids
    ring: Callable[[], None]


Operation = Callable[[Parts, Caller, Params], Result]
