"""A private `/opt/ml` for a program, by Linux namespaces and the standard library alone (`platform.md` 1).

The forked process that becomes the program gets a mount namespace in which the host's `ml` folder is `/opt/ml`, whether
or not that path exists outside, and a process namespace, so that nothing it starts outlives it. An ordinary user gets
both inside a user namespace; where the kernel forbids even that, `probe` says so and the program runs without.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sagewright.engine.data.views import View
from sagewright.engine.executors.process.mounting import (
    MS_BIND,
    MS_PRIVATE,
    MS_REC,
    failed,
    held,
    libc,
    mount,
    open_up,
    show,
)

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

_MS_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8
_MS_RDONLY = 0x1
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 1, 24
_CAP_SYS_ADMIN = 21

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1

CONTAINER_ML = Path("/opt/ml")
HOSTS_FILE = Path("/etc/hosts")


@dataclass(frozen=True)
class Member:
    """A name among hosts, and a place in a network of several.

    Attributes:
        host: The name that the program's machine shall have.
        user: Descriptor of the user namespace that owns the network; None: the machine's own.
        net: Descriptor of the host's network namespace; None: it stays in the machine's network.
        hosts_file: What its `/etc/hosts` shall be.
    """

    host: str
    user: int | None
    net: int | None
    hosts_file: Path

    def descriptors(self) -> list[int]:
        return [descriptor for descriptor in (self.user, self.net) if descriptor is not None]


def probe() -> Sequence[str]:
    """Return which kinds of isolation the kernel allows: `("mount", "pid", "network")` or `()`."""
    if libc is None:
        return ()

    def attempt() -> None:
        _unshare_all(CLONE_NEWNET | CLONE_NEWUTS)
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        mount("tmpfs", "/opt", "tmpfs", 0)

    return ("mount", "pid", "network") if succeeds(attempt) else ()


def probe_views(folder: Path) -> Sequence[str]:
    """Return which kinds of view the kernel allows to what lies in a folder: of `overlay` and `read-only`."""
    if libc is None:
        return ()

    def attempt(view: View) -> None:
        _unshare_all(0)
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        show(view)
        if view.scratch:
            (view.target / "folder/file").write_text("changed")
            shutil.rmtree(view.target / "folder")

    with tempfile.TemporaryDirectory(dir=folder, prefix=".views-") as name:
        tree, target, scratch = (Path(name) / part for part in ("tree", "target", "scratch"))
        for path in (tree, tree / "folder", target, scratch, scratch / "upper", scratch / "work"):
            path.mkdir()
        (tree / "folder/file").write_text("stored")
        views = {"overlay": View(tree, target, scratch), "read-only": View(tree, target, None)}
        possible = [kind for kind, view in views.items() if succeeds(partial(attempt, view))]
        open_up(scratch)
        return possible


def succeeds(attempt: Callable[[], None]) -> bool:
    """Tell whether something works, by doing it in a child process."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            attempt()
            code = 0
        os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def enter(
    ml: Path,
    *,
    network: bool,
    member: Member | None = None,
    views: Sequence[View] = (),
    mounts: Mapping[str, str] | None = None,
    hidden: Path | None = None,
) -> None:
    """Put the calling process (which shall fork the program next) behind its own `/opt/ml` and process namespace.

    Args:
        ml: The folder that becomes `/opt/ml`.
        network: False cuts it off from every network but a loopback of its own.
        member: Its name; and its place in a network of several hosts, which is all of the network that it has then.
        views: What it shall see of stored objects, in folders of `ml`.
        mounts: What else shall be where: `/opt/NAME` -> folder.
        hidden: A folder that it shall find empty, whatever of it is shown elsewhere.

    Raises:
        OSError: The kernel refuses.
    """
    if member is not None and member.net is not None:
        join(member)
        unshare(CLONE_NEWNS | CLONE_NEWPID)
    else:
        _unshare_all(0 if network else CLONE_NEWNET)
        if not network:
            _raise_loopback()
    if member is not None:
        unshare(CLONE_NEWUTS)
        socket.sethostname(member.host)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    for view in views:
        show(view)
    _bind({str(CONTAINER_ML): str(ml), **(mounts or {})})
    if member is not None and HOSTS_FILE.exists():
        mount(str(member.hosts_file), str(HOSTS_FILE), None, MS_BIND)
    if hidden is not None:
        mount("tmpfs", str(hidden), "tmpfs", _MS_RDONLY)


def join(member: Member) -> None:
    """Put the calling process into the network of a member of several hosts.

    Raises:
        OSError: The kernel refuses.
    """
    assert libc is not None
    for descriptor in member.descriptors():
        if libc.setns(descriptor, 0) != 0:
            raise failed("setns")


def own_proc() -> None:
    """Give the first process of a process namespace its own `/proc`, where the kernel allows it."""
    with contextlib.suppress(OSError):  # inside a container /proc may be masked: then the outer view stays
        mount("proc", "/proc", "proc", _MS_NOSUID_NODEV_NOEXEC)


def give_up_mounting() -> None:
    """Let no program that the calling process becomes change mounts or enter other namespaces, whoever its user is."""
    if libc is not None:
        libc.prctl(_PR_CAPBSET_DROP, _CAP_SYS_ADMIN, 0, 0, 0)


def die_with_parent() -> None:
    """Have the calling process killed when its parent ends, however that ends."""
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def unshare(flags: int) -> None:
    """Put the calling process into new namespaces.

    Raises:
        OSError: The kernel refuses.
    """
    assert libc is not None
    if libc.unshare(flags) != 0:
        raise failed("unshare")


def unshare_user(more: int = 0) -> None:
    """Put the calling process into a user namespace in which it is who it was, and into those of `more`.

    Raises:
        OSError: The kernel refuses.
    """
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | more)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _unshare_all(more: int) -> None:
    flags = CLONE_NEWNS | CLONE_NEWPID | more
    unshare(flags) if os.geteuid() == 0 else unshare_user(flags)


def _bind(places: Mapping[str, str]) -> None:
    """Lay folders over places below `/opt`."""
    with contextlib.ExitStack() as stack:
        sources = {target: stack.enter_context(held(Path(folder))) for target, folder in places.items()}
        missing = [target for target in places if not os.path.isdir(target)]
        if missing:
            _rebuild_opt(missing)
        for target, source in sources.items():
            mount(source, target, None, MS_BIND | MS_REC)


def _rebuild_opt(missing: Sequence[str]) -> None:
    """Lay a fresh `/opt` over the old one that has all its old children and the missing ones, empty."""
    opt = CONTAINER_ML.parent
    with contextlib.ExitStack() as stack:
        children = [(child, os.lstat(child).st_mode, stack.enter_context(held(child))) for child in opt.iterdir()]
        mount("tmpfs", str(opt), "tmpfs", 0)
        for child, mode, source in children:
            if str(child) in missing:  # it was there, but no folder
                continue
            if stat.S_ISLNK(mode):
                os.symlink(os.readlink(source), child)
                continue
            child.mkdir() if stat.S_ISDIR(mode) else child.touch()
            mount(source, str(child), None, MS_BIND | MS_REC)
        for target in missing:
            os.mkdir(target)


def _raise_loopback() -> None:
    import fcntl
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | _IFF_UP, b""))
