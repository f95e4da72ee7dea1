"""The model server of the framework images, in real processes: a script's functions, and all that they can do wrong."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import pickle
import signal
import tarfile
import threading
import time
from typing import Any

import numpy as np
import pytest
import xgboost as xgb
from botocore.exceptions import ClientError

from sagewright.engine.algorithms.linear_learner.model import LinearModel
from tests.e2e.conftest import ROLE, Cloud, wait_until
from tests.e2e.test_requirements import OFFLINE, wheel
from tests.served import CSV, JSON, NPY, serving

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

# A model that is a number, and functions that do what they are asked to.
SCRIPT = """
import json, os, sys, time

def model_fn(model_dir):
    with open(os.path.join(model_dir, "number")) as file:
        return float(file.read())

def input_fn(data, content_type):
    assert isinstance(data, str), type(data)
    return json.loads(data)

def predict_fn(data, model, context):
    what = data.get("do")
    if what == "raise":
        return [][1]
    if what == "hang":
        hang_here()
    if what == "exit":
        sys.exit(3)
    if what == "die":
        os._exit(9)
    if what == "wait":
        open(data["file"] + ".entered", "w").close()
        while not os.path.exists(data["file"]):
            time.sleep(0.01)
    if what == "header":
        return context.get_request_header(0, "x-amzn-sagemaker-custom-attributes")
    if what == "pid":
        return os.getpid()
    if what in ("stream", "none", "broken stream"):
        return what
    return model * data["x"]

def hang_here():
    while True:
        time.sleep(1)

def output_fn(prediction, accept):
    if prediction == "none":
        return None
    if prediction == "stream":
        return (f"piece {number};" for number in range(4))
    if prediction == "broken stream":
        return pieces()
    return json.dumps({"answer": prediction}), "application/json; charset=utf-8"

def pieces():
    yield b"one"
    raise RuntimeError("no more of it")
