"""Other ways to serve the same scikit-learn model, each in an environment of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import urllib3

ENVIRONMENTS = Path(os.environ.get("SAGEWRIGHT_BENCH_ENVIRONMENTS", Path.home() / ".cache/sagewright-bench"))
START_S = 120.0

MODEL = """
import joblib, numpy as np
from sklearn.linear_model import LinearRegression
rows = np.random.default_rng(0).normal(size=(500, 10))
joblib.dump(LinearRegression().fit(rows, rows @ np.arange(10.0)), "model.joblib")
"""

UVICORN = """
import json, sys
import joblib, numpy as np, uvicorn

model = joblib.load("model.joblib")

async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    answer = json.dumps(model.predict(np.array(json.loads(body))).tolist()).encode() if body else b""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer})

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")
"""

BENTO = """
import bentoml, joblib, numpy as np

@bentoml.service(workers="cpu_count")
class Service:
    def __init__(self):
        self.model = joblib.load("model.joblib")

    @bentoml.api
    def predict(self, rows: list) -> list:
        return self.model.predict(np.array(rows)).tolist()
"""


@dataclass(frozen=True)
class Peer:
    """A server that runs.

    Attributes:
        url: Where a request is posted to.
        body: One row, as it takes it.
        start_s: Seconds from its start to its first answer.
    """

    name: str
    url: str
    body: bytes
    start_s: float


@contextlib.contextmanager
def uvicorn(folder: Path) -> Iterator[Peer]:
    """Serve with a bare ASGI app in this environment."""
    (folder / "app.py").write_text(UVICORN)
    with served("raw uvicorn", folder, [sys.executable, "app.py"], "/", b"[[0,1,2,3,4,5,6,7,8,9]]") as peer:
        yield peer


@contextlib.contextmanager
def mlflow(folder: Path) -> Iterator[Peer]:
    """Serve with `mlflow models serve`."""
    python = environment("mlflow", "mlflow", "scikit-learn")
    save = "import mlflow.sklearn, joblib; mlflow.sklearn.save_model(joblib.load('model.joblib'), 'mlflow-model')"
    _run([str(python), "-c", MODEL + save], folder)
    command = [str(python.parent / "mlflow"), "models", "serve", "--env-manager", "local"]
    command += ["-m", "mlflow-model", "-p"]
    body = b'{"inputs": [[0,1,2,3,4,5,6,7,8,9]]}'
    with served("mlflow models serve", folder, command, "/invocations", body) as peer:
        yield peer


@contextlib.contextmanager
def bentoml(folder: Path) -> Iterator[Peer]:
    """Serve with `bentoml serve`."""
    python = environment("bentoml", "bentoml", "scikit-learn")
    _run([str(python), "-c", MODEL], folder)
    (folder / "service.py").write_text(BENTO)
    command = [str(python.parent / "bentoml"), "serve", "service:Service", "-p"]
    with served("bentoml serve", folder, command, "/predict", b'{"rows": [[0,1,2,3,4,5,6,7,8,9]]}') as peer:
        yield peer


def environment(name: str, *packages: str) -> Path:
    """Return the interpreter of a virtual environment that holds the packages, made at the first time."""
    python = ENVIRONMENTS / name / "bin/python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(ENVIRONMENTS / name)])
        _run([str(python), "-m", "pip", "install", "-q", *packages])
    return python


@contextlib.contextmanager
def served(name: str, folder: Path, command: Sequence[str], path: str, body: bytes) -> Iterator[Peer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {**os.environ, "PATH": os.pathsep.join([os.path.dirname(command[0]), os.environ["PATH"]])}
    begin = time.perf_counter()
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [*command, str(port)], cwd=folder, env=variables, stdout=log, stderr=log, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}{path}"
        _first_answer(server, url, body, folder / "log")
        yield Peer(name, url, body, time.perf_counter() - begin)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _first_answer(server: subprocess.Popen[bytes], url: str, body: bytes, log: Path) -> None:
    pool = urllib3.PoolManager()
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            answer = pool.request(
                "POST", url, body=body, headers={"Content-Type": "application/json"}, retries=False, timeout=10.0
            )
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{url} does not answer: {log.read_text()[-800:]}")


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
