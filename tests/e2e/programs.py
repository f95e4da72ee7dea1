"""Programs under `sagewright run`, each in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

# Any way out of the machine is an error, of the program and of the programs that it starts.
BLOCK = """
import socket
def refuse(*_, **__):
    raise AssertionError("a socket was about to leave the machine")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
"""


@dataclass(frozen=True)
class Programs:
    """Runs programs on one home, with the network closed.

    Attributes:
        folder: Where scripts and modules are written; the working directory.
        environment: What the programs start with.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def script(self, text: str, name: str = "script.py") -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return str(path)

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "sagewright.cli", "run", *arguments],
            cwd=self.folder,
            env={**self.environment, **changes},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """Run `sagewright run` with arguments to its end."""
        with self.start(*arguments, **changes) as process:
            out, err = process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def says(self, text: str, *arguments: str) -> str:
        """Run a script that must succeed, and return what it prints."""
        done = self.run(self.script(text), *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def programs_in(folder: Path) -> Programs:
    """Return programs on a home in the folder, in an environment without AWS variables."""
    blocked = folder / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(BLOCK)
    dropped = ("AWS_", "SAGEWRIGHT_", "PYTHON", "COV_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment.update(
        {
            "HOME": str(folder),
            "SAGEWRIGHT_HOME": str(folder / "home"),
            "PYTHONPATH": str(blocked),
            "PYTHONWARNINGS": "error",
        }
    )
    work = folder / "work"
    work.mkdir()
    return Programs(work, environment)
