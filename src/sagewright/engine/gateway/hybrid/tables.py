"""The rows of DynamoDB's tables.

moto keeps them in `Table.items`: hash key -> item, or hash key -> range key -> item. Here that dictionary notes which
items were asked for by their keys: those alone can have changed, since whoever walks over all of them only reads.

For each transaction moto copies its tables whole. A copy of this dictionary shares the items, and whichever of the two
asks for one first gets its own.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Mapping
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sagewright.engine.gateway.hybrid.containers import KINDS

Place = tuple[Any, Any]  # hash key, range key or None


class Rows(dict[Any, Any]):
    """The items of a table."""

    kind = "rows"

    def __init__(self, id: str | None = None) -> None:
        super().__init__()
        self.id = id or uuid.uuid4().hex
        self.seq: int | None = None
        self._touched: set[Place] = set()
        self._own: set[Place] | None = None  # which items no copy shares; None: all of them

    def __missing__(self, hash_key: Any) -> Any:
        partition = _Partition(self, hash_key)
        dict.__setitem__(self, hash_key, partition)
        return partition

    def __getitem__(self, hash_key: Any) -> Any:
        found = super().__getitem__(hash_key)
        return found if isinstance(found, _Partition) else self._touch(self, (hash_key, None), hash_key)

    def __setitem__(self, hash_key: Any, item: Any) -> None:
        self._note((hash_key, None))
        super().__setitem__(hash_key, item)

    def __delitem__(self, hash_key: Any) -> None:
        self.pop(hash_key)

    def pop(self, hash_key: Any, *default: Any) -> Any:
        found = self.get(hash_key)
        if isinstance(found, _Partition):
            self._touched.update((hash_key, range_key) for range_key in found)
        elif found is not None:
            found = self._touch(self, (hash_key, None), hash_key)
        return super().pop(hash_key, *default)

    def _note(self, place: Place) -> None:
        self._touched.add(place)
        if self._own is not None:
            self._own.add(place)

    def _touch(self, holder: dict[Any, Any], place: Place, key: Any) -> Any:
        """Return an item that the caller may change."""
        item = dict.__getitem__(holder, key)
        if self._own is not None and place not in self._own:
            item = copy.deepcopy(item)
            dict.__setitem__(holder, key, item)
        self._note(place)
        return item

    def __deepcopy__(self, memo: dict[int, Any]) -> Rows:
        twin = Rows(self.id)
        twin.seq, twin._touched = self.seq, set(self._touched)
        self._own, twin._own = set(), set()
        for hash_key, value in self.items():
            dict.__setitem__(twin, hash_key, value.twin(twin) if isinstance(value, _Partition) else value)
        memo[id(self)] = twin
        return twin

    def changes(self) -> Mapping[str, Any]:
        return {_key_of(place): self._at(place) for place in self._touched}

    def _at(self, place: Place) -> Any:
        found = self.get(place[0])
        return found.get(place[1]) if isinstance(found, _Partition) else found

    def saved(self) -> None:
        self._touched.clear()

    def absorb(self, key: str, piece: Any) -> None:
        hash_key, range_key = _place_of(key)
        holder = self if range_key is None else self.get(hash_key)
        if holder is None:
            holder = self.__missing__(hash_key)
        if piece is None:
            dict.pop(holder, hash_key if range_key is None else range_key, None)
        else:
            dict.__setitem__(holder, hash_key if range_key is None else range_key, piece)
        if self._own is not None:
            self._own.add((hash_key, range_key))

    def part_with(self, id: str) -> None:
        self.id, self.seq = id, None
        self._touched = {
            (hash_key, range_key)
            for hash_key, value in self.items()
            for range_key in (value if isinstance(value, _Partition) else (None,))
        }


class _Partition(dict[Any, Any]):
    """The items of one hash key by their range keys."""

    def __init__(self, rows: Rows, hash_key: Any) -> None:
        super().__init__()
        self._rows, self._hash_key = rows, hash_key

    def twin(self, rows: Rows) -> _Partition:
        made = _Partition(rows, self._hash_key)
        dict.update(made, self)
        return made

    def __getitem__(self, range_key: Any) -> Any:
        return self._rows._touch(self, (self._hash_key, range_key), range_key)

    def __setitem__(self, range_key: Any, item: Any) -> None:
        self._rows._note((self._hash_key, range_key))
        super().__setitem__(range_key, item)

    def pop(self, range_key: Any, *default: Any) -> Any:
        if range_key in self:
            self._rows._touch(self, (self._hash_key, range_key), range_key)
        return super().pop(range_key, *default)


def _key_of(place: Place) -> str:
    return json.dumps([key and key.to_json() for key in place], default=str)


def _place_of(key: str) -> Place:
    hash_key, range_key = (value and DynamoType(value) for value in json.loads(key))
    return hash_key, range_key


def _items(table: Any) -> Rows:
    found = table.__dict__["items"]
    return found if isinstance(found, Rows) else _take_over(table, found)


def _take_over(table: Any, items: Any) -> Rows:
    """Give a table rows that track their changes in the place of a plain dictionary."""
    rows = items if isinstance(items, Rows) else Rows()
    if rows is not items:
        for hash_key, value in items.items():
            if type(value) is dict:
                for range_key, item in value.items():
                    rows[hash_key][range_key] = item
            else:
                rows[hash_key] = value
    table.__dict__["items"] = rows
    return rows


def track() -> None:
    """Let moto's tables keep their items in `Rows`."""
    table: Any = Table
    table.items = property(_items, _take_over)  # type: ignore[arg-type]
    KINDS[Rows.kind] = Rows
