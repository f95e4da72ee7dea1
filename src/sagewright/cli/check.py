"""`sagewright check`: whether every object's bytes are what was put."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from sagewright import targets


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="read every byte of the objects kept here and tell what is damaged")
    parser.add_argument("bucket", nargs="?", help="only this bucket")
    parser.set_defaults(function=check)


def check(options: argparse.Namespace) -> int:
    """Print what is damaged; return 1 if anything is."""
    home = targets.current().home
    if home is None:
        print(f"the target `{targets.current()}` keeps its objects elsewhere", file=sys.stderr)
        print("hint: choose the target `local`", file=sys.stderr)
        return 2
    if not home.is_dir():
        print("nothing has been kept here yet")
        return 0
    return _report(home, options.bucket)


def _report(home: Any, bucket: str | None) -> int:
    from sagewright.engine.abc import NoSuchBucket
    from sagewright.engine.engine import Engine

    engine, count = Engine.open(home), 0
    try:
        for damage in engine.parts.objects.verify(bucket):
            version = f" (version {damage.version_id})" if damage.version_id else ""
            print(f"s3://{damage.bucket}/{damage.key}{version}: {damage.why}")
            count += 1
    except NoSuchBucket:
        print(f"there is no bucket `{bucket}`", file=sys.stderr)
        return 2
    finally:
        engine.close()
    print(f"{count or 'no'} damaged object{'' if count == 1 else 's'}", file=sys.stderr)
    return 1 if count else 0
