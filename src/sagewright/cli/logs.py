"""`sagewright logs`: what is in a log group."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from sagewright import targets

POLL_S = 1.0
LATE_MS = 30_000  # events may come so much later than their time says


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("logs", help="print a log group's events, or list the groups")
    parser.add_argument("group", metavar="GROUP", nargs="?", help="the log group; without it, the groups are listed")
    parser.add_argument("--follow", "-f", action="store_true", help="go on with what is written from now on")
    parser.add_argument("--filter", metavar="PATTERN", default="", help="a filter pattern of CloudWatch Logs")
    parser.add_argument("--stream", metavar="PREFIX", default="", help="only streams whose names begin so")
    parser.add_argument("--since", metavar="MINUTES", type=float, help="only events of the last minutes")
    parser.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Print events, or the names of the groups.

    Raises:
        ValueError: There is no such group, or the pattern is none.
    """
    from botocore.exceptions import ClientError

    client = targets.boto_session().client("logs")
    try:
        if options.group is None:
            _print_groups(client)
        else:
            for event in _events(client, options):
                print(f"{_time(event['timestamp'])} {event['logStreamName']} {event['message']}", flush=True)
    except ClientError as error:
        raise ValueError(error.response["Error"]["Message"]) from None
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    return 0


def _print_groups(client: Any) -> None:
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            print(group["logGroupName"])


def _events(client: Any, options: argparse.Namespace) -> Iterator[Any]:
    request: dict[str, Any] = {"logGroupName": options.group, "filterPattern": options.filter}
    if options.stream:
        request["logStreamNamePrefix"] = options.stream
    start_ms = None if options.since is None else int((time.time() - options.since * 60) * 1000)
    seen: dict[str, int] = {}
    while True:
        newest = start_ms or 0
        for event in _found(client, request, start_ms):
            newest = max(newest, event["timestamp"])
            if event["eventId"] not in seen:
                seen[event["eventId"]] = event["timestamp"]
                yield event
        if not options.follow:
            return
        start_ms = max(start_ms or 0, newest - LATE_MS)
        seen = {name: at for name, at in seen.items() if at >= start_ms}
        time.sleep(POLL_S)


def _found(client: Any, request: dict[str, Any], start_ms: int | None) -> Iterator[Any]:
    bounds = {} if start_ms is None else {"startTime": start_ms}
    for page in client.get_paginator("filter_log_events").paginate(**request, **bounds):
        yield from page["events"]


def _time(at_ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms / 1000)) + f".{at_ms % 1000:03d}Z"
