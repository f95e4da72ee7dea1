"""The model server of XGBoost: what it reads, what it answers, and in which order it finds fault."""

import io
import json
import os
import pickle
from array import array

import numpy as np
import pytest
import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.model_file import load, load_all
from sagewright.engine.algorithms.xgboost.serving import Served, Settings, answer, serve
from sagewright.engine.model_server.wire import Request
from sagewright.vocabulary.recordio import Record, Tensor, read_records, write_record
from tests.unit.xgboost_job import csv_of, data

FEATURES, LABELS = data(200)
ROWS = np.array([[0.5, -1.0, 0.25, 2.0], [np.nan, 1.0, 0.0, -1.0]], np.float32)
CSV, RECORDIO = "text/csv", "application/x-recordio-protobuf"


def booster_of(objective="reg:squarederror", seed=0, **parameters):
    labels = LABELS
    if objective.startswith("multi:"):
        labels = np.digitize(LABELS, [-1, 1])
    elif not objective.startswith("reg:sq"):
        labels = (LABELS > 0).astype(int)
    parameters = {"objective": objective, "subsample": 0.8, "seed": seed, **parameters}
    return xgb.train(parameters, xgb.DMatrix(FEATURES, labels), 5)


REGRESSOR = booster_of()


def ask(body, content_type=CSV, accept="", boosters=(REGRESSOR,), **environment):
    headers = {"accept": accept} if accept else {}
    if content_type is not None:
        headers["content-type"] = content_type
    request = Request("POST", "/invocations", headers, body if isinstance(body, bytes) else body.encode())
    return answer(Served.of(boosters), Settings.of(environment), request)


def expected(booster=REGRESSOR, rows=ROWS):
    return booster.predict(xgb.DMatrix(rows))


def records(rows):
    return b"".join(
        write_record(
            Record({"values": Tensor(array("f", row[~np.isnan(row)]), np.flatnonzero(~np.isnan(row)).tolist(), [4])})
        )
        for row in rows
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("0.5,-1,0.25,2\n,1,0,-1\n", CSV),
        ("0.5;-1;0.25;2\r\nnan;1;0;-1", "text/csv; charset=utf-8"),
        ("0:0.5 1:-1 2:0.25 3:2\n1:1 2:0 3:-1", "text/libsvm"),
        ("7 0:0.5 1:-1 2:0.25 3:2\n7 1:1 2:0 3:-1\n", "text/x-libsvm"),
        ("0:0.5 1:-1 2:0.25 3:2\n1:1 2:0 3:-1", None),
        (records(ROWS), RECORDIO),
    ],
)
def test_requests(body, content_type):
    response = ask(body, content_type)
    assert response.status == 200
    assert response.content_type == "text/csv; charset=utf-8"
    assert np.array_equal(np.array(response.body.split(), np.float32), expected())


def test_forms_of_answers():
    values = expected().tolist()
    body = csv_of(ROWS)
    assert json.loads(ask(body, accept="application/json").body) == {"predictions": [{"score": v} for v in values]}
    lines = ask(body, accept="application/jsonlines").body.decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"score": v} for v in values]
    found = [r.label["score"].values[0] for r in read_records(io.BytesIO(ask(body, accept=RECORDIO).body))]
    assert found == values
    assert ask(body, accept="*/*", SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="application/json").body.startswith(b"{")
    one_line = ask(body, SAGEWRIGHT_IMAGE="1.dkr.ecr.us-east-1.amazonaws.com/xgboost:1").body
    assert one_line.decode() == ",".join(map(str, values))


def test_several_classes():
    booster = booster_of("multi:softprob", num_class=3)
    rows = expected(booster).tolist()
    body = csv_of(ROWS)
    assert ask(body, boosters=[booster]).body.decode() == "".join(",".join(map(str, row)) + "\n" for row in rows)
    batch = ask(body, accept="application/json", boosters=[booster], SAGEMAKER_BATCH="true").body
    assert batch.decode() == "".join(f"{row}\n" for row in rows)


