"""What the protocols say of an error: its type, status and members, from the shape that the model has for its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import OperationModel, Shape, StructureShape

from sagewright.vocabulary.errors import ApiError


def shape_of(error: ApiError, model: OperationModel) -> StructureShape | None:
    """Return the shape that a service has for an error's code, if it has one."""
    shape: Any = model.service_model.shape_for_error_code(error.code)  # type: ignore[arg-type]
    return shape if isinstance(shape, StructureShape) else None


def type_of(error: ApiError, model: OperationModel) -> str:
    """Return an error's name in the protocols that name shapes.

    A service that once spoke query has codes beside its shapes' names, and gives the code in a header.
    """
    shape = shape_of(error, model)
    return shape.name if shape is not None and _was_query(model) else error.code


def status_of(error: ApiError, model: OperationModel) -> int:
    """Return an error's HTTP status where the model has them: the model's, unless another than 400 is given.

    The JSON protocols and CBOR have none of their own there: the model's is that of query.
    """
    shape = shape_of(error, model)
    if shape is None or error.status != 400:
        return error.status
    return int(shape.metadata.get("error", {}).get("httpStatusCode", error.status))


def query_error(error: ApiError, model: OperationModel) -> dict[str, str]:
    """Return the header in which a service that once spoke query says its code."""
    return {"x-amzn-query-error": f"{error.code};{fault_of(error, model)}"} if _was_query(model) else {}


def fault_of(error: ApiError, model: OperationModel) -> str:
    """Return whose fault an error is, in the words of the query protocol."""
    return "Sender" if status_of(error, model) < 500 else "Receiver"


def members_of(error: ApiError, model: OperationModel, write: Callable[[Shape, Any], Any]) -> dict[str, Any]:
    """Return an error's message and further members as a document's values.

    The message stands under the name that the error's shape gives it.

    Args:
        write: Writes a member that the error's shape describes.
    """
    shape = shape_of(error, model)
    known: Mapping[str, Shape] = {} if shape is None else shape.members
    members = {"Message" if "Message" in known else "message": error.message} if error.message else {}
    for name, value in error.members.items():
        if value is not None and not (name in known and "location" in known[name].serialization):
            wire_name = known[name].serialization.get("name", name) if name in known else name
            members[wire_name] = write(known[name], value) if name in known else value
    return members


def _was_query(model: OperationModel) -> bool:
    return model.service_model.metadata.get("awsQueryCompatible") is not None
