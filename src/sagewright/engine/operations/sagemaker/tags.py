"""Tags of SageMaker's resources (`contract.md` 8.8)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import parse_arn
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.spot import INTERRUPT_TAG

KIND = "tags"
MOST = 50  # of one resource
PAGE = 50
TAGGED = ("training-job", "transform-job", "model", "endpoint-config", "endpoint", "inference-component")

Tag = Mapping[str, str]
_Change = Callable[[dict[str, str]], dict[str, str]]


def add_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    """Add tags to a resource, over those of the same keys; return all it has.

    One tag is none: it interrupts the job that it is added to.
    """
    arn = params["ResourceArn"]
    _check_resource(parts, caller, arn)
    kept = [tag for tag in params["Tags"] if tag["Key"] != INTERRUPT_TAG]
    if len(kept) < len(params["Tags"]):
        from sagewright.engine.operations.sagemaker.training_changes import interrupt  # it imports this module

        interrupt(parts, caller, parse_arn(arn).resource_name)
    return {"Tags": put_tags(parts, caller, arn, kept)}


def list_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a resource's tags."""
    _check_resource(parts, caller, params["ResourceArn"])
    tags = tags_of(parts, caller, params["ResourceArn"])
    start = _start(params.get("NextToken"))
    end = start + params.get("MaxResults", PAGE)
    answer: Result = {"Tags": tags[start:end]}
    if end < len(tags):
        answer["NextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return answer


def delete_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove tags by their keys; those that are not there are as good as removed."""
    _check_resource(parts, caller, params["ResourceArn"])
    gone = set(params["TagKeys"])
    _change(parts, caller, params["ResourceArn"], lambda tags: {key: v for key, v in tags.items() if key not in gone})
    return {}


def put_tags(parts: Parts, caller: Caller, arn: str, tags: Sequence[Tag]) -> list[dict[str, str]]:
    """Add tags to the resource of an ARN and return all it has, in the order in which they came.

    Raises:
        ApiError: `ValidationException` for tags that may not be.
    """
    keys = [tag["Key"] for tag in tags]
    for key in keys:
        if key.lower().startswith("aws:"):
            raise validation_error(f"The tag key `{key}` begins with `aws:`, which is reserved.")
        if keys.count(key) > 1:
            raise validation_error(f"The tag key `{key}` is given more than once.")
    added = {tag["Key"]: tag["Value"] for tag in tags}
    return _change(parts, caller, arn, lambda present: _checked({**present, **added}))


def tags_of(parts: Parts, caller: Caller, arn: str) -> list[dict[str, str]]:
    """Return the tags of the resource of an ARN, in the order in which they came."""
    record = parts.state.get(KIND, caller.scope, arn.lower())
    return _listed(record.body["tags"]) if record else []


def drop_tags(parts: Parts, caller: Caller, arn: str) -> None:
    """Forget the tags of a resource that is gone."""
    parts.state.delete(KIND, caller.scope, arn.lower())


def _change(parts: Parts, caller: Caller, arn: str, change: _Change) -> list[dict[str, str]]:
    while True:
        record = parts.state.get(KIND, caller.scope, arn.lower())
        tags = change(record.body["tags"] if record else {})
        new = Record(KIND, caller.scope, arn.lower(), {"tags": tags})
        try:
            parts.state.put(new, expected_version=record.version if record else 0)
        except VersionConflict:
            continue
        return _listed(tags)


def _checked(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > MOST:
        raise validation_error(f"A resource can have at most {MOST} tags; this one would have {len(tags)}.")
    return tags


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


REGISTRY = ("model-package", "model-package-group")


def _check_resource(parts: Parts, caller: Caller, arn: str) -> None:
    """Check that an ARN names a resource of ours; names are lower-case in it, so that the records are searched."""
    try:
        resource = parse_arn(arn)
    except ValueError:
        raise validation_error(f"`{arn}` is not an ARN.") from None
    kind, name = resource.resource_type, resource.resource_name
    if resource.service == "sagemaker" and kind in (*TAGGED, *REGISTRY):
        if parts.state.get(kind, caller.scope, name) is not None:
            return
        if _find_by_arn(parts, caller, kind, arn):
            return
    raise validation_error(f"Could not find the resource `{arn}`.")


def _find_by_arn(parts: Parts, caller: Caller, kind: str, arn: str) -> bool:
    token: str | None = None
    while True:
        page = parts.state.list(Query(kind, caller.scope, limit=1000, after=token))
        if any(record.body["arn"] == arn.lower() for record in page.records):
            return True
        token = page.next_token
        if token is None:
            return False


def _start(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except ValueError:
        raise validation_error("The NextToken of the request is not valid.") from None
