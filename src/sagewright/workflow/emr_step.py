"""The step that runs on a cluster of Amazon EMR (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.properties import Properties

if TYPE_CHECKING:
    from sagewright.workflow.retry import StepRetryPolicy

Document = dict[str, Any]


@suggests
class EMRStepConfig:
    """What runs on the cluster.

    Args:
        jar: Path or URI of a JAR file.
        args: Arguments of its main function.
        main_class: The class that holds it; None: the file's manifest says.
        properties: `{"Key", "Value"}` documents.
    """

    def __init__(
        self,
        jar: Any,
        args: Sequence[Any] | None = None,
        main_class: Any = None,
        properties: Sequence[Document] | None = None,
    ) -> None:
        self.jar, self.args, self.main_class, self.properties = jar, args, main_class, properties

    def to_request(self) -> Document:
        """Return what stands for it in a pipeline's definition."""
        members = {"Args": self.args, "MainClass": self.main_class, "Properties": self.properties}
        given = {name: value for name, value in members.items() if value is not None}
        return {"HadoopJarStep": {"Jar": self.jar, **given}}

    def __repr__(self) -> str:
        return f"EMRStepConfig(jar={self.jar!r})"


@suggests
class EMRStep(ConfigurableRetryStep):
    """Runs on a cluster of Amazon EMR: one that is there, or one of its own.

    Args:
        name: Of the step.
        cluster_id: The cluster; None: one is made of `cluster_config`.
        step_config: What runs.
        depends_on: Steps that have to end before.
        cache_config: Whether the step takes what an earlier run of it has made.
        cluster_config: The request of `RunJobFlow`, without what the service decides.
        execution_role_arn: The role that runs it on a cluster that is there.
        retry_policies: When it is tried again.

    Raises:
        ValueError: There is neither a cluster nor a configuration, or both, or the configuration holds what the service
            decides.
    """

    def __init__(
        self,
        name: str,
        display_name: str | None,
        description: str | None,
        cluster_id: str | None,
        step_config: EMRStepConfig,
        depends_on: Sequence[Any] | None = None,
        cache_config: CacheConfig | None = None,
        cluster_config: Mapping[str, Any] | None = None,
        execution_role_arn: str | None = None,
        retry_policies: Sequence[StepRetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.EMR, display_name, description, depends_on, retry_policies)
        _check_cluster(name, cluster_id, cluster_config, execution_role_arn)
        members = {
            "ClusterId": cluster_id,
            "ExecutionRoleArn": execution_role_arn,
            "ClusterConfig": cluster_config,
        }
        given = {name: value for name, value in members.items() if value is not None}
        self.args, self.cache_config = {"StepConfig": step_config.to_request(), **given}, cache_config
        self._properties = Properties(name, shape_name="Step", service_name="emr", step=self)
        self._properties.__dict__.update(given)

    @property
    def arguments(self) -> Any:
        """The request of `AddJobFlowSteps`."""
        return self.args

    @property
    def properties(self) -> Any:
        """What the description of the cluster's step will hold."""
        return self._properties


def _check_cluster(name: str, cluster_id: Any, config: Mapping[str, Any] | None, role: Any) -> None:
    if cluster_id is None and config is None:
        raise ValueError(f"EMRStep {name} must have either cluster_id or cluster_config")
    if cluster_id is not None and config is not None:
        raise ValueError(
            f"EMRStep {name} can not have both cluster_idor cluster_config.To use EMRStep with cluster_config, "
            "cluster_id must be explicitly set to None."
        )
    if role is not None and cluster_id is None:
        raise ValueError(
            f"EMRStep {name} cannot have execution_role_arnwithout cluster_id.To use EMRStep with execution_role_arn, "
            "cluster_id must not be None."
        )
    if config is not None:
        _check_config(name, config)


def _check_config(name: str, config: Mapping[str, Any]) -> None:
    if any(member in config for member in ("Name", "AutoTerminationPolicy", "Steps")):
        raise ValueError(
            f"In EMRStep {name}, cluster_config should not contain any of the Name, AutoTerminationPolicy and/or Steps."
        )
    if "Instances" not in config:
        raise ValueError(f"In EMRStep {name}, cluster_config must contain Instances.")
    instances = config["Instances"]
    if "KeepJobFlowAliveWhenNoSteps" in instances or "TerminationProtected" in instances:
        raise ValueError(
            f"In EMRStep {name}, Instances should not contain KeepJobFlowAliveWhenNoSteps or TerminationProtected."
        )
    if ("InstanceGroups" in instances) == ("InstanceFleets" in instances):
        raise ValueError(f"In EMRStep {name}, Instances should contain either InstanceGroups or InstanceFleets.")


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["EMRStep", "EMRStepConfig"])
