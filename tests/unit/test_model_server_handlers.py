"""A script's functions behind one request: which are called with what, and what becomes of what they return."""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sagewright.engine.model_server.errors import InferenceError, UnsupportedFormat
from sagewright.engine.model_server.frameworks import defaults_of
from sagewright.engine.model_server.handlers import MIXED, Service, handlers_of
from sagewright.engine.model_server.wire import Request

JSON = "application/json"


def service(framework: str = "", **functions: Any) -> Service:
    module = ModuleType("inference")
    vars(module).update(functions)
    found = Service(handlers_of(module, defaults_of(framework)), "model", "/m", JSON)
    found.load()
    return found


def ask(served: Service, body: Any = b"[[1, 2]]", **headers: str):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return served.answer(Request("POST", "/invocations", given, data))


def text(response) -> str:
    return b"".join(response.body).decode() if not isinstance(response.body, bytes) else response.body.decode()


def test_every_function_is_called_with_what_the_one_before_returned():
    seen: list[Any] = []
    served = service(
        pre_model_fn=seen.append,
        model_fn=lambda folder: f"model of {folder}",
        model_warmup_fn=lambda folder, model: seen.append(model),
        input_fn=lambda data, content_type: (data, content_type),
        predict_fn=lambda data, model: [*data, model],
        output_fn=lambda prediction, accept: json.dumps([*prediction, accept]),
    )
    response = ask(served, b"hi", content_type="text/csv", accept="text/plain")
    assert seen == ["/m", "model of /m"]
    assert json.loads(text(response)) == ["hi", "text/csv", "model of /m", "text/plain"]
    assert response.content_type == "text/plain"


def test_what_comes_as_text_and_what_as_bytes():
    kinds = [
        json.loads(text(ask(service(model_fn=str, input_fn=lambda d, t: type(d).__name__, predict_fn=max_), **headers)))
        for headers in ({"content_type": JSON}, {"content_type": "text/csv; header=1"}, {"content_type": "text/plain"})
    ]
    assert kinds == ["str", "str", "bytes"]


def max_(data, _model):
    return data


def test_the_context_goes_to_functions_that_have_a_place_for_it():
    def transform_fn(model, data, content_type, accept, context):
        context.set_response_status(code=202)
        context.set_response_content_type(0, "text/x-own")
        context.set_response_header(0, "X-Own", "1")
        return context.request_processor[0].get_request_property("X-Amzn-SageMaker-Custom-Attributes")

    served = service(model_fn=lambda d, c: c.system_properties["model_dir"], transform_fn=transform_fn)
    response = ask(served, x_amzn_sagemaker_custom_attributes="a=1")
    assert (response.status, response.content_type, dict(response.headers)) == (202, "text/x-own", {"X-Own": "1"})
    assert (served.model, text(response)) == ("/m", "a=1")


def test_functions_that_take_another_number_of_arguments_are_told():
    with pytest.raises(TypeError, match="model_fn takes 3 arguments but 1 were given"):
        service(model_fn=model_fn_of_three)
    assert service(model_fn=lambda folder, *more, strict=True: folder).model == "/m"
    assert service(model_fn=lambda folder, device="cpu", depth=3: device).model == "cpu"


def model_fn_of_three(a, b, c):
    pass


model_fn_of_three.__name__ = "model_fn"


def test_transform_fn_goes_with_no_other():
    with pytest.raises(ValueError, match=MIXED[:40]):
        service(model_fn=str, transform_fn=print, predict_fn=print)


@pytest.mark.parametrize(
    ("returned", "body", "content_type"),
    [
        ("text", "text", JSON),
        (b"bytes", "bytes", JSON),
        (bytearray(b"more"), "more", JSON),
        (("text", "text/x"), "text", "text/x"),
        ({"a": np.float32(1)}, '{"a": 1.0}', JSON),
        ([1, 2], "[1, 2]", JSON),
        (iter(["a", b"b"]), "ab", JSON),
        ((iter("ab"), "text/event-stream"), "ab", "text/event-stream"),
        (SimpleNamespace(response="r", status=201, mimetype="text/x", headers={"A": "b"}), "r", "text/x"),
        (SimpleNamespace(response=[b"r", b"s"], status="200 OK", mimetype=None), "rs", JSON),
    ],
)
def test_what_can_be_returned(returned, body, content_type):
    response = ask(service(model_fn=str, transform_fn=lambda m, d, c, a: returned))
    assert (text(response), response.content_type) == (body, content_type)


