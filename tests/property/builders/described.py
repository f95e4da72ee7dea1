"""How a builder of requests is described: where stands what it makes, and what each of its arguments may be.

An argument is described by the place of the member that it becomes, below the builder's own place, or by a strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.property.legal import legal, shape_at

Given = dict[str, Any]
Argument = str | st.SearchStrategy[Any]


class Builder(NamedTuple):
    """A builder of requests, or of a part of one.

    Attributes:
        place: Where stands what it makes: an operation, and what members lead there.
        arguments: Of the function, or of the spec that it takes.
        settle: Takes out of what was drawn, in place, what does not go together.
        spec: What holds the arguments, where the function takes one thing.
        kept: Arguments that say how a request is made, and so do not stand in it.
        within: Makes whole what is only a part of what stands there.
        service: Whose operation it is.
    """

    place: str
    arguments: Mapping[str, Argument]
    settle: Callable[[Given], None] = lambda given: None
    spec: Callable[..., Any] | None = None
    kept: tuple[str, ...] = ()
    within: Callable[[Any], Any] = lambda made: made
    service: str = "sagemaker"

    def strategy(self, name: str) -> st.SearchStrategy[Any]:
        """Return what an argument is drawn from."""
        argument = self.arguments[name]
        return legal(shape_at(f"{self.place}.{argument}", self.service)) if isinstance(argument, str) else argument


def at(place: str) -> st.SearchStrategy[Any]:
    return legal(shape_at(place))


def both_or_none(one: str, other: str) -> Callable[[Given], None]:
    def settle(given: Given) -> None:
        if (one in given) != (other in given):
            given.pop(one, None), given.pop(other, None)

    return settle
