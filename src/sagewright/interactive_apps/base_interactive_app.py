"""What applications of SageMaker Studio have in common (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import refused


class BaseInteractiveApp:
    """An application of SageMaker Studio.

    Raises:
        NotImplementedError: Always: there is no Studio here.
    """

    _INSTEAD = "look at what the job leaves in S3"

    def __init__(self, region: str | None = None) -> None:
        raise NotImplementedError(
            f"`{type(self).__name__}` is not built into Sagewright: it opens in SageMaker Studio.\n"
            f"hint: {self._INSTEAD}."
        )

    get_app_url = refused("get_app_url", "it opens in SageMaker Studio")
