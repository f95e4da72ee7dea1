"""The life of a script in a job: get its code, run its command, report how it ended (`contract.md` 1.13)."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

from sagewright.engine.script_mode import launchers, launching
from sagewright.engine.script_mode.code import settle
from sagewright.engine.script_mode.facts import Facts, read
from sagewright.engine.script_mode.faults import ClientFault, ExecuteUserScriptError, Stopped, write_failure
from sagewright.engine.script_mode.images import difference
from sagewright.engine.script_mode.journal import Journal, shown
from sagewright.engine.script_mode.launching import Overlay
from sagewright.engine.script_mode.processes import Ended
from sagewright.engine.script_mode.secrets import masked
from sagewright.engine.script_mode.variables import training_environment, variables
from sagewright.vocabulary.script_mode import IN_PLACE, PROGRAM

USER_FAULT = 1  # the exit code, whatever the script's own
STOPPED = 143  # by SIGTERM, before the script was started


def main(arguments: list[str]) -> int:
    """Do what `docker run IMAGE train` would; return the exit code."""
    if arguments != ["train"]:
        sys.stderr.write(f"usage: train, not `{' '.join(arguments)}`\n")
        return 2
    return train(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")), os.environ)


def train(base: Path, environment: Mapping[str, str]) -> int:
    """Run the script of the job whose `/opt/ml` is `base`, and report how it ended."""
    journal = Journal()
    try:
        facts = read(base, environment)
        journal.level = facts.log_level
        code, own = _train(facts, environment, journal), None
    except ClientFault as fault:
        code, own = _fail(base, journal, str(fault), USER_FAULT), fault.__cause__
    except Stopped:
        return STOPPED
    except Exception as error:  # noqa: BLE001 - the border of the process
        text = f"Framework Error: \n{traceback.format_exc()}\n{error}"
        return _fail(base, journal, text, getattr(error, "errno", None) or USER_FAULT)
    if own is not None:
        raise own  # a script in this process: what it has raised is for the debugger
    if code is None:
        journal.info("Reporting training SUCCESS")
        _touch(base / "output/success")
    return code or 0


def _train(facts: Facts, environment: Mapping[str, str], journal: Journal) -> int | None:
    """Run the script; return its exit code where it was told to stop, None where it came to its end.

    Raises:
        ClientFault: It cannot run, or has failed.
    """
    if line := difference(environment):
        journal.warning(line)
    if not facts.entry_point:
        raise ClientFault(f"The job names no script.\nhint: give the hyperparameter `{PROGRAM}`.")
    settle(facts)
    kind = launching.kind_of(facts)
    overlay = _overlay(facts, kind, environment, journal)
    python = overlay.python if overlay else sys.executable
    given = launching.environment(facts, environment, overlay)
    public = masked(facts)
    command = launchers.command(facts, python, given)
    shown_command = shown(launchers.command(public, python, given))
    journal.invocation(training_environment(public), variables(public), shown_command)
    if environment.get(IN_PLACE) and command[0] == python and not launchers.is_wanted(facts):
        ended = _run_here(command, given, facts, overlay, shown_command)
    else:
        ended = launchers.run(facts, command, given, journal)
    if ended.stopped:
        return ended.exit_code
    if ended.exit_code:
        raise ExecuteUserScriptError(shown_command, ended.exit_code, ended.tail)
    return None


def _overlay(facts: Facts, kind: str, environment: Mapping[str, str], journal: Journal) -> Overlay | None:
    if not launching.requires(facts, kind):
        return None
    from sagewright.engine.script_mode.overlays import overlay_for  # costs what other jobs need not pay

    return overlay_for(facts, kind, environment, journal)


def _run_here(
    command: list[str], environment: dict[str, str], facts: Facts, overlay: Overlay | None, shown_command: str
) -> Ended:
    from sagewright.engine.script_mode import in_place  # costs `runpy`, which other jobs don't need

    try:
        return in_place.run(command, environment, facts.code, overlay.packages if overlay else None)
    except in_place.Raised as raised:
        text = in_place.text_of(raised.error)
        raise ExecuteUserScriptError(shown_command, USER_FAULT, text) from raised.error


def _fail(base: Path, journal: Journal, text: str, code: int) -> int:
    write_failure(base, text)
    journal.error("Reporting training FAILURE")
    journal.error(text)
    return code


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
