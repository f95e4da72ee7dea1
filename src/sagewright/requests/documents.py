"""What builders of documents have in common."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def given(**members: Any) -> Document:
    """Return the members of a document that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def update_args(args: Document, **kwargs: Any) -> None:
    """Put into a document the members that are not None (v2's name)."""
    args.update(given(**kwargs))


def described(**members: Any) -> Document:
    """Return the documents of the objects that are not None, by the members' names."""
    return {name: value._to_request_dict() for name, value in members.items() if value is not None}
