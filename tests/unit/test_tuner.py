"""Tuners: what they refuse, what preflight sees of their jobs, and following them."""

from __future__ import annotations

import copy
import logging
import pickle
from typing import Any

import pytest

from sagewright.estimator import Estimator
from sagewright.following import Pace
from sagewright.preflight import PreflightError
from sagewright.pytorch import PyTorch
from sagewright.requests.tuning import tuning_config_document
from sagewright.session import Session
from sagewright.tuner import (
    CategoricalParameter,
    ContinuousParameter,
    HyperparameterTuner,
    IntegerParameter,
    WarmStartConfig,
)
from sagewright.vocabulary.variables import PipelineVariable
from tests.parity.recording import BUCKET, ROLE, Recorder

LINEAR = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
RANGES = {"wd": ContinuousParameter(0, 1)}


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def session(recorder):
    return Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)


@pytest.fixture
def estimator(session):
    return Estimator(OWN, ROLE, 1, "ml.m5.large", sagemaker_session=session)


def tuner_of(estimator, **changes):
    return HyperparameterTuner(
        **{"estimator": estimator, "objective_metric_name": "loss", "hyperparameter_ranges": RANGES, **changes}
    )


def sent(recorder):
    return recorder.asked("CreateHyperParameterTuningJob")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"strategy": "bayesian"}, ValueError, "not `bayesian`\nhint: did you mean `Bayesian`"),
        ({"objective_type": "Minimise"}, ValueError, "takes Maximize or Minimize, not `Minimise`\nhint: .*`Minimize`"),
        ({"early_stopping_type": "On"}, ValueError, "`early_stopping_type` takes Off or Auto"),
        ({"hyperparameter_ranges": {"wd": (0, 1)}}, TypeError, "range of `wd` is a `tuple`.*\nhint: give Continuous"),
        ({"hyperparameter_ranges": {"wd": ContinuousParameter(2, 1)}}, ValueError, "empty: 2 is more than 1"),
        ({"hyperparameter_ranges": {"n": IntegerParameter(1, 2, "Log")}}, ValueError, "`scaling_type` takes"),
        ({"strategy": "Grid"}, ValueError, "`Grid` takes lists of values only; the range of `wd`"),
        ({"max_job": 3}, TypeError, "max_job.*\nhint: did you mean `max_jobs`"),
        ({"estimator": {"a": 1}}, TypeError, "not `dict`.\nhint: several estimators go to"),
    ],
)
def test_what_cannot_be_meant_is_refused(estimator, changes, error, message):
    with pytest.raises(error, match=message):
        tuner_of(**{"estimator": estimator, **changes})


def test_a_warm_start_of_no_kind_is_refused():
    with pytest.raises(ValueError, match=r"Invalid type: TransferLearning.*\nhint: give `WarmStartTypes"):
        WarmStartConfig("TransferLearning", {"one"})  # type: ignore[arg-type]  # that is what is refused


def test_groups_of_instances_are_refused(session, recorder):
    from sagewright.instance_group import InstanceGroup

    groups = [InstanceGroup("a", "ml.m5.large", 1)]
    estimator = Estimator(OWN, ROLE, instance_groups=groups, sagemaker_session=session)
    with pytest.raises(ValueError, match="have no `instance_groups`.\nhint:"):
        tuner_of(estimator).fit(wait=False)
    assert sent(recorder) == []


def test_arguments_of_fit_that_there_are_not_are_refused(estimator, recorder):
    with pytest.raises(TypeError, match="`job_nam`\nhint: did you mean `job_name`"):
        tuner_of(estimator).fit(job_nam="a", wait=False)
    assert sent(recorder) == []


