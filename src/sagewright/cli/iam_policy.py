"""`sagewright iam-policy`: the least policy that a script's requests need, from a dry run of it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sagewright import settings
from sagewright.cli.run import dry_environment

USAGE = "sagewright iam-policy [--role [ROLE]] [--genuine] SCRIPT [ARGUMENT ...]"


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("iam-policy", help="print the least policy that a script's requests need", usage=USAGE)
    parser.add_argument(
        "--role", nargs="?", const="", metavar="ROLE", help="of the role that jobs run with, not of who runs the script"
    )
    parser.add_argument("--genuine", action="store_true", help="leave `import sagemaker` to the installed package")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGUMENT ...]")
    parser.set_defaults(function=iam_policy)


def iam_policy(options: argparse.Namespace) -> int:
    """Run the script dry and print the policy; what the script prints goes to stderr."""
    rest = list(options.rest)
    if options.role and not rest and os.path.exists(options.role):  # `--role SCRIPT`
        rest, options.role = [options.role], ""
    if not rest:
        raise ValueError(f"name a script\nhint: {USAGE}")
    if not os.path.exists(rest[0]):
        raise ValueError(f"there is no script `{rest[0]}`")
    code, requests = dry_requests(rest, genuine=options.genuine)
    if code:
        print(
            f"sagewright: the script has ended with {code}; the policy covers what it asked until then", file=sys.stderr
        )
    print(json.dumps(_document(requests, options.role), indent=2))
    return code


def dry_requests(program: list[str], *, genuine: bool = False) -> tuple[int, list[dict[str, Any]]]:
    """Run a program dry; return its exit code and its requests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.jsonl"
        file.touch()
        environment = dry_environment(os.environ, genuine=genuine, file=str(file))
        code = subprocess.call([sys.executable, *program], env=environment, stdout=sys.stderr)
        return code, [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _document(requests: list[dict[str, Any]], role: str | None) -> dict[str, Any]:
    from sagewright.engine.authorisation.needed import caller_policy
    from sagewright.engine.authorisation.needed_by_roles import role_policies

    account = settings.ACCOUNT.read()
    if role is None:
        return caller_policy(requests, account)
    found = role_policies(requests, account)
    chosen = [arn for arn in found if role in ("", arn, arn.rpartition("/")[2])]
    if len(chosen) != 1:
        there = ", ".join(f"`{arn}`" for arn in found) or "none"
        raise ValueError(f"choose one role of those that the script hands over: {there}\nhint: --role ROLE")
    return found[chosen[0]]
