"""Routing every botocore client of a process to the engine, embedded or shared."""

from __future__ import annotations

import functools
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from sagewright.engine.gateway.handlers.identify import DEFAULT_REGION

# What requests are signed with. They say nothing, and there is no need to look for the user's own.
FAKE_CREDENTIALS = {"aws_access_key_id": "sagewright", "aws_secret_access_key": "sagewright"}
_BEFORE_ENDPOINT = 3  # `create_client`'s arguments between the region and the endpoint
_AMAZON = re.compile(r"(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$")

_routed: dict[str, Path | str] = {}  # `home` of an embedded engine, or `url` of a shared one


class OutsideTarget(RuntimeError):
    """A request was about to leave the machine, or to go to Amazon, and the target is another one."""


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
    if "home" in _routed:
        _routed["home"] = home
        return
    _routed["home"] = home
    sessions, network = _botocore()

    from sagewright.engine.gateway.mounts.botocore import mount

    create_client = sessions.create_client

    @functools.wraps(create_client)
    def create_routed_client(
        self: Any, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        mount(self.get_component("event_emitter"), Path(_routed["home"]))
        if not args:
            for name, value in FAKE_CREDENTIALS.items():
                if kwargs.get(name) is None:
                    kwargs[name] = value
        return create_client(self, service_name, _region(self, region_name), *args, **kwargs)

    def refuse(self: Any, request: Any) -> None:
        raise OutsideTarget(
            f"`{request.method} {request.url}` would leave this machine, but the target is `local`.\n"
            "hint: make the client after Sagewright has started, or run with the target `aws`."
        )

    if "aiobotocore.session" in sys.modules:
        refuse_async(sys.modules["aiobotocore.session"])
    sessions.create_client = create_routed_client
    network.send = refuse


def lead(url: str) -> None:
    """Lead all botocore clients that this process makes from now on to the shared engine at `url`.

    Whatever endpoint they name: genuine `sagemaker` names one for STS. Credentials are those that they find. What
    clients that were made before send to Amazon is refused.
    """
    if "url" in _routed:
        _routed["url"] = url
        return
    _routed["url"] = url
    sessions, network = _botocore()
    create_client, send = sessions.create_client, network.send

    @functools.wraps(create_client)
    def create_led_client(
        self: Any, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        if len(args) > _BEFORE_ENDPOINT:
            args = (*args[:_BEFORE_ENDPOINT], _routed["url"], *args[_BEFORE_ENDPOINT + 1 :])
        else:
            kwargs["endpoint_url"] = _routed["url"]
        return create_client(self, service_name, _region(self, region_name), *args, **kwargs)

    def send_there(self: Any, request: Any) -> Any:
        if _AMAZON.search(urlsplit(request.url).hostname or ""):
            raise OutsideTarget(
                f"`{request.method} {request.url}` would go to Amazon, but the target is {_routed['url']}.\n"
                "hint: make the client after Sagewright has started, or run with the target `aws`."
            )
        return send(self, request)

    sessions.create_client = create_led_client
    network.send = send_there


def _botocore() -> tuple[Any, Any]:
    """Return botocore's session and its network.

    By name: this may run while `botocore.session` is being imported, before its package knows of it.
    """
    return (
        importlib.import_module("botocore.session").Session,
        importlib.import_module("botocore.httpsession").URLLib3Session,
    )


def _region(session: Any, region_name: str | None) -> str:
    return str(region_name or session.get_config_variable("region") or DEFAULT_REGION)
