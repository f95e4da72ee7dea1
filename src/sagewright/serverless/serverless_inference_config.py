"""How an endpoint without instances is cut (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests


@suggests
class ServerlessInferenceConfig:
    """Lets `deploy` serve a model on demand: nothing runs until somebody asks.

    Args:
        memory_size_in_mb: MiB: 1024, 2048, 3072, 4096, 5120 or 6144.
        max_concurrency: Requests at a time, 1 to 200; more are refused.
        provisioned_concurrency: Requests for which servers are kept ready; None: none.

    Example:
        >>> from sagewright.serverless import ServerlessInferenceConfig
        >>> ServerlessInferenceConfig(max_concurrency=2).memory_size_in_mb
        2048
    """

    def __init__(
        self, memory_size_in_mb: int = 2048, max_concurrency: int = 5, provisioned_concurrency: int | None = None
    ) -> None:
        self.memory_size_in_mb, self.max_concurrency = memory_size_in_mb, max_concurrency
        self.provisioned_concurrency = provisioned_concurrency

    def _to_request_dict(self) -> dict[str, Any]:
        """Return `ServerlessConfig`."""
        found = {"MemorySizeInMB": self.memory_size_in_mb, "MaxConcurrency": self.max_concurrency}
        if self.provisioned_concurrency is not None:
            found["ProvisionedConcurrency"] = self.provisioned_concurrency
        return found
