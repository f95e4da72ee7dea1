"""What hosts do together, and linear-learner on several of them, each in a thread."""

from __future__ import annotations

import io
import socket
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sagewright.engine.algorithms.abc import Channel
from sagewright.engine.algorithms.collective import ALONE, gathered
from sagewright.engine.algorithms.linear_learner.algorithm import LinearLearner
from sagewright.engine.algorithms.report import Report


def together(work, names=("127.0.0.1", "127.0.0.2", "127.0.0.3")):
    """Run `work(collective)` on all hosts; return what it returns, by rank."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def one(name):
        with gathered(names, name, port) as hosts:
            return work(hosts)

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(one, names))


def test_sums_are_the_same_on_every_host_and_keep_shape_and_type():
    def work(hosts):
        return hosts.sum(np.full((2, 2), hosts.rank, np.float32), np.float64(1.0))

    for matrix, count in together(work):
        assert matrix.dtype == np.float32
        assert matrix.tolist() == [[3.0, 3.0], [3.0, 3.0]]
        assert count == 3.0


def test_rows_are_joined_in_the_order_of_the_hosts():
    found = together(lambda hosts: hosts.join(np.full((hosts.rank, 2), hosts.rank)))
    assert [rows.tolist() for rows in found] == [[[1, 1], [2, 2], [2, 2]]] * 3


def test_the_first_host_s_array_is_agreed_on():
    assert [int(value) for value in together(lambda hosts: hosts.agree(np.array(7 + hosts.rank)))] == [7, 7, 7]


def test_a_host_that_leaves_ends_the_others():
    def work(hosts):
        if hosts.rank != 1:
            hosts.sum(np.zeros(4))

    with pytest.raises(ConnectionError):
        together(work)


def test_hosts_that_are_out_of_step_are_told():
    with pytest.raises(ConnectionError):
        together(lambda hosts: hosts.sum(np.zeros(1 + hosts.rank)))


def data(kind):
    random = np.random.default_rng(3)
    rows = random.normal(size=(600, 5)).astype(np.float32)
    score = rows @ np.array([1.0, -2.0, 0.5, 0.0, 3.0]) + 0.7
    if kind == "regressor":
        return rows, score.astype(np.float32)
    noisy = score + random.normal(size=600)
    if kind == "binary_classifier":
        return rows, (noisy > 0).astype(np.float32)
    return rows, np.digitize(noisy, [-2.0, 2.0]).astype(np.float32)


SETTINGS = [
    ("regressor", {}),
    ("regressor", {"learning_rate": "0.05", "loss": "absolute_loss"}),
    ("binary_classifier", {"binary_classifier_model_selection_criteria": "f1"}),
    ("binary_classifier", {"loss": "hinge_loss", "positive_example_weight_mult": "balanced"}),
    ("multiclass_classifier", {"num_classes": "3", "balance_multiclass_weights": "true"}),
]


@pytest.mark.parametrize(("kind", "more"), SETTINGS)
def test_a_model_of_several_hosts_is_as_good_as_of_one(kind, more):
    rows, labels = data(kind)
    algorithm = LinearLearner()
    parameters = algorithm.parse({"predictor_type": kind, "mini_batch_size": "60", "epochs": "8", **more})

    def train(hosts):
        channels = {
            name: Channel(hosts.share(rows[part]), hosts.share(labels[part]), name)
            for name, part in {"train": slice(0, 450), "validation": slice(450, 600)}.items()
        }
        return algorithm.train(parameters, channels, Report("ll", f"algo-{hosts.rank + 1}", io.StringIO()), hosts)

    alone, several, again = train(ALONE), together(train), together(train)
    for model in several[1:]:
        assert np.array_equal(model.weights, several[0].weights)
        assert model.threshold == several[0].threshold
    assert np.array_equal(again[0].weights, several[0].weights)

    def hits(model):
        scores = model.scores(rows.astype(np.float64))
        if kind == "regressor":
            return -float(np.abs(scores - labels).mean())
        said = scores.argmax(axis=1) if kind.startswith("multi") else scores >= model.threshold
        return float((said == labels).mean())

    assert hits(several[0]) > hits(alone) - 0.02
