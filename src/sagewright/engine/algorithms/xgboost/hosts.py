"""Several hosts: the library's collective, whose tracker runs on the first of them."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from xgboost import collective
from xgboost.core import XGBoostError
from xgboost.tracker import RabitTracker

from sagewright.engine.algorithms.report import Report

PORT = 9099  # of the first gathering; the second takes the next one
JOINING_S = 1800.0  # hosts may take long to load their data
RETRY_S = 1.0

Resolve = Callable[[str], str]


def address_of(host: str) -> str:
    """Return a host's address; its name may not be known at once."""
    deadline = time.monotonic() + JOINING_S
    while True:
        try:
            return socket.gethostbyname(host)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)


def hosts_with_data(
    hosts: Sequence[str],
    current: str,
    *,
    has_data: bool,
    report: Report,
    port: int = PORT,
    resolve: Resolve = address_of,
) -> list[str]:
    """Return the hosts that can take part in the training, as all of them tell one another."""
    ordered = sorted(hosts)
    flags = np.zeros(len(ordered), np.int32)
    flags[ordered.index(current)] = has_data
    with gathered(ordered, current, report, port, resolve):
        flags = collective.allreduce(flags, collective.Op.SUM)
    return [host for host, flag in zip(ordered, flags, strict=True) if flag]


@contextlib.contextmanager
def gathered(
    hosts: Sequence[str], current: str, report: Report, port: int = PORT, resolve: Resolve = address_of
) -> Iterator[None]:
    """Connect the hosts: what is trained inside is trained by all of them together."""
    ordered = sorted(hosts)
    first = resolve(ordered[0])
    tracker = None
    if current == ordered[0]:
        tracker = RabitTracker(n_workers=len(ordered), host_ip=first, port=port, sortby="task")
        tracker.start()
        report.info(f"The hosts {ordered} meet at {first}:{port}")
    with _joined(first, port, ordered.index(current)):
        yield
    if tracker is not None:
        tracker.wait_for(timeout=60)


@contextlib.contextmanager
def _joined(address: str, port: int, rank: int) -> Iterator[None]:
    deadline = time.monotonic() + JOINING_S
    while True:
        context = collective.CommunicatorContext(
            dmlc_tracker_uri=address, dmlc_tracker_port=port, dmlc_task_id=f"{rank:05d}", dmlc_timeout=int(JOINING_S)
        )
        try:
            context.__enter__()
            break
        except XGBoostError:  # the first host is not there yet
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)
    with contextlib.ExitStack() as stack:
        stack.push(context)
        yield
