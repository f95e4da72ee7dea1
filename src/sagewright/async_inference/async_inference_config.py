"""Where an asynchronous endpoint leaves its answers (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests


@suggests
class AsyncInferenceConfig:
    """Makes `deploy` create an asynchronous endpoint.

    Args:
        output_path, failure_path: S3 URIs below which answers and errors are stored; None: the default bucket.
        max_concurrent_invocations_per_instance: 1 to 1000; None: as many as the service thinks best.
        kms_key_id: Encrypts the answers.
        notification_config: SNS topics: `{"SuccessTopic", "ErrorTopic", "IncludeInferenceResponseIn"}`.
    """

    def __init__(
        self,
        output_path: str | None = None,
        max_concurrent_invocations_per_instance: int | None = None,
        kms_key_id: str | None = None,
        notification_config: dict[str, Any] | None = None,
        failure_path: str | None = None,
    ) -> None:
        self.output_path, self.failure_path = output_path, failure_path
        self.max_concurrent_invocations_per_instance = max_concurrent_invocations_per_instance
        self.kms_key_id, self.notification_config = kms_key_id, notification_config

    def _to_request_dict(self) -> dict[str, Any]:
        """Return `AsyncInferenceConfig`."""
        output: dict[str, Any] = {"S3OutputPath": self.output_path, "S3FailurePath": self.failure_path}
        if self.kms_key_id:
            output["KmsKeyId"] = self.kms_key_id
        if self.notification_config:
            output["NotificationConfig"] = self.notification_config
        found = {"OutputConfig": output}
        if self.max_concurrent_invocations_per_instance:
            limit = {"MaxConcurrentInvocationsPerInstance": self.max_concurrent_invocations_per_instance}
            found["ClientConfig"] = limit
        return found
