"""A host: the process that does one host's work of an execution and needs nobody while it does.

It fetches the input, starts the user's program, follows what the program writes, stores what it leaves, and writes down
the outcome last. Being told to stop (an order in the folder, noticed at the latest half a second after a SIGTERM or a
glance) or running out of time, it sends SIGTERM to the program and SIGKILL when the grace is over.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sagewright.engine.acting import parts_of
from sagewright.engine.data.errors import LayoutError, download_failed
from sagewright.engine.data.pipes import feeding
from sagewright.engine.data.providing import Provided, provide
from sagewright.engine.executors import containers
from sagewright.engine.executors.container import engines, ownership
from sagewright.engine.executors.log_lines import LineSplitter, LogWriter
from sagewright.engine.executors.process import gathering, memory, placing, ports
from sagewright.engine.executors.process.batching import BatchHost
from sagewright.engine.executors.process.beginning import Program, begun
from sagewright.engine.executors.process.breaking import Broken, breakable
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.executors.process.health import HealthCheck
from sagewright.engine.executors.process.isolation import Member
from sagewright.engine.executors.process.networks import Network
from sagewright.engine.executors.process.reserve import Reserve
from sagewright.engine.executors.process.usage import Usage
from sagewright.engine.executors.syncing import FolderSync, SyncError
from sagewright.engine.executors.telling import told
from sagewright.engine.objects.guarded import AccessRefused
from sagewright.engine.parts import Parts
from sagewright.engine.planning.document import HostDocument, Warm
from sagewright.engine.readiness import readable
from sagewright.engine.warm import keeping

GLANCE_S = 0.5
RING_S = 5.0  # between a server's rings of the steward's bell
CLIENT_PREFIXES = ("AlgorithmError:", "ClientError:")
REASON_CHARACTERS = 1024

log = logging.getLogger(__name__)


@dataclass
class Ending:
    """How the program ended.

    Attributes:
        stopped: Why it was told to end: `order`, `interruption`, `max-runtime`; None: it ended by itself.
        interpreter: Names the warm interpreter that waits for the next job.
        failure: Why the host ended it, where the program was at fault (a server that did not come up).
        out_of_memory: It was killed for want of memory, by the host or by the kernel.
        port_lost: A server never came up, and somebody else has its port.
    """

    exit_code: int | None = None
    stopped: str | None = None
    failure: str | None = None
    out_of_memory: bool = False
    port_lost: bool = False
    started_at: float | None = None
    ended_at: float | None = None
    interpreter: str | None = None


@dataclass
class Host:
    """One host at work.

    Args:
        parts: The engine's stores, opened by this process.
        isolation: What `isolation.probe` has found.
        runner: Runs the program to its end; None: `follow`, in a process of its own.
        network: The network of several hosts; None: there is one host, or they must share the machine's.
    """

    parts: Parts
    folder: HostFolder
    isolation: tuple[str, ...]
    runner: Callable[[Host], Ending] | None = None
    network: Network | None = None
    python: str = field(init=False)
    document: HostDocument = field(init=False)
    artifacts: dict[str, str] = field(default_factory=dict)
    provided: Provided = field(default_factory=Provided)
    input_failure: Callable[[], str | None] = lambda: None
    member: Member | None = None  # the program's name and place among hosts
    began_at: float = 0.0  # when it began to fetch (unix seconds): the limit of the run counts from there

    def __post_init__(self) -> None:
        self.python, self.document = self.folder.work()
        document = self.document
        self.lines = LogWriter(
            self.parts.logs,
            document.log_group,
            document.log_stream,
            self.parts.metrics,
            document.metrics,
            self.parts.clock,
            guarded=self.runner is None,
        )
        self.reserve = Reserve(self.folder.path / "reserve", self.lines.write)
        notes = self.folder.path / "synced"
        self.sync = FolderSync(self.parts.objects, document.syncs, self.folder.ml, self.parts.clock, notes)

    def run(self) -> None:
        """Do the work and leave its outcome."""
        self.folder.mark_started(os.getpid() if self.runner is None else None)
        ending = Ending()
        try:
            ending, reason = self._come_to_end()
            if ending.started_at is not None:
                reason = self._finish_sync() or reason
            reason = self._store(ending, reason)
        except Exception as error:  # the border of the process: what went wrong becomes the job's reason
            log.exception("host %s failed", self.folder.path)
            reason = f"InternalServerError: {type(error).__name__}: {error}"
        with contextlib.suppress(FileNotFoundError):  # somebody has removed the home: nobody waits for the outcome
            self.folder.set_outcome(self._outcome(ending, reason))
            self.parts.ring()

    def salvage(self) -> None:
        """Store what the synced folders of a host that has died hold; there is nobody to tell where that fails."""
        self.folder.mark_started(os.getpid())
        if self.document.container is not None:  # unlike a process it has not died with its host
            engines.remove(
                self.document.container.engine, [engines.name_of(self.folder.path.parent.name, self.document.host)]
            )
        if any(phase == "Training" for phase, _ in self.folder.phases()):  # before that they may be half filled
            with contextlib.suppress(SyncError):
                self.sync.salvage()
        self.parts.ring()

    def _come_to_end(self) -> tuple[Ending, str | None]:
        """Do the work; return how the program ended, and why the host counts as failed."""
        try:
            ending = self._work()
        except LayoutError as error:
            return Ending(), str(error)
        if self.document.container is not None:
            ownership.take_back(self.document.container, self.folder.ml)
        return ending, ending.failure or failure_reason(ending, self.folder.ml)

    def _work(self) -> Ending:
        try:
            self.began_at = self.parts.clock.now()
            # In somebody else's process the signals are his.
            with (
                breakable(self.folder, self._limit_s(), self.enter) if self.runner is None else contextlib.nullcontext()
            ):
                self._prepare()
            ending = self._follow()
        except Broken as broken:
            ending = Ending(stopped=broken.why)
            if broken.why == "max-runtime" and self.document.server:
                ending = Ending(failure="ClientError: The model data was not there in time.")
        if ending.stopped in ("order", "interruption"):  # the last word counts: a stop while being interrupted
            ending.stopped = self.folder.stop_reason() or ending.stopped
        return ending

    def _limit_s(self) -> float | None:
        """Return how long it may take until the program can start."""
        server = self.document.server
        limits = (self.document.max_runtime_s, server.download_s if server else None)
        return min((limit for limit in limits if limit is not None), default=None)

    def _prepare(self) -> None:
        self._settle()
        document, ml = self.document, self.folder.ml
        self.enter("Downloading")
        containers.lay_out(document, ml)
        if document.container is not None:
            engines.bring_image(document.container)
        possible = self.isolation if self._makes_namespaces() else ()
        try:
            self.provided = provide(self.parts.objects, document.fetches, ml, self.folder.data, possible)
            containers.unpack(self.parts.objects, document.unpacks, ml)
            self.sync.restore()
        except (AccessRefused, SyncError) as error:
            raise download_failed(str(error)) from None

    def _makes_namespaces(self) -> bool:
        return self.runner is None and self.document.container is None and "mount" in self.isolation

    @property
    def warm(self) -> Warm | None:
        """What the program has to do with warm pools, where it can: an interpreter that waits would see the home."""
        return self.document.warm if self._makes_namespaces() and self.document.role is None else None

    def _settle(self) -> None:
        """Find its place in the network; a container has one of its engine's."""
        if self.document.container is not None:
            return
        names = self.runner is None and "mount" in self.isolation
        place = placing.place(self.document, self.network, names=names, hosts_file=self.folder.path / "hosts")
        self.document, self.member = place.document, place.member
        if place.notice:
            self.lines.write([place.notice])

    def _follow(self) -> Ending:
        self.enter("Training")
        if why := self.folder.stop_reason():
            return Ending(stopped=why)
        ending = (self.runner or follow)(self)
        ending.failure = ending.failure or self.input_failure()
        return ending

    @contextlib.contextmanager
    def beside(self) -> Iterator[None]:
        """Do what goes on beside the program, once its process has been forked: store folders, feed pipes."""
        with self.sync.running(), feeding(self.provided.feeders) as self.input_failure:
            yield

    def _finish_sync(self) -> str | None:
        """Store what the synced folders hold at last; return why that went wrong."""
        try:
            self.sync.finish()
        except (AccessRefused, SyncError) as error:
            return f"ClientError: Artifact upload failed:{error}"
        return None

    def _store(self, ending: Ending, reason: str | None) -> str | None:
        """Store what the program has left, unless it shall go on elsewhere; return why the host counts as failed."""
        if self.document.server or ending.stopped == "interruption":
            return reason
        if reason is None and ending.stopped is None:
            self.enter("Uploading")
        left: gathering.Left = "failed" if reason else "idle" if ending.started_at is None else "done"
        return self._take_in(left) or reason

    def _take_in(self, left: gathering.Left) -> str | None:
        """Store what the program has left, but no model of a program that failed; return why that went wrong."""
        try:
            if hosts := list(self.document.addresses):
                self.artifacts = dict(gathering.leave(self.folder, hosts, left, self._store_all))
            elif left != "idle":
                self.artifacts = self._store_all([self.folder.ml], left == "failed")
        except LayoutError as error:
            return None if left == "failed" else str(error)
        except AccessRefused as error:
            return None if left == "failed" else f"ClientError: Artifact upload failed:{error}"
        return None

    def _store_all(self, folders: Sequence[Path], failed: bool) -> dict[str, str]:
        uploads = [item for item in self.document.uploads if not (failed and item.required)]
        return containers.upload(self.parts.objects, uploads, folders)

    def enter(self, phase: str) -> None:
        """Note that a phase has begun."""
        self.folder.enter_phase(phase, self.parts.clock.now())
        self.parts.ring()

    def _outcome(self, ending: Ending, reason: str | None) -> Mapping[str, Any]:
        return {
            "exit_code": ending.exit_code,
            "reason": reason[:REASON_CHARACTERS] if reason else None,
            "stopped": ending.stopped,
            "artifacts": self.artifacts,
            "metrics": {name: list(value) for name, value in self.lines.last.items()},
            "started_at": ending.started_at,
            "ended_at": ending.ended_at,
            "interpreter": ending.interpreter,
            **({"port_lost": True} if ending.port_lost else {}),
        }


