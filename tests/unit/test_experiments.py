"""Runs: graphs, jobs' environments, and what is refused."""

from __future__ import annotations

import json
import pickle

import pytest

from sagewright.api_object import snake_case
from sagewright.current_run import current_run
from sagewright.experiments import Experiment, Run, list_runs, load_run
from sagewright.experiments.records import Summary
from sagewright.session import Session
from tests.parity.recording import BUCKET, Recorder, Refusal

ARN = "arn:aws:sagemaker:us-east-1:123456789012"


@pytest.fixture
def recorder():
    recorder = Recorder()
    recorder.answers.update(
        {
            "CreateExperiment": {"ExperimentArn": f"{ARN}:experiment/e"},
            "CreateTrial": {"TrialArn": f"{ARN}:experiment-trial/t"},
            "CreateTrialComponent": {"TrialComponentArn": f"{ARN}:experiment-trial-component/e-r"},
            "CreateArtifact": {"ArtifactArn": f"{ARN}:artifact/a"},
            "PutObject": {"ETag": "etag"},
            "Search": {"Results": []},
        }
    )
    return recorder


@pytest.fixture
def session(recorder):
    return Session(boto_session=recorder.boto_session(), default_bucket=BUCKET)


def stored(recorder):
    return {key.rpartition("/")[2]: json.loads(content) for key, content in recorder.stored.items()}


def test_graphs_go_to_s3_and_into_the_lineage(recorder, session):
    with Run("e", "r", sagemaker_session=session) as run:
        run.log_confusion_matrix([0, 1, 1], [0, 1, 0], title="matrix")
        run.log_roc_curve([0, 1, 1], [0.1, 0.9, 0.8], title="roc", is_output=False)
        run.log_precision_recall([0, 1, 1], [0.1, 0.9, 0.8], title="pr", no_skill=0.5)
    assert stored(recorder)["matrix.json"] == {
        "type": "ConfusionMatrix",
        "version": 0,
        "title": "matrix",
        "confusionMatrix": [[1, 0], [1, 1]],
    }
    assert stored(recorder)["roc.json"]["areaUnderCurve"] == 1.0
    assert stored(recorder)["pr.json"]["noSkill"] == 0.5
    assert recorder.asked("CreateArtifact")[0]["Source"]["SourceTypes"] == [{"SourceIdType": "S3ETag", "Value": "etag"}]
    run_arn, artifact = f"{ARN}:experiment-trial-component/e-r", f"{ARN}:artifact/a"
    assert recorder.asked("AddAssociation")[:2] == [
        {"SourceArn": run_arn, "DestinationArn": artifact, "AssociationType": "Produced"},
        {"SourceArn": artifact, "DestinationArn": run_arn, "AssociationType": "ContributedTo"},
    ]


def test_a_graph_without_a_title_has_a_name(recorder, session):
    with Run("e", "r", sagemaker_session=session) as run:
        run.log_confusion_matrix([0, 1], [0, 1])
        with pytest.raises(ValueError, match=r"Lengths mismatch between true labels and predicted labels: \(1 vs 2\)"):
            run.log_confusion_matrix([0], [0, 1])
    assert [name[:16] for name in stored(recorder)] == ["ConfusionMatrix-"]


def test_a_graph_that_the_lineage_knows_is_no_error(recorder, session):
    recorder.answers["CreateArtifact"] = Refusal("ValidationException", "It already exists")
    with Run("e", "r", sagemaker_session=session) as run:
        run.log_confusion_matrix([0, 1], [0, 1], title="matrix")
    assert recorder.asked("AddAssociation") == []


def test_a_job_finds_its_run(recorder, session, monkeypatch):
    config = {"ExperimentName": "e", "TrialName": "t", "RunName": "e-r"}
    recorder.answers["DescribeTrainingJob"] = {"TrainingJobName": "job", "ExperimentConfig": config}
    monkeypatch.setenv("TRAINING_JOB_ARN", f"{ARN}:training-job/job")
    with load_run(sagemaker_session=session) as run:
        assert (run.experiment_name, run.run_name) == ("e", "r")
    recorder.answers["DescribeTrainingJob"] = {"TrainingJobName": "job"}
    with pytest.raises(RuntimeError, match="Not able to fetch RunName in ExperimentConfig"):
        load_run(sagemaker_session=session)


def test_a_run_ends_even_if_it_cannot_be_stored(recorder, session):
    run = Run("e", "r", sagemaker_session=session)
    recorder.answers["UpdateTrialComponent"] = [{}, Refusal("ThrottlingException", "later")]
    with pytest.raises(Exception, match="later"), run:
        run.log_metric("loss", 1)
    assert current_run() is None
    assert len(recorder.asked("BatchPutMetrics")) == 1


def test_tags_of_the_user_stay_as_they_are(recorder, session):
    tags = [{"Key": "a", "Value": "b"}]
    Run("e", "r", tags=tags, sagemaker_session=session)
    assert len(tags) == 1
    assert len(recorder.asked("CreateTrialComponent")[0]["Tags"]) == 2


def test_what_is_mistyped_is_refused(session):
    with pytest.raises(TypeError, match="`run_nam`\nhint: did you mean `run_name`"):
        Run("e", run_nam="r", sagemaker_session=session)  # type: ignore[call-arg]  # that is what is refused


def test_only_runs_that_were_made_as_runs_are_listed(recorder, session):
    recorder.answers["ListTrialComponents"] = {"TrialComponentSummaries": [{"TrialComponentName": "e-job"}]}
    recorder.answers["Search"] = {"Results": [{"TrialComponent": {"TrialComponentName": "e-job"}}]}
    assert list_runs("e", sagemaker_session=session) == []


def test_they_are_shown_and_runs_are_not_pickled(session):
    run = Run("e", "r", sagemaker_session=session)
    assert repr(run) == "<Run r of e>"
    with pytest.raises(NotImplementedError, match="not allowed to be pickled"):
        pickle.dumps(run)
    experiment = Experiment(session, experiment_name="e")
    assert repr(pickle.loads(pickle.dumps(experiment))) == repr(experiment) == "Experiment(experiment_name='e')"
    assert Summary({"TrialName": "t"}).display_name is None
    assert [snake_case(name) for name in ("TrialName", "DisplayName", "MaxS3Size")] == [
        "trial_name",
        "display_name",
        "max_s3_size",
    ]