def test_preflight_sees_a_job_with_the_first_of_every_range(session, recorder, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "on")
    estimator = Estimator(LINEAR, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    estimator.set_hyperparameters(predictor_type="regressor")
    recorder.answers["ListObjectsV2"] = {"Contents": [{"Key": "train/a", "Size": 1}], "KeyCount": 1}
    recorder.answers["GetRole"] = {"Role": {"Arn": ROLE, "RoleName": "Role"}}
    with pytest.raises(PreflightError, match="wdd"):
        tuner_of(estimator, hyperparameter_ranges={"wdd": ContinuousParameter(0, 1)}).fit(
            {"train": "s3://bucket/train"}
        )
    tuner_of(estimator).fit({"train": "s3://bucket/train"}, wait=False)
    assert sent(recorder)[0]["TrainingJobDefinition"]["StaticHyperParameters"] == {"predictor_type": "regressor"}


def test_an_objective_that_no_metric_defines_is_pointed_out(estimator, caplog):
    with caplog.at_level(logging.WARNING, "sagemaker"):
        tuner_of(estimator, metric_definitions=[{"Name": "mse", "Regex": "x"}]).fit(wait=False)
    assert "`loss`, which `metric_definitions` does not define; it defines mse" in caplog.text


def test_the_users_lists_stay_as_they_are(estimator):
    tags, ranges = [{"Key": "a", "Value": "b"}], {"wd": CategoricalParameter(["x"])}
    estimator.tags = [{"Key": "c", "Value": "d"}]
    estimator.set_hyperparameters(rate=1)
    tuner = tuner_of(estimator, tags=tags, hyperparameter_ranges=ranges, autotune=True)
    tuner.fit(wait=False)
    assert tags == [{"Key": "a", "Value": "b"}]
    assert list(tuner.hyperparameter_ranges()) == [
        "ContinuousParameterRanges",
        "CategoricalParameterRanges",
        "IntegerParameterRanges",
    ]


def test_a_class_of_the_users_own_is_found_again(session, recorder):
    class Own(Estimator):
        pass

    estimator = Own(OWN, ROLE, 1, "ml.m5.large", sagemaker_session=session)
    tuner_of(estimator).fit(wait=False, include_cls_metadata=True)
    static = sent(recorder)[0]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static == {"sagemaker_estimator_class_name": '"Own"', "sagemaker_estimator_module": f'"{__name__}"'}


def test_ctrl_c_leaves_the_job_and_says_how_to_come_back(recorder, session, monkeypatch, capsys):
    recorder.answers["DescribeHyperParameterTuningJob"] = {"HyperParameterTuningJobStatus": "InProgress"}

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Pace, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        session.wait_for_tuning_job("tuning")

    said = capsys.readouterr().err
    assert "tuning goes on. Follow it again with session.wait_for_tuning_job('tuning')" in said
    assert "HyperparameterTuner.attach('tuning')" in said
    assert recorder.asked("StopHyperParameterTuningJob") == []


def test_the_engine_says_that_it_does_not_tune_yet():
    from botocore.exceptions import ClientError

    estimator = Estimator(OWN, ROLE, 1, "ml.m5.large")
    with pytest.raises(ClientError, match="CreateHyperParameterTuningJob` is not built into the Sagewright engine yet"):
        tuner_of(estimator).fit()


def test_tuners_are_pickled_copied_and_shown(estimator):
    tuner = tuner_of(estimator)
    assert repr(tuner) == "<HyperparameterTuner of Estimator; job: none yet>"
    for other in (copy.deepcopy(tuner), pickle.loads(pickle.dumps(tuner))):
        assert other.hyperparameter_ranges() == tuner.hyperparameter_ranges()
        assert other.estimator.role == ROLE
    several = HyperparameterTuner.create(
        {"b": estimator, "a": estimator}, {"a": "x", "b": "y"}, dict.fromkeys("ab", RANGES)
    )
    assert repr(several) == "<HyperparameterTuner of a Estimator, b Estimator; job: none yet>"


def test_variables_stand_in_the_request_untouched():
    names = ("strategy", "max_jobs", "max_parallel_jobs", "random_seed")
    config: dict[str, Any] = {name: PipelineVariable() for name in names}
    document = tuning_config_document(**config)
    assert document["Strategy"] is config["strategy"]
    assert document["ResourceLimits"]["MaxNumberOfTrainingJobs"] is config["max_jobs"]
    assert document["RandomSeed"] is config["random_seed"]


def test_variables_pass_through_the_tuner(estimator, session, monkeypatch):
    requests = []
    monkeypatch.setattr(session, "_send", lambda operation, request: requests.append(request), raising=False)
    name, low, jobs = PipelineVariable(), PipelineVariable(), PipelineVariable()
    tuner = tuner_of(
        estimator,
        hyperparameter_ranges={name: ContinuousParameter(low, 1)},
        objective_metric_name=name,
        strategy=name,
        max_jobs=jobs,
        early_stopping_type=name,
    )
    tuner.fit(wait=False)
    config = requests[0]["HyperParameterTuningJobConfig"]
    assert config["Strategy"] is name
    assert config["ResourceLimits"]["MaxNumberOfTrainingJobs"] is jobs
    assert config["ParameterRanges"]["ContinuousParameterRanges"][0]["Name"] is name
    assert config["ParameterRanges"]["ContinuousParameterRanges"][0]["MinValue"].values == [low]


def test_a_frameworks_code_goes_up_before_the_job(session, recorder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("print(1)")
    estimator = PyTorch(
        "train.py",
        framework_version="2.0",
        py_version="py310",
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        sagemaker_session=session,
    )
    tuner_of(estimator, metric_definitions=[{"Name": "loss", "Regex": "x"}]).fit(wait=False)
    operations = [name for name, _ in recorder.calls if name in ("PutObject", "CreateHyperParameterTuningJob")]
    assert operations == ["PutObject", "CreateHyperParameterTuningJob"]
    static = sent(recorder)[0]["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["sagemaker_estimator_module"] == '"sagemaker.pytorch.estimator"'
