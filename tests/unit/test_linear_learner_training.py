"""Training from and to `/opt/ml`, in-process: how good the models are, what is logged, and how it fails."""

import csv
import io
import json
import os
import re
import threading
from array import array
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sagewright.engine.algorithms.container import main
from sagewright.engine.algorithms.linear_learner.algorithm import LinearLearner
from sagewright.engine.algorithms.linear_learner.model import load
from sagewright.vocabulary.linear_learner import METRIC_DEFINITIONS
from sagewright.vocabulary.recordio import Record, Tensor, write_record

SALES = Path(__file__).parents[2] / "examples/data/windsor_house_sales.csv"
WORDS = {"yes": 1.0, "no": 0.0}


class Job:
    """One container's `/opt/ml`."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str]):
        self.base, self.capsys, self.log = base, capsys, ""
        self.inputs: dict[str, dict[str, str]] = {}
        self.config("resourceconfig", {"current_host": "algo-1", "hosts": ["algo-1"]})

    def config(self, name, document):
        path = self.base / "input/config" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def file(self, channel, name, data, content_type="text/csv", **config):
        path = self.base / "input/data" / channel / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        given = {"ContentType": content_type} if content_type else {}
        self.inputs[channel] = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", **given, **config}

    def pipe(self, channel, data, content_type):
        """Feed a channel through its pipe of the first epoch, which comes late."""
        self.inputs[channel] = {"TrainingInputMode": "Pipe", **({"ContentType": content_type} if content_type else {})}
        path = self.base / "input/data" / f"{channel}_0"
        path.parent.mkdir(parents=True, exist_ok=True)

        def feed():
            os.mkfifo(path)
            path.write_bytes(data)

        threading.Thread(target=feed).start()

    def rows(self, channel, features, labels, **config):
        text = io.StringIO()
        np.savetxt(text, np.column_stack([labels, features]), delimiter=",")
        self.file(channel, f"{channel}.csv", text.getvalue(), **config)

    def train(self, **hyperparameters):
        self.config("hyperparameters", {name: str(value) for name, value in hyperparameters.items()})
        self.config("inputdataconfig", self.inputs)
        code = main(LinearLearner(), ["train"])
        self.log = self.capsys.readouterr().out
        return code

    @property
    def failure(self):
        return (self.base / "output/failure").read_text()

    def predict(self, features):
        return load(self.base / "model").predict(np.asarray(features, np.float64))

    def metrics(self):
        """Return the last value of each metric that the definitions find, as the service would."""
        found = {}
        for line in self.log.splitlines():
            for definition in METRIC_DEFINITIONS:
                if match := re.search(definition["Regex"], line):
                    found[definition["Name"]] = float(match[1])
        return found


@pytest.fixture
def job(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    return Job(tmp_path, capsys)


def sales():
    with SALES.open(newline="") as file:
        cells = list(csv.reader(file))[1:]
    rows = np.array([[WORDS[cell] if cell in WORDS else float(cell) for cell in row] for row in cells])
    return rows[:, 1:], rows[:, 0]


def split(data):
    return train_test_split(*data, test_size=0.3, random_state=1)


# Quality --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("data", [lambda: datasets.load_diabetes(return_X_y=True), sales], ids=["diabetes", "houses"])
def test_regression_is_as_good_as_least_squares(job, data, validated):
    rows, held_out, labels, truth = split(data())
    job.rows("train", rows, labels)
    if validated:
        job.rows("validation", held_out, truth)
    assert job.train(predictor_type="regressor", mini_batch_size=32) == 0
    ours = np.array([answer["score"] for answer in job.predict(held_out)])
    theirs = LinearRegression().fit(rows, labels).predict(held_out)
    assert rmse(ours, truth) <= 1.03 * rmse(theirs, truth)


def rmse(predicted, truth):
    return float(np.sqrt(np.mean((predicted - truth) ** 2)))


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize(
    ("data", "hyperparameters"),
    [
        (datasets.load_breast_cancer, {"predictor_type": "binary_classifier"}),
        (datasets.load_digits, {"predictor_type": "multiclass_classifier", "num_classes": 10}),
        (datasets.load_iris, {"predictor_type": "multiclass_classifier", "num_classes": 3}),
    ],
    ids=["breast_cancer", "digits", "iris"],
)
def test_classification_is_as_good_as_logistic_regression(job, data, hyperparameters, validated):
    rows, held_out, labels, truth = split(data(return_X_y=True))
    job.rows("train", rows, labels)
    if validated:
        job.rows("validation", held_out, truth)
    assert job.train(mini_batch_size=100, **hyperparameters) == 0
    ours = np.mean([a["predicted_label"] for a in job.predict(held_out)] == truth)
    theirs = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(rows, labels).score(held_out, truth)
    assert ours >= 0.97 * theirs


@pytest.mark.parametrize(
    "loss", ["absolute_loss", "huber_loss", "eps_insensitive_squared_loss", "eps_insensitive_absolute_loss"]
)
def test_robust_losses_find_the_line(job, loss):
    rows, labels = line(outliers=loss in ("absolute_loss", "eps_insensitive_absolute_loss", "huber_loss"))
    job.rows("train", rows, labels)
    assert job.train(predictor_type="regressor", loss=loss, mini_batch_size=100, epochs=30) == 0
    scores = [answer["score"] for answer in job.predict([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])]
    np.testing.assert_allclose(scores, [5.0, 8.0, 3.0], atol=0.3)


def line(outliers=False):
    random = np.random.default_rng(0)
    rows = random.normal(size=(2000, 2))
    labels = rows @ [3.0, -2.0] + 5 + random.normal(scale=0.1, size=2000)
    if outliers:
        labels[::50] += 40
    return rows, labels


def test_quantile_loss_leaves_its_share_of_labels_below(job):
    random = np.random.default_rng(0)
    rows = random.normal(size=(4000, 2))
    labels = rows @ [3.0, -2.0] + random.normal(size=4000)
    job.rows("train", rows, labels)
    assert job.train(predictor_type="regressor", loss="quantile_loss", quantile=0.9, mini_batch_size=100) == 0
    scores = [answer["score"] for answer in job.predict(rows)]
    assert np.mean(labels < scores) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.9},
        {"optimizer": "rmsprop", "learning_rate": 0.01},
        {"optimizer": "adam", "learning_rate": 0.02, "use_lr_scheduler": "false"},
        {"normalize_data": "false", "normalize_label": "false", "optimizer": "adam", "learning_rate": 0.1},
    ],
    ids=lambda settings: settings["optimizer"],
)
def test_each_optimizer_descends_to_the_line(job, settings):
    rows, labels = line()
    job.rows("train", rows, labels)
    assert job.train(predictor_type="regressor", mini_batch_size=50, epochs=30, **settings) == 0
    scores = [answer["score"] for answer in job.predict([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])]
    np.testing.assert_allclose(scores, [5.0, 8.0, 3.0], atol=0.1)


def test_l1_takes_weights_that_say_nothing_to_zero(job):
    rows, labels = line()
    rows = np.column_stack([rows, np.random.default_rng(1).normal(size=(2000, 5))])
    job.rows("train", rows, labels)
    assert job.train(predictor_type="regressor", mini_batch_size=100, l1=0.1, epochs=30) == 0
    weights = load(job.base / "model").weights[0]
    assert np.count_nonzero(weights[2:]) == 0
    assert np.abs(weights[:2]).min() > 1


def test_wd_shrinks_the_weights(job):
    job.rows("train", *line())
    sizes = []
    for wd in (0, 1, 100):
        assert job.train(predictor_type="regressor", mini_batch_size=100, wd=wd) == 0
        sizes.append(np.abs(load(job.base / "model").weights).sum())
    assert sizes[0] > 1.2 * sizes[1] > 1.2 * sizes[2]


def test_without_a_bias_the_line_goes_through_the_origin(job):
    rows, labels = line()
    job.rows("train", rows, labels)
    assert job.train(predictor_type="regressor", mini_batch_size=100, use_bias=False) == 0
    assert job.predict([[0.0, 0.0]]) == [{"score": 0.0}]


def test_the_same_job_gives_the_same_model(job):
    job.rows("train", *split(datasets.load_diabetes(return_X_y=True))[::2])
    models = []
    for _ in range(2):
        assert job.train(predictor_type="regressor", loss="absolute_loss", mini_batch_size=32) == 0
        models.append((job.base / "model/model_algo-1").read_bytes())
    assert models[0] == models[1]


# Classifiers ----------------------------------------------------------------------------------------------------------


def rare(n=3000):
    """Two overlapping classes, one in twelve rows positive."""
    random = np.random.default_rng(2)
    labels = (np.arange(n) % 12 == 0).astype(float)
    return random.normal(size=(n, 2)) + 1.2 * labels[:, None], labels


@pytest.mark.parametrize(
    ("settings", "metric", "least"),
    [
        (
            {"binary_classifier_model_selection_criteria": "precision_at_target_recall", "target_recall": 0.9},
            "recall",
            0.9,
        ),
        (
            {"binary_classifier_model_selection_criteria": "recall_at_target_precision", "target_precision": 0.6},
            "precision",
            0.6,
        ),
        (
            {"positive_example_weight_mult": "balanced", "binary_classifier_model_selection_criteria": "loss_function"},
            "recall",
            0.7,
        ),
    ],
)
def test_the_threshold_serves_the_criterion(job, settings, metric, least):
    job.rows("train", *rare())
    job.rows("validation", *rare())
    assert job.train(predictor_type="binary_classifier", mini_batch_size=100, **settings) == 0
    assert job.metrics()[f"validation:{metric}"] >= least


def test_f_beta_beats_accuracy_on_its_own_ground(job):
    job.rows("train", *rare())
    job.rows("validation", *rare())
    found = {}
    for criterion in ("accuracy", "f_beta"):
        settings = {"binary_classifier_model_selection_criteria": criterion}
        assert job.train(predictor_type="binary_classifier", mini_batch_size=100, **settings) == 0
        found[criterion] = job.metrics()
    assert found["f_beta"]["validation:binary_f_beta"] > found["accuracy"]["validation:binary_f_beta"]
    assert (
        found["accuracy"]["validation:binary_classification_accuracy"]
        > found["f_beta"]["validation:binary_classification_accuracy"]
    )


def test_hinge_loss_scores_are_margins(job):
    rows, labels = datasets.load_breast_cancer(return_X_y=True)
    job.rows("train", rows, labels)
    assert job.train(predictor_type="binary_classifier", loss="hinge_loss", mini_batch_size=50) == 0
    answers = job.predict(rows)
    assert min(a["score"] for a in answers) < 0
    assert np.mean([a["predicted_label"] for a in answers] == labels) > 0.95


def test_balanced_classes_raise_the_recall_of_the_rare_one(job):
    random = np.random.default_rng(4)
    labels = np.repeat([0.0, 1.0, 2.0], [900, 900, 60])
    rows = random.normal(size=(1860, 2)) + np.array([[0, 0], [2, 0], [1, 1.2]])[labels.astype(int)]
    job.rows("train", rows, labels)
    recalls = []
    for balanced in (False, True):
        settings = {"num_classes": 3, "balance_multiclass_weights": balanced, "mini_batch_size": 100}
        assert job.train(predictor_type="multiclass_classifier", **settings) == 0
        said = np.array([a["predicted_label"] for a in job.predict(rows)])
        recalls.append(np.mean(said[labels == 2] == 2))
    assert recalls[1] > recalls[0] + 0.2


# The log --------------------------------------------------------------------------------------------------------------

FINAL = {
    "regressor": {"mse", "rmse", "absolute_loss"},
    "binary_classifier": {"binary_classification_accuracy", "binary_f_beta", "precision", "recall", "roc_auc_score"},
    "multiclass_classifier": {
        *("multiclass_accuracy", "multiclass_top_k_accuracy", "dcg"),
        *("macro_f_beta", "macro_precision", "macro_recall"),
    },
}


@pytest.mark.parametrize("kind", FINAL)
def test_the_metric_definitions_find_their_metrics(job, kind):
    rows, labels = datasets.load_iris(return_X_y=True)
    labels = labels if kind == "multiclass_classifier" else (labels > 0).astype(float)
    for channel in ("train", "validation", "test"):
        job.rows(channel, rows, labels)
    classes = {"num_classes": 3, "accuracy_top_k": 2} if kind == "multiclass_classifier" else {}
    assert job.train(predictor_type=kind, mini_batch_size=30, **classes) == 0
    expected = {"train:progress", "train:throughput", "test:objective_loss"}
    expected |= {f"{phase}:objective_loss{end}" for phase in ("train", "validation") for end in ("", ":final")}
    expected |= {f"{phase}:{name}" for phase in ("validation", "test") for name in FINAL[kind]}
    assert set(job.metrics()) == expected


def test_the_lines_have_the_containers_form(job):
    job.rows("train", *split(datasets.load_diabetes(return_X_y=True))[::2])
    assert job.train(predictor_type="regressor", mini_batch_size=32, feature_dim=10) == 0
    lines = job.log.splitlines()
    assert lines[0] == "Docker entrypoint called with argument(s): train"
    for line_ in lines[1:]:
        assert re.match(r"\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d INFO \d+\] |#metrics \{", line_)
    assert any("epoch=0, train mse_objective <loss>=" in line_ for line_ in lines)
    assert lines[-1].endswith("Test data is not provided.")
    assert sorted(path.name for path in (job.base / "model").iterdir()) == ["model_algo-1"]
    assert not (job.base / "output/failure").exists()


def test_training_stops_early_where_nothing_improves(job):
    job.rows("train", *line())
    assert job.train(predictor_type="regressor", mini_batch_size=100, epochs=500, early_stopping_patience=2) == 0
    assert "Early stop condition met" in job.log
    assert job.log.count("#progress_metric") < 100


# Input ----------------------------------------------------------------------------------------------------------------


def recordio(rows, labels, code="f"):
    return b"".join(
        write_record(Record({"values": Tensor(array(code, row))}, {"values": Tensor(array(code, [label]))}))
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True)
    )


@pytest.mark.parametrize("content_type", ["application/x-recordio-protobuf", None])
def test_recordio_in_several_files_is_read_as_the_csv_is(job, content_type):
    rows, labels = line()
    job.rows("train", rows.astype(np.float32), labels.astype(np.float32))
    assert job.train(predictor_type="regressor") == 0
    from_csv = load(job.base / "model").weights
    (job.base / "input/data/train/train.csv").unlink()
    for number, part in enumerate((slice(0, 700), slice(700, None))):
        data = recordio(rows[part], labels[part])
        job.file("train", f"matrix_{number}.pbr", data, content_type=content_type)
    assert job.train(predictor_type="regressor") == 0
    np.testing.assert_allclose(load(job.base / "model").weights, from_csv, rtol=1e-4)


def test_sparse_records_are_read(job):
    rows, labels = line()
    data = b"".join(
        write_record(
            Record(
                {"values": Tensor(array("f", row), [1, 4], [6])},
                {"values": Tensor(array("f", [label]))},
            )
        )
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True)
    )
    job.file("train", "a.pbr", data, content_type="application/x-recordio-protobuf")
    assert job.train(predictor_type="regressor") == 0
    weights = load(job.base / "model").weights[0]
    np.testing.assert_allclose(weights[[1, 4]], [3, -2], atol=0.05)
    assert load(job.base / "model").feature_dim == 6


def test_a_channel_without_content_type_is_read_as_csv_and_says_what_aws_needs(job):
    job.rows("train", *line(), content_type=None)
    assert job.train(predictor_type="regressor") == 0
    (warning,) = [text for text in job.log.splitlines() if " WARNING " in text]
    assert "content_type='text/csv'" in warning


# Failures -------------------------------------------------------------------------------------------------------------

GOOD = "1,2,3\n4,5,6\n7,8,10\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "1,2\n", r"'train.csv', line 4: it has 2 columns, the lines before have 3"),
        (GOOD + "1,x,3\n", r"'train.csv', line 4, column 2: 'x' is not a number"),
        (GOOD + "1,,3\n", r"'train.csv', line 4, column 2: '' is not a number"),
        ("label,a,b\n" + GOOD, r"line 1, column 1: 'label' is not a number.\nhint: CSV .* no header"),
        (GOOD + "1,nan,3\n", r"'train' has a feature that is not a finite number in row 4"),
        ("1\n2\n", r"none is left for the features"),
        ("", r"The channel 'train' holds no data"),
        (b"\xff\xfe1,2", r"not text in UTF-8"),
    ],
)
def test_bad_csv_is_a_customer_error_that_names_the_place(job, text, message):
    job.file("train", "train.csv", text)
    assert job.train(predictor_type="regressor", mini_batch_size=1) == 2
    assert job.failure.startswith("ClientError: ")
    assert re.search(message, job.failure)
    assert " ERROR " in job.log
    assert not list(job.base.glob("model/*"))


@pytest.mark.parametrize(
    ("hyperparameters", "message"),
    [
        ({"feature_dim": 3}, r"cannot copy sequence with size 2 to array axis with dimension 3"),
        ({"mini_batch_size": 100}, r"mini_batch_size is 100, but the training data have only 3 rows"),
        ({"epochs": -5}, r"'-5' is not valid under any of the given schemas: epochs"),
        ({"predictor_type": "binary_classifier"}, r"row 2: the label 4 is none of a binary_classifier's.*0 or 1"),
        ({"predictor_type": "multiclass_classifier", "num_classes": 5}, r"row 3: the label 7 .* from 0 to 4"),
    ],
)
def test_hyperparameters_that_do_not_fit_the_data(job, hyperparameters, message):
    job.file("train", "train.csv", GOOD)
    assert job.train(**{"predictor_type": "regressor", "mini_batch_size": 2, **hyperparameters}) == 2
    assert re.search(message, job.failure)
    assert job.failure.startswith("ClientError: ")


def test_a_validation_channel_of_another_width(job):
    job.file("train", "train.csv", GOOD)
    job.file("validation", "v.csv", "1,2,3,4\n")
    assert job.train(predictor_type="regressor", mini_batch_size=2) == 2
    assert "size 3 to array axis with dimension 2" in job.failure
    assert "validation/v.csv" in job.failure


def test_files_of_different_width(job):
    job.file("train", "a.csv", GOOD)
    job.file("train", "b.csv", "1,2\n")
    assert job.train(predictor_type="regressor", mini_batch_size=2) == 2
    assert "'b.csv' has 1 features per row, 'a.csv' has 2" in job.failure


@pytest.mark.parametrize("content_type", ["text/libsvm", "application/json"])
def test_content_types_that_are_not_read(job, content_type):
    job.file("train", "a", GOOD, content_type=content_type)
    assert job.train(predictor_type="regressor", mini_batch_size=2) == 2
    assert content_type in job.failure


def test_a_missing_train_channel(job):
    job.file("training", "a.csv", GOOD)
    assert job.train(predictor_type="regressor", mini_batch_size=2) == 2
    assert "The required channel 'train' is missing" in job.failure


def test_damaged_recordio(job):
    job.file("train", "a.pbr", recordio(*line())[:-3], content_type="application/x-recordio-protobuf")
    assert job.train(predictor_type="regressor") == 2
    assert re.search(r"'a.pbr' cannot be read .* record 1999: the file ends inside of it", job.failure)


def test_a_fault_of_the_algorithm_is_told_as_such(job, monkeypatch):
    monkeypatch.setattr(LinearLearner, "train", lambda *_: 1 / 0)
    job.file("train", "train.csv", GOOD)
    assert job.train(predictor_type="regressor", mini_batch_size=2) == 1
    assert job.failure == "AlgorithmError: ZeroDivisionError: division by zero"


# Pipes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/csv", "application/x-recordio-protobuf", None])
def test_a_pipe_is_read_as_the_files_are(job, content_type):
    rows, labels = line()
    job.rows("train", rows.astype(np.float32), labels.astype(np.float32))
    assert job.train(predictor_type="regressor") == 0
    from_files = load(job.base / "model").weights
    is_csv = content_type == "text/csv"
    data = (job.base / "input/data/train/train.csv").read_bytes() if is_csv else recordio(rows, labels)
    job.pipe("train", data, content_type)
    assert job.train(predictor_type="regressor") == 0, job.failure
    np.testing.assert_allclose(load(job.base / "model").weights, from_files, rtol=1e-4)


@pytest.mark.parametrize("content_type", ["text/csv", "application/x-recordio-protobuf"])
def test_a_pipe_that_brings_nothing(job, content_type):
    job.pipe("train", b"", content_type)
    assert job.train(predictor_type="regressor") == 2
    assert "The channel 'train' holds no data" in job.failure