@pytest.mark.parametrize("returned", [None, 3, np.zeros(2), (1, 2), {"a": object()}])
def test_what_cannot_be_sent_is_named(returned):
    response = ask(service(model_fn=str, predict_fn=max_, output_fn=lambda p, a: returned))
    assert response.status == 500
    assert "`output_fn` has returned a value of the type" in text(response)
    assert type(returned).__name__ in text(response)


def test_scikit_learns_image_sends_no_lists():
    assert "`list`" in text(ask(service("sklearn", model_fn=str, transform_fn=lambda m, d, c, a: [1])))


def test_errors_have_the_status_that_they_ask_for():
    def refuse(data, content_type):
        raise InferenceError(422, "not like that")

    def unsupported(prediction, accept):
        raise UnsupportedFormat(accept)

    assert ask(service(model_fn=str, input_fn=refuse)).status == 422
    assert ask(service(model_fn=str, predict_fn=max_, output_fn=unsupported)).status == 406
    assert ask(service(model_fn=str), content_type="image/png").status == 415
    assert ask(service(model_fn=str), b"\xff", content_type="text/csv").status == 400


def test_scikit_learns_arrays():
    seen = []

    def predict(data):
        seen.append(data)
        return data.sum(axis=1)

    model = SimpleNamespace(predict=predict, n_features_in_=2)
    served = service("sklearn", model_fn=lambda d: model)
    assert text(ask(served, b"1,2", content_type="text/csv", accept="text/csv")) == "3.0\n"
    assert text(ask(served, [1, 2])) == "[3.0]"
    assert [(data.shape, str(data.dtype)) for data in seen] == [((1, 2), "float32")] * 2
    refused = ask(served, b"a,b", content_type="text/csv")
    assert (refused.status, "write an input_fn" in text(refused)) == (400, True)
    unknown = ask(served, b"x", content_type="image/png")
    assert (unknown.status, json.loads(text(unknown))["error"]) == (415, "UnsupportedFormatError")
    model.n_features_in_ = 1
    assert text(ask(served, [1, 2])) == "[1.0, 2.0]"


def test_xgboosts_matrices(tmp_path):
    xgb = pytest.importorskip("xgboost")
    rows = np.array([[0.0, 1.0], [1.0, 0.0]] * 4)
    booster = xgb.train({"max_depth": 1}, xgb.DMatrix(rows, rows[:, 0]), 3)
    booster.save_model(str(tmp_path / "xgboost-model.ubj"))
    (tmp_path / "xgboost-model.ubj").rename(tmp_path / "xgboost-model")
    served = Service(handlers_of(None, defaults_of("xgboost")), "model", str(tmp_path), JSON)
    served.load()
    answers = [
        ask(served, b"0,1\n1,0", content_type="text/csv"),
        ask(served, b"0:0 1:1\n0:1 1:0", content_type="text/libsvm"),
        ask(served, rows[:2].tolist()),
    ]
    expected = booster.predict(xgb.DMatrix(rows[:2]))
    assert all(np.allclose(json.loads(text(answer)), expected) for answer in answers)
    assert ask(served, b"1,x", content_type="text/csv").status == 400


