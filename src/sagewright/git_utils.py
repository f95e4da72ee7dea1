"""Clones of git repositories that hold a job's code (v2's own path)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

_SCHEMES = "Unsupported URL scheme: only https://, http://, git@, and ssh:// are allowed"
_HOST = re.compile(r"[a-zA-Z0-9.-]+")


class CloneFailed(subprocess.CalledProcessError):
    """git could not clone, or has no such branch or commit; the message holds what git said."""

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.stderr.strip()}"


class _Remote(NamedTuple):
    url: str
    username: str | None = None
    password: str | None = None


def git_clone_repo(
    git_config: Mapping[str, Any],
    entry_point: str | None,
    source_dir: str | None = None,
    dependencies: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Clone a repository into a new folder; return `entry_point`, `source_dir` and `dependencies` as paths in it.

    The folder is the caller's to remove. Credentials reach git by its environment, never by a command line.

    Args:
        git_config: `repo` (https or ssh), and perhaps `branch`, `commit`, `2FA_enabled`, `username`, `password`,
            `token`.

    Raises:
        ValueError: The configuration is wrong, or a path is not in the repository.
        CloneFailed: git could not do it.
    """
    remote = _remote(_checked(git_config, entry_point))
    folder = tempfile.mkdtemp(prefix="sagewright-clone-")
    try:
        _git(["clone", "--quiet", "--", remote.url, folder], remote)
        for name in ("branch", "commit"):
            if name in git_config:
                _git(["-C", folder, "checkout", "--quiet", git_config[name], "--"], remote)
        return _paths(folder, str(entry_point), source_dir, dependencies)
    except BaseException:
        _remove(folder)
        raise


