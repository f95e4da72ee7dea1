"""Queries of Athena's over an offline store."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session


@suggests
class AthenaQuery:
    """Runs queries over the table of a feature group; `FeatureGroup.athena_query` makes it.

    Attributes:
        catalog, database, table_name: Where the table is.
    """

    def __init__(self, catalog: str, database: str, table_name: str, sagemaker_session: Session) -> None:
        self.catalog, self.database, self.table_name = catalog, database, table_name
        self.sagemaker_session = sagemaker_session
        self._current_query_execution_id: str | None = None
        self._result_bucket: str | None = None
        self._result_file_prefix: str | None = None

    def __repr__(self) -> str:
        return f"AthenaQuery({self.catalog!r}, {self.database!r}, {self.table_name!r})"

    def run(
        self, query_string: str, output_location: str, kms_key: str | None = None, workgroup: str | None = None
    ) -> str:
        """Start a query; return its id.

        Args:
            output_location: The S3 URI below which the result goes.
        """
        answer = self.sagemaker_session.start_query_execution(
            catalog=self.catalog,
            database=self.database,
            query_string=query_string,
            output_location=output_location,
            kms_key=kms_key,
            workgroup=workgroup,
        )
        self._current_query_execution_id = answer["QueryExecutionId"]
        place = urlparse(output_location, allow_fragments=False)
        self._result_bucket, self._result_file_prefix = place.netloc, place.path.strip("/")
        return self._query()

    def wait(self) -> None:
        """Wait for the query's end, and say in the log how it has ended."""
        self.sagemaker_session.wait_for_athena_query(query_execution_id=self._query())

    def get_query_execution(self) -> Any:
        """Return what Athena knows of the query."""
        return self.sagemaker_session.get_query_execution(query_execution_id=self._query())

    def as_dataframe(self, **kwargs: Any) -> Any:
        """Return the result as a pandas data frame.

        Args:
            **kwargs: pandas' for `read_csv`.

        Raises:
            RuntimeError: The query runs still, or has failed.
        """
        state = self.get_query_execution()["QueryExecution"]["Status"]["State"]
        if state in ("QUEUED", "RUNNING"):
            raise RuntimeError(f"Current query {self._query()} is still being executed.")
        if state != "SUCCEEDED":
            raise RuntimeError(f"Failed to execute query {self._query()}")
        import pandas as pd

        kwargs.pop("delimiter", None)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"{self._query()}.csv")
            self.sagemaker_session.download_athena_query_result(
                bucket=str(self._result_bucket),
                prefix=str(self._result_file_prefix),
                query_execution_id=self._query(),
                filename=path,
            )
            return pd.read_csv(path, delimiter=",", **kwargs)

    def _query(self) -> str:
        if self._current_query_execution_id is None:
            raise RuntimeError("No query was started yet.\nhint: call `run`.")
        return self._current_query_execution_id
