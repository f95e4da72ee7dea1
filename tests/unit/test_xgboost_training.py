"""Training with the built-in XGBoost: the library's own results, the container's log, files and failures."""

import pickle
import re
import signal
import subprocess
import sys
from array import array

import numpy as np
import pytest
import xgboost as xgb
from sklearn.metrics import accuracy_score, f1_score

from sagewright.engine.algorithms.xgboost import boosting, matrices
from sagewright.vocabulary.recordio import Record, Tensor, write_record
from sagewright.vocabulary.xgboost import METRIC_DEFINITIONS
from tests.unit.xgboost_job import Job, csv_of, data


@pytest.fixture
def job(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("SAGEWRIGHT_IMAGE", raising=False)
    return Job(tmp_path, capsys)


def libsvm_of(features, labels, weights=None):
    lines = []
    for number, (row, label) in enumerate(zip(features, labels, strict=True)):
        weight = "" if weights is None else f":{weights[number]:.9g}"
        lines.append(f"{label:.9g}{weight} " + " ".join(f"{i}:{v:.9g}" for i, v in enumerate(row) if not np.isnan(v)))
    return "\n".join(lines) + "\n"


def direct(features, labels, rounds=5, weight=None, **parameters):
    return xgb.train({"seed": 0, **parameters}, xgb.DMatrix(features, labels, weight=weight), rounds)


def same(booster, other, features):
    return np.array_equal(booster.predict(xgb.DMatrix(features)), other.predict(xgb.DMatrix(features)))


# The library's results ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"max_depth": 3, "eta": 0.1, "subsample": 0.7, "colsample_bytree": 0.5, "seed": 7, "lambda": 2.0},
        {"tree_method": "exact", "gamma": 0.5, "min_child_weight": 3.0},
        {"tree_method": "approx", "max_bin": 32},
        {"tree_method": "hist", "grow_policy": "lossguide", "max_leaves": 6, "max_depth": 0},
        {"booster": "gblinear", "alpha": 0.1, "updater": "coord_descent"},
        {"booster": "dart", "rate_drop": 0.3, "sample_type": "weighted", "normalize_type": "forest"},
        {"objective": "reg:pseudohubererror", "num_parallel_tree": 2},
    ],
)
def test_a_job_gives_the_model_that_the_library_gives(job, parameters):
    features, labels = data()
    job.rows("train", features, labels)
    assert job.train(**parameters) == 0, job.log
    assert same(job.model, direct(features, labels, **parameters), features)


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:logitraw", "binary:hinge", "reg:logistic"])
def test_two_classes(job, objective):
    features, labels = data()
    labels = (labels > 0).astype(np.float32)
    job.rows("train", features, labels)
    assert job.train(objective=objective) == 0
    assert same(job.model, direct(features, labels, objective=objective), features)


@pytest.mark.parametrize(
    "objective",
    [
        "count:poisson",
        "rank:pairwise",
        "rank:ndcg",
        "reg:gamma",
        "reg:squaredlogerror",
        "reg:absoluteerror",
        "reg:tweedie",
        "survival:cox",
    ],
)
def test_positive_labels(job, objective):
    features, labels = data()
    labels = np.ceil(np.abs(labels))
    job.rows("train", features, labels)
    assert job.train(objective=objective) == 0, job.log
    assert same(job.model, direct(features, labels, objective=objective), features)


@pytest.mark.parametrize("objective", ["multi:softmax", "multi:softprob"])
def test_several_classes(job, objective):
    features, labels = data()
    labels = np.digitize(labels, [-1, 1]).astype(np.float32)
    job.rows("train", features, labels)
    assert job.train(objective=objective, num_class=3) == 0
    assert same(job.model, direct(features, labels, objective=objective, num_class=3), features)


