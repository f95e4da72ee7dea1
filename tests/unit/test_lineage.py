"""Lineage: what genuine v2 cannot be recorded for."""

from __future__ import annotations

import copy
import pickle

import pytest
from botocore.exceptions import ParamValidationError

from sagewright.lineage._api_types import ActionSource, ArtifactSource
from sagewright.lineage.artifact import Artifact, ModelArtifact
from sagewright.lineage.query import Edge, LineageFilter, LineageQueryResult, Vertex
from tests.parity.scenarios.lineage import ARTIFACT
from tests.parity.world import World


def test_records_travel_and_show_what_they_hold() -> None:
    artifact = Artifact(World("sagewright").session(), artifact_arn=ARTIFACT, properties={"k": "v"})
    for copied in (pickle.loads(pickle.dumps(artifact)), copy.deepcopy(artifact)):
        assert copied.artifact_arn == ARTIFACT
        assert repr(copied) == f"Artifact(artifact_arn={ARTIFACT!r}, properties={{'k': 'v'}})"


def test_what_the_service_has_not_said_is_none_and_a_slip_is_an_error() -> None:
    artifact = ModelArtifact(World("sagewright").session(), artifact_arn=ARTIFACT)
    assert artifact.artifact_name is None
    with pytest.raises(AttributeError, match="'ModelArtifact' object has no attribute 'artifact_nam'"):
        artifact.artifact_nam  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError, match="did you mean `source_uri`"):
        Artifact.create(source_url="s3://b/d")  # type: ignore[call-arg]


def test_an_artifact_needs_a_place() -> None:
    with pytest.raises(ParamValidationError, match="SourceUri"):
        Artifact.create("data", artifact_type="DataSet", sagemaker_session=World("sagewright").session())


def test_what_is_found_is_compared_by_what_it_is() -> None:
    edge, vertex = Edge("a", "b", None), Vertex("a", "Artifact", None, None)
    assert edge == Edge("a", "b", None)
    assert edge != "a"
    assert vertex == Vertex("a", "Artifact", None, object())
    assert vertex != Vertex("a", "Artifact", "Model", None)
    assert "'a'" in str(vertex)
    assert LineageFilter()._to_request_dict() == {}


def test_what_needs_other_packages_is_refused() -> None:
    artifact = Artifact(World("sagewright").session(), artifact_arn=ARTIFACT)
    for refuse in (artifact.downstream_trials, artifact.upstream_trials, LineageQueryResult().visualize):
        with pytest.raises(NotImplementedError, match="not built into Sagewright"):
            refuse()


def test_a_part_is_equal_to_another_that_says_the_same() -> None:
    source = ArtifactSource(source_uri="s3://b/d", source_types=None)
    assert source == ArtifactSource(source_uri="s3://b/d")
    assert hash(source) == hash(ArtifactSource(source_uri="s3://b/d"))
    assert source != ArtifactSource(source_uri="s3://b/e")
    assert source != ActionSource(source_uri="s3://b/d")
