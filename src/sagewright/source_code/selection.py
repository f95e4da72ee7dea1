"""Which files of a source folder go into the archive.

v2 sends the whole folder. We leave out what nobody means to send: what git ignores, version control, caches, virtual
environments, and files that hold secrets; `include_ignored_files=True` sends them too.
"""

from __future__ import annotations

import fnmatch
import logging
import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from sagewright.vocabulary.homes import is_home

logger = logging.getLogger("sagemaker")

_CACHES = (".git", ".hg", ".svn", "__pycache__", ".ipynb_checkpoints", ".tox", ".nox", ".DS_Store", ".*_cache")
_SECRET_FILES = (
    *(".env", ".env.*", ".envrc", "*.pem", "*.p12", "*.pfx", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*"),
    *(".netrc", "_netrc", ".pypirc", ".git-credentials", ".htpasswd", "credentials", "credentials.json"),
)
_SECRET_FOLDERS = (".aws", ".ssh", ".gnupg", ".kube", ".docker")
_SHOWN = 8


class Selection(NamedTuple):
    """What goes into an archive.

    Attributes:
        entries: Name in the archive to path; folders are among them.
        left_out: What does not go, as paths in the folder, with the reason.
    """

    entries: dict[str, str]
    left_out: dict[str, str]


def select(
    script: str, folder: str | None, dependencies: Sequence[str], *, everything: bool = False, within: str | None = None
) -> Selection:
    """Choose the files of a job's code.

    Args:
        script: What the job starts; goes along whatever it is called. Without a folder it is all there is.
        dependencies: Files and folders that stand beside it under their own names.
        everything: Leave nothing out, as v2.
        within: Links must not lead out of this folder (a cloned repository); None: they may, and what they lead to
            is sent, as v2 does.

    Raises:
        FileNotFoundError: Something named is not there, or a link leads nowhere.
        ValueError: A folder contains itself through a link, or a link leads out of `within`.
    """
    walk = _Walk(everything, within)
    if folder is None:
        os.stat(script)
        walk.entries[os.path.basename(script)] = script
    else:
        walk.folder(folder, "")
        walk.entries[PurePosixPath(os.path.normpath(script)).as_posix()] = os.path.join(folder, script)
    for dependency in dependencies:
        name = os.path.basename(dependency)  # a trailing slash means the contents, as in v2
        if not os.path.isdir(dependency):
            os.stat(dependency)
            walk.entries[name] = dependency
        else:
            if name:
                walk.entries[name] = dependency
            walk.folder(dependency, name)
    _with_parents(walk.entries, folder)
    return Selection(dict(sorted(walk.entries.items())), walk.left_out)


def entries_of(path: str) -> dict[str, str]:
    """Return a file, or a folder with what is chosen of it, below its own name.

    Raises:
        FileNotFoundError: It is not there.
    """
    walk, name = _Walk(everything=False, within=None), os.path.basename(path)
    os.stat(path)
    walk.entries[name] = path
    if os.path.isdir(path):
        walk.folder(path, name)
    return dict(sorted(walk.entries.items()))


def tell_what_is_left_out(selection: Selection, where: str) -> None:
    """Say once in a process what of a folder is not sent."""
    names = [f"{name} ({reason})" for name, reason in sorted(selection.left_out.items())]
    if not names or (where, tuple(names)) in _told:
        return
    _told.add((where, tuple(names)))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    logger.info(
        "Left out of the source code in %s: %s%s. `include_ignored_files=True` sends them too.",
        where,
        ", ".join(names[:_SHOWN]),
        more,
    )


_told: set[tuple[str, tuple[str, ...]]] = set()


class _Walk:
    """Collects the entries of folders."""

    def __init__(self, everything: bool, within: str | None) -> None:
        self.entries: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self._everything, self._within = everything, within and os.path.realpath(within)

    def folder(self, folder: str, name: str) -> None:
        ignored = frozenset() if self._everything else ignored_by_git(folder)
        for path in self._files(folder, "", ignored, (os.path.realpath(folder),)):
            self.entries[f"{name}/{path}" if name else path] = os.path.join(folder, path)

    def _files(self, root: str, below: str, ignored: frozenset[str], above: tuple[str, ...]) -> Iterator[str]:
        for found in sorted(os.scandir(os.path.join(root, below)), key=lambda item: item.name):
            path = f"{below}/{found.name}" if below else found.name
            real = self._real(found.path)
            if is_home(real):  # is never meant, and must not be opened
                self.left_out[path] = "the home of an engine"
                continue
            reason = None if self._everything else _reason(found, path, real, ignored)
            if reason:
                self.left_out[path] = reason
                continue
            mode = os.stat(found.path).st_mode
            if stat.S_ISDIR(mode):
                if real in above:
                    raise ValueError(f"The folder `{real}` contains itself through the link `{found.path}`.")
                yield path
                yield from self._files(root, path, ignored, (*above, real))
            elif stat.S_ISREG(mode):  # sockets and pipes are not sent
                yield path

    def _real(self, path: str) -> str:
        real = os.path.realpath(path)
        if self._within and os.path.commonpath([real, self._within]) != self._within:
            raise ValueError(f"The link `{path}` leads out of the repository.")
        return real


def _reason(found: os.DirEntry[str], path: str, real: str, ignored: frozenset[str]) -> str | None:
    secrets = _SECRET_FOLDERS if os.path.isdir(real) else _SECRET_FILES
    names = (found.name, os.path.basename(real))  # a link to a secret is one
    if any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in secrets):
        return "may hold secrets"
    if any(fnmatch.fnmatchcase(found.name, pattern) for pattern in _CACHES):
        return "not code"
    if os.path.exists(os.path.join(found.path, "pyvenv.cfg")) or os.path.isdir(os.path.join(found.path, "conda-meta")):
        return "a virtual environment"
    return "ignored by git" if path in ignored else None


def ignored_by_git(folder: str) -> frozenset[str]:
    """Return the files and folders below a folder that git ignores, as paths in it.

    Empty where there is no git or no repository, and where the folder as a whole is ignored: then its user means it.
    """
    command = ["git", "-c", "core.fsmonitor=false", "-C", folder, "ls-files", "-z"]
    command += ["--others", "--ignored", "--exclude-standard", "--directory"]
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_PLACES}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    if done.returncode:
        return frozenset()
    found = {os.fsdecode(name).rstrip("/") for name in done.stdout.split(b"\0") if name}
    return frozenset() if "." in found else frozenset(found)


# Set in git's own hooks, where they would lead to another repository.
_GIT_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


def _with_parents(entries: dict[str, str], folder: str | None) -> None:
    """Add the folders of a script whose folder is left out otherwise."""
    for name in list(entries):
        for parent in PurePosixPath(name).parents:
            if parent.name and folder is not None:
                entries.setdefault(parent.as_posix(), os.path.join(folder, parent.as_posix()))