def test_large_channels_are_binned_from_a_file_to_the_same_model(job, monkeypatch):
    features, labels = data(rows=2000)
    job.rows("train", features, labels)
    job.rows("validation", features[:500], labels[:500], name="other.csv")
    binned: list[tuple[object, ...]] = []
    monkeypatch.setattr(matrices, "MOST_HELD_VALUES", 1000)
    monkeypatch.setattr("sagewright.engine.algorithms.xgboost.batches.VALUES_PER_BATCH", 400)
    make = matrices._binned

    def counted(*given):
        binned.append(given)
        return make(*given)

    monkeypatch.setattr(matrices, "_binned", counted)
    assert job.train() == 0, job.log
    assert len(binned) == 2
    assert same(job.model, direct(features, labels), features)
    assert job.train(tree_method="exact") == 0
    assert same(job.model, direct(features, labels, tree_method="exact"), features)


# Formats --------------------------------------------------------------------------------------------------------------


def test_weights_and_another_delimiter(job):
    features, labels = data()
    weights = np.linspace(0.1, 2, len(labels), dtype=np.float32)
    job.file("train", "a.csv", csv_of(labels, weights, features, delimiter=";"))
    assert job.train(csv_weights=1) == 0
    assert same(job.model, direct(features, labels, weight=weights), features)
    assert "Determined delimiter of CSV input is ';'" in job.log


@pytest.mark.parametrize("weighted", [False, True])
def test_libsvm_with_indexes_as_they_stand(job, weighted):
    features, labels = data()
    weights = np.linspace(0.1, 2, len(labels), dtype=np.float32) if weighted else None
    job.file("train", "a", libsvm_of(features, labels, weights), None)
    assert job.train() == 0, job.log
    assert same(job.model, direct(features, labels, weight=weights), features)
    assert "content type" not in job.log


def test_libsvm_groups_for_ranking(job):
    features, labels = data(60)
    labels = np.digitize(labels, [0]).astype(int)
    queries = np.repeat(np.arange(6), 10)
    lines = libsvm_of(features, labels).splitlines()
    text = "\n".join(line.replace(" ", f" qid:{q} ", 1) for line, q in zip(lines, queries, strict=True))
    job.file("train", "a", "# a comment\n\n" + text, "text/x-libsvm")
    assert job.train(objective="rank:ndcg", eval_metric="ndcg@3") == 0, job.log
    grouped = xgb.DMatrix(features, labels, qid=queries)
    expected = xgb.train({"objective": "rank:ndcg"}, grouped, 5)
    assert same(job.model, expected, features)
    assert "#011train-ndcg@3:" in job.log


