"""Runs when a Python program starts with this folder on its path (see `__init__.py`). Costs next to nothing.

Routing waits until the program imports botocore, and the alias until it imports `sagemaker`; genuine `sagemaker` sends
no telemetry. Another `sitecustomize`
further down the path still runs.
"""

from __future__ import annotations

import importlib
import os
import sys

TYPE_CHECKING = False  # `typing` would cost every program that starts some milliseconds
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class _AfterImport:
    """Waits for a module, lets it load, and does something with it."""

    def __init__(self, name: str, action: Callable[[ModuleType], None]) -> None:
        self._name, self._action = name, action

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._action(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _route(_module: object) -> None:
    target = os.environ.get("SAGEWRIGHT_TARGET", "local")
    try:
        from sagewright import settings
        from sagewright.engine.gateway.mounts import process
    except ImportError:
        raise ImportError(
            f"The interpreter {sys.executable} has no Sagewright: its AWS calls cannot go to the target `{target}`.\n"
            "hint: pip install sagewright there, or start it without PYTHONPATH."
        ) from None
    if target.startswith("http"):
        process.lead(target)
    else:
        process.route(settings.HOME.read())


def _keep_dry(_module: object) -> None:
    from sagewright.dry_run import install

    install()


def _refuse_async(module: ModuleType) -> None:
    from sagewright.engine.gateway.mounts.process import refuse_async

    refuse_async(module)


def _silence(module: object) -> None:
    """Keep genuine `sagemaker` from reporting what its user does: nothing leaves for elsewhere but on `aws`."""
    module._requests_helper = lambda *_, **__: None  # type: ignore[attr-defined]


def _run_the_next_one() -> None:
    # The finder itself, and not `importlib.machinery`: what that imports would take longer than all the rest.
    finder, load = importlib._bootstrap_external.PathFinder, importlib._bootstrap._load  # type: ignore[attr-defined]
    here = os.path.dirname(os.path.abspath(__file__))
    spec = finder.find_spec("sitecustomize", [entry for entry in sys.path if os.path.abspath(entry) != here])
    if spec is not None and spec.loader is not None:
        mine = sys.modules.pop("sitecustomize", None)
        try:
            load(spec)
        finally:
            if mine is not None:
                sys.modules["sitecustomize"] = mine


if os.environ.get("SAGEWRIGHT_ROUTE"):
    sys.meta_path.insert(0, _AfterImport("botocore.session", _route))
    if not os.environ.get("SAGEWRIGHT_TARGET", "local").startswith("http"):  # else AWS_ENDPOINT_URL leads it
        sys.meta_path.insert(0, _AfterImport("aiobotocore.session", _refuse_async))
    sys.meta_path.insert(0, _AfterImport("sagemaker.telemetry.telemetry_logging", _silence))
if os.environ.get("SAGEWRIGHT_DRY_RUN"):
    sys.meta_path.insert(0, _AfterImport("botocore.session", _keep_dry))
    sys.meta_path.insert(0, _AfterImport("sagemaker.telemetry.telemetry_logging", _silence))
if os.environ.get("SAGEWRIGHT_ALIAS"):
    try:
        from sagewright.alias import install

        install()
    except ImportError:
        pass  # an interpreter without Sagewright has other business, or fails at botocore
if os.environ.get("SAGEWRIGHT_WARM"):
    try:
        from sagewright.engine.warm import notes

        notes.begin()
    except ImportError:
        os.environ.pop("SAGEWRIGHT_WARM")
_run_the_next_one()
