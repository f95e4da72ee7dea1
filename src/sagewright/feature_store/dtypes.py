"""The types of features, as a data frame's columns tell them (`contract.md` 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum, ListCollectionType
from sagewright.feature_store.inputs import OnlineStoreStorageTypeEnum

_WHOLE = ("int_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_REAL = ("float_", "float16", "float32", "float64")
_LOOKED_AT = 1000  # rows of a column of objects

TYPES: Mapping[str, FeatureTypeEnum] = {
    **dict.fromkeys(_WHOLE, FeatureTypeEnum.INTEGRAL),
    **dict.fromkeys(_REAL, FeatureTypeEnum.FRACTIONAL),
    "string": FeatureTypeEnum.STRING,
    "object": FeatureTypeEnum.STRING,
}
# The types that a list's items have, in the order in which they are tried.
_OF_ITEMS: tuple[tuple[FeatureTypeEnum, Any], ...] = (
    (FeatureTypeEnum.INTEGRAL, int),
    (FeatureTypeEnum.FRACTIONAL, (float, int)),
    (FeatureTypeEnum.STRING, str),
)


def definition_of(column: Any, storage_type: OnlineStoreStorageTypeEnum | None) -> FeatureDefinition:
    """Return the feature that a column is.

    Args:
        storage_type: In memory columns of lists are lists; elsewhere they are text.

    Raises:
        ValueError: Its type is no feature's.
    """
    dtype, collection = str(column.dtype).lower(), None
    kind = TYPES.get("string" if dtype == "str" else dtype)  # `str` is what pandas 3 makes of text
    if storage_type == OnlineStoreStorageTypeEnum.IN_MEMORY and dtype == "object" and _holds_lists(column):
        kind, collection = _type_of_items(column.head(_LOOKED_AT)), ListCollectionType()
    if kind is None:
        raise ValueError(
            f"Failed to infer Feature type based on dtype {dtype} for column {column.name}.\n"
            'hint: convert it, as with `frame[column].astype("string")`, or give `feature_definitions` yourself.'
        )
    return FeatureDefinition(column.name, kind, collection)


def _holds_lists(column: Any) -> bool:
    import pandas as pd
    from pandas.api.types import is_list_like

    values = list(column.head(_LOOKED_AT))
    there = [value for value in values if is_list_like(value) or bool(pd.notna(value))]
    return bool(there) and all(is_list_like(value) for value in there)


def _type_of_items(column: Any) -> FeatureTypeEnum | None:
    import pandas as pd
    from pandas.api.types import is_list_like

    items = [item for value in column if is_list_like(value) for item in value]
    known = [item for item in items if isinstance(item, str) or bool(pd.notna(item))]
    return next((kind for kind, of in _OF_ITEMS if all(isinstance(item, of) for item in known)), None)
