"""What a function's job installs: the file of dependencies that goes along with it."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import NamedTuple

from sagewright.remote_function.runtime_environment.runtime_environment_manager import RuntimeEnvironmentManager

logger = logging.getLogger("sagemaker.remote_function")

# What reads the pickles in the job: older versions check them in another way.
REQUIREMENT = "sagemaker>=2.256.0,<3.0.0"
_SINCE = {2: (2, 256, 0), 3: (3, 2, 0)}

Version = tuple[int, ...]


class Dependencies(NamedTuple):
    """A file of dependencies as it goes along.

    Attributes:
        name: Its name in the workspace.
        content: None: what the file `path` holds.
    """

    name: str
    path: str | None = None
    content: str | None = None

    def copy_to(self, folder: Path) -> None:
        """Put the file into a folder."""
        content = Path(self.path).read_bytes() if self.content is None and self.path else (self.content or "").encode()
        (folder / self.name).write_bytes(content)


def dependencies_of(given: str | None) -> Dependencies:
    """Return the file that goes along; `sagemaker` is added where a list of requirements has none.

    Args:
        given: A path, `auto_capture`, or None.

    Raises:
        ValueError: There is no such file, it is of no kind that is known, or it names a `sagemaker` that is too old.
    """
    path = RuntimeEnvironmentManager().snapshot(given)
    if path is None:
        return Dependencies("sagemaker_requirements_default.txt", content=f"{REQUIREMENT}\n")
    name = re.split(r"[\\/]", path)[-1]
    if not path.endswith(".txt"):
        return Dependencies(name, path)
    text = Path(path).read_text()
    if "sagemaker" not in text.lower():
        logger.info("Appended %s to requirements.txt", REQUIREMENT)
        return Dependencies(name, content=f"{text}\n{REQUIREMENT}\n")
    check_version(next(line for line in text.split("\n") if "sagemaker" in line.lower()).strip())
    return Dependencies(name, path)


def check_version(requirement: str) -> None:
    """Check that a requirement of `sagemaker` cannot install one that does not read today's pickles.

    Raises:
        ValueError: It can.
    """
    match = re.search(r"sagemaker\s*(.+)$", requirement, re.IGNORECASE)
    newest = _newest(match[1].strip()) if match else None
    if newest and newest < _SINCE.get(newest[0], newest):
        raise ValueError(
            f"The sagemaker version specified in requirements.txt ({requirement}) could install a version using "
            "HMAC-based integrity checks which are incompatible with the current SHA256-based integrity checks. Please "
            "update to sagemaker>=2.256.0,<3.0.0 (for V2) or sagemaker>=3.2.0,<4.0.0 (for V3)."
        )


def _newest(specifier: str) -> Version | None:
    """Return the newest version that a specifier allows; None: it has no bound above, or that of 2.x."""
    exact = re.search(r"==\s*([\d.]+)", specifier)
    if exact:
        return _version(exact[1])
    bounds = [(_version(text), "=" in sign) for sign, text in re.findall(r"(<=?)\s*([\d.]+)", specifier)]
    if not bounds:
        return None
    bound, is_included = min(bounds)
    if bound == (3, 0, 0) and not is_included:
        return None
    newest = bound if is_included else _before(bound)
    return max([newest, *(_version(text) for text in re.findall(r">=\s*([\d.]+)", specifier))])


def _version(text: str) -> Version:
    numbers = [int(part) for part in text.strip(".").split(".")]
    return tuple([*numbers, 0, 0][: max(3, len(numbers))])


def _before(version: Version) -> Version:
    major, minor, patch = version[:3]
    return (major, max(0, minor - 1), patch) if patch == 0 else (major, minor, patch - 1)