"""
FILES = {"model/number": "2.5", "model/code/inference.py": SCRIPT}


@pytest.fixture
def base(tmp_path):
    return tmp_path / "ml"


def test_a_scripts_functions_answer(base):
    with serving(base, FILES) as served:
        assert served.ask({"x": 4}) == (200, "application/json; charset=utf-8", b'{"answer": 10.0}')
        attributes = {"X-Amzn-SageMaker-Custom-Attributes": "a=b"}
        assert json.loads(served.ask({"do": "header"}, **attributes).body) == {"answer": "a=b"}
        streamed = served.ask({"do": "stream"})
        assert streamed.body == b"piece 0;piece 1;piece 2;piece 3;"
        parameters = json.loads(served.call("GET", "/execution-parameters").body)
        assert parameters["BatchStrategy"] == "MULTI_RECORD"
        assert parameters["MaxConcurrentTransforms"] >= 1
        assert served.call("GET", "/invocations").status == 404


def test_the_answers_form_where_none_is_asked_for(base):
    script = "def model_fn(d): return 1\ndef predict_fn(data, model): return data\n"
    with serving(base, {"model/code/inference.py": script}, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT=CSV) as served:
        assert served.ask([[1, 2]]) == (200, CSV, b"1,2\n")
        assert served.ask([[1, 2]], accept="*/*").type == CSV


def test_what_a_function_does_wrong_is_told_and_the_next_request_is_answered(base):
    with serving(base, FILES, SAGEMAKER_MODEL_SERVER_TIMEOUT="1") as served:
        raised = served.ask({"do": "raise"})
        assert (raised.status, raised.text.splitlines()[0]) == (500, "list index out of range")
        assert "inference.py" in raised.text
        assert "model_server" not in raised.text  # the user's own traceback, and no other
        assert "IndexError: list index out of range" in served.log

        wrong = served.ask({"do": "none"})
        assert wrong.status == 500
        assert "`output_fn` has returned a value of the type `NoneType`" in wrong.text

        began = time.monotonic()
        hanging = served.ask({"do": "hang"})
        assert time.monotonic() - began < 3.0
        assert (hanging.status, "1 s (SAGEMAKER_MODEL_SERVER_TIMEOUT)" in hanging.text) == (504, True)
        assert "hang_here" in served.log  # where it hung

        exited = served.ask({"do": "exit"})
        assert (exited.status, "sys.exit(3)" in exited.text) == (500, True)
        died = served.ask({"do": "die"})
        assert (died.status, "exit code 9" in died.text) == (502, True)
        assert served.ask({"x": 2}).body == b'{"answer": 5.0}'


def test_a_stream_that_breaks_off_has_no_end(base):
    with serving(base, FILES) as served:
        with pytest.raises(http.client.IncompleteRead):
            served.ask({"do": "broken stream"})
        assert "RuntimeError: no more of it" in served.log
        assert served.ask({"x": 2}).status == 200


@contextlib.contextmanager
def under_way(served, base, answers):
    """Have a request answered by a function that waits; let it go on at the end, and add its status to `answers`."""
    file = base / "go on"
    asking = threading.Thread(
        target=lambda: answers.append(served.ask({"do": "wait", "file": str(file), "x": 2}).status)
    )
    asking.start()
    wait_until(file.with_name("go on.entered").exists)
    yield
    file.touch()
    asking.join()


def test_a_killed_worker_is_replaced_and_only_its_request_is_lost(base):
    with serving(base, FILES, SAGEMAKER_MODEL_SERVER_WORKERS="1") as served:
        pid = json.loads(served.ask({"do": "pid"}).body)["answer"]
        lost: list[int] = []
        answers: list[int] = []
        with under_way(served, base, lost):
            threads = [threading.Thread(target=lambda: answers.append(served.ask({"x": 1}).status)) for _ in range(3)]
            for thread in threads:
                thread.start()
            os.kill(pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
        assert (lost, answers) == ([502], [200, 200, 200])
        assert f"Worker {pid} was killed by signal 9" in served.log


def test_a_worker_that_leaks_is_replaced(base):
    script = "kept = []\ndef model_fn(d): return 1\n"
    script += (
        "def transform_fn(model, data, content_type, accept):\n    kept.append(b'x' * (40 << 20))\n    return '!'\n"
    )
    with serving(base, {"model/code/inference.py": script}, SAGEWRIGHT_MEMORY_BYTES=str(120 << 20)) as served:
        assert [served.ask(b"").status for _ in range(8)] == [200] * 8
        assert "bytes, the instance has 125829120: it ends." in served.log


def test_further_workers_come_only_when_requests_wait(base):
    with serving(base, FILES, SAGEMAKER_MODEL_SERVER_WORKERS="3") as served:
        first = {json.loads(served.ask({"do": "pid"}).body)["answer"] for _ in range(20)}
        assert len(first) == len(served.workers()) == 1
        answers: list[int] = []
        with under_way(served, base, answers):
            assert json.loads(served.ask({"do": "pid"}).body)["answer"] not in first
            assert len(served.workers()) == 2
        assert answers == [200]


def test_what_is_under_way_is_answered_before_the_server_ends(base):
    answers: list[int] = []
    with serving(base, FILES) as served:
        with under_way(served, base, answers):
            served.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not served.is_ready())
        assert answers == [200]
        assert served.process.wait(20) == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import no_such_library\n", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("def model_fn(model_dir):\n    raise OSError('damaged')\n", "OSError: damaged"),
        ("x = 1\n", "Please provide a model_fn implementation"),
        ("def model_fn(d): return 1\ndef transform_fn(*a): pass\ndef input_fn(*a): pass\n", "in conjunction with"),
        ("import os\nos._exit(4)\n", "has ended with exit code 4"),
        ("def model_fn(): return 1\n", "model_fn takes 0 arguments but 1 were given"),
    ],
)
def test_a_model_that_cannot_be_loaded_ends_the_server_at_once(base, script, said):
    with serving(base, {"model/code/inference.py": script}, wait=False) as served:
        assert served.process.wait(60) == 1
        assert said in served.log
        assert "The model cannot be served" in (base / "output/failure").read_text()


def test_a_script_that_is_named_and_not_there_is_told(base):
    with serving(base, {"model/code/other.py": ""}, wait=False, SAGEMAKER_PROGRAM="serve.py") as served:
        assert served.process.wait(60) == 1
        assert "There is no `serve.py` in the model's code" in served.log
        assert "holds other.py" in served.log


def test_pickles_and_damaged_bodies_are_refused(base):
    script = "def model_fn(d): return None\ndef predict_fn(data, model): return data\n"
    body = io.BytesIO()
    np.save(body, np.array([Bomb(base / "exploded")], dtype=object), allow_pickle=True)
    with serving(base, {"model/code/inference.py": script}) as served:
        refused = served.ask(body.getvalue(), NPY)
        assert (refused.status, "never unpickled" in refused.text) == (400, True)
        assert not (base / "exploded").exists()
        assert served.ask(b"[1,", JSON).status == 400
        assert served.ask(b"1,2\n3", CSV).status == 400
        assert served.ask(b"x", "image/png").status == 415
        assert served.ask([1], accept="image/png").status == 406
        assert served.ask([[1, 2]], accept=CSV) == (200, CSV, b"1,2\n")


def test_a_body_that_is_too_large_is_refused(base):
    with serving(base, FILES, SAGEMAKER_MAX_REQUEST_SIZE="100") as served:
        assert served.ask(b" " * 101).status == 413
        assert served.ask(b" " * (30 << 20)).status == 413  # which it takes to its end, so that the client reads why
        assert served.ask({"x": 1}).status == 200


def test_an_endpoint_of_scikit_learn_from_the_archive_to_the_answer(cloud: Cloud):
    script = (
        "import joblib, os\nfrom sagemaker_containers.beta.framework import worker, encoders\n"
        "def model_fn(model_dir):\n    return joblib.load(os.path.join(model_dir, 'model.joblib'))\n"
        "def output_fn(prediction, accept):\n"
        "    return worker.Response(encoders.encode(prediction, accept), mimetype=accept)\n"
    )
    upload_model(cloud, {"model.joblib": linear_model(), "code/serve.py": script.encode()})
    variables = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
    deploy(cloud, variables)

    runtime = cloud.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="e", ContentType=CSV, Accept=CSV, Body=b"1,2\n3,4\n")
    assert answer["ContentType"] == CSV
    assert np.allclose(np.loadtxt(io.BytesIO(answer["Body"].read())), [1.5, 2.5])
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="e", ContentType=CSV, Body=b"1,2,3\n")
    told: dict[str, Any] = dict(caught.value.response)
    assert told["OriginalStatusCode"] == 500
    assert "X has 3 features, but LinearRegression is expecting 2" in told["OriginalMessage"]


def test_code_of_s3_and_a_model_that_does_not_load(cloud: Cloud):
    upload_model(cloud, {"model.joblib": b"nonsense"})
    code = b"def model_fn(model_dir):\n    raise ValueError('no model of mine')\n"
    cloud.s3.put_object(Bucket="bucket", Key="code/sourcedir.tar.gz", Body=archive({"serve.py": code}))
    variables = {
        "SAGEMAKER_PROGRAM": "serve.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/code/sourcedir.tar.gz",
    }
    endpoint = deploy(cloud, variables)
    assert endpoint["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in endpoint["FailureReason"]
    assert "no model of mine" in endpoint["FailureReason"]


def test_a_hostile_archive_reaches_nothing(cloud: Cloud):
    upload_model(cloud, {"../../../escaped": b"x", "code/inference.py": b"def model_fn(d): return 1\n"})
    endpoint = deploy(cloud, {})
    assert endpoint["EndpointStatus"] == "Failed"
    names = [name for _, _, names in os.walk(cloud.home.parent) for name in names]  # while the steward tidies up
    assert "escaped" not in names


def test_many_models_each_with_its_own_code(base):
    script = "import os\ndef model_fn(d): return open(os.path.join(d, 'number')).read()\n"
    script += "def transform_fn(model, data, content_type, accept): return WORD + model\n"
    files = {f"models/{name}/model/number": f"-{name}" for name in ("x", "y", "z")}
    files |= {f"models/{name}/model/code/inference.py": f"WORD = 'code of {name}'\n{script}" for name in ("x", "y")}
    files["models/z/model/code/inference.py"] = "raise RuntimeError('no such code')\n"
    with serving(base, files, SAGEMAKER_MULTI_MODEL="true") as served:

        def load(name: str, model: str = "", **more: str):
            url = f"/opt/ml/models/{name}/model"
            return served.ask({"model_name": model or name, "url": url}, path="/models")

        assert [load(name).status for name in ("x", "y", "x")] == [200, 200, 409]
        answers = [served.ask(b"", path=f"/models/{name}/invoke").text for name in ("x", "y")]
        assert answers == ["code of x-x", "code of y-y"]
        failed = load("z")
        assert (failed.status, "no such code" in failed.text) == (500, True)
        assert served.call("DELETE", "/models/x").status == 200
        assert served.ask(b"", path="/models/x/invoke").status == 404
        assert served.ask(b"", path="/invocations").status == 404
        assert len(served.workers()) == 1


def test_many_models_of_a_built_in_algorithm(base):
    (base / "models/one/model").mkdir(parents=True)
    LinearModel("regressor", np.array([[2.0, -1.0]]), np.array([0.5])).save(base / "models/one/model")
    (base / "models/none/model").mkdir(parents=True)
    module = "sagewright.engine.algorithms.linear_learner"
    with serving(base, {}, module=module, SAGEMAKER_MULTI_MODEL="true") as served:
        load = [
            served.ask({"model_name": name, "url": f"/opt/ml/models/{name}/model"}, path="/models").status
            for name in ("one", "none")
        ]
        assert load == [200, 500]
        (prediction,) = json.loads(served.ask(b"1,4", CSV, path="/models/one/invoke").body)["predictions"]
        assert prediction == {"score": -1.5}


def test_many_models_of_xgboost(base):
    boosters = {}
    for name, target in (("up", [0.0, 1.0, 2.0, 3.0]), ("down", [3.0, 2.0, 1.0, 0.0])):
        boosters[name] = xgb.train({"max_depth": 2, "min_child_weight": 0}, xgb.DMatrix(np.eye(4), target), 5)
    files = {f"models/{name}/model/xgboost-model": bytes(model.save_raw()) for name, model in boosters.items()}
    module = "sagewright.engine.algorithms.xgboost"
    with serving(base, files, module=module, SAGEMAKER_MULTI_MODEL="true", SAGEMAKER_MAX_MODELS="2") as served:

        def load(name: str):
            return served.ask({"model_name": name, "url": "/opt/ml/models/up/model"}, path="/models").status

        urls = {name: {"model_name": name, "url": f"/opt/ml/models/{name}/model"} for name in boosters}
        assert [served.ask(url, path="/models").status for url in urls.values()] == [200, 200]
        for name, model in boosters.items():
            answer = served.ask(b"1,0,0,0\n0,0,0,1\n", CSV, path=f"/models/{name}/invoke")
            assert np.allclose(np.loadtxt(io.BytesIO(answer.body)), model.predict(xgb.DMatrix(np.eye(4)[[0, 3]])))
        assert load("third") == 507
        assert served.call("DELETE", "/models/down").status == 200
        assert load("third") == 200


def test_what_the_code_requires_is_installed_first(base):
    script = "import sw_probe\ndef model_fn(d): return sw_probe.VERSION\n"
    script += "def transform_fn(model, data, content_type, accept): return model\n"
    code = {"inference.py": script, "requirements.txt": f"{OFFLINE}sw-probe\n", **wheel("3.0")}
    files: dict[str, Any] = {f"model/code/{name}": content for name, content in code.items()}
    with serving(base, files) as served:
        assert served.ask(b"").text == "3.0"
        assert "Installing dependencies from requirements.txt" in served.log


def test_what_scripts_import_of_the_toolkits_is_there(base):
    script = """
