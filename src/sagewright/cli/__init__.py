"""The command line. argparse, not typer: the base install is boto3 alone, and `sagewright run` shall cost nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return int(options.function(options))
    except (ValueError, NotImplementedError) as error:
        print(f"sagewright: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    from sagewright.cli import check, config, iam_policy, images, jobs, logs, outbox, run, status, up

    parser = argparse.ArgumentParser(prog="sagewright", description="SageMaker's interface on your own machine.")
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run.add_to(commands)
    status.add_to(commands)
    jobs.add_to(commands)
    logs.add_to(commands)
    images.add_to(commands)
    outbox.add_to(commands)
    check.add_to(commands)
    config.add_to(commands)
    iam_policy.add_to(commands)
    up.add_to(commands)
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and leave")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from sagewright import __version__

        print(f"sagewright {__version__}")
        parser.exit()