def test_parquet(job, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    pd = pytest.importorskip("pandas")
    features, labels = data()
    frame = pd.DataFrame(np.column_stack([labels, features]), columns=list("yabcd"))
    target = tmp_path / "frame.parquet"
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY frame TO '{target}' (FORMAT parquet)")
    job.file("train", "a.parquet", target.read_bytes(), "application/x-parquet")
    assert job.train() == 0, job.log
    assert same(job.model, direct(features, labels), features)


@pytest.mark.parametrize("sparse", [False, True])
def test_recordio(job, sparse):
    features, labels = data(missing=0.3 if sparse else 0.0)
    body = b""
    for row, label in zip(features, labels, strict=True):
        keys = np.flatnonzero(~np.isnan(row)).tolist()
        given = Tensor(array("f", row[keys]), keys, [len(row)]) if sparse else Tensor(array("f", row))
        body += write_record(Record({"values": given}, {"values": Tensor(array("f", [label]))}))
    job.file("train", "a", body, "application/x-recordio-protobuf")
    assert job.train() == 0, job.log
    assert same(job.model, direct(features, labels), features)


def test_several_files_in_folders_and_files_that_are_no_data(job):
    features, labels = data()
    job.rows("train", features[:100], labels[:100], "a/1.csv")
    job.rows("train", features[100:200], labels[100:200], "a/b/2.csv")
    job.rows("train", features[200:], labels[200:], "c.csv")
    job.file("train", "_SUCCESS", "")
    job.file("train", "a/b/c/deep.csv", "no, data")
    assert job.train() == 0
    assert same(job.model, direct(features, labels), features)
    assert "The depth of folder" in job.log


def test_csv_without_a_content_type_is_read_and_said(job):
    features, labels = data()
    job.rows("train", features, labels, content_type=None)
    assert job.train() == 0
    assert "read as text/csv. On AWS it would be read as text/libsvm" in job.log


# The log and the metrics ----------------------------------------------------------------------------------------------


def test_rounds_are_logged_as_metric_definitions_read_them(job):
    features, labels = data()
    labels = (labels > 0).astype(np.float32)
    job.rows("train", features[:200], labels[:200])
    job.rows("validation", features[200:], labels[200:], name="v.csv")
    names = ["auc", "logloss", "error", "accuracy", "f1", "f1_binary", "precision", "recall", "balanced_accuracy"]
    assert job.train(objective="binary:logistic", eval_metric=",".join(names)) == 0, job.log
    patterns = {item["Name"]: item["Regex"] for item in METRIC_DEFINITIONS}
    predicted = job.model.predict(xgb.DMatrix(features[200:])) > 0.5
    for name in names:
        assert len(re.findall(patterns[f"validation:{name}"], job.log)) == 5, name
    for name, score in (("accuracy", accuracy_score), ("f1_binary", f1_score)):
        value = float(re.findall(patterns[f"validation:{name}"], job.log)[-1].partition("#011")[0])
        assert value == pytest.approx(score(labels[200:], predicted), abs=1e-5)
    assert re.search(r"^\[0\]#011train-auc:\d\.\d{5}#011train-logloss:", job.log, re.MULTILINE)


@pytest.mark.parametrize("objective", ["multi:softmax", "multi:softprob"])
def test_own_metrics_of_several_classes(job, objective):
    features, labels = data()
    labels = np.digitize(labels, [-1, 1]).astype(np.float32)
    job.rows("train", features, labels)
    assert job.train(objective=objective, num_class=3, eval_metric="accuracy,f1_macro") == 0
    found = job.model.predict(xgb.DMatrix(features))
    classes = found if found.ndim == 1 else found.argmax(axis=1)
    value = float(re.findall(r"train-accuracy:(\S+?)#011", job.log)[-1])
    assert value == pytest.approx(accuracy_score(labels, classes), abs=1e-5)


def test_early_stopping_keeps_the_best_rounds(job):
    features, labels = data(missing=0)
    noise = np.random.default_rng(1).normal(size=100).astype(np.float32)
    job.rows("train", features, labels)
    job.rows("validation", features[:100], noise, name="v.csv")
    assert job.train(num_round=50, early_stopping_rounds=3, eval_metric="rmse") == 0
    values = [float(value) for value in re.findall(r"validation-rmse:(\S+)", job.log)]
    assert len(values) < 50
    assert job.model.num_boosted_rounds() == int(np.argmin(values)) + 1


def test_the_tweedie_metric_gets_its_power(job):
    features, labels = data()
    job.rows("train", features, abs(labels))
    job.rows("validation", features[:100], abs(labels[:100]), name="v.csv")
    given = {"objective": "reg:tweedie", "tweedie_variance_power": 1.3, "eval_metric": "tweedie-nloglik"}
    assert job.train(early_stopping_rounds=2, **given) == 0, job.log
    assert "#011validation-tweedie-nloglik@1.3:" in job.log


def test_early_stopping_that_cannot_work_is_said(job):
    job.rows("train", *data())
    assert job.train(early_stopping_rounds=1) == 0
    assert "early_stopping_rounds has no effect without a validation channel" in job.log
    assert job.model.num_boosted_rounds() == 5


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"objective": "reg:linear"}, "reg:linear is now called reg:squarederror"),
        ({"tree_method": "gpu_hist"}, "gpu_hist is now hist"),
        ({"predictor": "cpu_predictor"}, "predictor is no longer known"),
        ({"updater": "grow_skmaker,prune"}, "XGBoost now knows ['prune']"),
        ({"sketch_eps": 0.1}, "sketch_eps is no longer known"),
    ],
)
def test_options_of_older_libraries(job, given, line):
    features, labels = data()
    job.rows("train", features, labels)
    assert job.train(**given) == 0, job.log
    assert line in job.log
    assert same(job.model, direct(features, labels), features)


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "is_pickle"),
    [
        ("1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.2-2", True),
        ("1.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", True),
        ("1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.3-1", False),
        ("1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", False),
        ("", False),
    ],
)
def test_the_model_is_a_pickle_where_the_image_leaves_one(job, monkeypatch, image, is_pickle):
    monkeypatch.setenv("SAGEWRIGHT_IMAGE", image)
    features, labels = data()
    job.rows("train", features, labels)
    assert job.train() == 0
    content = (job.base / "model/xgboost-model").read_bytes()
    found = pickle.loads(content) if is_pickle else job.model
    assert same(found, direct(features, labels), features)
    assert [path.name for path in (job.base / "model").iterdir()] == ["xgboost-model"]


