"""Functions that run as jobs (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.remote_function.decorator import remote
from sagewright.remote_function.executor import RemoteExecutor
from sagewright.remote_function.future import Future, get_future, list_futures

__all__ = ["Future", "RemoteExecutor", "get_future", "list_futures", "remote"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
