"""The steward as a process: puts launcher, stores and reconcilers together, and leaves the house in order."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sagewright import settings
from sagewright.engine.engine import Engine
from sagewright.engine.executors.process.executor import ProcessExecutor
from sagewright.engine.executors.process.launcher import Launcher, LauncherGone
from sagewright.engine.executors.telling import told
from sagewright.engine.gateway.hybrid.deliveries import send
from sagewright.engine.gateway.hybrid.topics import publish
from sagewright.engine.hosting import serverless
from sagewright.engine.hosting.capture.spool import waits
from sagewright.engine.steward import machine
from sagewright.engine.steward.async_invocations import AsyncReconciler
from sagewright.engine.steward.autoscaling import ScalingReconciler
from sagewright.engine.steward.bell import press
from sagewright.engine.steward.capacity import ledger_of
from sagewright.engine.steward.captures import CaptureReconciler
from sagewright.engine.steward.endpoints import COMPONENT, EndpointReconciler
from sagewright.engine.steward.loop import Steward, steward_pid, take_lock
from sagewright.engine.steward.metric_filters import MetricFilterReconciler
from sagewright.engine.steward.object_events import ObjectEventReconciler
from sagewright.engine.steward.object_expiry import ExpiryReconciler
from sagewright.engine.steward.outgoing import outgoing, to_send
from sagewright.engine.steward.pools import sweep_pools
from sagewright.engine.steward.retention import RetentionReconciler
from sagewright.engine.steward.session_sweep import SessionSweeper
from sagewright.engine.steward.sweep import ObjectSweeper, sweep
from sagewright.engine.steward.training import TrainingReconciler
from sagewright.engine.steward.transform import TransformReconciler

TAKE_OVER_S = 10.0  # that a steward which was asked to leave may take; then it is asked again

log = logging.getLogger(__name__)


def main(home: Path, starting: int | None = None) -> None:
    """Be the steward of `home`, unless it has one.

    Args:
        starting: The descriptor by which others know that a steward is being started; closed when it listens.
    """
    begun = contextlib.ExitStack()
    if starting is not None:
        begun.callback(os.close, starting)
    _begin_log()
    asked = _Asked(home)
    while not asked():
        lock = take_lock(home)
        if lock is None:
            return
        more = _serve(home, lock, begun.close, settings.IDLE_S.read, asked)
        if not more:
            return


def attached(home: Path) -> None:
    """Be the steward of `home` for as long as the process that has started this one lives.

    Then, while there is work, as any other. A steward that is there already is asked to leave.
    """
    parent = os.getppid()
    _begin_log()
    asked = _Asked(home)

    def idle_s() -> float:
        return math.inf if os.getppid() == parent else settings.IDLE_S.read()

    while not asked() and os.getppid() == parent:
        lock = _take_over(home, asked)
        if lock is not None and not _serve(home, lock, lambda: None, idle_s, asked):
            return


def _take_over(home: Path, asked: Callable[[], bool]) -> int | None:
    pid = steward_pid(home)
    if pid is not None and pid != os.getpid():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + TAKE_OVER_S
    while not asked() and time.monotonic() < deadline:
        lock = take_lock(home, wait_s=0.0)
        if lock is not None:
            return lock
        time.sleep(0.02)
    return None


def _begin_log() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
    )


class _Asked:
    """Whether this process has been asked to leave: by SIGTERM, which wakes it, too."""

    def __init__(self, home: Path) -> None:
        self._home, self._asked = home, False
        signal.signal(signal.SIGTERM, self._ask)

    def __call__(self) -> bool:
        return self._asked

    def _ask(self, *_: object) -> None:
        self._asked = True
        press(self._home)


def _serve(
    home: Path, lock: int, listening: Callable[[], None], idle_s: Callable[[], float], asked: Callable[[], bool]
) -> bool:
    """Work until idle or asked to leave; return whether there is work after all, written while we were leaving."""
    launcher = Launcher.start(home)  # before a store is opened: see `launcher.py`
    engine = Engine.open(home)
    executor = ProcessExecutor(home, launcher, machine.cpus(), machine.memory_bytes())
    # The same for every steward of this home: the lock makes it single, so that it takes over what the one before it
    # held without waiting for leases to run out.
    owner = f"{socket.gethostname()}:{home}"
    sweep(engine.parts.state, executor)
    sweep_pools(home, engine.parts.state)
    serverless.sweep(engine.parts)
    ledger = ledger_of(executor.capabilities())
    reconcilers = (
        TrainingReconciler(engine.parts, executor, owner, ledger),
        EndpointReconciler(engine.parts, executor, owner, partial(serverless.wanted_count, engine.parts)),
        EndpointReconciler(engine.parts, executor, owner, kind=COMPONENT),
        TransformReconciler(engine.parts, executor, owner, ledger),
        CaptureReconciler(told(engine.parts, engine.parts)),
        ObjectSweeper(engine.parts.objects, engine.parts.clock),
        SessionSweeper(engine.parts.state, engine.parts.clock),
        ScalingReconciler(engine.parts, settings.SCALING_MINUTE_S.read(), partial(publish, home)),
        MetricFilterReconciler(engine.parts),
        RetentionReconciler(engine.parts),
        AsyncReconciler(told(engine.parts, engine.parts), settings.SCALING_MINUTE_S.read(), partial(publish, home)),
        ExpiryReconciler(engine.parts),
        ObjectEventReconciler(engine.parts, partial(send, home)),
        *outgoing(engine.parts),
    )
    steward = Steward(home, reconcilers, idle_s, listening, asked)
    try:
        steward.run()
    except LauncherGone:
        log.warning("the launcher was killed; starting another")
    launcher.close()
    os.close(lock)  # from here on a ringer starts another steward
    left = not asked() and home.is_dir() and (work_waits(engine) or waits(home, seconds=60.0) or to_send(home))
    engine.close()
    return left


def work_waits(engine: Engine) -> bool:
    """Tell whether records are left that a steward should work on."""
    from sagewright.engine.abc import Query

    return any(
        engine.parts.state.count(Query(kind, queue=queue)) > 0
        for kind in ("training-job", "endpoint", "inference-component", "transform-job", "async-invocation", "s3-event")
        for queue in ("queued", "active")
    )
