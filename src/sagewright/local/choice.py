"""Which session goes with an instance type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagewright.session import Session

LOCAL = ("local", "local_gpu")


def session_for(instance_type: str | None, instance_count: int | None, given: Session | None) -> Session:
    """Return the session of an estimator or model: the given one, or one that fits its instance type.

    Raises:
        RuntimeError: The instance type is of local mode, and the session is not, or there are several GPUs' hosts.
    """
    if instance_type not in LOCAL:
        if given is not None:
            return given
        from sagewright.session import Session

        return Session()
    if instance_type == "local_gpu" and (instance_count or 0) > 1:
        raise RuntimeError("Distributed Training in Local GPU is not supported. Set instance_count to 1.")
    from sagewright.local.local_session import LocalSession

    session = LocalSession() if given is None else given
    if not isinstance(session, LocalSession):
        raise RuntimeError(
            "instance_type local or local_gpu is only supported with aninstance of LocalSession. More details on local "
            "mode: https://sagemaker.readthedocs.io/en/stable/overview.html#local-mode\n"
            "hint: leave `sagemaker_session` out, or give `sagewright.local.LocalSession()`."
        )
    return session
