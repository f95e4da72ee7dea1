"""What asks for the compiler of PyTorch's images (v2's own path)."""

from __future__ import annotations

from typing import Any, ClassVar

from sagewright.training_compiler.config import WITH_EFA, check_xla, refuse_own_image
from sagewright.training_compiler.config import TrainingCompilerConfig as BaseConfig


class TrainingCompilerConfig(BaseConfig):
    """Asks for the compiler: `PyTorch(..., compiler_config=TrainingCompilerConfig())`.

    Args:
        debug: Let the compiler keep a detailed log, which takes time.
    """

    SUPPORTED_INSTANCE_TYPES_WITH_EFA: ClassVar[list[str]] = WITH_EFA

    @classmethod
    def validate(cls, estimator: Any) -> None:
        """Check that an estimator's arguments go together with the compiler.

        Raises:
            ValueError: They don't.
        """
        super().validate(estimator)
        if estimator.image_uri:
            refuse_own_image("PyTorch", "framework_version")
        instances = (estimator.instance_type, estimator.instance_count)
        check_xla(estimator.distribution, estimator.framework_version, (1, 12), "framework_version", instances)
