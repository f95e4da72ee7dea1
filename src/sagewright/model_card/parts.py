"""What the parts of a model card have in common: attributes that are checked when they are set, and their JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from typing_extensions import Self

Document = dict[str, Any]
Check = Callable[[str, Any], Any]


class Checked:
    """Something whose attributes are checked when they are set.

    Attributes:
        CHECKS: By the attribute's name what takes the name and a value, and returns the value as it is kept.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {}

    def __init_subclass__(cls) -> None:
        for name, check in cls.CHECKS.items():
            setattr(cls, name, _Attribute(name, check))


class _Attribute:
    """An attribute that is checked when it is set."""

    def __init__(self, name: str, check: Check) -> None:
        self.name, self.check = name, check

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        if self.name not in vars(owner):
            raise AttributeError(f"`{type(owner).__name__}` has no `{self.name}`")
        return vars(owner)[self.name]

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = self.check(self.name, value)


class Part(Checked):
    """A part of a model card.

    Attributes:
        NOT_SHOWN: Attributes that are no part of its JSON.
    """

    NOT_SHOWN: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._to_request_dict().items())
        return f"{type(self).__name__}({shown})"

    def _to_request_dict(self) -> Document:
        """Return the attributes that are set."""
        found = {name.removeprefix("_"): value for name, value in vars(self).items() if value is not None}
        return {name: value for name, value in found.items() if name not in self.NOT_SHOWN}

    @classmethod
    def _from_dict(cls, raw_data: Mapping[str, Any]) -> Self:
        return cls(**copy.deepcopy(dict(raw_data)))


class Items(list[Any]):
    """A list of one type of items, which does not grow over its bound.

    Args:
        max_size: None: it may grow as it likes.
    """

    def __init__(self, max_size: int | None, item_type: type, items: Iterable[Any] = ()) -> None:
        super().__init__()
        self._max_size, self._item_type = max_size, item_type
        found = list(items)
        if max_size is not None and len(found) > max_size:
            raise ValueError(f"Data size {len(found)} exceed the maximum size of {max_size}")
        for item in found:
            self.append(item)

    def append(self, item: Any) -> None:
        """Add an item at the end.

        Raises:
            TypeError: It is of another type.
            ValueError: The list is full.
        """
        self.insert(len(self), item)

    def insert(self, index: Any, item: Any) -> None:
        """Add an item at a place; see `append`."""
        self._check(item)
        if self._max_size is not None and len(self) >= self._max_size:
            raise ValueError(f"Exceed the maximum size of {self._max_size}")
        super().insert(index, item)

    def extend(self, items: Iterable[Any]) -> None:
        """Add items at the end; see `append`."""
        for item in items:
            self.append(item)

    def __setitem__(self, index: Any, item: Any) -> None:
        for one in item if isinstance(index, slice) else (item,):
            self._check(one)
        super().__setitem__(index, item)

    def _check(self, item: Any) -> None:
        if not isinstance(item, self._item_type):
            raise TypeError(f"Provided item type is {type(item)} and Expected the item type is {self._item_type}")

    def to_map(self, key_attribute: str) -> dict[Any, Any]:
        """Return the items by the value of one of their attributes."""
        keys = [(getattr(item, key_attribute, None), item) for item in self]
        return {key: item for key, item in keys if key}

    def __reduce__(self) -> tuple[Any, ...]:
        return Items, (self._max_size, self._item_type, list(self))


def one_of(options: type[Enum]) -> Check:
    """Return a check that lets the members of an enumeration through; text becomes the member of that value."""

    def checked(name: str, value: Any) -> Any:
        if value is None:
            return None
        known = {str(option.value): option for option in options}
        if value not in options.__members__.values():
            expected = sorted(map(str, options) if isinstance(value, Enum) else known)
            raise ValueError(f"Expected {value!s} to be one of {expected}")
        return value if isinstance(value, Enum) else known[value]

    return checked


def list_of(item_type: Any, max_size: int | None = None) -> Check:
    """Return a check that makes `Items` of a list; documents become items, None an empty list."""

    def checked(name: str, value: Any) -> Items:
        if value is not None and not isinstance(value, list):
            raise ValueError(f"Please assign a list to {name}")
        items: list[Any] = value or []
        if items and not isinstance(items[0], item_type):
            items = [item_type._from_dict(item) for item in items]
        return Items(max_size, item_type, items)

    return checked


def part(kind: Any) -> Check:
    """Return a check that lets parts of a class through; a document becomes one."""

    def checked(name: str, value: Any) -> Any:
        if value is None or isinstance(value, kind):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"Expected {type(value)} instance to be of class {kind.__name__}.")
        try:
            return kind._from_dict(value)
        except TypeError as error:
            raise TypeError(f"class {kind} {error}") from None

    return checked


def written(content: Any) -> str:
    """Return a card's content as JSON."""
    return json.dumps(content, default=_document)


def is_same(one: str, other: str) -> bool:
    """Tell whether two texts are the same JSON, whatever the order of their members."""
    return bool(json.loads(one) == json.loads(other))


def _document(value: Any) -> Any:
    if hasattr(value, "_to_request_dict"):
        return value._to_request_dict()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
