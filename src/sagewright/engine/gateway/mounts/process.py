"""Routing every botocore client of a process to the engine."""

from __future__ import annotations

import functools
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from sagewright.engine.gateway.handlers.identify import DEFAULT_REGION

# What requests are signed with. They say nothing, and there is no need to look for the user's own.
FAKE_CREDENTIALS = {"aws_access_key_id": "sagewright", "aws_secret_access_key": "sagewright"}

_routed: dict[str, Path] = {}


class OutsideTarget(RuntimeError):
    """A request was about to leave the machine although the target is `local`."""


def refuse_async(module: ModuleType) -> None:
    """Let `aiobotocore.session` make no clients: its requests would pass by the mount and leave the machine."""

    def create_client(self: Any, service_name: str, *_: Any, **__: Any) -> Any:
        raise OutsideTarget(
            f"aiobotocore cannot be led to the target `local` (client of `{service_name}`).\n"
            "hint: use boto3, or run with the target `aws`."
        )

    module.AioSession.create_client = create_client


def is_routed() -> bool:
    """Tell whether this process's clients have been led to an engine."""
    return bool(_routed)


def route(home: Path) -> None:
    """Answer the requests of all botocore clients that this process makes from now on with the engine at `home`.

    Whatever session they come from, whatever endpoint they name, whatever credentials they find. A client that was
    made before cannot be reached, and cannot send any more.
    """
    if _routed:
        _routed["home"] = home
        return
    _routed["home"] = home
    # By name: this may run while `botocore.session` is being imported, before its package knows of it.
    sessions = importlib.import_module("botocore.session").Session
    network = importlib.import_module("botocore.httpsession").URLLib3Session

    from sagewright.engine.gateway.mounts.botocore import mount

    create_client = sessions.create_client

    @functools.wraps(create_client)
    def create_routed_client(
        self: Any, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        mount(self.get_component("event_emitter"), _routed["home"])
        region = region_name or self.get_config_variable("region") or DEFAULT_REGION
        if not args:
            for name, value in FAKE_CREDENTIALS.items():
                if kwargs.get(name) is None:
                    kwargs[name] = value
        return create_client(self, service_name, region, *args, **kwargs)

    def refuse(self: Any, request: Any) -> None:
        raise OutsideTarget(
            f"`{request.method} {request.url}` would leave this machine, but the target is `local`.\n"
            "hint: make the client after Sagewright has started, or run with the target `aws`."
        )

    if "aiobotocore.session" in sys.modules:
        refuse_async(sys.modules["aiobotocore.session"])
    sessions.create_client = create_routed_client
    network.send = refuse
