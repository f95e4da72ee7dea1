"""Features: their names, types, and whether they are collections."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sagewright.arguments import suggests
from sagewright.feature_store.configs import Config, Document, word_of


class FeatureTypeEnum(Enum):
    """What a feature's values are."""

    FRACTIONAL = "Fractional"
    INTEGRAL = "Integral"
    STRING = "String"


class CollectionTypeEnum(Enum):
    """What kind of a collection a feature is."""

    LIST = "List"
    SET = "Set"
    VECTOR = "Vector"


@suggests
class CollectionType(Config):
    """A kind of a collection."""

    def __init__(self, collection_type: CollectionTypeEnum, collection_config: Document | None) -> None:
        self.collection_type, self.collection_config = collection_type, collection_config

    def to_dict(self) -> Document:
        """Return the document of a request."""
        return self.construct_dict(
            CollectionType=word_of(self.collection_type), CollectionConfig=self.collection_config
        )


class ListCollectionType(CollectionType):
    """A list."""

    def __init__(self) -> None:
        super().__init__(CollectionTypeEnum.LIST, None)


class SetCollectionType(CollectionType):
    """A set."""

    def __init__(self) -> None:
        super().__init__(CollectionTypeEnum.SET, None)


class VectorCollectionType(CollectionType):
    """A vector of so many numbers."""

    def __init__(self, dimension: int) -> None:
        super().__init__(CollectionTypeEnum.VECTOR, {"VectorConfig": {"Dimension": dimension}})


@suggests
class FeatureDefinition(Config):
    """A feature.

    Example:
        >>> from sagewright.feature_store.feature_definition import FeatureDefinition, FeatureTypeEnum
        >>> FeatureDefinition("price", FeatureTypeEnum.FRACTIONAL).to_dict()
        {'FeatureName': 'price', 'FeatureType': 'Fractional'}
    """

    def __init__(
        self, feature_name: Any, feature_type: FeatureTypeEnum, collection_type: CollectionType | None = None
    ) -> None:
        self.feature_name, self.feature_type, self.collection_type = feature_name, feature_type, collection_type

    def to_dict(self) -> Document:
        """Return the document of a request."""
        collection = self.collection_type.to_dict() if self.collection_type else {}
        return self.construct_dict(FeatureName=self.feature_name, FeatureType=word_of(self.feature_type), **collection)


class FractionalFeatureDefinition(FeatureDefinition):
    """A feature of real numbers."""

    def __init__(self, feature_name: Any, collection_type: CollectionType | None = None) -> None:
        super().__init__(feature_name, FeatureTypeEnum.FRACTIONAL, collection_type)


class IntegralFeatureDefinition(FeatureDefinition):
    """A feature of whole numbers."""

    def __init__(self, feature_name: Any, collection_type: CollectionType | None = None) -> None:
        super().__init__(feature_name, FeatureTypeEnum.INTEGRAL, collection_type)


class StringFeatureDefinition(FeatureDefinition):
    """A feature of texts."""

    def __init__(self, feature_name: Any, collection_type: CollectionType | None = None) -> None:
        super().__init__(feature_name, FeatureTypeEnum.STRING, collection_type)
