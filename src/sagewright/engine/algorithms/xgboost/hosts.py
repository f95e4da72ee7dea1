"""Several hosts: the library's own collective, over those that have data; its tracker runs on the first of them.

The hosts meet in the engine's collective before, so that each knows where the tracker is and that it is there.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from xgboost import collective
from xgboost.tracker import RabitTracker

from sagewright.engine.algorithms.collective import Collective

ENDING_S = 60  # for the tracker to see that all have left
STEP_S = 1800  # of one host after another
# What the library says when a connection breaks.
_BROKEN = ("allreduce failed", "allgather failed", "roadcast failed", "Socket error", "other end is likely closed")


@contextlib.contextmanager
def connected(hosts: Collective, address: str, *, has_data: bool) -> Iterator[Sequence[int]]:
    """Connect the hosts that have data: what those train inside is trained by all of them together.

    Args:
        address: Of this host.

    Yields:
        The ranks of those hosts, in order.

    Raises:
        ConnectionError: One of them has ended.
    """
    ranks = _ranks_with_data(hosts, has_data=has_data)
    is_member = has_data and len(ranks) > 1
    tracker = None
    if is_member and hosts.rank == ranks[0]:
        tracker = RabitTracker(n_workers=len(ranks), host_ip=address, sortby="task")
        tracker.start()
    # One host knows where the tracker is; the sum with the zeros of the others tells them.
    (place,) = hosts.sum(np.array(_place_of(tracker), np.int64))
    try:
        with _member(place, ranks.index(hosts.rank)) if is_member else contextlib.nullcontext():
            yield ranks
    except Exception as error:
        if is_member and any(text in str(error) for text in _BROKEN):
            raise ConnectionError("another host has ended before the training did") from error
        raise
    if tracker is not None:
        tracker.wait_for(timeout=ENDING_S)


def _ranks_with_data(hosts: Collective, *, has_data: bool) -> list[int]:
    flags = np.zeros(hosts.size, np.int64)
    flags[hosts.rank] = has_data
    return [int(rank) for rank in np.flatnonzero(hosts.sum(flags)[0])]


def _place_of(tracker: RabitTracker | None) -> list[int]:
    """Return the four numbers of the tracker's address, and its port."""
    if tracker is None:
        return [0] * 5
    place = tracker.worker_args()
    return [*socket.inet_aton(str(place["dmlc_tracker_uri"])), int(place["dmlc_tracker_port"])]


def _member(place: npt.NDArray[np.int64], rank: int) -> collective.CommunicatorContext:
    *address, port = place.tolist()
    return collective.CommunicatorContext(
        dmlc_tracker_uri=socket.inet_ntoa(bytes(address)),
        dmlc_tracker_port=port,
        dmlc_task_id=f"{rank:05d}",  # the tracker's order, which is by text
        dmlc_timeout=STEP_S,
    )
