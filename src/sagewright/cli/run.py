"""`sagewright run`: a script, unedited, on the target.

The script runs in an interpreter of its own, as `python SCRIPT` would run it: same arguments, exit code, tracebacks.
What differs is its environment, which makes `import sagemaker` mean Sagewright and leads every boto3 call of the
process, and of the processes it starts, to the target.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from sagewright import settings
from sagewright.targets import DEFAULT_REGION, Target, target_of

USAGE = "sagewright run [--genuine] [--dry-run] [--target TARGET] (SCRIPT | -m MODULE | -) [ARGUMENT ...]"


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("run", help="run a script or module on the target", usage=USAGE)
    parser.add_argument("--genuine", action="store_true", help="leave `import sagemaker` to the installed package")
    parser.add_argument("--dry-run", action="store_true", help="print what would be asked of AWS, and send nothing")
    parser.add_argument("--target", help="local, aws or http(s)://...; default: $SAGEWRIGHT_TARGET, else local")
    # As for Python itself, what follows the module is the module's.
    parser.add_argument(
        "-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a module, as python -m does"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGUMENT ...]")
    parser.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Run the script; on systems that can, become it."""
    target = target_of(options.target or settings.TARGET.read())
    program = _program(options)
    environment = environment_for(target, os.environ, genuine=options.genuine)
    if asked := settings.DRY_RUN.read() or options.dry_run:
        file = "1" if asked in (True, "1") else os.path.abspath(asked)  # the script may go to another folder
        environment = dry_environment(os.environ, genuine=options.genuine, file=file)
    command = [sys.executable, *program]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, environment)  # noqa: S606 - the interpreter itself
    return subprocess.call(command, env=environment)


def _program(options: argparse.Namespace) -> list[str]:
    """Return the interpreter's arguments.

    Raises:
        ValueError: They name nothing to run.
    """
    if options.module:
        return ["-m", *options.module, *options.rest]
    program = options.rest[1:] if options.rest[:1] == ["--"] else options.rest
    if not program:
        raise ValueError(f"name a script to run\nhint: {USAGE}")
    if program[0] != "-" and not os.path.exists(program[0]):
        raise ValueError(f"there is no script `{program[0]}`")
    return list(program)


def environment_for(target: Target, environment: Mapping[str, str], *, genuine: bool) -> dict[str, str]:
    """Return the environment of a program on a target."""
    from sagewright.engine.gateway.mounts.startup import (
        ALIAS,
        DROPPED,
        ELSEWHERE,
        ROUTE,
        child_environment,
        python_path,
        shared_environment,
    )

    changed = dict(environment)
    changed[settings.TARGET.variable] = target.name
    for name in (ROUTE, ALIAS):
        changed.pop(name, None)
    if target.home is not None:
        for name in list(changed):
            if name in DROPPED or name.startswith("AWS_ENDPOINT_URL_"):
                del changed[name]
        changed.update(child_environment(target.home, region_of(environment), environment))
    elif target.url is not None:
        for name in list(changed):
            if name in ELSEWHERE or name.startswith("AWS_ENDPOINT_URL_"):
                del changed[name]
        changed.update(shared_environment(target.url, environment))
        if not environment.get("AWS_REGION"):
            changed["AWS_DEFAULT_REGION"] = region_of(environment)
    if not genuine:
        changed["PYTHONPATH"] = python_path(changed)
        changed[ALIAS] = "1"
    return changed


def dry_environment(environment: Mapping[str, str], *, genuine: bool, file: str = "1") -> dict[str, str]:
    """Return the environment of a program whose requests are written down and not sent.

    Args:
        file: Where they are written; `1`: on stdout.
    """
    from sagewright.engine.gateway.mounts.startup import python_path

    changed = environment_for(Target("aws"), environment, genuine=genuine)
    changed["PYTHONPATH"] = python_path(changed)
    changed[settings.DRY_RUN.variable] = file
    changed[settings.PREFLIGHT.variable] = "off"  # it asks what there is, and here everything is
    changed["AWS_EC2_METADATA_DISABLED"] = "true"
    changed.setdefault("AWS_DEFAULT_REGION", region_of(environment))
    return changed


def region_of(environment: Mapping[str, str]) -> str:
    """Return the region that AWS's variables or the user's configuration file name, else us-east-1."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if environment.get(name):
            return environment[name]
    return _configured_region(environment) or DEFAULT_REGION


def _configured_region(environment: Mapping[str, str]) -> str | None:
    """Read the configuration file without botocore, which would take longer than all the rest."""
    import configparser

    path = os.path.expanduser(environment.get("AWS_CONFIG_FILE", "~/.aws/config"))
    profile = environment.get("AWS_PROFILE", "default")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path)
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None
    section = "default" if profile == "default" else f"profile {profile}"
    return parser.get(section, "region", fallback=None)
