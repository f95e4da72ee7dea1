"""A private `/opt/ml` for a program, by Linux namespaces and the standard library alone (`platform.md` 1).

The forked process that becomes the program gets a mount namespace in which the host's `ml` folder is `/opt/ml`, whether
or not that path exists outside, and a process namespace, so that nothing it starts outlives it. An ordinary user gets
both inside a user namespace; where the kernel forbids even that, `probe` says so and the program runs without.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x4_0000
_MS_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8
_PR_SET_PDEATHSIG = 1

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1

CONTAINER_ML = Path("/opt/ml")
HOSTS_FILE = Path("/etc/hosts")

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Member:
    """A place in the network of an execution of several hosts.

    Attributes:
        host: The name that the program's machine shall have.
        user: Descriptor of the user namespace that owns the network; None: the machine's own.
        net: Descriptor of the host's network namespace.
        hosts_file: What its `/etc/hosts` shall be.
    """

    host: str
    user: int | None
    net: int
    hosts_file: Path

    def descriptors(self) -> list[int]:
        return [self.net] if self.user is None else [self.user, self.net]


def probe() -> Sequence[str]:
    """Return which kinds of isolation the kernel allows: `("mount", "pid", "network")` or `()`."""
    if _libc is None:
        return ()
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            _unshare_all(CLONE_NEWNET)
            _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
            _mount("tmpfs", "/opt", "tmpfs", 0)
            code = 0
        os._exit(code)
    return ("mount", "pid", "network") if os.waitpid(child, 0)[1] == 0 else ()


def enter(ml: Path, *, network: bool, member: Member | None = None) -> None:
    """Put the calling process (which shall fork the program next) behind its own `/opt/ml` and process namespace.

    Args:
        ml: The folder that becomes `/opt/ml`.
        network: False cuts it off from every network but a loopback of its own.
        member: Its place in a network of several hosts, which is all of the network that it has then.

    Raises:
        OSError: The kernel refuses.
    """
    if member is not None:
        _join(member)
    else:
        _unshare_all(0 if network else CLONE_NEWNET)
        if not network:
            _raise_loopback()
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _bind_ml(ml)
    if member is not None and HOSTS_FILE.exists():
        _mount(str(member.hosts_file), str(HOSTS_FILE), None, _MS_BIND)


def own_proc() -> None:
    """Give the first process of a process namespace its own `/proc`, where the kernel allows it."""
    with contextlib.suppress(OSError):  # inside a container /proc may be masked: then the outer view stays
        _mount("proc", "/proc", "proc", _MS_NOSUID_NODEV_NOEXEC)


def die_with_parent() -> None:
    """Have the calling process killed when its parent ends, however that ends."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def unshare(flags: int) -> None:
    """Put the calling process into new namespaces.

    Raises:
        OSError: The kernel refuses.
    """
    assert _libc is not None
    if _libc.unshare(flags) != 0:
        raise _error("unshare")


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


def _join(member: Member) -> None:
    assert _libc is not None
    for descriptor in member.descriptors():
        if _libc.setns(descriptor, 0) != 0:
            raise _error("setns")
    unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS)
    socket.sethostname(member.host)


def _bind_ml(ml: Path) -> None:
    with _held(ml) as source:
        if not CONTAINER_ML.is_dir():
            _rebuild_opt()
        _mount(source, str(CONTAINER_ML), None, _MS_BIND | _MS_REC)


def _rebuild_opt() -> None:
    """Lay a fresh `/opt` over the old one that has all its old children and an empty `ml`."""
    opt = CONTAINER_ML.parent
    with contextlib.ExitStack() as stack:
        children = [(child, os.lstat(child).st_mode, stack.enter_context(_held(child))) for child in opt.iterdir()]
        _mount("tmpfs", str(opt), "tmpfs", 0)
        for child, mode, source in children:
            if stat.S_ISLNK(mode):
                os.symlink(os.readlink(source), child)
                continue
            child.mkdir() if stat.S_ISDIR(mode) else child.touch()
            _mount(source, str(child), None, _MS_BIND | _MS_REC)
        CONTAINER_ML.mkdir()


@contextlib.contextmanager
def _held(path: Path) -> Iterator[str]:
    """Yield a name for `path` that stays good when something is mounted over it."""
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    assert _libc is not None
    kind_bytes = kind.encode() if kind else None
    if _libc.mount(os.fsencode(source), os.fsencode(target), kind_bytes, ctypes.c_ulong(flags), None) != 0:
        raise _error(f"mount {target}")


def _raise_loopback() -> None:
    import fcntl
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | _IFF_UP, b""))


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
