"""The inline executor: a job in the interpreter that submits it, so that breakpoints work.

The caller's process is the job's host: it holds the host's lock, does the host's work in the same folders and leaves
the same outcome, and the steward sees no difference (a caller that is killed is a host that died). Only the program is
not a process: `python -m MODULE` and `python SCRIPT` are run in place.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from sagewright.engine.executors import containers
from sagewright.engine.executors.log_lines import LineSplitter, LogWriter
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.executors.process.host import Ending, Host
from sagewright.engine.executors.process.isolation import CONTAINER_ML
from sagewright.engine.parts import Parts
from sagewright.engine.planning.document import ExecutionPlan
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.script_mode import IN_PLACE

INTERRUPTED = 130  # the exit code of a program that Ctrl-C has ended; its caller is interrupted as well
_RUNNERS = (runpy.__file__, "<frozen runpy>", str(Path(__file__).parents[1]))


def reserve(parts: Parts, plan: ExecutionPlan) -> Callable[[], None]:
    """Make the folders of a plan and hold its hosts' locks; return what runs the hosts, one after another.

    Between the two the caller writes the record that names the execution: a steward that sees it finds hosts alive.

    Raises:
        ApiError: There are several hosts, or the host's command cannot run in this interpreter.
    """
    assert parts.home is not None
    if len(plan.hosts) > 1:
        raise validation_error(
            f"{len(plan.hosts)} hosts cannot run in the calling interpreter.\n"
            "hint: leave `debug` out, or unset SAGEWRIGHT_EXECUTOR."
        )
    held = []
    for document in plan.hosts:
        if document.container is not None:
            raise validation_error(
                f"The image `{document.container.image}` cannot run in the calling interpreter.\n"
                "hint: unset SAGEWRIGHT_EXECUTOR."
            )
        check_inline(document.command)
        folder = HostFolder(parts.home / "executions" / plan.execution_id / document.host)
        folder.prepare(document, plan.python)
        held.append((folder, folder.take_lock()))

    def run() -> None:
        interrupted = False
        for folder, lock in held:
            try:
                Host(parts, folder, (), runner=run_here).run()
            finally:
                if lock is not None:
                    os.close(lock)
            interrupted = interrupted or (folder.outcome() or {}).get("exit_code") == INTERRUPTED
        parts.ring()
        if interrupted:
            raise KeyboardInterrupt

    return run


def run_here(host: Host) -> Ending:
    """Run the host's program in this interpreter (`host.follow` for a program that is none of its own)."""
    document, ml = host.document, host.folder.ml
    environment = containers.environment_of(document, host.python, ml, isolated=False)
    environment[IN_PLACE] = "1"
    command = [_here(word, ml) for word in containers.command_of(document, host.python, environment)]
    ending = Ending(started_at=host.parts.clock.now())
    print(f"sagewright: the job runs in this process; its /opt/ml is {ml}", file=sys.stderr)  # noqa: T201
    with _surroundings(command, environment, document.start_folder(ml)), _captured(host.lines), host.beside():
        ending.exit_code = _execute(command)
    ending.ended_at = host.parts.clock.now()
    return ending


def _here(word: str, ml: Path) -> str:
    """Return a word of a command; what lies below `/opt/ml` by its place on this machine."""
    below = f"{CONTAINER_ML}/"
    return str(ml / word.removeprefix(below)) if word.startswith(below) else word


def check_inline(command: Sequence[str]) -> None:
    """Check that a command can run in this interpreter.

    Raises:
        ApiError: It is not a Python module or script.
    """
    program = os.path.basename(command[0]) if command else ""
    is_python = program == "{python}" or program.startswith("python")
    if len(command) < 2 or not is_python or (command[1].startswith("-") and command[1] != "-m"):
        raise validation_error(
            f"`{' '.join(command)}` cannot run in the calling interpreter.\n"
            "hint: leave `debug` out, or unset SAGEWRIGHT_EXECUTOR."
        )


def _execute(command: Sequence[str]) -> int:
    try:
        if command[1] == "-m":
            runpy.run_module(command[2], run_name="__main__", alter_sys=False)
        else:
            runpy.run_path(command[1], run_name="__main__")
    except SystemExit as stop:
        return _exit_code(stop.code)
    except BaseException as error:  # noqa: BLE001 - whatever the program raises is its own end, and no more
        _keep(error)
        traceback.print_exception(error)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _keep(error: BaseException) -> None:
    """Leave an error where `pdb.pm()` looks for it, without the frames that are not the program's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next and trace.tb_frame.f_code.co_filename.startswith(_RUNNERS):
        trace = trace.tb_next
    error.__traceback__ = trace
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace


def _exit_code(code: object) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)  # noqa: T201 - what the interpreter does with `sys.exit("text")`
    return 1


@contextlib.contextmanager
def _surroundings(command: Sequence[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    """Lend the program its arguments, environment, working folder and import path."""
    arguments, path, variables, here = sys.argv, sys.path[:], dict(os.environ), os.getcwd()
    sys.argv = list(command[2:]) if command[1] == "-m" else list(command[1:])
    if command[1] != "-m":
        sys.path.insert(0, os.path.dirname(os.path.abspath(command[1])))
    os.environ.update(environment)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(variables)
        sys.argv, sys.path[:] = arguments, path


class _Tee:
    """A text stream that goes to the console, where a debugger needs it, and to the job's log."""

    def __init__(self, console: TextIO, lines: LogWriter) -> None:
        self._console, self._lines, self._splitter = console, lines, LineSplitter()

    def write(self, text: str) -> int:
        self._lines.write(self._splitter.feed(text.encode(errors="replace")))
        return self._console.write(text)

    def finish(self) -> None:
        self._lines.write(self._splitter.finish())

    def __getattr__(self, name: str) -> object:
        return getattr(self._console, name)


@contextlib.contextmanager
def _captured(lines: LogWriter) -> Iterator[None]:
    outputs = _Tee(sys.stdout, lines), _Tee(sys.stderr, lines)
    with contextlib.redirect_stdout(outputs[0]), contextlib.redirect_stderr(outputs[1]):  # type: ignore[type-var]
        try:
            yield
        finally:
            for output in outputs:
                output.finish()