@contextmanager
def cloned(
    git_config: Mapping[str, Any], entry_point: str | None, source_dir: str | None, dependencies: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield what `git_clone_repo` returns, and `repository`, the clone's folder, which is removed afterwards."""
    paths = git_clone_repo(git_config, entry_point, source_dir, dependencies)
    try:
        yield paths
    finally:
        _remove(paths["repository"])


def _checked(git_config: Mapping[str, Any], entry_point: str | None) -> Mapping[str, Any]:
    if entry_point is None:
        raise ValueError("Please provide an entry point.")
    if "repo" not in git_config:
        raise ValueError("Please provide a repo for git_config.")
    for name, value in git_config.items():
        if name == "2FA_enabled":
            if not isinstance(value, bool):
                raise ValueError("Please enter a bool type for 2FA_enabled'.")
        elif not isinstance(value, str):
            raise ValueError(f"'{name}' must be a string.")
    for name in ("branch", "commit"):
        if git_config.get(name, "").startswith("-"):
            raise ValueError(f"`{git_config[name]}` is no name of a {name}: it would be an option of git.")
    return git_config


def _remote(git_config: Mapping[str, Any]) -> _Remote:
    """Return where to clone from, and with which credentials."""
    url = git_config["repo"]
    given = {name for name in ("username", "password", "token") if name in git_config}
    if url.startswith(("git@", "ssh://")):
        if url.count("@") > 1:
            kind = (
                "git@ URLs must have exactly one @ symbol" if url.startswith("git@") else "multiple @ symbols detected"
            )
            raise ValueError(f"Invalid SSH URL format: {kind}")
        if given:
            warnings.warn("SSH cloning, authentication information in git config will be ignored.", stacklevel=4)
        return _Remote(url)
    if not url.startswith(("https://", "http://")):
        raise ValueError(_SCHEMES)
    _check_https(url)
    if url.startswith("http://"):
        raise ValueError("Invalid Git url provided.")
    return _with_credentials(url, git_config, given)


def _check_https(url: str) -> None:
    if url.count("@") > 1:
        raise ValueError("Invalid HTTPS URL format: multiple @ symbols detected")
    host = urlsplit(url).hostname or ""
    if any(char in url for char in "<>[]{}\\^`|") or not _HOST.fullmatch(host):
        raise ValueError("Invalid characters in hostname")


def _with_credentials(url: str, git_config: Mapping[str, Any], given: set[str]) -> _Remote:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = parts._replace(netloc=host).geturl()
    is_codecommit = url.startswith("https://git-codecommit")
    if is_codecommit and "2FA_enabled" in git_config:
        warnings.warn("CodeCommit does not support 2FA, '2FA_enabled' will be ignored.", stacklevel=5)
    if is_codecommit and "token" in given:
        warnings.warn("There are no tokens in CodeCommit, the token provided will be ignored.", stacklevel=5)
    elif "token" in given:
        if len(given) > 1:
            warnings.warn("Using token for authentication, other credentials will be ignored.", stacklevel=5)
        # What the host takes as the name beside a token; others take any.
        name = "x-token-auth" if "bitbucket" in host else "x-access-token"
        return _Remote(bare, name, git_config["token"])
    two_factors = not is_codecommit and git_config.get("2FA_enabled") is True
    if {"username", "password"} <= given and not two_factors:
        return _Remote(bare, git_config["username"], git_config["password"])
    if given & {"username", "password"} and not two_factors:
        warnings.warn("Credentials provided in git config will be ignored.", stacklevel=5)
    if parts.username or parts.password:
        return _Remote(bare, unquote(parts.username or ""), unquote(parts.password or ""))
    return _Remote(bare)


def _git(arguments: Sequence[str], remote: _Remote) -> None:
    command = ["git", *arguments]
    done = subprocess.run(command, env=_environment(remote), stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CloneFailed(done.returncode, command, stderr=_masked(done.stderr, remote))


def _environment(remote: _Remote) -> dict[str, str]:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(name, None)
    if not sys.stdin.isatty() and not {"GIT_SSH", "GIT_SSH_COMMAND"} & set(environment):
        environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes"
    if remote.password is None:
        return environment
    # A helper for this host alone, before which the user's own are forgotten; it reads what git's environment holds.
    section = f"credential.https://{urlsplit(remote.url).netloc}.helper"
    helper = '!f() { echo "username=$SAGEWRIGHT_GIT_USERNAME"; echo "password=$SAGEWRIGHT_GIT_PASSWORD"; }; f'
    first = int(environment.get("GIT_CONFIG_COUNT") or 0)
    for number, value in enumerate(("", helper), first):
        environment.update({f"GIT_CONFIG_KEY_{number}": section, f"GIT_CONFIG_VALUE_{number}": value})
    environment["GIT_CONFIG_COUNT"] = str(first + 2)
    environment.update(SAGEWRIGHT_GIT_USERNAME=remote.username or "", SAGEWRIGHT_GIT_PASSWORD=remote.password)
    return environment


def _masked(text: str, remote: _Remote) -> str:
    for secret in filter(None, (remote.password, remote.password and quote(remote.password))):
        text = text.replace(secret, "<credentials-redacted>")
    return text


def _paths(folder: str, entry_point: str, source_dir: str | None, dependencies: Sequence[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"repository": folder, "entry_point": entry_point, "source_dir": source_dir}
    if source_dir:
        found["source_dir"] = _inside(folder, source_dir, "Source directory does not exist in the repo.")
        if not os.path.isdir(found["source_dir"]):
            raise ValueError("Source directory does not exist in the repo.")
    script = _inside(folder, os.path.join(source_dir or "", entry_point), "Entry point does not exist in the repo.")
    if not os.path.isfile(script):
        raise ValueError("Entry point does not exist in the repo.")
    if not source_dir:
        found["entry_point"] = script
    found["dependencies"] = None if dependencies is None else [_dependency(folder, path) for path in dependencies]
    return found


def _dependency(folder: str, path: str) -> str:
    message = f"Dependency {path} does not exist in the repo."
    found = _inside(folder, path, message)
    if not os.path.exists(found):
        raise ValueError(message)
    return found


def _inside(folder: str, path: str, message: str) -> str:
    """Return a path in the clone; links and `..` must not lead out of it."""
    found = os.path.join(folder, path)
    real, root = os.path.realpath(found), os.path.realpath(folder)
    if os.path.commonpath([real, root]) != root:
        raise ValueError(message)
    return found


def _remove(folder: str) -> None:
    import shutil  # costs an import that only clones need

    shutil.rmtree(folder, ignore_errors=True)
