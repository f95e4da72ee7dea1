"""Whether a configuration holds to its schema: the part of JSON Schema that v2's schemas use."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Key = str | int


class ConfigError(ValueError):
    """A configuration holds something that it may not hold."""


class Fault(NamedTuple):
    """What is wrong, and where.

    Attributes:
        keys: The way to it, from the top.
        problem: A sentence without its end.
        hint: What to do about it; empty if nothing comes to mind.
    """

    keys: tuple[Key, ...]
    problem: str
    hint: str = ""

    @property
    def path(self) -> str:
        """The way to it as it is written: `SageMaker.Model.Containers[0]`."""
        return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.keys).lstrip(".")


def checked(
    document: Any, schema: Mapping[str, Any], place: str = "the configuration", text: str | None = None
) -> None:
    """Do nothing if a document holds to a schema.

    Args:
        place: What the message calls the document.
        text: The YAML that the document was read from; lets the message name the line.

    Raises:
        ConfigError: It does not; where jsonschema is loaded, the error is one of its `ValidationError`s as well.
    """
    fault = fault_of(document, schema)
    if fault is None:
        return
    at = f"`{fault.path}`" if fault.keys else "the top"
    line = None if text is None else _line_of(text, fault.keys)
    where = place if line is None else f"{place}, line {line}"
    hint = f"\nhint: {fault.hint}" if fault.hint else ""
    raise _error_class()(f"{where}: {at}: {fault.problem}{hint}")


def fault_of(document: Any, schema: Mapping[str, Any], keys: tuple[Key, ...] = ()) -> Fault | None:
    """Return the first fault of a document; None if it has none."""
    kind = schema.get("type")
    if kind is not None and not _is(document, kind):
        found = "nothing" if document is None else f"`{document}`" if not _is_nested(document) else _kind_of(document)
        return Fault(keys, f"{found} stands where {_KINDS[kind]} belongs", _TYPE_HINTS.get(kind, ""))
    if isinstance(document, Mapping):
        return _fault_of_object(document, schema, keys)
    if isinstance(document, list):
        return _fault_of_list(document, schema, keys)
    return _fault_of_value(document, schema, keys)


def _fault_of_object(document: Mapping[Any, Any], schema: Mapping[str, Any], keys: tuple[Key, ...]) -> Fault | None:
    members, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name in schema.get("required", ()):
        if name not in document:
            return Fault(keys, f"`{name}` is missing", _MISSING.get(name, f"add `{name}`"))
    if len(document) > schema.get("maxProperties", len(document)):
        return Fault(keys, f"there are {len(document)} entries; at most {schema['maxProperties']} are allowed")
    for name, value in document.items():
        inner = members.get(name) or next((s for p, s in patterns.items() if re.search(p, str(name))), None)
        if inner is None and schema.get("additionalProperties") is False:
            return Fault((*keys, str(name)), "there is no such key here", _meant(str(name), members))
        fault = fault_of(value, inner, (*keys, str(name))) if inner else None
        if fault is not None:
            return fault
    return None


def _fault_of_list(document: list[Any], schema: Mapping[str, Any], keys: tuple[Key, ...]) -> Fault | None:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(document))
    if not least <= len(document) <= most:
        allowed = f"at least {least}" if len(document) < least else f"at most {most}"
        return Fault(keys, f"there are {len(document)} items; {allowed} are allowed")
    faults = (fault_of(item, schema.get("items", {}), (*keys, i)) for i, item in enumerate(document))
    return next((fault for fault in faults if fault is not None), None)


def _fault_of_value(value: Any, schema: Mapping[str, Any], keys: tuple[Key, ...]) -> Fault | None:
    if "enum" in schema and value not in schema["enum"]:
        return Fault(keys, f"`{value}` is none of {', '.join(f'`{one}`' for one in schema['enum'])}")
    if not isinstance(value, str):
        return None
    hint = _FORMS.get(str(keys[-1]), "") if keys else ""
    if len(value) < schema.get("minLength", 0):
        return Fault(keys, f"`{value}` is shorter than {schema['minLength']} characters", hint)
    if len(value) > schema.get("maxLength", len(value)):
        return Fault(keys, f"the text is longer than {schema['maxLength']} characters")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return Fault(keys, f"`{value}` does not have the form `{schema['pattern']}`", hint)
    return None


_PYTHON = {"object": Mapping, "array": list, "string": str, "boolean": bool}
_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
}
_TYPE_HINTS = {"string": "put it into quotes if it is a text.", "array": "write each item behind a dash."}
_MISSING = {"SchemaVersion": "the first line of a configuration is `SchemaVersion: '1.0'`."}
_ROLE_HINT = "give the role's ARN, as `arn:aws:iam::123456789012:role/NAME`."
_FORMS = {
    "RoleArn": _ROLE_HINT,
    "ExecutionRoleArn": _ROLE_HINT,
    "ValidationRole": _ROLE_HINT,
    "ClusterRoleArn": _ROLE_HINT,
    "S3RootUri": "give an S3 URI, as `s3://bucket/prefix`.",
    "S3ModelDataUri": "give an S3 URI, as `s3://bucket/prefix`.",
    "DefaultS3Bucket": "give the bucket's name alone, without `s3://`.",
}


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, _PYTHON[kind])


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list))


def _kind_of(value: Any) -> str:
    return "a mapping" if isinstance(value, Mapping) else "a list"


def _meant(name: str, known: Iterable[str]) -> str:
    from sagewright.vocabulary.suggestions import nearest

    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"there are {', '.join(f'`{one}`' for one in names)}." if names else ""


def _line_of(text: str, keys: tuple[Key, ...]) -> int | None:
    """Return the line of the text that holds the last of the keys that is there, counted from 1."""
    import yaml

    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = None if node is None else node.start_mark.line + 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if getattr(k, "value", None) == key), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _error_class() -> type[ConfigError]:
    """Return the class to raise: who catches jsonschema's `ValidationError`, as v2 raises it, has loaded jsonschema."""
    exceptions = sys.modules.get("jsonschema.exceptions")
    if exceptions is None:
        return ConfigError
    return type("ConfigError", (ConfigError, exceptions.ValidationError), {"__str__": _first_argument})


def _first_argument(error: BaseException) -> str:
    return str(error.args[0])
