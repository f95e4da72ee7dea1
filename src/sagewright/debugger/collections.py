"""What of a job's tensors and TensorBoard events goes to S3 (v2 has it in `debugger.debugger`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.arguments import suggests


@suggests
class CollectionConfig:
    """Tensors that are saved under one name.

    Args:
        name: The collection's name, for example `losses`.
        parameters: How often it is saved, and what is in it.
    """

    def __init__(self, name: Any, parameters: Mapping[str, Any] | None = None) -> None:
        self.name, self.parameters = name, parameters

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CollectionConfig):
            raise TypeError("CollectionConfig is only comparable with other CollectionConfig objects.")
        return self.name == other.name and self.parameters == other.parameters

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted((self.parameters or {}).items()))))

    def __repr__(self) -> str:
        return f"CollectionConfig(name={self.name!r}, parameters={self.parameters!r})"

    def _to_request_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"CollectionName": self.name}
        if self.parameters is not None:
            found["CollectionParameters"] = dict(self.parameters)
        return found


@suggests
class DebuggerHookConfig:
    """Which tensors a job saves, and where.

    Args:
        s3_output_path: None: the estimator's output path.
        container_local_output_path: Where the job writes them.

    Example:
        >>> from sagewright.debugger import CollectionConfig, DebuggerHookConfig
        >>> hook = DebuggerHookConfig(collection_configs=[CollectionConfig("losses")])
    """

    def __init__(
        self,
        s3_output_path: str | None = None,
        container_local_output_path: str | None = None,
        hook_parameters: Mapping[str, str] | None = None,
        collection_configs: Sequence[CollectionConfig] | None = None,
    ) -> None:
        self.s3_output_path = s3_output_path
        self.container_local_output_path = container_local_output_path
        self.hook_parameters = hook_parameters
        self.collection_configs = collection_configs

    def __repr__(self) -> str:
        return (
            f"DebuggerHookConfig(s3_output_path={self.s3_output_path!r}, "
            f"collection_configs={self.collection_configs!r})"
        )

    def _to_request_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"S3OutputPath": self.s3_output_path}
        if self.container_local_output_path is not None:
            found["LocalPath"] = self.container_local_output_path
        if self.hook_parameters is not None:
            found["HookParameters"] = dict(self.hook_parameters)
        if self.collection_configs is not None:
            # Each once, in the order given.
            found["CollectionConfigurations"] = [
                config._to_request_dict() for config in dict.fromkeys(self.collection_configs)
            ]
        return found


@suggests
class TensorBoardOutputConfig:
    """Where a job's TensorBoard events go.

    Args:
        s3_output_path: The S3 URI below which they go.
        container_local_output_path: Where the job writes them; None: `/opt/ml/output/tensorboard`.
    """

    def __init__(self, s3_output_path: str, container_local_output_path: str | None = None) -> None:
        self.s3_output_path = s3_output_path
        self.container_local_output_path = container_local_output_path

    def __repr__(self) -> str:
        return f"TensorBoardOutputConfig(s3_output_path={self.s3_output_path!r})"

    def _to_request_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"S3OutputPath": self.s3_output_path}
        if self.container_local_output_path is not None:
            found["LocalPath"] = self.container_local_output_path
        return found
