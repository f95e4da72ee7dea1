"""From the forms of requests that the container takes to that of TensorFlow Serving's REST API. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, parse_content_type

_REST = re.compile(r'"(instances|inputs|examples)"\s*:')
_LINES = re.compile(r"[}\]]\s*[\[{]")


class UnknownForm(Exception):
    """The content type is none that the container takes."""


def to_rest(body: str, content_type: str) -> str:
    """Return a request's body as the REST API's document.

    Raises:
        UnknownForm: The content type is another than JSON, JSON lines and CSV.
    """
    name = parse_content_type(content_type).name
    if name == CSV:
        return json.dumps({"instances": _csv_instances(body)})
    if name not in (JSON, JSON_LINES, "application/jsons"):
        raise UnknownForm(f"Unsupported Media Type: {content_type or 'Unknown'}")
    if _REST.search(body):
        return body
    if _LINES.search(body) and not _is_one(body):
        lines = [line.strip() for line in body.strip().splitlines() if line.strip()]
        return f'{{"instances":[{",".join(lines)}]}}' if len(lines) > 1 else f'{{"instances":{lines[0]}}}'
    return f'{{"instances":{body if body.lstrip().startswith("[[") else f"[{body}]"}}}'


def _is_one(body: str) -> bool:
    """Tell whether a body is one document, and no lines of several."""
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _csv_instances(body: str) -> list[Any]:
    """Return each row as a list of numbers, or of text where they are none; of one column, its value."""
    rows = [row for row in csv.reader(io.StringIO(body.strip()), skipinitialspace=True) if row]
    return [[_value(cell) for cell in row] if len(row) > 1 else _value(row[0]) for row in rows]


def _value(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell
