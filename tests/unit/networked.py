"""boto3's clients as strangers: what they send is taken for having come over the network."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from sagewright.engine.abc import Record
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.mounts.botocore import from_botocore, to_botocore
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse, Peer
from sagewright.engine.parts import Parts

ACCOUNT, REGION = "123456789012", "us-east-1"
LOADER = Loader()  # one for all clients: parsing the models of a service takes a tenth of a second
ENDPOINT = "http://localhost:8080"

Tamper = Callable[[HttpRequest], None]


@dataclass(frozen=True)
class Keys:
    id: str
    secret: str
    token: str | None = None


ROOT = Keys("AKIAROOTROOTROOTROOT", "root/secret+key")


class Network:
    """A home, its accounts' keys, and clients that reach it from outside."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.parts: Parts = engine_of(home).parts
        self.sent: list[HttpRequest] = []
        self.answers: list[HttpResponse] = []
        self.put_key(ROOT, None)

    def put_key(self, keys: Keys, user: str | None, account: str = ACCOUNT, status: str = "Active") -> Keys:
        body = {"account": account, "user": user, "secret": keys.secret, "status": status, "created_at": 0}
        old = self.parts.state.get("iam-access-key", "", keys.id)
        self.parts.state.put(
            Record("iam-access-key", "", keys.id, body), expected_version=old.version if old is not None else 0
        )
        return keys

    def client(
        self,
        service: str,
        keys: Keys = ROOT,
        tamper: Tamper | None = None,
        region: str = REGION,
        peer: Peer = Peer("192.0.2.7"),  # noqa: B008 - frozen
        **config: Any,
    ) -> Any:
        """Return a client of boto3; `tamper` changes what it has signed on the way."""
        inner = botocore.session.get_session()
        inner.register_component("data_loader", LOADER)
        session: Any = boto3.Session(keys.id, keys.secret, keys.token, region, botocore_session=inner)
        settings = Config(retries={"max_attempts": 0}, parameter_validation=False, **config)
        client = session.client(service, endpoint_url=ENDPOINT, config=settings)
        names: dict[str, str] = {}

        def remember(model: Any, event_name: str, **_: Any) -> None:
            names[event_name.partition(".")[2]] = model.name

        def answer(request: Any, event_name: str, **_: Any) -> Any:
            asked = from_botocore(request, service, names[event_name.partition(".")[2]])
            asked.peer = peer
            body = asked.body.read()
            asked.body = io.BytesIO(body if isinstance(body, bytes) else body.encode())
            asked.headers.setdefault("host", asked.host)
            if tamper is not None:
                tamper(asked)
            return to_botocore(request.url, self.send(asked))

        client.meta.events.register_first("before-call", remember)
        client.meta.events.register_first("before-send", answer)
        return client

    def send(self, request: HttpRequest) -> HttpResponse:
        response = handle(request, self.home)
        self.sent.append(request)
        self.answers.append(response)
        return response

    def user(self, name: str, *statements: Mapping[str, Any], **facts: Any) -> Keys:
        """Make a user with one inline policy, and a key of his."""
        iam = self.client("iam")
        iam.create_user(UserName=name, **facts)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, name: str, trust: Mapping[str, Any], *statements: Mapping[str, Any], **facts: Any) -> str:
        """Make a role with one inline policy; return its ARN."""
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **facts)["Role"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
        return str(made["Arn"])


def allow(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": on, **more}


def trust_in(principal: str, *actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions) or "sts:AssumeRole", "Principal": {"AWS": principal}, **more}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
