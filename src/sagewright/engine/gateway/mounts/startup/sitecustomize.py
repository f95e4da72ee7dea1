"""Runs when a Python program starts with this folder on its path (see `__init__.py`). Costs next to nothing.

Routing waits until the program imports botocore, and the alias until it imports `sagemaker`. Another `sitecustomize`
further down the path still runs.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path


class _RouteWhenImported:
    """Waits for `botocore.session`, lets it load, and routes its clients."""

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):  # type: ignore[no-untyped-def]
            execute(module)
            _route()

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _route() -> None:
    try:
        from sagewright import settings
        from sagewright.engine.gateway.mounts.process import route
    except ImportError:
        raise ImportError(
            f"The interpreter {sys.executable} has no Sagewright, and its AWS calls cannot go to the target `local`.\n"
            "hint: pip install sagewright there, or start it without PYTHONPATH."
        ) from None
    route(settings.HOME.read())


def _run_the_next_one() -> None:
    here = str(Path(__file__).parent)
    path = [entry for entry in sys.path if str(Path(entry).absolute()) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if os.environ.get("SAGEWRIGHT_ROUTE"):
    sys.meta_path.insert(0, _RouteWhenImported())
if os.environ.get("SAGEWRIGHT_ALIAS"):
    with contextlib.suppress(ImportError):  # an interpreter without Sagewright has other business, or fails at botocore
        from sagewright.alias import install

        install()
_run_the_next_one()
