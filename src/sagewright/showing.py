"""How objects of the SDK show themselves: what they were made with that is not the default, and nothing secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

_LONGEST_VALUE = 80  # characters
_MANY = 12  # arguments in a line

# Arguments that say nothing of what an object does.
_NOISE = ("self", "args", "kwargs", "session", "sagemaker_session", "boto_session")
_SECRET = ("password", "passwd", "secret", "token", "credential", "private", "access_key", "auth")
# Documents whose values are the user's own, secrets among them: their names are shown.
_NAMES_ONLY = ("env", "environment", "environment_variables")


def text_of(instance: Any) -> str:
    """Return an object's repr: `Estimator(image_uri='...', instance_count=1)`.

    It asks nobody: what an object would have to look up is not shown.
    """
    pairs = list(_pairs(instance))
    shown = [f"{name}={value}" for name, value in pairs[:_MANY]]
    more = ["..."] if len(pairs) > _MANY else []
    return f"{type(instance).__name__}({', '.join(shown + more)})"


def html_of(instance: Any) -> str:
    """Return the same as a table for a notebook."""
    from html import escape

    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:left'><code>{escape(value)}</code></td></tr>"
        for name, value in _pairs(instance)
    )
    return f"<b>{escape(type(instance).__name__)}</b><table>{rows}</table>"


def _pairs(instance: Any) -> Iterator[tuple[str, str]]:
    """Yield the arguments that are neither their default nor False, or where none is kept what is, as text."""
    names = _arguments(type(instance))
    held = {name: _attribute(instance, name) for name in names}
    if all(value is None for value in held.values()):
        held = {name.lstrip("_"): value for name, value in getattr(instance, "__dict__", {}).items()}
    came_of_it = {name: _attribute(instance, name) for name in getattr(instance, "_shown", ())}  # the last job, say
    for name, value in {**came_of_it, **held}.items():
        is_said = value is None or value is False or _is(value, names.get(name)) or _is_empty(value)
        if not is_said and name not in _NOISE and not name.endswith("_client"):
            yield name, _written(name, value)


def _is_empty(value: Any) -> bool:
    return type(value) in (dict, list, tuple) and not value


def _arguments(owner: type) -> dict[str, Any]:
    """Return the arguments of a class's constructors and their defaults, the nearest class's first."""
    found: dict[str, Any] = {}
    for base in owner.__mro__:
        function: Any = base.__dict__.get("__init__")
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        if isinstance(function, FunctionType):
            for name, default in _declared(function):
                if name not in _NOISE:
                    found.setdefault(name, default)
    return found


def _declared(function: FunctionType) -> Iterator[tuple[str, Any]]:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    positional, defaults = names[: code.co_argcount], function.__defaults__ or ()
    given = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
    given.update(function.__kwdefaults__ or {})
    return ((name, given.get(name)) for name in names)


def _attribute(instance: Any, name: str) -> Any:
    """Return what an object holds under a name; a property is not asked, for it may ask AWS."""
    held = getattr(instance, "__dict__", {})
    if name in held:
        return held[name]
    if f"_{name}" in held:
        return held[f"_{name}"]
    slot = getattr(type(instance), name, None)
    return getattr(instance, name, None) if type(slot).__name__ in ("member_descriptor", "_tuplegetter") else None


def _is(value: Any, default: Any) -> bool:
    try:
        return type(value) is type(default) and bool(value == default)
    except Exception:  # noqa: BLE001 - arrays and variables of pipelines don't compare
        return False


def _written(name: str, value: Any) -> str:
    if any(word in name.lower() for word in _SECRET):
        return "'***'"
    if name in _NAMES_ONLY and isinstance(value, Mapping):
        return f"<{', '.join(map(str, value))}>"
    text = repr(_without_secrets(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: "***" if any(word in str(key).lower() for word in _SECRET) else _without_secrets(item)
            for key, item in value.items()
        }
    if type(value) in (list, tuple):
        return [_without_secrets(item) for item in value]
    return value