def failure_reason(ending: Ending, ml: Path) -> str | None:
    """Return why the program counts as failed, as SageMaker words it (`contract.md` 1.6); None: it does not."""
    if ending.exit_code in (0, None) or ending.stopped:
        return None
    if ending.out_of_memory:
        return memory.OUT_OF_MEMORY
    text = containers.failure_text(ml) or ""
    prefix = "" if text.startswith(CLIENT_PREFIXES) else "AlgorithmError: "
    first, line_end, rest = text.partition("\nhint: ")
    return f"{prefix}{first}, exit code: {ending.exit_code}{line_end}{rest}"


def follow(host: Host) -> Ending:
    """Start the program and stay with it to its end."""
    clock = host.parts.clock
    ending = Ending(started_at=clock.now())
    with begun(host) as (program, health), host.beside(), Wakeups() as wakeups:
        _Following(host, program, ending, health, wakeups).run()
    ending.ended_at = clock.now()
    warm, home = host.warm, host.parts.home
    if warm and home and warm.keep_alive_s:
        name, until = host.folder.path.parent.name, clock.now() + warm.keep_alive_s
        ending.interpreter = keeping.keep(home, host.folder.warm, warm.interpreter, name, until)
    return ending


@dataclass
class _Following:
    host: Host
    program: Program
    ending: Ending
    health: HealthCheck | None
    wakeups: Wakeups
    kill_at: float | None = None
    next_ring: float = 0.0
    splitter: LineSplitter = field(default_factory=LineSplitter)
    usage: Usage | None = None

    def run(self) -> None:
        host, kernel_kills = self.host, memory.kernel_kills()
        host.reserve.take()
        if host.document.metrics and sys.platform == "linux" and self.program.pid:
            now, ml = host.parts.clock.now(), host.folder.ml
            warm, metrics = host.folder.warm, host.document.metrics
            self.usage = Usage(self.program.pid, ml, host.parts.metrics, metrics, host.document.host, now, warm)
        os.set_blocking(self.program.output, False)
        open_output = True
        while self.ending.exit_code is None:
            open_output = self._wait(open_output)
            self.ending.exit_code = self.program.poll()
            if self.ending.exit_code is None:
                self._supervise()
        # What leads to a container may still have its port.
        if self.health and not self.health.address and host.document.container is None:
            self.ending.port_lost = ports.is_taken(self.health.port)
        said = containers.failure_text(host.folder.ml)
        if self.program.out_of_memory or memory.kernel_has_killed(self.ending.exit_code, said, kernel_kills):
            self.ending.out_of_memory = True
        self._read()  # what is left in the pipe; what others hold it open for is not waited for
        self.host.reserve.write(self.splitter.finish())
        os.close(self.program.output)
        self.program.kill()  # what it has left behind in its group
        host.reserve.give_back()
        if self.usage and host.document.container is None:  # a container is no child, whose use the kernel would tell
            self.usage.finish(host.parts.clock.now())

    def _wait(self, open_output: bool) -> bool:
        """Wait until something happens; return whether the program's output may still bring something."""
        sources = [self.wakeups.fileno(), *([self.program.output] if open_output else [])]
        timeout = self.health.pause_s if self.health and not self.health.address else GLANCE_S
        ready = readable(sources, timeout)
        self.wakeups.drain()
        return self._read() if self.program.output in ready else open_output

    def _read(self) -> bool:
        while True:
            try:
                piece = os.read(self.program.output, 1 << 16)
            except BlockingIOError:
                return True
            if not piece:
                return False
            self.host.reserve.write(self.splitter.feed(piece))

    def _supervise(self) -> None:
        now = self.host.parts.clock.now()
        if not self.host.folder.path.is_dir():  # a home that was removed leaves no process behind
            self.program.kill()
            return
        if self.kill_at is not None:
            if now >= self.kill_at:
                self.program.kill()
            return
        if self.usage:
            self.usage.look(now)
        self._check_memory()
        self._check_time(now)
        self._check_order(now)
        self._check_health(now)
        self._check_steward(now)
        self._check_input(now)

    def _check_memory(self) -> None:
        limit_bytes, pid = self.host.document.memory_bytes, self.program.pid
        if not limit_bytes or not pid:
            return
        beside = keeping.running(self.host.folder.warm)
        if held_bytes := memory.excess_bytes(pid, limit_bytes, beside):
            self.program.kill()
            self.ending.out_of_memory = True
            self.host.reserve.write([memory.story(held_bytes, limit_bytes)])

    def _check_time(self, now: float) -> None:
        limit = self.host.document.max_runtime_s
        if limit is not None and now - self.host.began_at >= limit:
            self.host.enter("Stopping")
            self._stop("max-runtime", self.host.document.grace_s, now)

    def _check_order(self, now: float) -> None:
        grace_s = self.host.folder.stop_order()
        if grace_s is not None and self.kill_at is None:
            self._stop(self.host.folder.stop_reason() or "order", grace_s, now)

    def _check_health(self, now: float) -> None:
        if self.health is None or self.health.address:
            return
        if self.health.passes():
            assert self.health.address is not None
            self.host.folder.set_address(self.health.address)
            self.host.parts.ring()
        elif self.ending.started_at is not None and now - self.ending.started_at >= self.health.startup_s:
            self.ending.failure = "AlgorithmError: the server did not pass the ping health check in time"
            self._stop("health", self.host.document.grace_s, now)

    def _check_steward(self, now: float) -> None:
        """Wake the steward now and then, which starts one where it was killed: whoever waits for an answer that comes
        through S3 rings no bell."""
        if self.health is not None and now >= self.next_ring:
            self.next_ring = now + RING_S
            self.host.parts.ring()

    def _check_input(self, now: float) -> None:
        failure = self.host.input_failure()
        if failure is not None and self.kill_at is None:
            self.ending.failure = failure
            self._stop("input", self.host.document.grace_s, now)

    def _stop(self, why: str, grace_s: float, now: float) -> None:
        self.ending.stopped = None if why in ("health", "input") else why
        self.kill_at = now + grace_s
        self.program.terminate()


