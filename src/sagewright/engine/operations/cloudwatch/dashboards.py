"""Dashboards: kept, not drawn."""

from __future__ import annotations

import json
import re
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.cloudwatch.errors import invalid_value
from sagewright.engine.operations.cloudwatch.pages import mark_in, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError

KIND = "dashboard"
PAGE = 1000
MOST_WIDGETS = 500
_NAME = re.compile(r"[\w-]{1,255}", re.ASCII)


def put_dashboard(parts: Parts, caller: Caller, params: Params) -> Result:
    """Keep a dashboard, over one of the same name. Dashboards are an account's, of all regions."""
    name, text = params["DashboardName"], params["DashboardBody"]
    if not _NAME.fullmatch(name):
        raise invalid_value(
            f"The value {name} for field DashboardName contains invalid characters. "
            "It can only contain alphanumerics, dash (-) and underscore (_).\n"
        )
    _check(text)
    body: dict[str, Any] = {"body": text, "modified_at": parts.clock.now()}
    if params.get("Tags"):
        body["tags"] = {tag["Key"]: tag["Value"] for tag in params["Tags"]}
    while True:
        before = parts.state.get(KIND, caller.account, name)
        kept = {**(before.body if before else {}), **body}
        try:
            parts.state.put(Record(KIND, caller.account, name, kept), expected_version=before.version if before else 0)
        except VersionConflict:
            continue
        return {"DashboardValidationMessages": []}


def get_dashboard(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a dashboard as it was put."""
    record = _find(parts, caller, params["DashboardName"])
    return {
        "DashboardArn": _arn(caller, record.name),
        "DashboardName": record.name,
        "DashboardBody": record.body["body"],
    }


def list_dashboards(parts: Parts, caller: Caller, params: Params) -> Result:
    """List dashboards in order of name."""
    after = mark_in(params.get("NextToken"), "")
    prefix = params.get("DashboardNamePrefix") or None
    found: list[Record] = []
    token: str | None = None
    while True:
        query = Query(KIND, caller.account, name_prefix=prefix, sort_by="name", limit=1000, after=token)
        page = parts.state.list(query)
        found += [record for record in page.records if after is None or record.name > after]
        token = page.next_token
        if token is None:
            break
    shown = found[:PAGE]
    entries = [
        {
            "DashboardName": record.name,
            "DashboardArn": _arn(caller, record.name),
            "LastModified": record.body["modified_at"],
            "Size": len(record.body["body"].encode()),
        }
        for record in shown
    ]
    return {"DashboardEntries": entries, "NextToken": token_of(shown[-1].name) if len(shown) < len(found) else None}


def delete_dashboards(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget dashboards, all or none."""
    if not params["DashboardNames"]:
        raise invalid_value("The parameter DashboardNames must not be empty.")
    for name in params["DashboardNames"]:
        _find(parts, caller, name)
    for name in params["DashboardNames"]:
        parts.state.delete(KIND, caller.account, name)
    return {}


def _check(text: str) -> None:
    """Check that a dashboard's body is a document with widgets; what they show is not looked into."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise _invalid("", "The field DashboardBody must be a valid JSON object") from None
    if not isinstance(body, dict):
        raise _invalid("", "The field DashboardBody must be a valid JSON object")
    widgets = body.get("widgets")
    if not isinstance(widgets, list):
        raise _invalid("/", "Should have property widgets, a list")
    if len(widgets) > MOST_WIDGETS:
        raise _invalid("/widgets", f"Should NOT have more than {MOST_WIDGETS} items")
    for number, widget in enumerate(widgets):
        for member in ("type", "properties"):
            if not isinstance(widget, dict) or member not in widget:
                raise _invalid(f"/widgets/{number}", f"Should have required property '{member}'")


def _invalid(path: str, message: str) -> ApiError:
    return ApiError(
        "InvalidParameterInput",
        "The dashboard body is invalid, there are 1 validation errors: "
        f'[ {{ "dataPath": "{path}", "message": "{message}" }} ]',
        members={"dashboardValidationMessages": [{"DataPath": path, "Message": message}]},
    )


def _find(parts: Parts, caller: Caller, name: str) -> Record:
    record = parts.state.get(KIND, caller.account, name)
    if record is None:
        raise ApiError("ResourceNotFound", f"Dashboard {name} does not exist", 404)
    return record


def _arn(caller: Caller, name: str) -> str:
    return f"arn:{partition_of(caller.region)}:cloudwatch::{caller.account}:dashboard/{name}"
