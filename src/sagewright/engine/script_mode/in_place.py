"""Running the user's script in this very interpreter, so that a debugger sees it; whoever asked for it tidies up."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagewright.engine.script_mode.processes import Ended


class Raised(Exception):
    """The script has raised `error`."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def run(command: Sequence[str], environment: Mapping[str, str], code: Path, packages: Path | None) -> Ended:
    """Run `python SCRIPT ...` or `python -m MODULE ...`.

    Args:
        packages: Where what the code requires is installed.

    Raises:
        Raised: The script has raised an error; a KeyboardInterrupt passes.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(code)
    sys.path[:0] = [str(code), *([str(packages)] if packages else [])]
    given = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path += [part for part in given if part and part not in sys.path]
    try:
        return Ended(_execute(command), "", stopped=False)
    finally:
        _forget(code)


def text_of(error: BaseException) -> str:
    """Return an error as it would stand on stderr, from the first line of the script."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next and _is_runner(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))


def _execute(command: Sequence[str]) -> int:
    try:
        if command[1] == "-m":
            sys.argv = list(command[2:])
            runpy.run_module(command[2], run_name="__main__", alter_sys=True)
        else:
            sys.argv = list(command[1:])
            sys.path.insert(0, os.path.dirname(os.path.abspath(command[1])))
            runpy.run_path(command[1], run_name="__main__")
    except SystemExit as stop:
        return _exit_code(stop.code)
    except Exception as error:  # noqa: BLE001 - whatever the script raises is its own end
        raise Raised(error) from None
    return 0


def _exit_code(code: object) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write(f"{code}\n")
    return 1


def _is_runner(file: str) -> bool:
    return file == __file__ or "runpy" in file


def _forget(code: Path) -> None:
    """Drop what was imported from the job's code: the next job's modules may have the same names."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and str(file).startswith(f"{code}{os.sep}"):
            del sys.modules[name]