from sagemaker_inference import content_types, decoder, default_inference_handler, encoder, errors
from sagemaker_huggingface_inference_toolkit import decoder_encoder
from sagemaker_containers.beta.framework import encoders, worker

class Handler(default_inference_handler.DefaultInferenceHandler):
    pass

def model_fn(model_dir):
    return Handler()

def input_fn(data, content_type):
    if content_type == "text/html":
        raise errors.UnsupportedFormatError(content_type)
    return decoder.decode(data, content_type)

def predict_fn(data, model):
    return data * 2

def output_fn(prediction, accept):
    written = encoders.encode(prediction, "text/csv")
    assert encoders.decode(written, "text/csv").tolist() == prediction.squeeze().tolist()
    assert decoder_encoder.encode({"a": 1}) == '{"a":1}'
    return worker.Response(encoder.encode(prediction, accept), mimetype=accept, status=201)
"""
    with serving(base, {"model/code/inference.py": script}, framework="sklearn") as served:
        assert served.ask([[1, 2]]) == (201, JSON, b"[[2, 4]]")
        assert served.ask(b"", "text/html").status == 415


class Bomb:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def linear_model() -> bytes:
    from sklearn.linear_model import LinearRegression

    return pickle.dumps(LinearRegression().fit(np.arange(6).reshape(3, 2), [1, 2, 3]))


def archive(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return body.getvalue()


def upload_model(cloud: Cloud, files: dict[str, bytes]) -> None:
    cloud.s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=archive(files))


def deploy(cloud: Cloud, variables: dict[str, str]):
    container = {"Image": SKLEARN, "ModelDataUrl": "s3://bucket/model.tar.gz", "Environment": variables}
    cloud.sagemaker.create_model(ModelName="e", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": "e", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="e", ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    return cloud.end_of_creation("e")
