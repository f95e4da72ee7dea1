"""`%load_ext sagewright`: in a notebook what `sagewright run` is for a script."""

from __future__ import annotations

import shlex
from typing import Any

from sagewright import alias, targets

USAGE = "%sagewright [status | logs ... | images ... | outbox ...], as on the command line"


def load(ipython: Any) -> None:
    """Let `import sagemaker` mean Sagewright and lead boto3's clients to the target; add `%sagewright`.

    Raises:
        RuntimeError: Genuine `sagemaker` has been imported already.
    """
    alias.install()
    targets.route_everything()
    targets.announce()
    ipython.register_magic_function(magic, "line", "sagewright")


def magic(line: str) -> None:
    """Tell the target, or do what a command of `sagewright` does."""
    words = shlex.split(line)
    if not words:
        print(f"target: {targets.current()}\nusage: {USAGE}")  # noqa: T201 - what a magic is for
        return
    from sagewright.cli import main

    if words[0] in ("run", "up"):
        raise ValueError(f"`%sagewright {words[0]}` would take the notebook's process.\nhint: use a terminal.")
    try:
        main(words)
    except SystemExit:
        return  # argparse has said what it is for, or what is wrong
