"""What all analytics have in common: a table that is fetched once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


class AnalyticsMetricsBase(ABC):
    """A table that is fetched when it is first asked for."""

    def __init__(self) -> None:
        self._dataframe: Any = None

    def dataframe(self, force_refresh: bool = False) -> Any:
        """Return a pandas data frame.

        Args:
            force_refresh: Fetch it again; else what was fetched the first time is returned.
        """
        if force_refresh:
            self.clear_cache()
        if self._dataframe is None:
            self._dataframe = self._fetch_dataframe()
        return self._dataframe

    @abstractmethod
    def _fetch_dataframe(self) -> Any:
        """Fetch the table."""

    def clear_cache(self) -> None:
        """Forget what was fetched."""
        self._dataframe = None

    def export_csv(self, filename: str) -> None:
        """Write the table to a file."""
        self.dataframe().to_csv(filename)


def pages(ask: Any, members: str, request: Document) -> Iterator[Document]:
    """Yield what all pages of an answer hold.

    Args:
        ask: A method of a client.
        members: The list in its answer.
    """
    while True:
        answer = ask(**request)
        yield from answer[members]
        if not answer.get("NextToken") or not answer[members]:
            return
        request = {**request, "NextToken": answer["NextToken"]}
