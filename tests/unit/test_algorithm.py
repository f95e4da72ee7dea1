"""Algorithms that are described in SageMaker, where ours are stricter than v2 or do more."""

from __future__ import annotations

import copy
import pickle

import pytest

from sagewright.algorithm import AlgorithmEstimator, PredictorMaker
from sagewright.serializers import CSVSerializer
from sagewright.session import Session
from sagewright.vocabulary.variables import PipelineVariable
from tests.parity.recording import ROLE, Recorder
from tests.parity.scenarios.algorithm import ARN, _described


class Parameter(PipelineVariable):
    @property
    def expr(self):
        return {"Get": "Parameters.x"}


@pytest.fixture
def aws(home, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "warn")
    return Recorder({"DescribeAlgorithm": _described()})


@pytest.fixture
def estimator(aws):
    return _estimator(aws)


def _estimator(aws, **changes):
    arguments = {"hyperparameters": {"rounds": 2}, **changes}
    session = Session(aws.boto_session(), default_bucket="bucket")
    return AlgorithmEstimator(ARN, ROLE, 1, "ml.m5.large", sagemaker_session=session, **arguments)


def test_one_text_is_the_channel_training(aws, estimator):
    estimator.fit("s3://bucket/rows", wait=False, job_name="job")
    (request,) = aws.asked("CreateTrainingJob")
    assert [channel["ChannelName"] for channel in request["InputDataConfig"]] == ["training"]


def test_arguments_that_v2_forgets_are_sent(aws):
    _estimator(aws, environment={"A": "1"}).fit({"training": "s3://bucket/rows"}, wait=False, job_name="job")
    (request,) = aws.asked("CreateTrainingJob")
    assert request["Environment"] == {"A": "1"}


def test_slips_are_told(aws, estimator):
    with pytest.raises(TypeError, match="did you mean `instance_groups`"):
        _estimator(aws, instance_group=1)
    with pytest.raises(ValueError, match="did you mean `depth`"):
        estimator.set_hyperparameters(depht=3)
    with pytest.raises(ValueError, match="hint: its channels are extra, training"):
        estimator.fit({"train": "s3://bucket/rows"})


def test_what_a_pipeline_decides_is_not_checked(aws):
    found = _estimator(aws, input_mode=Parameter())
    found.set_hyperparameters(depth=Parameter())
    assert isinstance(found.hyperparameters()["depth"], Parameter)


def test_they_copy(estimator):
    for copied in (copy.deepcopy(estimator), pickle.loads(pickle.dumps(estimator))):
        assert copied.hyperparameters() == estimator.hyperparameters() == {"rounds": 2, "depth": "3"}
    maker = pickle.loads(pickle.dumps(PredictorMaker(CSVSerializer(), None)))
    assert maker("endpoint", estimator.sagemaker_session).serializer.CONTENT_TYPE == "text/csv"
