"""A multi-model endpoint, cold and warm, over a bare ASGI app that loads the same models on demand."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import urllib3

import sagewright
from benchmarks import peers
from benchmarks.invoke import ROLE, ROW, SCRIPT
from benchmarks.timing import report, seconds
from sagewright.deserializers import JSONDeserializer
from sagewright.multidatamodel import MultiDataModel
from sagewright.serializers import JSONSerializer
from sagewright.sklearn import SKLearnModel

MODELS = 20
WARM_CALLS = 500
APP = """
import json, sys
import joblib, numpy as np, uvicorn

models = {}

async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    name = scope["path"].strip("/") or "0"
    if name not in models:
        models[name] = joblib.load("model.joblib")
    answer = json.dumps(models[name].predict(np.array(json.loads(body))).tolist()).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer})

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sagewright-peers-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-c", peers.MODEL], cwd=folder, check=True)
        (folder / "app.py").write_text(APP)
        predictor = _deployed(folder)
        pool, rows = urllib3.PoolManager(), json.loads(ROW)
        try:
            with peers.served("raw uvicorn", folder, [sys.executable, "app.py"], "/", ROW) as peer:

                def ours(number: int) -> float:
                    return seconds(lambda: predictor.predict(rows, target_model=f"{number}.tar.gz"))

                def theirs(number: int) -> float:
                    return seconds(lambda: pool.request("POST", f"{peer.url}{number}", body=ROW).data)

                cold = [(ours(number), theirs(number)) for number in range(1, MODELS)]
                warm = [(ours(n % (MODELS - 1) + 1), theirs(n % (MODELS - 1) + 1)) for n in range(WARM_CALLS)]
        finally:
            predictor.delete_endpoint()
    for what, times in (("cold", cold), ("warm", warm)):
        mine, other = (statistics.median(pair[side] for pair in times) for side in (0, 1))
        report(f"A model of a multi-model endpoint, {what}, p50 of {len(times)}", mine, other, "raw uvicorn", "none")


def _deployed(folder: Path) -> sagewright.Predictor:
    session = sagewright.Session()
    subprocess.run(["tar", "czf", "model.tar.gz", "model.joblib"], cwd=folder, check=True)
    (folder / "inference.py").write_text(SCRIPT)
    prefix = f"s3://{session.default_bucket()}/multi"
    model = SKLearnModel(None, ROLE, str(folder / "inference.py"), framework_version="1.2-1", sagemaker_session=session)
    models = MultiDataModel("bench-models", prefix, model=model, sagemaker_session=session)
    predictor = models.deploy(1, "ml.m5.large", serializer=JSONSerializer(), deserializer=JSONDeserializer())
    for number in range(MODELS):
        models.add_model(str(folder / "model.tar.gz"), f"{number}.tar.gz")
    predictor.predict(json.loads(ROW), target_model="0.tar.gz")  # the libraries are loaded
    assert isinstance(predictor, sagewright.Predictor)
    return predictor
