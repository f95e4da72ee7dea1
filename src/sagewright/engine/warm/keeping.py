"""Keeping warm interpreters: started by a job's host, handed over and dismissed by whoever knows the pools."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sagewright.engine.warm import door
from sagewright.engine.warm.checks import relevant
from sagewright.engine.warm.notes import DOOR, VARIABLE

FEW = 20  # modules of libraries: for less it is not worth it
SERVER = "sagewright.engine.warm.interpreter"

_QUICK = sys.stdlib_module_names | {"sagewright", "sitecustomize", "usercustomize"}

Note = Mapping[str, Any]


def open_door(home: Path, folder: Path, interpreter: str, environment: dict[str, str]) -> str | None:
    """Prepare a program's start; return the folder of the warm interpreter that it shall ask, or None.

    Args:
        folder: The host's, for notes.
        interpreter: Names the warm interpreter; empty: there is none.
        environment: The program's; it is told where to note.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    environment[VARIABLE] = str(folder)
    if not interpreter:
        return None
    waiting = str(folder_of(home, interpreter))
    (folder / DOOR).write_text(waiting)
    return waiting


def keep(home: Path, notes: Path, interpreter: str, name: str, until: float) -> str | None:
    """Have an interpreter wait that has imported what a job's did; return its name, or None where that gains nothing.

    Args:
        notes: The folder that the job's programs have noted in.
        interpreter: The one that the job was started from, which is kept where it knows all; empty: none.
        name: Of a new one.
        until: Unix seconds.
    """
    note = best_note(notes)
    if interpreter and is_there(folder_of(home, interpreter)):
        if note is None or _knows(folder_of(home, interpreter), note):
            prolong(home, interpreter, until)
            return interpreter
        dismiss(home, interpreter)
    if note is None or len(_libraries(note)) < FEW:
        return None
    folder = folder_of(home, name)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "facts.json").write_text(json.dumps(note))
    prolong(home, name, until)
    _start(folder, note)
    return name


def running(folder: Path) -> list[int]:
    """Return the processes, of a host's programs, that are forks of a warm interpreter (`becoming`)."""
    return [int(path.stem) for path in folder.glob("*.pid")]


def used(folder: Path) -> list[tuple[float, int]]:
    """Return the CPU seconds, and the most bytes of memory, of each of those that have ended."""
    with contextlib.suppress(FileNotFoundError):
        return [(float(cpu_s), int(peak)) for cpu_s, peak in map(str.split, (folder / "used").read_text().splitlines())]
    return []


def prolong(home: Path, interpreter: str, until: float) -> None:
    """Let an interpreter wait until then; one that is gone is none the worse."""
    folder = folder_of(home, interpreter)
    with contextlib.suppress(FileNotFoundError):
        (folder / ".until").write_text(repr(until))
        os.replace(folder / ".until", folder / "until")


def dismiss(home: Path, interpreter: str) -> None:
    """Let an interpreter go: it leaves when its folder is gone."""
    shutil.rmtree(folder_of(home, interpreter), ignore_errors=True)


def sweep(home: Path, wanted: Collection[str]) -> None:
    """Dismiss all others."""
    root = home / "warm"
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in wanted:
            dismiss(home, folder.name)


def folder_of(home: Path, interpreter: str) -> Path:
    return home / "warm" / interpreter


def is_there(folder: Path) -> bool:
    """Tell whether an interpreter answers, or will when it has imported everything."""
    try:
        connection: socket.socket = door.connected(str(folder))
    except OSError:
        return False
    connection.close()
    return True


def best_note(notes: Path) -> Note | None:
    """Return what the program of the job noted that has imported most."""
    found: list[Note] = []
    for path in notes.glob("*.note"):
        with contextlib.suppress(OSError, ValueError, SyntaxError):
            found.append(ast.literal_eval(path.read_text()))
    return max(found, key=lambda note: len(note["modules"]), default=None)


def _knows(folder: Path, note: Note) -> bool:
    try:
        facts = json.loads((folder / "facts.json").read_text())
    except (OSError, ValueError):
        return False
    same_start = facts["python"] == note["python"] and relevant(facts["environment"]) == relevant(note["environment"])
    return same_start and _libraries(note) <= _libraries(facts)


def _libraries(note: Note) -> set[str]:
    """Return the modules of libraries: those of Python itself, and ours, are imported in no time."""
    return {name for name in note["modules"] if name.partition(".")[0] not in _QUICK}


def _start(folder: Path, note: Note) -> None:
    with _listener(folder) as listener, open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [note["python"], "-m", SERVER, str(folder), str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd="/",
            env=dict(note["environment"]),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    process.returncode = 0  # nobody waits for it: it outlives the host


def _listener(folder: Path) -> socket.socket:
    """Let programs ask from now on: an answer that comes when everything is imported is better than none."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(f"/proc/self/fd/{handle}/socket")  # the path of a socket must be short
        listener.listen(100)
    finally:
        os.close(handle)
    return listener