def test_a_job_goes_on_from_its_newest_checkpoint(job):
    features, labels = data()
    job.rows("train", features, labels)
    job.config("checkpointconfig", {"LocalPath": "/opt/ml/checkpoints", "S3Uri": "s3://bucket/there"})
    assert job.train(num_round=7) == 0
    folder = job.base / "checkpoints"
    assert sorted(path.name for path in folder.iterdir()) == [f"xgboost-checkpoint.{n}" for n in range(2, 7)]
    whole = job.model
    (folder / "xgboost-checkpoint.6").write_bytes(b"torn")
    (folder / "xgboost-checkpoint.5").unlink()
    (folder / "xgboost-checkpoint.4.sagemaker-ignore").write_bytes(b"torn")
    assert job.train(num_round=7) == 0
    assert "xgboost-checkpoint.6 is passed over" in job.log
    assert "Resuming from iteration 5" in job.log
    assert re.findall(r"^\[(\d+)\]", job.log, re.MULTILINE) == ["5", "6"]
    assert same(job.model, whole, features)
    assert job.train(num_round=7) == 0  # all is done
    assert same(job.model, whole, features)


def test_cross_validation_leaves_its_models_and_predictions(job):
    features, labels = data()
    labels = (labels > 0).astype(np.float32)
    job.rows("train", features[:200], labels[:200])
    job.rows("validation", features[200:], labels[200:], name="v.csv")
    assert job.train(_kfold=3, _num_cv_round=2, objective="binary:logistic") == 0, job.log
    assert sorted(path.name for path in (job.base / "model").iterdir()) == [f"xgboost-model-{n}" for n in range(6)]
    predictions = np.loadtxt(job.base / "output/data/predictions.csv", delimiter=",")
    assert predictions.shape == (300, 3)
    assert np.array_equal(predictions[:, 0], labels)
    assert (predictions[:, 2] == labels).mean() > 0.8
    assert len(re.findall(r"^\[5\]#011train-logloss:\S+#011validation-logloss:", job.log, re.MULTILINE)) == 3


