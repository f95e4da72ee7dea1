"""What asks for the compiler of TensorFlow's images (v2's own path)."""

from __future__ import annotations

from typing import Any, ClassVar

from sagewright.distribution import release
from sagewright.training_compiler.config import TrainingCompilerConfig as BaseConfig


class TrainingCompilerConfig(BaseConfig):
    """Asks for the compiler: `TensorFlow(..., compiler_config=TrainingCompilerConfig())`.

    Args:
        debug: Let the compiler keep a detailed log, which takes time.
    """

    MIN_SUPPORTED_VERSION: ClassVar[str] = "2.9"
    MAX_SUPPORTED_VERSION: ClassVar[str] = "2.11"

    @classmethod
    def validate(cls, estimator: Any) -> None:
        """Check that an estimator's arguments go together with the compiler.

        Raises:
            ValueError: They don't.
        """
        super().validate(estimator)
        version, first, last = estimator.framework_version, cls.MIN_SUPPORTED_VERSION, cls.MAX_SUPPORTED_VERSION
        # v2 names a last version, and does not hold to it.
        if version and release(version) < release(first):
            raise ValueError(
                f"SageMaker Training Compiler only supports TensorFlow version between {first} to {last} but received "
                f"{version}"
            )
        by_mirrors = (estimator.distribution or {}).get("multi_worker_mirrored_strategy", {})
        if by_mirrors.get("enabled", False):
            raise ValueError(
                "Multi Worker Mirrored Strategy distributed training configuration is currently not compatible with "
                "SageMaker Training Compiler."
            )
