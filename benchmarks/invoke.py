"""`invoke_endpoint` under load, and `deploy` to the first answer, over others that serve the same model."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import urllib3

import sagewright
from benchmarks import peers
from sagewright.sklearn import SKLearnModel

ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
CONNECTIONS = {1: 1500, 8: 4000, 64: 4000}  # at once -> requests in all
ROW = b"[[0,1,2,3,4,5,6,7,8,9]]"
SCRIPT = """
import joblib, os

def model_fn(folder):
    return joblib.load(os.path.join(folder, "model.joblib"))
"""


class Load(NamedTuple):
    """How requests fared: seconds, and requests per second."""

    p50: float
    p99: float
    rate: float


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sagewright-peers-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-c", peers.MODEL], cwd=folder, check=True)
        with _deployed(folder) as (ask, start_s):
            ours = {count: _load(ask, count, total) for count, total in CONNECTIONS.items()}
            with peers.uvicorn(folder) as peer:  # beside ours, so that both see the same weather
                _print(peer, start_s, ours, _loads(peer))
        for start in (peers.mlflow, peers.bentoml):
            with _deployed(folder) as (ask, start_s):
                ours = {count: _load(ask, count, total) for count, total in CONNECTIONS.items()}
            with _served(start, folder) as peer:
                _print(peer, start_s, ours, _loads(peer))


@contextmanager
def _served(start: Callable[[Path], AbstractContextManager[peers.Peer]], folder: Path) -> Iterator[peers.Peer]:
    own = folder / start.__name__
    own.mkdir()
    with start(own) as peer:
        yield peer


@contextmanager
def _deployed(folder: Path) -> Iterator[tuple[Callable[[], None], float]]:
    """Deploy the model; yield what asks it, and the seconds to its first answer."""
    session = sagewright.Session()
    subprocess.run(["tar", "czf", "model.tar.gz", "model.joblib"], cwd=folder, check=True)
    (folder / "inference.py").write_text(SCRIPT)
    data = session.upload_data(str(folder / "model.tar.gz"), key_prefix="invoke")
    model = SKLearnModel(data, ROLE, str(folder / "inference.py"), framework_version="1.2-1", sagemaker_session=session)
    begin = time.perf_counter()
    predictor = model.deploy(1, "ml.m5.large")
    client: Any = session.sagemaker_runtime_client

    def ask() -> None:
        answer = client.invoke_endpoint(
            EndpointName=predictor.endpoint_name, Body=ROW, ContentType="application/json", Accept="application/json"
        )
        assert answer["Body"].read().startswith(b"[285.")

    ask()
    start_s = time.perf_counter() - begin
    try:
        yield ask, start_s
    finally:
        predictor.delete_endpoint()


def _loads(peer: peers.Peer) -> dict[int, Load]:
    pool = urllib3.PoolManager(maxsize=max(CONNECTIONS))

    def ask() -> None:
        answer = pool.request("POST", peer.url, body=peer.body, headers={"Content-Type": "application/json"})
        assert answer.status == 200
        assert b"285." in answer.data

    return {count: _load(ask, count, total) for count, total in CONNECTIONS.items()}


def _load(ask: Callable[[], None], connections: int, total: int) -> Load:
    for _ in range(20):
        ask()
    times: list[float] = []

    def work() -> None:
        for _ in range(total // connections):
            begin = time.perf_counter()
            ask()
            times.append(time.perf_counter() - begin)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - begin)
    assert len(times) == total // connections * connections, "a request failed"
    times.sort()
    return Load(times[len(times) // 2], times[int(len(times) * 0.99)], rate)


def _print(peer: peers.Peer, start_s: float, ours: dict[int, Load], theirs: dict[int, Load]) -> None:
    print(f"invoke_endpoint, one row of scikit-learn's LinearRegression, over {peer.name} ({os.cpu_count()} CPUs)")
    for count, load in ours.items():
        other = theirs[count]
        print(
            f"    {count:2} at once: p50 {_over(load.p50 * 1e3, other.p50 * 1e3)} ms, "
            f"p99 {_over(load.p99 * 1e3, other.p99 * 1e3)} ms, {_over(load.rate, other.rate)} requests/s"
        )
    print(f"    deploy to first answer over start to first answer: {_over(start_s, peer.start_s)} s\n")


def _over(ours: float, theirs: float) -> str:
    return f"{ours:.4g}/{theirs:.4g} ({ours / theirs:.2f}x)"


if __name__ == "__main__":
    main()
