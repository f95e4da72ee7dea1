"""`sagewright status`: where requests go, and what is under way there."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sagewright import settings, targets


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("status", help="show the target, the settings and what is under way")
    parser.set_defaults(function=status)


def status(options: argparse.Namespace) -> int:
    """Print the status."""
    target = targets.current()
    print(f"target     {target}")
    for setting in settings.ALL:
        value = setting.read() if setting is not settings.METRICS_TOKEN else "*" * 8 * bool(setting.read())
        print(f"  {setting.variable:<20} {value!s:<30} {setting.source()}")
    if target.home is not None:
        _print_engine(target.home)
    if target.is_engine and (target.home is None or target.home.is_dir()):
        _print_work()
    return 0


def _print_engine(home: Path) -> None:
    from sagewright.engine.executors.process.isolation import probe, probe_views
    from sagewright.engine.server.address import address_of
    from sagewright.engine.steward.loop import steward_pid

    kinds = [*probe(), *(probe_views(home) if home.is_dir() else ())]
    print(f"isolation  {', '.join(kinds) or 'none: jobs see SAGEMAKER_BASE_DIR instead of /opt/ml'}")
    pid = steward_pid(home) if home.is_dir() else None
    print(f"steward    {'process ' + str(pid) if pid else 'not running (it starts when there is work)'}")
    if not home.is_dir():
        print("engine     nothing has run here yet")
        return
    if url := address_of(home):
        print(f"server     {url}")


def _print_work() -> None:
    client = targets.boto_session().client("sagemaker")
    for word, operation, member, field in (
        ("jobs", "list_training_jobs", "TrainingJobSummaries", "TrainingJobStatus"),
        ("endpoints", "list_endpoints", "Endpoints", "EndpointStatus"),
    ):
        counts: dict[str, int] = {}
        for page in client.get_paginator(operation).paginate():
            for item in page[member]:
                counts[item[field]] = counts.get(item[field], 0) + 1
        print(f"{word:<10} {', '.join(f'{n} {status}' for status, n in sorted(counts.items())) or 'none'}")
