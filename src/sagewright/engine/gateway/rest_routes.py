"""The REST protocols' routes: method, path and required query of each operation, from the models.

Several operations of a service may match (`/{Name}` and `/{Name}?status`, `/buckets/{Id}` and `/buckets/all`): the most
specific wins, which is the one with most demands on the query and the headers, then with most text in its path.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from botocore.model import OperationModel, ServiceModel

from sagewright.engine.gateway import models

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


class Route(NamedTuple):
    """What a request must have to mean an operation.

    Attributes:
        literals: Query parameters, with their values; None where any value will do.
        parameters: Names of query parameters of the input that are required.
        headers: Lower-case names of headers of the input that are required.
    """

    operation: str
    path: re.Pattern[str]
    literals: Mapping[str, str | None]
    parameters: frozenset[str]
    headers: frozenset[str]

    def accepts(self, query: Mapping[str, str], headers: Collection[str]) -> bool:
        """Tell whether a request's query and headers are enough."""
        for name, value in self.literals.items():
            if name not in query or value not in (None, query[name]):
                return False
        return self.parameters <= query.keys() and (not self.headers or self.headers <= set(headers))

    def demands(self) -> tuple[int, int]:
        """Return how specific the route is: sub-resources count before parameters."""
        return len(self.literals), len(self.parameters) + len(self.headers)


def find(service: str, method: str, path: str, query: Mapping[str, str], headers: Collection[str]) -> str | None:
    """Return the operation of a service that a request means, or None."""
    routes = routes_of(service).get(method, ())
    for candidate in (path, path.rstrip("/")) if path.endswith("/") and path != "/" else (path,):
        for route in routes:
            if route.path.fullmatch(candidate) and route.accepts(query, headers):
                return route.operation
    return None


@cache
def routes_of(service: str) -> Mapping[str, tuple[Route, ...]]:
    """Return a service's routes by method, the most specific first."""
    model = models.service_model(service)
    found: dict[str, list[tuple[tuple[int, int], int, Route]]] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        route = route_of(operation)
        text = len(_LABEL.sub("", _uri(operation)[0]))
        found.setdefault(operation.http["method"], []).append((route.demands(), text, route))
    return {
        method: tuple(route for _, _, route in sorted(routes, key=lambda item: item[:2], reverse=True))
        for method, routes in found.items()
    }


def route_of(operation: OperationModel) -> Route:
    """Return the route of one operation."""
    path, query = _uri(operation)
    literals: dict[str, str | None] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if name != "x-id":  # clients of other languages name the operation with it; nobody must
            literals[name] = value if equals else None
    return Route(
        operation.name,
        _pattern(path),
        literals,
        frozenset(_required(operation, "querystring")),
        frozenset(name.lower() for name in _required(operation, "header")),
    )


def _uri(operation: OperationModel) -> tuple[str, str]:
    path, _, query = operation.http["requestUri"].partition("?")
    return path, query


def _required(operation: OperationModel, location: str) -> list[str]:
    shape = operation.input_shape
    if shape is None:
        return []
    members = [shape.members[name] for name in shape.required_members]
    return [
        str(member.serialization.get("name", member.name))
        for member in members
        if member.serialization.get("location") == location
    ]


def _pattern(path: str) -> re.Pattern[str]:
    parts = _LABEL.split(path)
    pattern = re.escape(parts[0])
    for greedy, text in zip(parts[2::3], parts[3::3], strict=True):
        pattern += f"{'.+' if greedy else '[^/]+'}{re.escape(text)}"
    return re.compile(pattern + "/?", re.DOTALL)


def operation_names(service: str) -> Collection[str]:
    """Return the names of a service's operations."""
    return _names(models.service_model(service))


@cache
def _names(model: ServiceModel) -> frozenset[str]:
    return frozenset(model.operation_names)
