"""v2's local mode (`sagemaker.local`): jobs and endpoints on this machine, whatever the target is.

v2 runs them in docker and answers for SageMaker itself, in part. Here they go to the embedded engine, as everything
does on the target `local`: what works there works here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.local.channels import file_input
    from sagewright.local.local_session import LocalSagemakerClient, LocalSagemakerRuntimeClient, LocalSession

__all__ = ["LocalSagemakerClient", "LocalSagemakerRuntimeClient", "LocalSession", "file_input"]


def __getattr__(name: str) -> Any:
    """Load a name when it is asked for: estimators look into this package, and most of them want no session of it."""
    if name == "file_input":
        from sagewright.local.channels import file_input

        return file_input
    if name in __all__:
        from sagewright.local import local_session

        return getattr(local_session, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
