"""What stands behind a name: policies speak of secrets and keys by ARNs that a request need not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagewright.vocabulary.arns import Arn, parse_arn

UNKNOWN_END = "-??????"  # of the ARN of a secret that a request calls by its name


def behind(home: Path, resource: str) -> str:
    """Return the ARN of the secret or key that a request means; the ARN as it came where there is none."""
    if ":secretsmanager:" not in resource and ":kms:" not in resource:
        return resource
    try:
        arn = parse_arn(resource)
    except ValueError:
        return resource
    return (_looked_up(home, arn) if arn.service in ("secretsmanager", "kms") else None) or resource


def _looked_up(home: Path, arn: Arn) -> str | None:
    try:
        from sagewright.engine.gateway.hybrid.sharing import is_known, work_on
    except ImportError:  # then nobody answers for the service
        return None

    def look(_: object) -> str | None:
        from moto.backends import get_backend

        backends: Any = get_backend(arn.service)  # type: ignore[call-overload]
        return _find(backends[arn.account][arn.region], arn)

    reads = is_known(home, arn.service, arn.account, arn.region)  # else moto begins a state by being asked
    return work_on(home, look, changes=not reads)


def _find(backend: Any, arn: Arn) -> str | None:
    if arn.service == "kms":
        name = arn.resource.removeprefix("key/")
        key_id = backend.get_key_id_from_alias(name) if name.startswith("alias/") else None
        return str(arn._replace(resource=f"key/{key_id}")) if key_id else None
    name = arn.resource.removeprefix("secret:").removesuffix(UNKNOWN_END)
    secret = backend.secrets.get(name)
    return None if secret is None else str(secret.arn)