def test_a_pipeline_of_transformers(tmp_path, monkeypatch):
    calls: list[Any] = []
    fake = ModuleType("transformers")

    def make(**options):
        calls.append(options)
        return pipeline

    vars(fake)["pipeline"] = make
    monkeypatch.setitem(sys.modules, "transformers", fake)
    (tmp_path / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    monkeypatch.setenv("HF_TASK", "")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    served = Service(handlers_of(None, defaults_of("huggingface")), "model", str(tmp_path), JSON)
    served.load()
    assert (calls[0]["task"], calls[0]["model"]) == ("text-classification", str(tmp_path))
    answer = ask(served, {"inputs": "good", "parameters": {"top_k": 2}})
    assert text(answer) == '[{"label":"good","score":0.5,"top_k":2}]'
    table = ask(served, b"inputs\ngood\n", content_type="text/csv", accept="text/csv")
    assert text(table).splitlines() == ["label,score,top_k", "['good'],0.5,1"]
    failed = ask(served, b"{", content_type=JSON)
    assert (failed.status, json.loads(text(failed))["type"]) == (400, "InternalServerException")


def pipeline(inputs, top_k=1):
    return [{"label": inputs, "score": np.float32(0.5), "top_k": top_k}]


def test_models_of_the_hub_are_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_MODEL_ID", "somebody/model")
    with pytest.raises(ValueError, match=r"`somebody/model` is a model of the Hugging Face Hub.*\nhint: put the model"):
        Service(handlers_of(None, defaults_of("huggingface")), "model", str(tmp_path), JSON).load()


def test_tensorflow_scripts_have_handlers_of_their_own():
    with pytest.raises(NotImplementedError, match="input_handler and output_handler"):
        handlers_of(ModuleType("inference"), defaults_of("tensorflow"))

    def input_handler(data, context):
        assert context.request_content_type == "text/csv"
        return json.dumps({"instances": [float(cell) for cell in data.read().decode().split(",")]})

    def output_handler(response, context):
        return json.dumps([context.model_name, context.method, response.json()]), context.accept_header

    module = ModuleType("inference")
    vars(module).update(input_handler=input_handler, output_handler=output_handler)
    served = Service(handlers_of(module, defaults_of("tensorflow")), "model", "/m", JSON)
    served.model = SimpleNamespace(default="half", answer=lambda *asked: (200, asked[3]))
    attributes = "tfs-model-name=other,tfs-method=regress"
    response = ask(served, b"1,2", content_type="text/csv", x_amzn_sagemaker_custom_attributes=attributes)
    assert json.loads(text(response)) == ["other", "regress", {"instances": [1.0, 2.0]}]


def test_a_saved_model_answers_as_tensorflow_serving(tmp_path):
    tf: Any = pytest.importorskip("tensorflow")
    from sagewright.engine.model_server.frameworks.saved_models import SavedModels

    class Half(tf.Module):  # type: ignore[misc]
        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
        def __call__(self, x):
            return {"y": x / 2}

    half = Half()
    tf.saved_model.save(half, str(tmp_path / "half/1"), signatures={"serving_default": half.__call__})
    models = SavedModels.of(str(tmp_path))
    assert models.answer("half", None, None, b'{"instances": [[1, 2]]}') == (200, b'{"predictions": [[0.5, 1.0]]}')
    assert models.answer("half", "1", "predict", b'{"inputs": [[1, 2]]}') == (200, b'{"outputs": [[0.5, 1.0]]}')
    assert models.answer("half", "2", None, b"{}")[0] == 404
    assert models.answer("half", None, None, b'{"instances": [[1]]}')[0] == 400


def test_a_graph_of_tensorflow_1_is_fed_whatever_its_shapes(tmp_path):
    tf: Any = pytest.importorskip("tensorflow")
    from sagewright.engine.model_server.frameworks.saved_models import SavedModels

    v1 = tf.compat.v1
    with v1.Session(graph=tf.Graph()) as session:
        x = v1.placeholder(tf.float32, [None, 1], name="x")
        slope = v1.get_variable("slope", initializer=0.5)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(tmp_path / "half/1"), {"x": x}, {"y": x * slope})
    models = SavedModels.of(str(tmp_path))
    assert models.answer("half", None, None, b'{"instances": [1, 2]}') == (200, b'{"predictions": [0.5, 1.0]}')
    assert models.answer("half", None, None, b'{"inputs": [[3]]}') == (200, b'{"outputs": [[1.5]]}')


def test_a_folder_without_a_saved_model_says_where_one_belongs(tmp_path):
    from sagewright.engine.model_server.frameworks.saved_models import SavedModels

    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(ValueError, match="no SavedModel bundles found!\nhint: .* has no number as its name"):
        SavedModels.of(str(tmp_path))


def test_code_beside_an_archive_stands_before_the_code_in_it(tmp_path):
    from sagewright.engine.model_server.code import find_code

    beside, inside, other = tmp_path / "code", tmp_path / "model/code", tmp_path / "models/m/model/code"
    for folder in (beside, inside, other):
        folder.mkdir(parents=True)
        (folder / "serve.py").touch()
    program = {"SAGEMAKER_PROGRAM": "serve.py"}

    assert find_code(tmp_path, tmp_path / "model", program)[::3] == (beside, inside)
    assert find_code(tmp_path, tmp_path / "models/m/model", program).folder == other
