"""What goes wrong in a user's part of a job, and the text that becomes the job's reason (`contract.md` 1.13).

ClientFault                 the user's part, in words of ours
└── CommandFailed           a command of the user's ended badly
    ├── InstallRequirementsError
    ├── InstallModuleError
    └── ExecuteUserScriptError
"""

from __future__ import annotations

import re
from pathlib import Path

REASON_CHARACTERS = 1024  # of the failure file that SageMaker shows
OUT_OF_MEMORY = 137  # ended by SIGKILL, which is nearly always the kernel's answer to too little memory

_TRACEBACK = "Traceback (most recent call last):"
_MPI_TAG = re.compile(r"^\[\d+,\d+\]<std(?:err|out)>:?", re.MULTILINE)


class ClientFault(Exception):
    """The job cannot go on for a reason that its user can mend; the text is the job's reason."""


class Stopped(Exception):
    """The job was told to stop before its script was started."""


class CommandFailed(ClientFault):
    """A command ended with an exit code that is not zero.

    Args:
        command: As the log shows it.
        tail: The last of what it wrote to stderr.
    """

    def __init__(self, command: str, exit_code: int, tail: str) -> None:
        extra = "OutOfMemory: Process killed by SIGKILL (signal 9)" if exit_code == OUT_OF_MEMORY else None
        lines = [f"{type(self).__name__}:", f"ExitCode {exit_code}"]
        more = [f'ExtraInfo "{extra}"'] if extra else []
        frame = sum(len(line) + 1 for line in [*lines, *more])
        message = last_words(tail, max(400, REASON_CHARACTERS - 100 - frame - len(command)))
        super().__init__("\n".join([*lines, f'ErrorMessage "{message}"', *more, f'Command "{command}"']))
        self.exit_code = exit_code


class InstallRequirementsError(CommandFailed):
    """What `requirements.txt` asks for could not be installed."""


class InstallModuleError(CommandFailed):
    """The user's code, a package with a `setup.py`, could not be installed."""


class ExecuteUserScriptError(CommandFailed):
    """The user's script failed."""


def last_words(text: str, max_characters: int) -> str:
    """Return what of an error output tells most: the last traceback, or of it, or else of all, the last lines."""
    text = _MPI_TAG.sub("", text).strip()
    start = text.rfind(_TRACEBACK)
    text = text[start:] if start > 0 else text
    if len(text) <= max_characters:
        return text
    lines = text[-max_characters:].split("\n")
    return "\n".join(lines[1:] if len(lines) > 1 else lines).strip()


def write_failure(base: Path, text: str) -> None:
    """Write the failure file, unless the user's code has written one."""
    path = base / "output/failure"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(text, errors="replace")
