"""Work that acts as a role: what it may read and write, and how its host proves whose work it is.

A request that came over the network was made by somebody, and hands over a role. The work is done with the role's
rights: the host sees the objects through them (`parts_of`), and the user's program gets credentials of the role from
the server, to which the host shows a pass. The pass lies in the host's folder, which the program does not see.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sagewright.engine.abc import Bucket, NoSuchBucket
from sagewright.engine.objects.guarded import AccessRefused, guarded
from sagewright.engine.operations.iam.attached import policies_of
from sagewright.engine.parts import Parts, Principal
from sagewright.engine.planning.document import Role
from sagewright.engine.policies import Question, decide, refusal_text
from sagewright.vocabulary.arns import parse_arn, partition_of

SESSION = "SageMaker"  # what the service calls the sessions of its jobs
PREFIX = "/_sagewright/credentials/"
_PATH = re.compile(re.escape(PREFIX) + r"([A-Za-z0-9-]{1,128})/([a-z]+-[0-9]{1,4})")
_FILE = "pass.json"


def parts_of(parts: Parts, role: Role | None) -> Parts:
    """Return the engine's parts as work sees them that acts as a role; None: it acts as nobody, and sees everything."""
    return parts if role is None else replace(parts, objects=guarded(parts.objects, _Check(parts, role)))


def kept_role(body: Mapping[str, Any]) -> Role | None:
    """Return the role that a record keeps, or a variant's container: whom the work acts as."""
    return Role(**body["role"]) if body.get("role") else None


def check_may(parts: Parts, role: Role, action: str, bucket: str, key: str) -> None:
    """Check what a role may do with an object.

    Raises:
        AccessRefused: It may not.
    """
    _Check(parts, role)(action, bucket, key)


def principal_of(role: Role) -> Principal:
    """Return whom policies decide about."""
    return Principal("role", parse_arn(role.arn).resource_name.rpartition("/")[2] if role.arn else "")


def session_arn(role: Role) -> str:
    """Return the ARN of the session that work has."""
    return f"arn:{partition_of(role.region)}:sts::{role.account}:assumed-role/{principal_of(role).name}/{SESSION}"


@dataclass(frozen=True)
class _Check:
    """Asks the policies of the role and of the bucket."""

    parts: Parts
    role: Role

    def __call__(self, action: str, bucket: str, key: str) -> None:
        arn = f"arn:{partition_of(self.role.region)}:s3:::{bucket}{'/' + key if key else ''}"
        found = self._bucket(bucket)
        question = Question(
            action,
            arn,
            session_arn(self.role),
            self.role.arn,
            found.owner if found else self.role.account,
            {},
        )
        policies = policies_of(self.parts, self.role.account, principal_of(self.role))
        policy: Mapping[str, Any] | None = found.configuration.get("policy") if found else None
        decision = decide(question, replace(policies, resource=policy))
        if not decision.allowed:
            raise AccessRefused(refusal_text(question.caller_arn, action, arn, decision, quoted=True))

    def _bucket(self, name: str) -> Bucket | None:
        try:
            return self.parts.objects.head_bucket(name)
        except NoSuchBucket:
            return None


def socket_of(home: Path) -> Path:
    """Return where the server of a home listens for the hosts of its jobs."""
    return home / "server.sock"


@dataclass(frozen=True)
class Pass:
    """What a host shows to get its role's credentials."""

    role: Role
    token: str

    def write(self, folder: Path) -> None:
        """Leave it in the host's folder, where the server looks it up."""
        draft = folder / f".{_FILE}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w") as file:
            json.dump({"role": asdict(self.role), "token": self.token}, file)
        os.replace(draft, folder / _FILE)

    @staticmethod
    def withdraw(folder: Path) -> None:
        """Let it be worth nothing any more."""
        with contextlib.suppress(OSError):
            (folder / _FILE).unlink()

    @staticmethod
    def path(folder: Path) -> str:
        """Return the path at which the server gives out credentials for it."""
        return f"{PREFIX}{folder.parent.name}/{folder.name}"


def shown(home: Path, path: str, token: str) -> Role | None:
    """Return the role that a pass stands for; None: there is no such pass.

    Args:
        path: Of the request.
        token: What the request shows.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    try:
        document = json.loads((home / "executions" / match[1] / match[2] / _FILE).read_text())
    except (OSError, ValueError):
        return None
    return Role(**document["role"]) if hmac.compare_digest(document["token"].encode(), token.encode()) else None
