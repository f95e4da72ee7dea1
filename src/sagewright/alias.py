"""`import sagemaker` means Sagewright: the same modules, under another name."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from sagewright.handed_on import hand_on

ALIAS, REAL = "sagemaker", "sagewright"


def install() -> None:
    """Let `sagemaker` and everything below it resolve to Sagewright, an installed package of that name or not.

    Raises:
        RuntimeError: The genuine package has been imported already.
    """
    loaded = sys.modules.get(ALIAS)
    if loaded is not None and loaded is not sys.modules.get(REAL):
        raise RuntimeError(
            "`sagemaker` has been imported already.\nhint: start the program with `sagewright run`, "
            "or import sagewright before."
        )
    if not any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, AliasFinder())


class AliasFinder(importlib.abc.MetaPathFinder):
    """Finds our module under the other name."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != ALIAS and not fullname.startswith(ALIAS + "."):
            return None
        real = REAL + fullname[len(ALIAS) :]
        try:
            module = importlib.import_module(real)
        except ModuleNotFoundError as error:
            if error.name is None or not real.startswith(error.name):
                raise
            reason = importlib.import_module(f"{REAL}.unbuilt").why_unbuilt(fullname.partition(".")[2])
            why = f": {reason}" if reason else ""
            raise ModuleNotFoundError(
                f"Sagewright has no `{fullname}` yet{why}.\n"
                "hint: `sagewright run --genuine` uses the installed sagemaker.",
                name=fullname,
            ) from None
        origin, is_package = getattr(module, "__file__", None), hasattr(module, "__path__")
        return importlib.machinery.ModuleSpec(fullname, _AliasLoader(module), origin=origin, is_package=is_package)


class _AliasLoader(importlib.abc.Loader):
    """Hands out a module that is loaded, and leaves it as it is, but for the names that v2's module has besides."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code, which `python -m` runs again."""
        loader, name = self._spec.loader if self._spec else None, self._module.__name__
        return loader.get_code(name) if isinstance(loader, importlib.abc.InspectLoader) else None

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
        module.__loader__ = self._spec.loader if self._spec else None
        hand_on(module)
