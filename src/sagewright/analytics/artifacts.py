"""The artifacts of lineage as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.analytics.table import AnalyticsMetricsBase, pages
from sagewright.api_object import session_or_new
from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


@suggests
class ArtifactAnalytics(AnalyticsMetricsBase):
    """Fetches the artifacts of lineage.

    Args:
        sort_by: `CreationTime`.
        sort_order: `Ascending` or `Descending`.
        source_uri, artifact_type: Only those with this URI, of this type.
    """

    def __init__(
        self,
        sort_by: str | None = None,
        sort_order: str | None = None,
        source_uri: str | None = None,
        artifact_type: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        super().__init__()
        self._request = {
            "SourceUri": source_uri,
            "ArtifactType": artifact_type,
            "SortBy": sort_by,
            "SortOrder": sort_order,
        }
        self._sagemaker_session = sagemaker_session

    def __repr__(self) -> str:
        return "<sagemaker.ArtifactAnalytics>"

    def _fetch_dataframe(self) -> Any:
        import pandas as pd

        ask = session_or_new(self._sagemaker_session).sagemaker_client.list_artifacts
        request = {name: value for name, value in self._request.items() if value is not None}
        return pd.DataFrame([_row(summary) for summary in pages(ask, "ArtifactSummaries", request)])


def _row(summary: Document) -> Document:
    return {
        "ArtifactName": summary.get("ArtifactName"),
        "ArtifactArn": summary.get("ArtifactArn"),
        "ArtifactType": summary.get("ArtifactType"),
        "ArtifactSourceUri": summary.get("Source", {}).get("SourceUri"),
        "CreationTime": summary.get("CreationTime"),
        "LastModifiedTime": summary.get("LastModifiedTime"),
    }
