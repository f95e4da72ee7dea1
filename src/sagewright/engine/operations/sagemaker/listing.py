"""What all `List...` operations of SageMaker's records have in common (`contract.md` 8.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sagewright.engine.abc import BadToken, Query, Record
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import validation_error

_SORT_BY = {"CreationTime": "created", "Name": "name", "Status": "status"}


def list_records(
    parts: Parts,
    caller: Caller,
    params: Params,
    kind: str,
    member: str,
    summary: Callable[[Record], Result],
    *,
    descending: bool,
    page: int,
) -> Result:
    """Return one page of a kind's records.

    Args:
        member: The result's member that holds the summaries.
        descending: The order where the request names none.
        page: The most summaries of a page where the request names no `MaxResults`.

    Raises:
        ApiError: `ValidationException` for a `NextToken` that is not ours.
    """
    query = Query(
        kind,
        scope=caller.scope,
        name_contains=params.get("NameContains"),
        status=params.get("StatusEquals"),
        created_after=_unix(params.get("CreationTimeAfter")),
        created_before=_unix(params.get("CreationTimeBefore")),
        modified_after=_unix(params.get("LastModifiedTimeAfter")),
        modified_before=_unix(params.get("LastModifiedTimeBefore")),
        sort_by=_SORT_BY[params.get("SortBy", "CreationTime")],
        descending=params["SortOrder"] == "Descending" if "SortOrder" in params else descending,
        limit=params.get("MaxResults", page),
        after=params.get("NextToken"),
    )
    try:
        found = parts.state.list(query)
    except BadToken:
        raise validation_error("The NextToken of the request is not valid.") from None
    answer: Result = {member: [summary(record) for record in found.records]}
    if found.next_token is not None:
        answer["NextToken"] = found.next_token
    return answer


def _unix(time: Any) -> float | None:
    return time.timestamp() if isinstance(time, datetime) else time
