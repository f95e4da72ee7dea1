"""The `context` of the toolkits: what a function may learn of its request, and say of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.model_server.wire import Request


class RequestProcessor:
    """A request's headers, and the answer's status and headers."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = {_cased(name): value for name, value in headers.items()}
        self.status: int | None = None
        self.content_type: str | None = None
        self.response_headers: dict[str, str] = {}

    def get_request_property(self, key: str) -> str | None:
        """Return a header, whatever its case."""
        return self._headers.get(_cased(key))

    def get_request_properties(self) -> dict[str, str]:
        """Return the headers."""
        return dict(self._headers)

    def report_status(self, code: int, reason_phrase: str | None = None) -> None:
        """Set the answer's status."""
        del reason_phrase
        self.status = int(code)

    def add_response_property(self, key: str, value: str) -> None:
        """Set a header of the answer."""
        self.response_headers[key] = value


class Metrics:
    """Takes what functions measure, and forgets it: nobody collects it here."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("add_"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None


class Context:
    """What a function with a `context` is given.

    Attributes:
        request_processor: Its first item is the request's.
    """

    def __init__(self, model_name: str, model_dir: str) -> None:
        self.model_name = model_name
        self.manifest: dict[str, Any] = {"model": {"modelName": model_name}}
        self.system_properties: dict[str, Any] = {
            "model_dir": model_dir,
            "gpu_id": None,
            "batch_size": 1,
            "server_name": "sagewright",
            "server_version": "1",
            "limit_max_image_pixels": True,
        }
        self.metrics = Metrics()
        self.request_processor: list[RequestProcessor] = [RequestProcessor({})]
        self.request_ids: dict[int, str] = {}

    def begin(self, request: Request) -> RequestProcessor:
        """Turn to the next request."""
        self.request_processor = [RequestProcessor(request.headers)]
        self.request_ids = {0: request.headers.get("x-amzn-sagemaker-inference-id", "")}
        return self.request_processor[0]

    def get_request_id(self, idx: int = 0) -> str | None:
        return self.request_ids.get(idx)

    def get_request_header(self, idx: int, key: str) -> str | None:
        return self.request_processor[idx].get_request_property(key)

    def get_all_request_header(self, idx: int) -> dict[str, str]:
        return self.request_processor[idx].get_request_properties()

    def set_response_content_type(self, idx: int, value: str) -> None:
        self.request_processor[idx].content_type = value

    def set_response_header(self, idx: int, key: str, value: str) -> None:
        self.request_processor[idx].add_response_property(key, value)

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        self.request_processor[idx].report_status(code, phrase)

    def set_all_response_status(self, code: int = 200, phrase: str = "") -> None:
        self.set_response_status(code, phrase)


def _cased(name: str) -> str:
    """`content-type` -> `Content-Type`; Amazon's own headers keep their inner capitals."""
    return "-".join("SageMaker" if part.lower() == "sagemaker" else part.capitalize() for part in name.split("-"))
