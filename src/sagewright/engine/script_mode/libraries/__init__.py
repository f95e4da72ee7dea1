"""What scripts import from Amazon's images: modules of their names, on the path of every script.

The images hold libraries that the package index has in part, or not at all, and scripts import them: to learn about
their job (`sagemaker_training`, formerly `sagemaker_containers`), to read data and to train on several hosts
(`sagemaker_xgboost_container`). A folder here for each library goes on the path of the user's script, unless the
library itself is installed. They hold what scripts were seen to use; what is missing says so where it is asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from sagewright.vocabulary.script_mode import PROVIDED


def folders(packages: Path | None = None) -> list[str]:
    """Return the folders to put on the path of a script, behind its own code.

    Args:
        packages: Where more is installed than this interpreter finds.
    """
    here = Path(__file__).parent
    return [
        str(here / folder)
        for name, folder in PROVIDED.items()
        if importlib.util.find_spec(name) is None and not (packages and (packages / name).is_dir())
    ]


def absent(module: str, instead: str) -> Callable[[str], NoReturn]:
    """Return a module's `__getattr__`, for what is not in it.

    Args:
        instead: What its user can do.
    """

    def refuse(name: str) -> NoReturn:
        text = f"Sagewright's `{module}` has no `{name}`."
        raise AttributeError(text if name.startswith("__") else f"{text}\nhint: {instead}")

    return refuse
