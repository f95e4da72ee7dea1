"""How long to wait for an answer (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import shows


@shows
class WaiterConfig:
    """How often, and after how many seconds each, to look for an answer.

    Args:
        max_attempts: Looks; the time waited is `max_attempts * delay`.
        delay: Seconds between two looks at most. Ours looks more often in the beginning: an answer may be quick.
    """

    def __init__(self, max_attempts: int = 60, delay: float = 15) -> None:
        self.max_attempts, self.delay = max_attempts, delay

    def _to_request_dict(self) -> dict[str, float]:
        """Return a waiter's settings, as boto3 takes them."""
        return {"Delay": self.delay, "MaxAttempts": self.max_attempts}
