"""AutoML jobs: what is refused, following them, and candidates that run again."""

from __future__ import annotations

import copy
import pickle

import pytest

from sagewright.automl.automl import AutoML, AutoMLInput
from sagewright.automl.automlv2 import AutoMLDataChannel, AutoMLTabularConfig, AutoMLV2, LocalAutoMLDataChannel
from sagewright.automl.candidate_estimator import CandidateEstimator
from sagewright.following import Pace
from sagewright.inputs import TrainingInput
from sagewright.session import Session
from sagewright.vocabulary.variables import PipelineVariable
from tests.parity.recording import BUCKET, ROLE, Recorder


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def session(recorder):
    return Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)


def test_a_target_that_nobody_names_is_refused(session, recorder):
    with pytest.raises(ValueError, match="TargetAttributeName cannot be None"):
        AutoML(ROLE, sagemaker_session=session).fit("s3://bucket/train", wait=False)
    assert recorder.asked("CreateAutoMLJob") == []


def test_what_is_mistyped_is_refused(session):
    with pytest.raises(TypeError, match="`max_candidate`\nhint: did you mean `max_candidates`"):
        AutoML(ROLE, "y", sagemaker_session=session, max_candidate=3)  # type: ignore[call-arg]  # that is what is refused
    with pytest.raises(ValueError, match=r"There is no AutoML job yet.\nhint: call `fit`"):
        AutoML(ROLE, "y", sagemaker_session=session).describe_auto_ml_job()


def test_inputs_stay_as_they_are(session, recorder):
    given = TrainingInput("s3://bucket/train", target_attribute_name="y")
    before = copy.deepcopy(given.config)
    AutoML(ROLE, sagemaker_session=session, content_type="text/csv", s3_data_type="ManifestFile").fit(
        [given], wait=False
    )
    assert given.config == before
    channel = recorder.asked("CreateAutoMLJob")[0]["InputDataConfig"][0]
    assert channel["ContentType"] == "text/csv"
    assert channel["DataSource"]["S3DataSource"]["S3DataType"] == "ManifestFile"


def test_another_jobs_best_candidate_is_not_this_ones(session, recorder):
    jobs = [{"AutoMLJobName": name, "BestCandidate": {"CandidateName": name}} for name in ("one", "two", "three")]
    recorder.answers["DescribeAutoMLJob"] = jobs
    auto = AutoML(ROLE, "y", sagemaker_session=session)
    auto.fit("s3://bucket/train", wait=False, job_name="one")
    assert [auto.best_candidate()["CandidateName"], auto.best_candidate("two")["CandidateName"]] == ["one", "two"]
    auto.fit("s3://bucket/train", wait=False, job_name="three")
    assert auto.best_candidate()["CandidateName"] == "three"


def test_a_job_of_the_second_version_is_waited_for_by_its_status(session, recorder, monkeypatch, capsys):
    monkeypatch.setattr(Pace, "wait", lambda _: None)
    recorder.answers["DescribeAutoMLJobV2"] = [{"AutoMLJobStatus": status} for status in ("InProgress", "Completed")]
    auto = AutoMLV2(AutoMLTabularConfig("y"), role=ROLE, sagemaker_session=session)
    auto.fit(AutoMLDataChannel("S3Prefix", "s3://bucket/train"), logs=False)
    assert capsys.readouterr().out == ".!\n"


def test_ctrl_c_leaves_the_job_and_says_how_to_come_back(session, recorder, monkeypatch, capsys):
    recorder.answers["DescribeAutoMLJobV2"] = {"AutoMLJobStatus": "InProgress"}

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Pace, "wait", interrupt)
    for follow in (session.wait_for_auto_ml_job, lambda job: session.logs_for_auto_ml_job(job, wait=True)):
        with pytest.raises(KeyboardInterrupt):
            follow("job")
        assert "job goes on. Follow it again with session.logs_for_auto_ml_job('job'" in capsys.readouterr().err
    assert recorder.asked("StopAutoMLJob") == []


def test_a_candidate_is_waited_for(session, recorder, monkeypatch):
    waited = []
    monkeypatch.setattr(Pace, "wait", lambda _: waited.append(1))
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    job = {
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "image"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": resources,
        "EnableNetworkIsolation": False,
        "EnableManagedSpotTraining": False,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "TrainingJobStatus": "InProgress",
    }
    recorder.answers["DescribeTrainingJob"] = [job, job, {**job, "TrainingJobStatus": "Completed"}]
    step = {"CandidateStepType": "AWS::SageMaker::TrainingJob", "CandidateStepName": "train"}
    candidate = {"CandidateName": "c", "InferenceContainers": [], "CandidateSteps": [step]}
    estimator = CandidateEstimator(candidate, session)
    estimator.fit("s3://bucket/train", volume_kms_key="key")
    assert waited == [1]
    assert recorder.asked("CreateTrainingJob")[0]["ResourceConfig"]["VolumeKmsKeyId"] == "key"
    assert "VolumeKmsKeyId" not in resources


def test_they_are_pickled_copied_and_shown(session):
    problem = AutoMLTabularConfig("y", max_candidates=3)
    things = [
        AutoML(ROLE, "y", sagemaker_session=session),
        AutoMLV2(problem, role=ROLE, sagemaker_session=session),
        AutoMLInput("s3://bucket/train", "y"),
        LocalAutoMLDataChannel("S3Prefix", "train.csv"),
        problem,
    ]
    for thing in things:
        for other in (copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
            assert repr(other) == repr(thing)
    assert copy.deepcopy(problem) == problem
    assert problem != AutoMLTabularConfig("z", max_candidates=3)


def test_variables_stand_in_the_request_untouched(session, monkeypatch):
    requests = []
    monkeypatch.setattr(session, "_send", lambda operation, request: requests.append(request), raising=False)
    uri, target = PipelineVariable(), PipelineVariable()
    auto = AutoML(ROLE, target, sagemaker_session=session)  # type: ignore[arg-type]  # a pipeline's
    auto.fit(uri, wait=False, job_name="job")
    auto.fit(AutoMLInput(uri, target), wait=False, job_name="job")
    for request in requests:
        assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] is uri
        assert request["InputDataConfig"][0]["TargetAttributeName"] is target
