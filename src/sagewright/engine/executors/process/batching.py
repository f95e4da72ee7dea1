"""The host that is the client of a transform job's instance: it waits for the servers beside it and does the work."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sagewright.engine.batch.instance import failure_reason, transform
from sagewright.engine.batch.transforming import ServerGone
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.executors.log_lines import LogWriter
from sagewright.engine.executors.process.breaking import Broken, breakable
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.objects.guarded import AccessRefused
from sagewright.engine.parts import Parts

LOOK_S = 0.02
LONGEST_LOOK_S = 0.5
ENDING_S = 3.0  # that a server's host may take to write down how the server has ended
REASON_CHARACTERS = 1024

log = logging.getLogger(__name__)


@dataclass
class BatchHost:
    """The client at work; it needs nobody but its servers while it is."""

    parts: Parts
    folder: HostFolder

    def run(self) -> None:
        """Do the work and leave its outcome."""
        self.folder.mark_started(os.getpid())
        stopped = reason = None
        began_at = self.parts.clock.now()
        try:
            with breakable(self.folder, None, self._enter):
                reason = self._work()
        except Broken as broken:
            stopped = broken.why
        except Exception as error:  # the border of the process: what went wrong becomes the job's reason
            log.exception("batch client %s failed", self.folder.path)
            reason = f"InternalServerError: {type(error).__name__}: {error}"
        outcome: dict[str, Any] = {
            "exit_code": None,
            "reason": reason[:REASON_CHARACTERS] if reason else None,
            "stopped": stopped,
            "artifacts": {},
            "metrics": {},
            "started_at": began_at,
            "ended_at": self.parts.clock.now(),
        }
        with contextlib.suppress(FileNotFoundError):  # somebody has removed the home: nobody waits for the outcome
            self.folder.set_outcome(outcome)
            self.parts.ring()

    def _work(self) -> str | None:
        """Return why the work counts as failed; None: it does not."""
        _, document = self.folder.work()
        batch = document.batch
        assert batch is not None
        lines = LogWriter(
            self.parts.logs, document.log_group, document.log_stream, self.parts.metrics, None, self.parts.clock
        )
        servers = [HostFolder(self.folder.path.parent / name) for name in batch.servers]
        try:
            addresses = self._addresses(servers)
            self._enter("Transforming")
            done = transform(
                self.parts, batch, addresses, self.folder.path, lines.write, lambda: not any(map(_has_ended, servers))
            )
        except ServerGone as gone:
            return self._why_gone(servers, str(gone))
        except LayoutError as error:
            return str(error)
        except AccessRefused as error:
            return f"ClientError: {error}"
        return failure_reason(done, document.log_stream)

    def _addresses(self, servers: Sequence[HostFolder]) -> list[str]:
        """Wait until all servers are up.

        Raises:
            ServerGone: One has ended.
        """
        pause_s = LOOK_S
        while True:
            if any(map(_has_ended, servers)):
                raise ServerGone("The model server ended before it answered a ping.")
            addresses = [server.address() for server in servers]
            if all(addresses):
                return [address for address in addresses if address]
            self.parts.clock.sleep(pause_s)
            pause_s = min(pause_s * 1.2, LONGEST_LOOK_S)

    def _why_gone(self, servers: Sequence[HostFolder], story: str) -> str:
        until = self.parts.clock.now() + ENDING_S
        while self.parts.clock.now() < until:
            for server in servers:
                outcome = server.outcome()
                if outcome is not None:
                    stream = server.work()[1].log_stream
                    why = outcome["reason"] or f"AlgorithmError: {story}"
                    return why if "\nhint: " in why else f"{why}\nhint: {story} Its log stream is {stream}"
            self.parts.clock.sleep(LOOK_S)
        return f"InternalServerError: {story} Its host process was killed."

    def _enter(self, phase: str) -> None:
        self.folder.enter_phase(phase, self.parts.clock.now())
        self.parts.ring()


def _has_ended(server: HostFolder) -> bool:
    if not server.path.is_dir():  # the home was removed
        return True
    return server.outcome() is not None or (server.has_started() and not server.is_alive())
