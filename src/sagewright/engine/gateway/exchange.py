"""One request on its way through the handlers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.model import OperationModel

from sagewright.engine.engine import Engine, engine_of
from sagewright.engine.gateway import models
from sagewright.engine.gateway.forms.answers import Uploaded
from sagewright.engine.gateway.protocols import Codec, codec_of
from sagewright.engine.gateway.wire import HttpRequest
from sagewright.engine.parts import Caller, Parts
from sagewright.engine.signatures.claims import Claim


@dataclass
class Exchange:
    """What is known of a request so far; each handler adds its share.

    Attributes:
        home: The folder of the engine that answers.
        caller: Set by `authenticate`.
        claim: The credentials of what came over the network; None: nobody had to show any.
        session: What is recorded of the session that the key belongs to; None: it belongs to a user or root.
        params: Set by `parse`.
        refused: The errors of those parts of a request that its caller may not do; set by `authorise`.
        result: Set by `dispatch`.
        upload: The browser's form that the request has come as; set by `read_upload`.
    """

    request: HttpRequest
    home: Path
    caller: Caller | None = None
    claim: Claim | None = None
    session: Mapping[str, Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    upload: Uploaded | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @cached_property
    def engine(self) -> Engine:
        """The engine that answers."""
        return engine_of(self.home)

    @property
    def parts(self) -> Parts:
        """The parts of the engine that answers."""
        return self.engine.parts

    @cached_property
    def model(self) -> OperationModel:
        return models.operation_model(self.request.service, self.request.operation)

    @cached_property
    def codec(self) -> Codec:
        return codec_of(self.model, self.request)
