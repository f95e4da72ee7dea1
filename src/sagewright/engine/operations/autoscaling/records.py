"""What scalable targets, policies, scheduled actions and activities are kept as, and how they are found.

Their names in the state store begin with the resource they scale, so that those of one resource lie together:
`<ResourceId>|<ScalableDimension>` for a target, and behind another `|` the name of the policy, action or activity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sagewright.engine.abc import BadToken, Query, Record
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError, validation_error

TARGET, POLICY, SCHEDULED, ACTIVITY = "scalable-target", "scaling-policy", "scheduled-action", "scaling-activity"
NAMESPACE = "sagemaker"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
PAGE = 50

_RESOURCES = {
    INSTANCES: re.compile(r"(?P<kind>endpoint)/(?P<name>[^/|]+)/variant/(?P<variant>[^/|]+)"),
    COPIES: re.compile(r"(?P<kind>inference-component)/(?P<name>[^/|]+)(?P<variant>)"),
}
_HINT = (
    f"hint: the target `local` scales `endpoint/<name>/variant/<name>` in the dimension `{INSTANCES}` and "
    f"`inference-component/<name>` in `{COPIES}`."
)


class Scalable(NamedTuple):
    """What is scaled: a variant of an endpoint, or an inference component, whose record has the one variant it is on.

    Attributes:
        kind, name: Of the record.
        variant: The variant's name; empty: the only one.
    """

    kind: str
    name: str
    variant: str

    @property
    def what(self) -> str:
        """What there are more or fewer of."""
        return "instance" if self.kind == "endpoint" else "copy"

    def among(self, variants: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """Return the variant; None: there is none of that name."""
        return next((variant for variant in variants if self.variant in ("", variant["name"])), None)


def check_resource(params: Params) -> Scalable:
    """Return what a request means.

    Raises:
        ApiError: `ValidationException`: something that cannot be scaled here.
    """
    check_namespace(params)
    form = _RESOURCES.get(params["ScalableDimension"])
    found = form.fullmatch(params["ResourceId"]) if form else None
    if found is None:
        raise validation_error(f"Unsupported service namespace, resource type or scalable dimension\n{_HINT}")
    return Scalable(**found.groupdict())


def check_namespace(params: Params) -> None:
    """Check that a request is about SageMaker."""
    if params["ServiceNamespace"] != NAMESPACE:
        raise validation_error(
            "Unsupported service namespace, resource type or scalable dimension\n"
            f"hint: the target `local` scales endpoints only, not `{params['ServiceNamespace']}`."
        )


def scalable_of(resource_id: str) -> Scalable:
    """Return what a resource id, once checked, names."""
    found = next(found for form in _RESOURCES.values() if (found := form.fullmatch(resource_id)))
    return Scalable(**found.groupdict())


def dimension_of(resource_id: str) -> str:
    """Return the dimension of a resource id, once checked."""
    return next(dimension for dimension, form in _RESOURCES.items() if form.fullmatch(resource_id))


def key(params: Params, *names: str) -> str:
    """Return the name of a record: the resource's and the dimension's, then those given."""
    return "|".join((params["ResourceId"], params["ScalableDimension"], *names))


def find_target(parts: Parts, caller: Caller, params: Params, verb: str = "registered") -> Record:
    """Return a scalable target.

    Raises:
        ApiError: `ObjectNotFoundException`: there is none.
    """
    record = parts.state.get(TARGET, caller.scope, key(params))
    if record is None:
        raise not_found(f"scalable target {verb}", params)
    return record


def not_found(what: str, params: Params, more: str = "") -> ApiError:
    return ApiError(
        "ObjectNotFoundException",
        f"No {what} for service namespace: {params['ServiceNamespace']}, resource ID: {params['ResourceId']}, "
        f"scalable dimension: {params['ScalableDimension']}{more}",
    )


def list_page(
    parts: Parts,
    caller: Caller,
    params: Params,
    kind: str,
    member: str,
    describe: Callable[[Record], Result],
    *,
    names: Sequence[str] | None = None,
    newest_first: bool = False,
    wanted: Callable[[Mapping[str, Any]], bool] = lambda body: True,
) -> Result:
    """Return a page of what is kept of a resource, or of all.

    Args:
        member: The result's member that holds the page.
        names: The last parts of the names that are asked for; None: all.
        wanted: Which bodies are asked for.
    """
    check_namespace(params)
    resource = params.get("ResourceId")
    query = Query(
        kind,
        caller.scope,
        name_prefix=f"{resource}|" if resource else None,
        sort_by="created" if newest_first else "name",
        descending=newest_first,
        limit=min(params.get("MaxResults", PAGE), PAGE),
        after=params.get("NextToken"),
    )
    try:
        page = parts.state.list(query)
    except BadToken:
        raise ApiError("InvalidNextTokenException", "The next token is not valid.") from None
    found = [
        describe(record)
        for record in page.records
        if (names is None or record.name.rpartition("|")[2] in names)
        and params.get("ScalableDimension") in (None, record.body["request"]["ScalableDimension"])
        and wanted(record.body)
    ]
    return {member: found, "NextToken": page.next_token}
