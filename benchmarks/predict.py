"""`predict` of one row, over the same model behind a bare uvicorn endpoint called with urllib3."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time

import urllib3

import sagewright
from benchmarks.timing import report, seconds
from sagewright.deserializers import JSONDeserializer
from sagewright.serializers import CSVSerializer

IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
CALLS = 1000

SERVER = """
import json, sys
import numpy as np
import uvicorn

weights = np.arange(10.0)

async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    rows = np.array([[float(value) for value in line.split(",")] for line in body.decode().split("\\n")])
    answer = {"predictions": [{"score": score} for score in (rows @ weights).tolist()]}
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")
"""


def main() -> None:
    predictor = _deploy()
    row = list(range(10))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)]) as server:
        try:
            pool, url = urllib3.PoolManager(), f"http://127.0.0.1:{port}/"
            text = ",".join(map(str, row))
            _wait_for(pool, url, text)
            ours, theirs = [], []
            for _ in range(CALLS):
                ours.append(seconds(lambda: predictor.predict(row)))
                theirs.append(seconds(lambda: json.loads(pool.request("POST", url, body=text).data)))
        finally:
            server.kill()
            predictor.delete_endpoint()
    report(
        f"predict one row, p50 of {CALLS}", statistics.median(ours), statistics.median(theirs), "raw uvicorn", "1.3x"
    )


def _deploy() -> sagewright.Predictor:
    session = sagewright.Session()
    rows = "\n".join(f"{x}," + ",".join(str((x * k) % 17) for k in range(1, 11)) for x in range(200))
    data = session.upload_string_as_file_body(rows, session.default_bucket(), "predict/rows.csv")
    estimator = sagewright.estimator.Estimator(IMAGE, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=50)
    estimator.fit({"train": sagewright.inputs.TrainingInput(data, content_type="text/csv")}, logs=False)
    predictor = estimator.deploy(1, "ml.m5.large", serializer=CSVSerializer(), deserializer=JSONDeserializer())
    assert isinstance(predictor, sagewright.Predictor)
    return predictor


def _wait_for(pool: urllib3.PoolManager, url: str, text: str) -> None:
    for _ in range(200):
        try:
            pool.request("POST", url, body=text, retries=False)
            return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.05)
    raise RuntimeError("the baseline server did not start")
