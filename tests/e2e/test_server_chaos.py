"""The server is killed while many write; what it has acknowledged is there and whole, and nothing is half there.

One round is part of the suite; `make server-chaos` runs 200 (SERVER_CHAOS_ROUNDS and SERVER_CHAOS_SEED choose others).
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError

from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER
from tests.e2e.shared_engine import SharedEngine, start

ROUNDS = int(os.environ.get("SERVER_CHAOS_ROUNDS", "1"))
SEED = int(os.environ.get("SERVER_CHAOS_SEED", "5"))
WRITERS = 64
BUCKET = "chaos"
PART_BYTES = 5 << 20
ROLE = "arn:aws:iam::123456789012:role/SagewrightExecutionRole"  # which every engine has

pytestmark = pytest.mark.timeout(120 + 30 * ROUNDS)


@dataclass
class Ledger:
    """What was asked for, and what of it was acknowledged. Names are never used twice."""

    put: dict[str, bool] = field(default_factory=dict)
    deleted: dict[str, bool] = field(default_factory=dict)
    submitted: dict[str, bool] = field(default_factory=dict)


def content_of(key: str) -> bytes:
    """Return what is written under a key: its name tells size and bytes."""
    digest = hashlib.sha256(key.encode()).digest()
    size = {"large": 700_000, "parts": PART_BYTES + 1000}.get(key.partition("/")[0], 1000 + digest[0])
    return (digest * (size // len(digest) + 1))[:size]


def job(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": LINEAR_LEARNER, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"predictor_type": "regressor"},
        "Environment": {"NAME": name},
    }


class Writers:
    """Threads that write until nobody answers any more."""

    def __init__(self, engine: SharedEngine, ledger: Ledger, prefix: str, doomed: list[str]) -> None:
        config = Config(max_pool_connections=WRITERS, retries={"total_max_attempts": 1}, read_timeout=60)
        self._s3, self._sagemaker = engine.client("s3", config), engine.client("sagemaker", config)
        self._ledger, self._prefix, self._doomed = ledger, prefix, doomed
        self.written = 0
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _write(self, number: int) -> None:
        acts: list[Callable[[str], None]] = [self._put, self._put_large, self._delete, self._submit, self._put_in_parts]
        act = acts[number % len(acts)] if number % 20 else self._put_in_parts
        for count in range(10_000):
            try:
                act(f"{self._prefix}-{number}-{count}")
                self.written += 1
            except (BotoCoreError, ClientError, IndexError):
                return

    def _put(self, name: str) -> None:
        self._note(self._ledger.put, f"small/{name}", self._send)

    def _put_large(self, name: str) -> None:
        self._note(self._ledger.put, f"large/{name}", self._send)

    def _send(self, key: str) -> None:
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=content_of(key))

    def _put_in_parts(self, name: str) -> None:
        self._note(self._ledger.put, f"parts/{name}", self._send_in_parts)

    def _send_in_parts(self, key: str) -> None:
        content = content_of(key)
        place = {"Bucket": BUCKET, "Key": key}
        answer = self._s3.create_multipart_upload(**place)
        if "UploadId" not in answer:  # botocore takes an answer that was cut behind its head for an empty one
            raise ConnectionClosedError(endpoint_url=self._s3.meta.endpoint_url)
        place["UploadId"] = answer["UploadId"]
        parts = []
        for number, piece in enumerate((content[:PART_BYTES], content[PART_BYTES:]), start=1):
            etag = self._s3.upload_part(**place, PartNumber=number, Body=piece)["ETag"]
            parts.append({"PartNumber": number, "ETag": etag})
        self._s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})

    def _delete(self, name: str) -> None:
        self._note(self._ledger.deleted, self._doomed.pop(), lambda key: self._s3.delete_object(Bucket=BUCKET, Key=key))

    def _submit(self, name: str) -> None:
        self._note(self._ledger.submitted, f"job-{name}", lambda name: self._sagemaker.create_training_job(**job(name)))

    @staticmethod
    def _note(ledger: dict[str, bool], name: str, act: Callable[[str], Any]) -> None:
        ledger[name] = False
        act(name)
        ledger[name] = True


@pytest.fixture
def shared_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "chaos-home"
    yield home
    for _ in range(20):
        for pid in processes_of(home):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def test_a_killed_server_loses_nothing_and_leaves_no_halves(shared_home):
    chance = random.Random(SEED)
    # One job holds the machine, so that those of the writers wait.
    environment = {"SAGEWRIGHT_CPUS": "2"}
    engine = start(shared_home, "--log-format", "none", environment=environment)
    _hold_the_machine(engine)
    kept: list[str] = []
    for number in range(ROUNDS):
        doomed = _doomed(engine, number)
        ledger = Ledger()
        writers = Writers(engine, ledger, str(number), list(doomed))
        time.sleep(chance.uniform(0.2, 1.2))
        engine.process.kill()
        engine.process.wait()
        writers.join()
        _close(engine)
        assert writers.written > 0

        engine = start(shared_home, "--log-format", "none", environment=environment)
        _check(engine, ledger, doomed, kept)
        kept = chance.sample([key for key, acknowledged in ledger.put.items() if acknowledged], 5)
    assert engine.stop() == 0
    _close(engine)


def _hold_the_machine(engine: SharedEngine) -> None:
    engine.client("s3").create_bucket(Bucket=BUCKET)
    program = ["python", "-c", "import time; time.sleep(3600)"]
    holder = job("holder") | {"AlgorithmSpecification": {"TrainingImage": "python:3", "TrainingInputMode": "File"}}
    holder["AlgorithmSpecification"]["ContainerEntrypoint"] = program
    holder["HyperParameters"] = {}
    engine.client("sagemaker").create_training_job(**holder)


def _doomed(engine: SharedEngine, number: int) -> list[str]:
    """Return keys of objects that shall be deleted."""
    s3 = engine.client("s3")
    keys = [f"small/doomed-{number}-{count}" for count in range(40)]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=content_of(key))
    return keys


def _check(engine: SharedEngine, ledger: Ledger, doomed: list[str], kept: list[str]) -> None:
    s3, sagemaker = engine.client("s3"), engine.client("sagemaker")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    listed = {entry["Key"]: entry["Size"] for page in pages for entry in page.get("Contents", ())}
    for key, acknowledged in [*ledger.put.items(), *((key, True) for key in kept)]:
        assert key in listed or not acknowledged, f"{key} was acknowledged, and is gone"
        if key in listed:
            assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content_of(key), f"{key} is half there"
    for key in doomed:
        if ledger.deleted.get(key):
            assert key not in listed, f"the deletion of {key} was acknowledged, and it is back"
        elif key not in ledger.deleted:
            assert key in listed, f"nobody deleted {key}, and it is gone"
        if key in listed:
            assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content_of(key)
    for name, acknowledged in ledger.submitted.items():
        found = _described(sagemaker, name)
        assert found or not acknowledged, f"{name} was acknowledged, and is gone"
        if found:
            assert found["Environment"] == {"NAME": name}
            assert found["TrainingJobStatus"] == "InProgress"


def _described(sagemaker: Any, name: str) -> dict[str, Any] | None:
    try:
        return dict(sagemaker.describe_training_job(TrainingJobName=name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        return None


def _close(engine: SharedEngine) -> None:
    assert engine.process.stdout is not None
    engine.process.stdout.close()
