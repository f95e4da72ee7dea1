"""What a job's code wants installed, and whether it is installed already."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from sagewright.engine.script_mode.launching import PYTHON_PACKAGE, REQUIREMENTS

# Options that say where packages come from, not which.
_SOURCES = ("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--trusted-host")
_PREFERENCES = ("--prefer-binary", "--pre", "--only-binary", "--no-binary")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
# What reads files beside the requirements: other lists, folders and wheels of the code.
_READS_FILES = re.compile(
    r"^\s*(?:-[rcef]\b|--(?:requirement|constraint|editable|find-links))|^\s*[./]|file:", re.MULTILINE
)


class Wanted(NamedTuple):
    """What is to be installed.

    Attributes:
        arguments: For `pip install`.
        text: The content of `requirements.txt`; empty: there is none.
        is_package: The code itself is installed.
    """

    arguments: tuple[str, ...]
    text: str
    is_package: bool


def wanted(code: Path, kind: str) -> Wanted | None:
    """Return what the code wants; None: nothing."""
    file = code / REQUIREMENTS
    text = file.read_text(errors="replace") if file.is_file() else ""
    listed = ("-r", REQUIREMENTS) if text.strip() else ()
    if kind == PYTHON_PACKAGE:
        return Wanted((".", *listed), text, is_package=True)
    return Wanted(listed, text, is_package=False) if listed else None


def is_satisfied(text: str) -> bool:
    """Tell whether all that a list of requirements names is installed in this interpreter; False where in doubt."""
    requirement_class = _requirement_class()
    if requirement_class is None:
        return False
    return all(_is_met(line, requirement_class) for line in _lines(text))


def digest(want: Wanted, code: Path) -> str:
    """Return what changes when the outcome of the installation may: the list, and the code where that is read."""
    found = hashlib.sha256("\0".join([*want.arguments, want.text]).encode())
    if want.is_package or _READS_FILES.search(want.text):
        for path in sorted(code.rglob("*")):
            if path.is_file():
                found.update(path.relative_to(code).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def needs_network(want: Wanted) -> bool:
    """Tell whether packages would come from elsewhere."""
    return "--no-index" not in want.text and not os.environ.get("PIP_NO_INDEX")


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        stripped = _COMMENT.sub("", line).strip()
        if stripped and not stripped.startswith((*_SOURCES, *_PREFERENCES)):
            yield stripped


def _is_met(line: str, requirement_class: Any) -> bool:
    try:
        requirement = requirement_class(line)
    except ValueError:  # an option, a path, an address
        return False
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url or requirement.extras:
        return False
    try:
        return bool(requirement.specifier.contains(metadata.version(requirement.name), prereleases=True))
    except metadata.PackageNotFoundError:
        return False


def _requirement_class() -> Any:
    """Return `packaging`'s class for a requirement, pip's own copy where there is no other; None: there is none."""
    for name in ("packaging.requirements", "pip._vendor.packaging.requirements"):
        try:
            return __import__(name, fromlist=["Requirement"]).Requirement
        except ImportError:
            continue
    return None
