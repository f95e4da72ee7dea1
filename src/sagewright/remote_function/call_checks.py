"""Whether a function can be called with the arguments it is given: it is told here, not by a job minutes later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def check_call(func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Check the arguments of a call as Python would.

    Raises:
        TypeError: The function does not take them; the message is Python's own but for a full stop.
    """
    from inspect import getfullargspec

    spec, name = getfullargspec(func), func.__name__
    if spec.varargs is None and len(args) > len(spec.args):
        takes = f"{len(spec.args)} positional {'arguments' if len(spec.args) > 1 else 'argument'}"
        raise TypeError(f"{name}() takes {takes} but {len(args)} {'were' if len(args) > 1 else 'was'} given.")
    required = spec.args[len(args) : len(spec.args) - len(spec.defaults or ())]
    _refuse_missing(name, "positional", [each for each in required if each not in kwargs])
    for each in kwargs:
        if each in spec.args[: len(args)]:
            raise TypeError(f"{name}() got multiple values for argument '{each}'")
        if spec.varkw is None and each not in spec.kwonlyargs and each not in spec.args:
            raise TypeError(f"{name}() got an unexpected keyword argument '{each}'")
    defaults = spec.kwonlydefaults or {}
    _refuse_missing(
        name, "keyword-only", [each for each in spec.kwonlyargs if each not in defaults and each not in kwargs]
    )


def _refuse_missing(name: str, kind: str, missing: Sequence[str]) -> None:
    if not missing:
        return
    quoted = [f"'{each}'" for each in missing]
    told = ", ".join(quoted[:-1]) + f", and {quoted[-1]}" if len(quoted) > 1 else quoted[0]
    what = "arguments" if len(quoted) > 1 else "argument"
    raise TypeError(f"{name}() missing {len(quoted)} required {kind} {what}: {told}")
