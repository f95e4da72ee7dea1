"""Parts of what lineage holds."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sagewright.lineage.records import Part, Parts


class ArtifactSource(Part):
    """What an artifact is: a place, and how it is known there."""

    source_uri: str | None
    source_types: list[dict[str, str]] | None


class ActionSource(Part):
    """What an action was about."""

    source_uri: str | None
    source_type: str | None


class ContextSource(Part):
    """What a context is about."""

    source_uri: str | None
    source_type: str | None


class ArtifactSummary(Part):
    """An artifact in a list."""

    parts: ClassVar[Parts] = {"source": ArtifactSource}
    artifact_arn: str
    artifact_name: str | None
    source: ArtifactSource | None
    artifact_type: str | None
    creation_time: datetime | None
    last_modified_time: datetime | None


class ActionSummary(Part):
    """An action in a list."""

    parts: ClassVar[Parts] = {"source": ActionSource}
    action_arn: str
    action_name: str | None
    source: ActionSource | None
    action_type: str | None
    status: str | None
    creation_time: datetime | None
    last_modified_time: datetime | None


class ContextSummary(Part):
    """A context in a list."""

    parts: ClassVar[Parts] = {"source": ContextSource}
    context_arn: str
    context_name: str | None
    source: ContextSource | None
    context_type: str | None
    creation_time: datetime | None
    last_modified_time: datetime | None


class UserContext(Part):
    """Who has done something."""

    user_profile_arn: str | None
    user_profile_name: str | None
    domain_id: str | None


class AssociationSummary(Part):
    """An association in a list."""

    parts: ClassVar[Parts] = {"created_by": UserContext}
    source_arn: str
    source_name: str | None
    destination_arn: str
    destination_name: str | None
    source_type: str | None
    destination_type: str | None
    association_type: str | None
    creation_time: datetime | None
    created_by: UserContext | None
