"""A cache that forgets what was not asked for longest, and looks up again what is too old (v2's own path)."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sagewright.arguments import shows

Key = TypeVar("Key")
Value = TypeVar("Value")


@shows
class LRUCache(Generic[Key, Value]):
    """Values by key.

    Args:
        max_cache_items: How many are kept.
        expiration_horizon: The age from which a value is looked up again.
        retrieval_function: Looks a value up: is called with `key`, and with the old `value` or None.
    """

    class Element:
        """A value and when it was looked up."""

        def __init__(self, value: Any, creation_time: datetime.datetime) -> None:
            self.value, self.creation_time = value, creation_time

    def __init__(
        self,
        max_cache_items: int,
        expiration_horizon: datetime.timedelta,
        retrieval_function: Callable[..., Value],
    ) -> None:
        self._max_cache_items, self._expiration_horizon = max_cache_items, expiration_horizon
        self._retrieval_function = retrieval_function
        self._lru_cache: OrderedDict[Key, LRUCache.Element] = OrderedDict()

    def __len__(self) -> int:
        return len(self._lru_cache)

    def __contains__(self, key: object) -> bool:
        return key in self._lru_cache

    def clear(self) -> None:
        """Forget everything."""
        self._lru_cache.clear()

    def get(self, key: Key, data_source_fallback: bool | None = True) -> tuple[Value, bool]:
        """Return a value, and whether it was there.

        Args:
            data_source_fallback: Look up what is not there, or too old.

        Raises:
            KeyError: It is neither there nor to be looked up.
        """
        was_there = key in self._lru_cache
        if not was_there and data_source_fallback:
            self.put(key)
        return self._fresh(key, fail_if_old=not data_source_fallback), was_there

    def put(self, key: Key, value: Value | None = None) -> None:
        """Keep a value; None: look it up."""
        old = self._lru_cache.pop(key, None)
        while len(self._lru_cache) >= self._max_cache_items:
            self._lru_cache.popitem(last=False)
        if value is None:
            value = self._retrieval_function(key=key, value=old.value if old else None)
        self._lru_cache[key] = self.Element(value=value, creation_time=_now())

    def _fresh(self, key: Key, *, fail_if_old: bool) -> Value:
        element = self._lru_cache.pop(key, None)
        if element is None or (fail_if_old and self._is_old(element)):
            raise KeyError(f"{key} not found in LRUCache!")
        if self._is_old(element):
            element.value = self._retrieval_function(key=key, value=element.value)
            element.creation_time = _now()
        self._lru_cache[key] = element
        value: Value = element.value
        return value

    def _is_old(self, element: Element) -> bool:
        return _now() - element.creation_time > self._expiration_horizon


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.timezone.utc)
