"""What a tuning job can be told beside its ranges: where it starts from, how it searches, when it ends, on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


class WarmStartTypes(Enum):
    """What a tuning job has in common with those it learns from."""

    IDENTICAL_DATA_AND_ALGORITHM = "IdenticalDataAndAlgorithm"
    TRANSFER_LEARNING = "TransferLearning"


class _Config:
    """Shows its attributes."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


@suggests
class WarmStartConfig(_Config):
    """The tuning jobs that a new one learns from.

    Args:
        warm_start_type: What it has in common with them.
        parents: Their names, 1 to 5.

    Raises:
        ValueError: The type is none of `WarmStartTypes`, or there are no parents.

    Example:
        >>> from sagewright.tuner import WarmStartConfig, WarmStartTypes
        >>> WarmStartConfig(WarmStartTypes.TRANSFER_LEARNING, {"first"}).to_input_req()["WarmStartType"]
        'TransferLearning'
    """

    def __init__(self, warm_start_type: WarmStartTypes, parents: Iterable[Any]) -> None:
        if warm_start_type not in list(WarmStartTypes):
            raise ValueError(
                f"Invalid type: {warm_start_type}, valid warm start types are: {list(WarmStartTypes)}\n"
                "hint: give `WarmStartTypes.TRANSFER_LEARNING` or `WarmStartTypes.IDENTICAL_DATA_AND_ALGORITHM`."
            )
        if not parents:
            raise ValueError(f"Invalid parents: {parents}, parents should not be None/empty")
        self.type, self.parents = warm_start_type, set(parents)

    @classmethod
    def from_job_desc(cls, warm_start_config: Mapping[str, Any] | None) -> WarmStartConfig | None:
        """Return the configuration that a description holds; None where it holds none."""
        found = warm_start_config or {}
        if "WarmStartType" not in found or "ParentHyperParameterTuningJobs" not in found:
            return None
        parents = [parent["HyperParameterTuningJobName"] for parent in found["ParentHyperParameterTuningJobs"]]
        return cls(WarmStartTypes(found["WarmStartType"]), parents)

    def to_input_req(self) -> Document:
        """Return the document of a request."""
        parents = [{"HyperParameterTuningJobName": parent} for parent in self.parents]
        return {"WarmStartType": self.type.value, "ParentHyperParameterTuningJobs": parents}


@suggests
class HyperbandStrategyConfig(_Config):
    """How much of a training job's resource, such as epochs, Hyperband gives out.

    Args:
        max_resource: A job that has used so much is at its end.
        min_resource: A job is not stopped before it has used so much.
    """

    def __init__(self, max_resource: Any, min_resource: Any) -> None:
        self.max_resource, self.min_resource = max_resource, min_resource

    @classmethod
    def from_job_desc(cls, hyperband_strategy_config: Mapping[str, Any]) -> HyperbandStrategyConfig:
        """Return the configuration that a description holds."""
        found = hyperband_strategy_config
        return cls(max_resource=found["MaxResource"], min_resource=found["MinResource"])

    def to_input_req(self) -> Document:
        """Return the document of a request."""
        return {"MinResource": self.min_resource, "MaxResource": self.max_resource}


@suggests
class StrategyConfig(_Config):
    """What a strategy can be told: only Hyperband can.

    Example:
        >>> from sagewright.tuner import HyperbandStrategyConfig, StrategyConfig
        >>> StrategyConfig(HyperbandStrategyConfig(max_resource=10, min_resource=1)).to_input_req()
        {'HyperbandStrategyConfig': {'MinResource': 1, 'MaxResource': 10}}
    """

    def __init__(self, hyperband_strategy_config: HyperbandStrategyConfig) -> None:
        self.hyperband_strategy_config = hyperband_strategy_config

    @classmethod
    def from_job_desc(cls, strategy_config: Mapping[str, Any]) -> StrategyConfig:
        """Return the configuration that a description holds."""
        return cls(HyperbandStrategyConfig.from_job_desc(strategy_config["HyperbandStrategyConfig"]))

    def to_input_req(self) -> Document:
        """Return the document of a request."""
        return {"HyperbandStrategyConfig": self.hyperband_strategy_config.to_input_req()}


@suggests
class InstanceConfig(_Config):
    """Instances that training jobs of a tuning job may run on.

    Args:
        volume_size: GiB.
    """

    def __init__(
        self, instance_count: Any = None, instance_type: InstanceType | None = None, volume_size: Any = 30
    ) -> None:
        self.instance_count, self.instance_type, self.volume_size = instance_count, instance_type, volume_size

    @classmethod
    def from_job_desc(cls, instance_config: Mapping[str, Any]) -> InstanceConfig:
        """Return the instances that a description holds."""
        found = instance_config
        return cls(found["InstanceCount"], found["InstanceType"], found["VolumeSizeInGB"])

    def to_input_req(self) -> Document:
        """Return the document of a request."""
        return {
            "InstanceCount": self.instance_count,
            "InstanceType": self.instance_type,
            "VolumeSizeInGB": self.volume_size,
        }


@suggests
class TuningJobCompletionCriteriaConfig(_Config):
    """When a tuning job ends before it has started all its training jobs.

    Args:
        max_number_of_training_jobs_not_improving: After so many jobs that are no better than the best.
        complete_on_convergence: When the service finds that the search has converged.
        target_objective_metric_value: When a job is at least so good.

    Example:
        >>> from sagewright.tuner import TuningJobCompletionCriteriaConfig
        >>> TuningJobCompletionCriteriaConfig(target_objective_metric_value=0.9).to_input_req()
        {'TargetObjectiveMetricValue': 0.9}
    """

    def __init__(
        self,
        max_number_of_training_jobs_not_improving: Any = None,
        complete_on_convergence: bool | None = None,
        target_objective_metric_value: Any = None,
    ) -> None:
        self.max_number_of_training_jobs_not_improving = max_number_of_training_jobs_not_improving
        self.complete_on_convergence = complete_on_convergence
        self.target_objective_metric_value = target_objective_metric_value

    @classmethod
    def from_job_desc(cls, completion_criteria_config: Mapping[str, Any]) -> TuningJobCompletionCriteriaConfig:
        """Return the criteria that a description holds."""
        found = completion_criteria_config
        converged = found.get("ConvergenceDetected", {}).get("CompleteOnConvergence")
        return cls(
            found.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving"),
            converged == "Enabled" if converged else None,
            found.get("TargetObjectiveMetricValue"),
        )

    def to_input_req(self) -> Document:
        """Return the document of a request."""
        document: Document = {}
        if self.max_number_of_training_jobs_not_improving is not None:
            count = self.max_number_of_training_jobs_not_improving
            document["BestObjectiveNotImproving"] = {"MaxNumberOfTrainingJobsNotImproving": count}
        if self.target_objective_metric_value is not None:
            document["TargetObjectiveMetricValue"] = self.target_objective_metric_value
        if self.complete_on_convergence is not None:
            word = "Enabled" if self.complete_on_convergence else "Disabled"
            document["ConvergenceDetected"] = {"CompleteOnConvergence": word}
        return document