class Wakeups:
    """Makes SIGCHLD and SIGTERM end a `select`. SIGTERM itself does nothing more: the order is in the folder."""

    def __enter__(self) -> Wakeups:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], Any] | int | None] = {
            number: signal.signal(number, _noted) for number in (signal.SIGCHLD, signal.SIGTERM)
        }
        self._fd_before = signal.set_wakeup_fd(self._writing)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._reading)
        os.close(self._writing)

    def fileno(self) -> int:
        return self._reading

    def drain(self) -> None:
        try:
            while os.read(self._reading, 512):
                pass
        except BlockingIOError:
            pass


def _noted(_number: int, _frame: FrameType | None) -> None:
    pass


def main(home: Path, folder: HostFolder, kinds: tuple[str, ...], network: Network | None = None) -> None:
    """Be the host of a folder; its lock is already held by this process."""
    from sagewright.engine.engine import Engine

    signal.signal(signal.SIGTERM, _noted)  # the steward's knock; what it wants stands in the folder
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(process)d %(name)s %(message)s")
    document = folder.work()[1]
    engine = Engine.open(home).parts
    parts = told(parts_of(engine, document.role), engine)
    if document.batch is not None:
        BatchHost(parts, folder).run()
        return
    host = Host(parts, folder, kinds, network=network)
    host.salvage() if folder.is_salvage() else host.run()
