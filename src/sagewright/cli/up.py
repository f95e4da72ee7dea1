"""`sagewright up`: the engine for a team, another language or another process, as AWS's endpoints over HTTP."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from sagewright import settings
from sagewright.targets import DEFAULT_REGION

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("up", help="serve the engine over HTTP until Ctrl-C")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at; default: this machine alone")
    parser.add_argument("--port", type=int, default=8080, help="default: 8080; 0: one that is free")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate in PEM, with its chain")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key in PEM")
    parser.add_argument(
        "--behind-proxy",
        action="store_true",
        help="a proxy stands before: believe its X-Forwarded-For and X-Forwarded-Proto",
    )
    parser.add_argument("--region", help=f"what the printed lines say; default: AWS's variables, else {DEFAULT_REGION}")
    parser.add_argument("--log-format", default="json", choices=("json", "text", "none"), help="of the access log")
    parser.set_defaults(function=up)


def up(options: argparse.Namespace) -> int:
    """Serve; return the exit code.

    Raises:
        ValueError: The options do not go together, or a library is missing.
    """
    if (options.tls_cert is None) != (options.tls_key is None):
        raise ValueError("--tls-cert and --tls-key go together")
    if settings.EXECUTOR.read() == "inline":
        raise ValueError(f"{settings.EXECUTOR.variable}=inline would run jobs in the server itself\nhint: unset it")
    for file in (options.tls_cert, options.tls_key):
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file `{file}`")
    try:
        from sagewright.engine.server.serving import CannotListen, Serving, serve

        _require_libraries()
    except ImportError as error:
        raise ValueError(f"`sagewright up` needs {error.name}\nhint: pip install 'sagewright[server]'") from None
    if options.host not in LOOPBACK and not options.tls_cert and not options.behind_proxy:
        print(
            f"sagewright: warning: {options.host} is reached by others, and what they send is not encrypted.\n"
            "hint: give --tls-cert and --tls-key, or stand behind a proxy with TLS and give --behind-proxy.",
            file=sys.stderr,
        )
    serving = Serving(
        home=settings.HOME.read(),
        host=options.host,
        port=options.port,
        certificate=options.tls_cert,
        key=options.tls_key,
        behind_proxy=options.behind_proxy,
        log_format=options.log_format,
        metrics_token=settings.METRICS_TOKEN.read(),
    )
    try:
        serve(serving, lambda url: _print_exports(serving.home, url, options.region))
    except CannotListen as error:
        print(f"sagewright: {error}", file=sys.stderr)
        return 1
    return 0


def _require_libraries() -> None:
    import httptools  # noqa: F401
    import uvicorn  # noqa: F401


def _print_exports(home: Path, url: str, region: str | None) -> None:
    """Print what a shell needs to reach the server: `eval "$(...)"`."""
    from sagewright.cli.run import region_of
    from sagewright.engine.engine import engine_of
    from sagewright.engine.operations.iam.access_keys import root_key

    key, secret = root_key(engine_of(home).parts, settings.ACCOUNT.read())
    for name, value in (
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_DEFAULT_REGION", region or region_of(os.environ)),
        ("SAGEWRIGHT_TARGET", url),
    ):
        print(f"export {name}={value}", flush=True)
    print(f"sagewright: serving {home} at {url}; Ctrl-C ends it", file=sys.stderr, flush=True)
