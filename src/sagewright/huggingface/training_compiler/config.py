"""What asks for the compiler of Transformers' images (v2's own path)."""

from __future__ import annotations

from typing import Any, ClassVar

from sagewright.distribution import release
from sagewright.training_compiler.config import WITH_EFA, check_xla, refuse_own_image
from sagewright.training_compiler.config import TrainingCompilerConfig as BaseConfig

_FIRST, _LAST = (1, 9), (1, 11)  # of PyTorch


class TrainingCompilerConfig(BaseConfig):
    """Asks for the compiler: `HuggingFace(..., compiler_config=TrainingCompilerConfig())`.

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
        torch = estimator.pytorch_version
        if torch and not _FIRST <= _without_zeros(torch) <= _LAST:
            raise ValueError(
                "SageMaker Training Compiler is only supported with HuggingFace PyTorch 1.9-1.11. "
                f"Received pytorch_version={torch} which is unsupported."
            )
        if estimator.image_uri:
            refuse_own_image("Hugging Face", "transformer_version, tensorflow_version or pytorch_version")
        asked = (estimator.distribution or {}).get("pytorchxla", {}).get("enabled", False)
        if asked and estimator.tensorflow_version:
            raise ValueError(
                "Distribution mechanism 'pytorchxla' is currently only supported for PyTorch >= 1.11 when SageMaker "
                f"Training Compiler is enabled. Received tensorflow_version={estimator.tensorflow_version} which is "
                "unsupported."
            )
        instances = (estimator.instance_type, estimator.instance_count)
        check_xla(estimator.distribution, torch, _LAST, "pytorch_version", instances)


def _without_zeros(version: str) -> tuple[int, ...]:
    """Return a version's numbers: `1.11.0` is `1.11`."""
    numbers = list(release(version))
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