def test_faults_are_found_in_the_containers_order():
    assert ask(b"", "nonsense").status == 204
    for body, content_type, text in (
        ("1", "application/json", "application/json is not an accepted ContentType: csv,"),
        ("1", "application/x-parquet", "Content-type application/x-parquet is not supported."),
        ("1,x,2,3", CSV, "Loading csv data failed with Exception"),
        ("1,2,3,4\n1,2", CSV, "the rows have different numbers of cells: [2, 4]"),
        ("0:1 x:2", "text/libsvm", "Loading libsvm data failed with Exception"),
        (b"nothing", RECORDIO, "Loading recordio-protobuf data failed with Exception"),
    ):
        response = ask(body, content_type, accept="no/such")
        assert (response.status, text in response.body.decode()) == (415, True), response.body
    response = ask("1,2,3,4,5", accept="no/such")
    assert response.status == 400
    assert response.body.startswith(b"Unable to evaluate payload provided: ")
    assert b"Stack trace" not in response.body
    response = ask("1,2,3,4", accept="no/such")
    assert response.status == 406
    assert response.body.decode() == (
        "Accept type no/such is not supported. Please use supported accept types: "
        "['application/json', 'application/jsonlines', 'application/x-recordio-protobuf', 'text/csv']."
    )


def test_selected_outputs():
    booster = booster_of("binary:logistic")
    one = expected(booster)[0].item()
    keys = "predicted_label, labels,probability,probabilities,raw_score,raw_scores,predicted_score"
    given = {"boosters": [booster], "SAGEMAKER_INFERENCE_OUTPUT": keys}
    found = json.loads(ask(csv_of(ROWS), accept="application/json", **given).body)["predictions"][0]
    assert np.isnan(found.pop("predicted_score"))
    assert found == {
        "predicted_label": int(one > 0.5),
        "labels": [0, 1],
        "probability": one,
        "probabilities": [1 - one, one],
        "raw_score": one,
        "raw_scores": [1 - one, one],
    }
    given["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label,probabilities"
    assert ask(csv_of(ROWS), **given).body.decode().split("\n")[0] == f'{int(one > 0.5)},"{[1 - one, one]}"'
    refused = ask(csv_of(ROWS), boosters=[booster_of("rank:ndcg")], **{"SAGEMAKER_INFERENCE_OUTPUT": "labels"})
    assert refused.status == 500
    assert refused.body == b"Objective `rank:ndcg` unsupported for selectable inference predictions."


@pytest.mark.parametrize(("objective", "more"), [("reg:squarederror", {}), ("multi:softmax", {"num_class": 3})])
def test_models_of_cross_validation_answer_together(tmp_path, objective, more):
    boosters = [booster_of(objective, seed=seed, **more) for seed in range(3)]
    for number, booster in enumerate(boosters):
        (tmp_path / f"xgboost-model-{number}").write_bytes(booster.save_raw("ubj"))
    found = Served.of(load_all(tmp_path)).predict(FEATURES)
    each = np.stack([booster.predict(xgb.DMatrix(FEATURES)) for booster in boosters])
    if objective == "multi:softmax":
        assert all(value in column for value, column in zip(found, each.T, strict=True))
        agreed = (each == each[0]).all(axis=0)
        assert np.array_equal(found[agreed], each[0][agreed])
    else:
        assert np.allclose(found, each.mean(axis=0))
    assert len(load_all(tmp_path, ensemble=False)) == 1


def test_execution_parameters():
    response = answer(Served.of([REGRESSOR]), Settings.of({}), Request("GET", "/execution-parameters", {}, b""))
    assert isinstance(response.body, bytes)
    assert json.loads(response.body) == {
        "MaxConcurrentTransforms": os.cpu_count(),
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/never",)


def test_a_pickle_may_hold_a_booster_and_nothing_else(tmp_path):
    path = tmp_path / "xgboost-model"
    path.write_bytes(pickle.dumps(REGRESSOR, protocol=4))
    assert np.array_equal(expected(load(path)), expected())
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CustomerError, match="system, which is no part of a booster"):
        load(path)


def test_a_folder_without_a_model_cannot_be_served(tmp_path, capsys):
    assert serve(tmp_path) == 1
    assert "There is no model in" in capsys.readouterr().err
