"""What asks for the SageMaker Training Compiler, whatever the framework (v2's own path).

The compiler is part of Amazon's images, so the target `local` refuses those; what it goes with are facts of the
SageMaker Python SDK 2.257.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.distribution import release
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.estimator.framework import Framework

logger = logging.getLogger("sagemaker")

# Instances whose network lets several of them train a compiled model well.
WITH_EFA = ["ml.g4dn.8xlarge", "ml.g4dn.12xlarge", "ml.g5.48xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge"]


@suggests
class TrainingCompilerConfig:
    """Asks for the compiler. Frameworks have classes below this one.

    Args:
        debug: Let the compiler keep a detailed log, which takes time.
    """

    DEBUG_PATH: ClassVar[str] = "/opt/ml/output/data/compiler/"
    SUPPORTED_INSTANCE_CLASS_PREFIXES: ClassVar[list[str]] = ["p3", "p3dn", "g4dn", "p4d", "g5"]
    HP_ENABLE_COMPILER: ClassVar[str] = "sagemaker_training_compiler_enabled"
    HP_ENABLE_DEBUG: ClassVar[str] = "sagemaker_training_compiler_debug_mode"

    def __init__(self, enabled: bool = True, debug: bool = False) -> None:
        self.enabled, self.debug = enabled, debug
        self.disclaimers_and_warnings()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(enabled={self.enabled!r}, debug={self.debug!r})"

    def disclaimers_and_warnings(self) -> None:
        """Say that debugging takes time, where it is asked for."""
        if self.enabled and self.debug:
            logger.warning(
                "Debugging is enabled.This will dump detailed logs from compilation to %sThis might impair training "
                "performance.",
                self.DEBUG_PATH,
            )

    def _to_hyperparameter_dict(self) -> dict[str, Any]:
        return {self.HP_ENABLE_COMPILER: self.enabled, self.HP_ENABLE_DEBUG: self.debug}

    @classmethod
    def validate(cls, estimator: Framework) -> None:
        """Check that an estimator's arguments go together with the compiler.

        Raises:
            ValueError: They don't.
        """
        _check_instance(estimator.instance_type, cls.SUPPORTED_INSTANCE_CLASS_PREFIXES)
        if estimator.distribution and "smdistributed" in estimator.distribution:
            raise ValueError(
                "SageMaker distributed training configuration is currently not compatible with SageMaker Training "
                "Compiler."
            )
        if estimator.debugger_hook_config or not estimator.disable_profiler:
            logger.warning(
                "Using Debugger and/or Profiler with SageMaker Training Compiler might add recompilation overhead and "
                "degradeperformance. Found debugger_hook_config=%s disable_profiler=%s. Please set "
                "debugger_hook_config=None and disable_profiler=True for optimal performance. For more information, "
                "see Training Compiler Performance Considerations (https://docs.aws.amazon.com/sagemaker/latest/dg/"
                "training-compiler-tips-pitfalls.html#training-compiler-tips-pitfalls-considerations).",
                estimator.debugger_hook_config,
                estimator.disable_profiler,
            )
        if estimator.instance_groups:
            raise ValueError(
                "SageMaker Training Compiler currently only supports homogeneous clusters of the following GPU "
                f"instance families: {cls.SUPPORTED_INSTANCE_CLASS_PREFIXES}. Please use the 'instance_type' and "
                "'instance_count' parameters instead of 'instance_groups'"
            )


def checked_compiler(given: Any, kind: type[TrainingCompilerConfig], estimator: Framework) -> Any:
    """Return what asks for the compiler, or None, once it is known to go with the estimator.

    Raises:
        ValueError: It does not, or it is of another class.
    """
    if given is not None:
        if not isinstance(given, kind):
            raise ValueError(f"Expected instance of type {kind}for argument compiler_config. Instead got {type(given)}")
        given.validate(estimator)
    elif "pytorchxla" in (estimator.distribution or {}):
        raise ValueError(
            "Distributed training through PyTorch XLA is currently only supported when SageMaker Training Compiler is "
            "enabled. To learn more, see Enable SageMaker Training Compiler at "
            "https://docs.aws.amazon.com/sagemaker/latest/dg/training-compiler-enable.html."
        )
    return given


def check_xla(
    distribution: Mapping[str, Any] | None,
    version: str | None,
    first: tuple[int, ...],
    version_argument: str,
    instances: tuple[str | None, int | None],
) -> None:
    """Check that a job of PyTorch is distributed by XLA where, and only where, the compiler takes it.

    Args:
        first: The first version of PyTorch that XLA distributes; after it there is no other way.
        instances: Their type, and how many.

    Raises:
        ValueError: It is not.
    """
    if not version:
        return
    compiles_by_xla, named = release(version) >= first, ".".join(map(str, first))
    if distribution and distribution.get("pytorchxla", {}).get("enabled", False):
        if not compiles_by_xla:
            raise ValueError(
                f"Distribution mechanism 'pytorchxla' is currently only supported for PyTorch >= {named} when "
                f"SageMaker Training Compiler is enabled. Received {version_argument}={version} which is unsupported."
            )
        if instances[0] not in WITH_EFA:
            logger.warning(
                "Consider using instances with EFA support when training with PyTorch >= %s and SageMaker Training "
                "Compiler enabled. SageMaker Training Compiler leverages EFA to provide better performance for "
                "distributed training.",
                named,
            )
    elif distribution and "pytorchxla" not in distribution and compiles_by_xla:
        raise ValueError(
            f"'pytorchxla' is the only distribution mechanism currently supported for PyTorch >= {named} when "
            f"SageMaker Training Compiler is enabled. Received distribution={distribution} which is unsupported."
        )
    elif not distribution and (instances[1] or 0) > 1 and compiles_by_xla:
        logger.warning(
            "Consider setting 'distribution' to 'pytorchxla' for distributed training with PyTorch >= %s and SageMaker "
            "Training Compiler enabled.",
            named,
        )


def refuse_own_image(framework: str, needed: str) -> None:
    """Raise, for an image is named: the compiler is in Amazon's only."""
    raise ValueError(
        "Overriding the image URI is currently not supported for SageMaker Training Compiler."
        f"Specify the following parameters to run the {framework} training job with SageMaker Training Compiler "
        f"enabled: {needed}, and compiler_config."
    )


def _check_instance(instance_type: Any, known: list[str]) -> None:
    if is_variable(instance_type):
        logger.warning(
            "Estimator instance_type is a PipelineVariable (%s), which has to be interpreted as one of the %s classes "
            "in execution time.",
            type(instance_type),
            str(known).replace(",", ""),
        )
    elif instance_type == "local":
        raise ValueError(
            "SageMaker Training Compiler doesn't support local mode.It only supports the following GPU instances: "
            f"{known}"
        )
    elif instance_type and "local" not in instance_type:
        family = instance_type.split(".")[1] if "." in instance_type else instance_type
        if family not in known:
            raise ValueError(f"Unsupported Instance class {family}.SageMaker Training Compiler only supports {known}")
