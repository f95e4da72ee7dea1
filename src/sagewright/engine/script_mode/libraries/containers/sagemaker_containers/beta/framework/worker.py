"""The answer that a serving function may build by itself."""

from __future__ import annotations

from typing import Any


class Response:
    """An answer.

    Args:
        response: Its body.
        accept, mimetype, content_type: Its type; the first that is given counts.
    """

    def __init__(
        self,
        response: Any = None,
        accept: str | None = None,
        status: int = 200,
        headers: Any = None,
        mimetype: str | None = None,
        content_type: str | None = None,
    ) -> None:
        self.response, self.status, self.headers = response, status, headers
        self.mimetype = accept or mimetype or content_type