@pytest.mark.parametrize("saves", [True, False])
def test_a_stopped_job_leaves_its_model_where_that_is_asked_for(job, tmp_path, saves):
    job.rows("train", *data(2000))
    job.train()  # writes the configuration
    (job.base / "model/xgboost-model").unlink()
    given = {"num_round": "1000000", "save_model_on_termination": "true" if saves else "false"}
    job.config("hyperparameters", given)
    program = [sys.executable, "-m", "sagewright.engine.algorithms.xgboost", "train"]
    with subprocess.Popen(
        program, env={"SAGEMAKER_BASE_DIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("[20]"))
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    assert process.returncode == (0 if saves else -signal.SIGTERM)
    assert (job.base / "model/xgboost-model").exists() is saves
    if saves:
        assert job.model.num_boosted_rounds() > 20


# Failures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data_file", "text"),
    [
        (("a.csv", "price,area\n1,2\n", "text/csv"), "line 1, column 1: 'price' is not a number.\nhint: CSV for this"),
        (("a.csv", "1,2\n3,x\n", "text/csv"), "'a.csv', line 2, column 2: 'x' is not a number."),
        (("a.csv", "1,2\n1,2,3\n", "text/csv"), "'a.csv', line 2: it has 3 columns, the first line has 2."),
        (("a.csv", "1\n2\n", "text/csv"), "none is left for the features"),
        (("a.csv", "1,2\n", "text/libsvm"), "First line '1,2...' of file 'a.csv' is not 'LIBSVM' format."),
        (("a.csv", "1,2\n", "application/json"), "application/json is not an accepted ContentType: csv, libsvm,"),
        (("a.csv", "1,2\n", "text/csv;label_size=2"), "Optional parameter label_size must be equal to 1"),
        (("a", "1 1:2\n1 x:3\n", "text/libsvm"), "Failed to load libsvm data with exception:\n'a', line 2"),
        (("a", "1 1:2\n1 1:3:4\n", "libsvm"), "Failed to load libsvm data with exception:\n'a', line 2"),
        ((".DS_Store", "1,2\n", "text/csv"), "Hidden file found in the data path! Remove that before training."),
        (("a", b"PAR1nothing", "parquet"), "Failed to load parquet data with exception:"),
        (("a", b"nothing", "recordio-protobuf"), "Failed to load recordio-protobuf data with exception:"),
        (("a", "", "text/csv"), "No data in training channel path"),
    ],
)
def test_data_that_cannot_be_read(job, data_file, text):
    name, content, content_type = data_file
    job.file("train", name, content, content_type)
    failure = job.failure()
    assert failure.startswith("ClientError: ")
    assert text in failure


def test_channels(job):
    job.file("training", "a.csv", "1,2\n")
    assert "Missing required channel: train" in job.failure()
    job.file("train", "a.csv", "1,2\n")
    assert "Extraneous channel found: training" in job.failure()
    del job.inputs["training"]
    job.inputs["validation"] = {"ContentType": "text/csv"}
    assert "No data in validation channel path" in job.failure()
    job.inputs["train"]["TrainingInputMode"] = "Pipe"
    assert "Pipe mode for CSV is no longer supported." in job.failure()


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"objective": "binary:logistic"}, "do not go with binary:logistic"),
        (
            {"objective": "multi:softmax", "num_class": 2},
            "label must be discrete values in the range of [0, num_class)",
        ),
        ({"objective": "count:poisson"}, "label must be non-negative"),
    ],
)
def test_labels_that_do_not_go_with_the_objective(job, parameters, text):
    features, labels = data()
    job.rows("train", features, labels - 10)
    failure = job.failure(**parameters)
    assert failure.startswith("ClientError: ")
    assert text in failure
    assert "Stack trace" not in failure


def test_what_the_library_refuses_is_the_algorithms_fault(job):
    job.rows("train", *data())
    failure = job.failure(objective="aft_loss_distribution")
    assert failure.startswith("AlgorithmError: ")
    assert "XGB train call failed with exception:\n Unknown objective function" in failure


def test_survival_times_without_bounds_are_said_to_need_a_script(job):
    features, labels = data()
    job.rows("train", features, abs(labels) + 1)
    assert job.failure(objective="survival:aft").endswith("train survival:aft with a script, or use survival:cox.")


def test_twins_are_warned_of(job):
    features, labels = data()
    job.rows("train", features, labels)
    job.rows("validation", features, labels)
    assert job.train() == 0
    assert "Suspected identical files found." in job.log


def test_a_line_of_a_round():
    history = {"train": {"rmse": [1.0, 0.123456]}, "validation": {"rmse": [2.0, 3.0]}}
    assert boosting.line_of(1, history) == "[1]#011train-rmse:0.12346#011validation-rmse:3.00000"
