"""Tables of what jobs have come to, where ours do more than v2's."""

from __future__ import annotations

import pickle

import pytest

from sagewright import accept_types, content_types
from sagewright.analytics import ArtifactAnalytics, ExperimentAnalytics, HyperparameterTuningJobAnalytics
from sagewright.s3_utils import determine_bucket_and_prefix
from sagewright.session import Session
from tests.parity.recording import Recorder


@pytest.fixture
def aws(home):
    return Recorder({"Search": {"Results": []}, "ListArtifacts": {"ArtifactSummaries": []}})


@pytest.fixture
def session(aws):
    return Session(aws.boto_session(), default_bucket="bucket", default_bucket_prefix="team")


def test_the_expression_of_the_user_stays_as_it_is(aws, session):
    expression = {"Filters": [{"Name": "DisplayName", "Operator": "Equals", "Value": "x"}]}
    found = ExperimentAnalytics("experiment", expression, sagemaker_session=session)
    found.dataframe()
    found.dataframe(force_refresh=True)
    assert [len(asked["SearchExpression"]["Filters"]) for asked in aws.asked("Search")] == [2, 2]
    assert len(expression["Filters"]) == 1


def test_artifacts_are_sorted_by_what_is_asked_for(aws, session):
    ArtifactAnalytics(sort_by="CreationTime", sagemaker_session=session).dataframe()
    assert aws.asked("ListArtifacts") == [{"SortBy": "CreationTime"}]


def test_they_pickle_and_tell_slips(session):
    found = HyperparameterTuningJobAnalytics("tune", session)
    assert repr(pickle.loads(pickle.dumps(found))) == "<sagemaker.HyperparameterTuningJobAnalytics for tune>"
    with pytest.raises(TypeError, match="did you mean `experiment_name`"):
        ExperimentAnalytics(experiment_nam="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("types", [accept_types, content_types])
def test_what_needs_jumpstart_says_so(types):
    for ask in (types.retrieve_default, types.retrieve_options):
        with pytest.raises(ValueError, match="Must specify JumpStart `model_id` and `model_version`"):
            ask()
        with pytest.raises(NotImplementedError, match=r"_types\.retrieve_.*model `model` is not built(.|\n)*hint: "):
            ask(model_id="model", model_version="*")


def test_a_bucket_of_ones_own_has_no_prefix_of_the_session(session):
    assert determine_bucket_and_prefix("mine", "x", session) == ("mine", "x")
    assert determine_bucket_and_prefix(None, "x", session) == ("bucket", "team/x")
    assert determine_bucket_and_prefix(sagemaker_session=session) == ("bucket", "team")
    with pytest.raises(ValueError, match="is needed"):
        determine_bucket_and_prefix()
