"""What bias is looked for."""

from __future__ import annotations

import copy
from typing import Any

from sagewright.arguments import suggests
from sagewright.clarify.documents import Document, WrongArgumentsError, given, shown


@suggests
class BiasConfig:
    """What bias is looked for.

    Args:
        label_values_or_threshold: The outcomes that are good, or the number above which one is.
        facet_name: The sensitive column, or a list of them.
        facet_values_or_threshold: The values of the disadvantaged group, or the number above which one is in it; of
            several columns a list with an entry for each, None for every value.
        group_name: A column whose groups are compared one by one.

    Raises:
        ValueError: There is no facet, or another number of values than of facets.

    Example:
        >>> from sagewright.clarify import BiasConfig
        >>> BiasConfig([1], "sex", [0]).get_config()["facet"]
        [{'name_or_index': 'sex', 'value_or_threshold': [0]}]
    """

    def __init__(
        self,
        label_values_or_threshold: Any,
        facet_name: str | int | list[str] | list[int],
        facet_values_or_threshold: Any = None,
        group_name: str | None = None,
    ) -> None:
        facets = _facets(facet_name, facet_values_or_threshold)
        own = {"label_values_or_threshold": label_values_or_threshold, "facet": facets}
        self.analysis_config: Document = {**own, **given({"group_variable": group_name})}

    def __repr__(self) -> str:
        return shown(self, self.analysis_config)

    def get_config(self) -> Document:
        """Return its part of the analysis' document, a copy."""
        return copy.deepcopy(self.analysis_config)


def _facets(names: Any, values: Any) -> list[Document]:
    if not isinstance(names, list):
        return [{"name_or_index": names, **given({"value_or_threshold": values})}]
    if not names:
        raise WrongArgumentsError("Please provide at least one facet")
    if values is None:
        values = [None] * len(names)
    if len(values) != len(names):
        raise ValueError("The number of facet names doesn't match the number of facet values")
    return [
        {"name_or_index": name, **given({"value_or_threshold": value})}
        for name, value in zip(names, values, strict=True)
    ]
