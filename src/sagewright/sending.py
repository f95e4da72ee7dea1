"""How a session sends the requests that make something."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


class Sending:
    """The one door of a session for requests that make something, whatever else the session can do.

    A session that keeps requests instead of sending them, as a pipeline's does, overrides `_send`.
    """

    sagemaker_client: Any

    def _send(self, operation: str, request: Document) -> Document:
        """Send a request; return the answer.

        Args:
            operation: The client's method: `create_training_job`.
        """
        answer: Document = getattr(self.sagemaker_client, operation)(**request)
        return answer

    def _create(self, operation: str, request: Document, then: Callable[[Document], Any]) -> Any:
        """Send a request that can be a step of a pipeline by itself; return what `then` makes of the answer.

        A session that keeps requests returns what it keeps instead.
        """
        return then(self._send(operation, request))

    def _tell(self, message: str, *values: Any) -> None:
        """Say what is about to be sent."""
        logger.info(message, *values)
