"""Runs requests through the gateway on a home of its own, and judges every answer.

`python -m tests.property.wire.campaign --requests 100000 --seed 1` prints what was found, by kind.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import io
import itertools
import logging
import os
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.model import OperationModel

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.engine.operations import ROOMS, find
from tests.property.wire import messages, values
from tests.property.wire.network import Network

PROTOCOLS = {"cloudwatch": ("json", "query", "smithy-rpc-v2-cbor")}
SLOW_S = 3.0
CANARY = "the-canary-sings-outside-of-the-home"
# Words that only a defect of ours can put into an answer.
_OURS = re.compile(r"Traceback|InternalFailure|\b\w+Error: |object has no attribute|NoneType|KeyError|/site-packages/")
_NOTES = ("iam-access-key-use",)  # kinds of records that are made of any request


class _Log(logging.Handler):
    """Keeps where the last defect was."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error else []
        place = next((f for f in reversed(frames) if "sagewright" in f.filename), None)
        where = f"{Path(place.filename).name}:{place.lineno} {place.line}" if place else ""
        self.last = f"{type(error).__name__}: {str(error)[:120]} at {where}"


_log = _Log()


@dataclass
class Report:
    """What a campaign has seen."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, example: str) -> None:
        self.counts[kind] += 1
        self.findings.setdefault(kind, example)


def operations(services: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Return service, operation and protocol of everything that the engine serves."""
    return [
        (service, name, protocol)
        for service, rooms in ROOMS.items()
        if not services or service in services
        for names in rooms.values()
        for name in names
        if name in service_model(service).operation_names
        for protocol in PROTOCOLS.get(service, (service_model(service).metadata["protocol"],))
    ]


def run(
    folder: Path, requests: int, seed: int, services: tuple[str, ...] = (), *, over_network: bool = False
) -> Report:
    """Send requests to a home in an empty folder, next to which nothing may appear."""
    home = ground(folder)
    report, network = Report(), Network(home) if over_network else None
    answer = network.answer if network else lambda asked: handle(asked, home)
    logging.getLogger("sagewright").addHandler(_log)
    logging.getLogger("sagewright").propagate = False
    try:
        for number, asked in enumerate(_requests(requests, seed, services)):
            _judge(report, asked, answer, engine_of(home).parts.state, f"seed {seed}, request {number}")
    finally:
        logging.getLogger("sagewright").removeHandler(_log)
        logging.getLogger("sagewright").propagate = True
        if network:
            network.close()
        engine_of(home).close()
    for path in outside(folder):
        report.add(f"outside {path.name}", str(path))
    return report


def ground(folder: Path) -> Path:
    """Return a home with something in it, whose steward is never called, in a folder that is watched."""
    home = folder / "world" / "home"
    home.parent.mkdir()
    (folder / "canary").write_text(CANARY)
    (folder / "world" / "canary").write_text(CANARY)
    engine = engine_of(home)
    engine.parts = dataclasses.replace(engine.parts, ring=lambda: None)
    prime(home)
    return home


def outside(folder: Path) -> list[Path]:
    """Return the files that have appeared outside of the home."""
    expected = {folder / "canary", folder / "world", folder / "world" / "canary", folder / "world" / "home"}
    return sorted({*folder.iterdir(), *(folder / "world").iterdir()} - expected)


def prime(home: Path) -> None:
    """Make what requests may find."""
    role = "arn:aws:iam::123456789012:role/role-1"
    image = {"Image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"}
    variant = {"VariantName": "AllTraffic", "ModelName": "model-1", "InitialInstanceCount": 1}
    stream = {"logGroupName": "a", "logStreamName": "a"}
    for service, name, params in (
        ("s3", "CreateBucket", {"Bucket": "bucket-1"}),
        ("s3", "CreateBucket", {"Bucket": "my.bucket"}),
        ("s3", "PutObject", {"Bucket": "bucket-1", "Key": "Key", "Body": b"0123456789"}),
        ("s3", "PutObject", {"Bucket": "bucket-1", "Key": "k/e y.txt", "Body": b"x"}),
        (
            "iam",
            "CreateRole",
            {"RoleName": "job-1", "AssumeRolePolicyDocument": values.TRUST},
        ),
        ("iam", "CreateUser", {"UserName": "user-1"}),
        ("iam", "CreateGroup", {"GroupName": "group-1"}),
        ("iam", "CreatePolicy", {"PolicyName": "policy-1", "PolicyDocument": values.POLICY}),
        ("sagemaker", "CreateModel", {"ModelName": "model-1", "ExecutionRoleArn": role, "PrimaryContainer": image}),
        (
            "sagemaker",
            "CreateEndpointConfig",
            {"EndpointConfigName": "config-1", "ProductionVariants": [{**variant, "InstanceType": "ml.m5.large"}]},
        ),
        ("sagemaker", "CreateEndpoint", {"EndpointName": "endpoint-1", "EndpointConfigName": "config-1"}),
        ("logs", "CreateLogGroup", {"logGroupName": "a"}),
        ("logs", "CreateLogStream", stream),
        ("logs", "CreateLogGroup", {"logGroupName": "/aws/sagemaker/TrainingJobs"}),
    ):
        if find(service, name) is None:
            continue
        model = service_model(service)
        asked = messages.by_botocore(model.operation_model(name), str(model.metadata["protocol"]), params)
        response = handle(asked, home)
        assert response.status == 200, (name, response.body)


