"""Sending to HTTP endpoints that subscribe to topics, only where the operator lets messages go.

Addresses of the machine itself are let; others are named by `SAGEWRIGHT_DELIVER_TO`. A name is looked up once, each
of its addresses must be let, and the connection goes to the address that was looked at: a name that answers otherwise
the second time leads nowhere. Redirections are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from sagewright import settings
from sagewright.engine.gateway.hybrid.pending import DeliveryFailed

TIMEOUT_S = 15.0  # as Amazon's
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500


def refusal(url: str) -> str | None:
    """Return why nothing may be sent to a URL; None: it may, as far as can be said without looking names up."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("http", "https") or not host:
        return "it is no http(s) address"
    if parts.username is not None:
        return "it carries credentials"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None if host == "localhost" or _is_named(host) else f"`{host}` is not one of the allowed hosts"
    return None if _is_let(str(address), host) else f"`{host}` is not one of the allowed addresses"


def send(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post a message and return the status of the answer.

    Raises:
        DeliveryFailed: The address is not let, cannot be reached, or has not answered with success.
    """
    if reason := refusal(url):
        raise DeliveryFailed(reason, again=False)
    parts = urlsplit(url)
    connection = _connection(parts, _address_of(parts))
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailed(f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()
    if status >= http.client.MULTIPLE_CHOICES:
        again = status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
        raise DeliveryFailed(f"the endpoint answered {status}", again=again)
    return status


def _address_of(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailed(f"`{host}` is not known: {error}") from None
    addresses = [str(info[4][0]) for info in found]
    for address in addresses:
        if not _is_let(address, host):
            raise DeliveryFailed(f"`{host}` is at {address}, which is not one of the allowed addresses", again=False)
    return addresses[0]


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    if parts.scheme == "http":
        return http.client.HTTPConnection(address, _port(parts), timeout=TIMEOUT_S)
    return _Secure(address, parts.hostname or "", _port(parts))


class _Secure(http.client.HTTPSConnection):
    """A connection to an address that must prove to be a host."""

    def __init__(self, address: str, host: str, port: int) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(address, port, timeout=TIMEOUT_S, context=self._tls)
        self._expected = host

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), TIMEOUT_S)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._expected)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_named(host: str) -> bool:
    return host.lower() in (word.lower() for word in _allowed())


def _is_let(address: str, host: str) -> bool:
    """Tell whether messages may go to an address: it is this machine's own, or it or its host is named."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_loopback or _is_named(host) or any(ip in network for network in _networks())


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for word in _allowed():
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            continue  # a host's name
    return found


def _allowed() -> list[str]:
    return [word.strip() for word in settings.DELIVER_TO.read().split(",") if word.strip()]
