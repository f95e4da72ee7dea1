"""Pickles that genuine `sagemaker` reads, and reads those that it has written.

Amazon's images hold `sagemaker`, not Sagewright: what belongs to this package is written down by its name there, and
read back as this package's. A class or a function becomes `pkgutil.resolve_name("sagemaker.module:Name")`, which every
Python from 3.9 on can follow; cloudpickle does the rest.
"""

from __future__ import annotations

import importlib
import io
import pickle
import pkgutil
import sys
from types import FunctionType, ModuleType
from typing import Any

from sagewright.alias import ALIAS, REAL


def dumps(thing: Any) -> bytes:
    """Pickle a thing by cloudpickle, functions and classes of `__main__` by their content.

    Raises:
        Exception: Whatever the thing's own pickling raises.
    """
    pickled = io.BytesIO()
    _pickler()(pickled).dump(thing)
    return pickled.getvalue()


def loads(pickled: bytes) -> Any:
    """Return what `dumps`, or genuine `sagemaker`, has pickled.

    Whoever wrote the bytes decides what runs here: check where they come from first.
    """
    return _Unpickler(io.BytesIO(pickled)).load()


def _pickler() -> Any:
    import cloudpickle

    class Pickler(cloudpickle.CloudPickler):  # type: ignore[misc]  # cloudpickle is untyped
        def reducer_override(self, thing: Any) -> Any:
            place = _place(thing)
            if place:
                return pkgutil.resolve_name, (place,)
            _no_variable(thing)
            return super().reducer_override(thing)

    return Pickler


def _place(thing: Any) -> str:
    """Return where genuine `sagemaker` has a module, class or function of this package; empty: it is none of ours."""
    if isinstance(thing, ModuleType):
        return _genuine(thing.__name__)
    if not isinstance(thing, (type, FunctionType)):
        return ""
    module = _genuine(_public_module(thing))
    is_findable = module and "<" not in thing.__qualname__
    return f"{module}:{thing.__qualname__}" if is_findable else ""


def _public_module(thing: type | FunctionType) -> str:
    """Return the outermost module below this package that has a class or function: the inner ones are our own."""
    module, name = thing.__module__ or "", thing.__qualname__
    parts = module.split(".")
    for length in range(2, len(parts)):
        outer = ".".join(parts[:length])
        if getattr(sys.modules.get(outer), "__dict__", {}).get(name) is thing:
            return outer
    return module


def _genuine(module: str) -> str:
    if module == REAL or module.startswith(REAL + "."):
        return ALIAS + module.removeprefix(REAL)
    return ""


def _no_variable(thing: Any) -> None:
    """Refuse what only a pipeline's run decides; a step takes it as an argument of its own."""
    from sagewright.remote_function.errors import SerializationError
    from sagewright.vocabulary.variables import PipelineVariable

    if isinstance(thing, PipelineVariable):
        raise SerializationError(
            "Please pass the pipeline variable to the function decorated with @step as an argument. Referencing to a "
            "pipeline variable from within the function or passing a pipeline variable nested in a data structure are "
            "not supported."
        )


class _Unpickler(pickle.Unpickler):
    """Finds what is `sagemaker`'s in this package."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) == (pkgutil.__name__, pkgutil.resolve_name.__name__):
            return _resolved
        return super().find_class(_ours(module_name), global_name)


def _resolved(place: str) -> Any:
    """Return what a place names; a module where it names no more."""
    module, _, name = place.partition(":")
    return pkgutil.resolve_name(f"{_ours(module)}:{name}") if name else importlib.import_module(_ours(module))


def _ours(module: str) -> str:
    if module == ALIAS or module.startswith(ALIAS + "."):
        return REAL + module.removeprefix(ALIAS)
    return module