def _requests(count: int, seed: int, services: tuple[str, ...]) -> Iterator[HttpRequest]:
    """Yield requests. What an operation is asked depends on the seed alone, and not on what else there is."""
    known = operations(services)
    for number in range(count):
        if number % len(known) == 0:
            random.Random(f"{seed} {number}").shuffle(known)
        service, name, protocol = known[number % len(known)]
        chance = values.Chance(f"{seed} {service}:{name} {protocol} {number // len(known)}")
        if name == "PutObject" and chance.random() < 0.3:
            form = messages.form(chance)
            yield form if chance.random() < 0.5 else messages.damaged(form, chance)
            continue
        yield _request(service_model(service).operation_model(name), protocol, chance)


def _request(model: OperationModel, protocol: str, chance: values.Chance) -> HttpRequest:
    params, kind = values.params(model.input_shape, chance), chance.random()
    if kind < 0.4:
        return messages.request(model, protocol, params, chance)
    if kind < 0.75:
        mischief = values.mutated(params, chance, chance.choice((0.03, 0.1, 0.3)))
        return messages.request(model, protocol, mischief if isinstance(mischief, dict) else {}, chance)
    return messages.damaged(messages.request(model, protocol, params, chance), chance)


def _judge(
    report: Report, asked: HttpRequest, answer: Callable[[HttpRequest], HttpResponse], state: Any, place: str
) -> None:
    body = asked.body.read()
    asked.body = io.BytesIO(body)
    told = f"{place}: {asked.service}:{asked.operation} {asked.method} {asked.path[:200]}?{asked.query[:200]} "
    told += f"{ {k: v[:80] for k, v in asked.headers.items()} } {body[:600]!r}"
    before, started = int(state.data_version()), time.process_time()
    response = answer(asked)
    text = _text(response)
    took = time.process_time() - started
    report.requests += 1
    report.statuses[response.status] += 1
    what = f"{asked.service}:{asked.operation}"
    if response.status >= 500 and response.status != 501:
        report.add(f"{response.status} {what} {_log.last}", f"{told}\n{text[:300]}")
    elif found := _OURS.search(text):
        report.add(f"words {what} {found[0]}", f"{told}\n{text[:500]}")
    changed = [change for change in state.changes(before) if change.kind not in _NOTES]
    if response.status >= 400 and changed:
        report.add(f"half applied {what}", f"{told}\n{changed}\n{text[:300]}")
    if CANARY in text:
        report.add(f"canary {what}", told)
    if took > SLOW_S:
        report.add(f"slow {what}", f"{took:.1f} s {told}")
    for name, value in response.headers.items():
        if re.search(r"[\r\n\0]", f"{name}{value}"):
            report.add(f"header {what} {name}", told)


def _text(response: HttpResponse) -> str:
    """Return the body, or the beginning of a stream that goes on as long as somebody listens."""
    pieces = response.pieces()
    if "eventstream" in (response.headers.get("content-type") or ""):
        pieces = itertools.islice(pieces, 1)
    return b"".join(pieces)[: 1 << 20].decode("utf-8", "replace")


def resident_mib() -> float:
    """Return this process's memory."""
    gc.collect()
    text = Path("/proc/self/statm").read_text().split()[1]
    return int(text) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--services", nargs="*", default=())
    parser.add_argument("--over-network", action="store_true", help="signed, through the server's application")
    parser.add_argument("--batch", type=int, default=5_000, help="requests to one home")
    asked = parser.parse_args()
    total, found = Counter[int](), 0
    for number in range(0, asked.requests, asked.batch):
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            count = min(asked.batch, asked.requests - number)
            report = run(
                Path(folder), count, asked.seed + number, tuple(asked.services), over_network=asked.over_network
            )
        total.update(report.statuses)
        found += len(report.findings)
        took = time.monotonic() - started
        sys.stdout.write(f"{number + count} requests, {count / took:.0f}/s, {resident_mib():.0f} MiB, {dict(total)}\n")
        for kind, example in sorted(report.findings.items()):
            sys.stdout.write(f"  {report.counts[kind]} x {kind}\n      {example[:1500]}\n")
        sys.stdout.flush()
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
