"""What of the working folder goes along with a function (v2's own path)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Any

from sagewright.arguments import suggests
from sagewright.config.values import resolved
from sagewright.vocabulary.homes import without_homes

Ignore = Callable[[str, list[str]], Any]


@suggests
class CustomFileFilter:
    """Says what of the working folder goes along with a function: all but what is named.

    The folder is the one that the program works in when this object is made.

    Args:
        ignore_name_patterns: Files and folders to leave out, as a shell matches names: `data`, `*.csv`.

    Example:
        >>> from sagewright.remote_function import CustomFileFilter
        >>> CustomFileFilter(ignore_name_patterns=["*.csv"]).ignore_name_patterns
        ['*.csv']
    """

    def __init__(self, *, ignore_name_patterns: list[str] | None = None) -> None:
        self._workdir = os.getcwd()
        self._ignore_name_patterns = [] if ignore_name_patterns is None else ignore_name_patterns

    @property
    def ignore_name_patterns(self) -> list[str]:
        """What is left out."""
        return self._ignore_name_patterns

    @property
    def workdir(self) -> str:
        """The folder that goes along."""
        return self._workdir


def resolve_custom_file_filter_from_config_file(
    direct_input: Ignore | CustomFileFilter | None = None, sagemaker_session: Any = None
) -> Ignore | CustomFileFilter | None:
    """Return what is given, else the filter of the configuration; None where it has none."""
    if direct_input is not None:
        return direct_input
    path = "SageMaker.PythonSDK.Modules.RemoteFunction.CustomFileFilter.IgnoreNamePatterns"
    patterns = resolved(None, sagemaker_session, path)
    return None if patterns is None else CustomFileFilter(ignore_name_patterns=patterns)


def copy_workdir(dst: str, custom_file_filter: Ignore | CustomFileFilter | None = None) -> None:
    """Copy the working folder.

    Args:
        dst: A folder that is not there yet.
        custom_file_filter: None: only Python files are copied.
    """
    if isinstance(custom_file_filter, CustomFileFilter):
        ignored = shutil.ignore_patterns(*custom_file_filter.ignore_name_patterns)
        shutil.copytree(custom_file_filter.workdir, dst, ignore=without_homes(ignored))
    else:
        shutil.copytree(os.getcwd(), dst, ignore=without_homes(custom_file_filter or _all_but_python))


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not _is_python(os.path.join(folder, name))]


def _is_python(path: str) -> bool:
    if os.path.isfile(path):
        return path.endswith(".py")
    return os.path.isdir(path) and os.path.basename(path) != "__pycache__"
