"""A training job that was started: what can be asked of it, and the estimator that would submit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.instance_group import InstanceGroup
from sagewright.vocabulary.names import base_from_name

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


@shows
class TrainingJob:
    """A training job that was started.

    Attributes:
        name, job_name: Its name.
    """

    def __init__(self, sagemaker_session: Session, job_name: str) -> None:
        self.sagemaker_session, self.job_name = sagemaker_session, job_name

    @property
    def name(self) -> str:
        return self.job_name

    def describe(self) -> Document:
        """Return `DescribeTrainingJob`'s answer."""
        return self.sagemaker_session.describe_training_job(self.job_name)

    def wait(self, logs: Any = "All") -> None:
        """Wait for the job's end; `logs` as for `fit`.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        if wants_logs(logs):
            self.sagemaker_session.logs_for_job(self.job_name, wait=True, log_type=_kind_of(logs))
        else:
            self.sagemaker_session.wait_for_job(self.job_name)

    def rule_job_summary(self) -> list[Document]:
        """Return how the evaluation of each rule stands, the debugger's first."""
        job = self.describe()
        return [*job.get("DebugRuleEvaluationStatuses", ()), *job.get("ProfilerRuleEvaluationStatuses", ())]

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.stop_training_job(self.job_name)


def _kind_of(logs: Any) -> str:
    """Return which lines are shown: as in v2 all of the log's, but what the rules find only where it is asked for."""
    words = logs if isinstance(logs, (list, tuple)) else [logs]
    return "All" if any(word in (True, "All", "Rules") for word in words) else "Training"


def wants_logs(logs: Any) -> bool:
    """Tell whether `logs`, which v2 lets be a truth value, a word or a list of words, asks for the log.

    Raises:
        ValueError: A word that there is not.
    """
    words = logs if isinstance(logs, (list, tuple)) else [logs]
    for word in words:
        if word not in (True, False, None, "All", "None", "Training", "Rules"):
            raise ValueError(f"`logs` takes All, None, Training, Rules, True or False, not `{word}`")
    return any(word in (True, "All", "Training", "Rules") for word in words)


def arguments_of(job: Document, model_channel: str | None) -> Document:
    """Return the arguments of an estimator that would submit this job."""
    resources, algorithm = job["ResourceConfig"], job["AlgorithmSpecification"]
    vpc, checkpoints = job.get("VpcConfig", {}), job.get("CheckpointConfig", {})
    model = next((c for c in job.get("InputDataConfig", ()) if c["ChannelName"] == model_channel), None)
    found = {
        "image_uri": algorithm.get("TrainingImage"),
        "role": job["RoleArn"],
        "instance_count": resources.get("InstanceCount"),
        "instance_type": resources.get("InstanceType"),
        "instance_groups": _groups(resources.get("InstanceGroups")),
        "volume_size": resources.get("VolumeSizeInGB"),
        "volume_kms_key": resources.get("VolumeKmsKeyId"),
        "keep_alive_period_in_seconds": resources.get("KeepAlivePeriodInSeconds"),
        "training_plan": resources.get("TrainingPlanArn"),
        "instance_placement_config": resources.get("InstancePlacementConfig"),
        "max_run": job["StoppingCondition"]["MaxRuntimeInSeconds"],
        "max_wait": job["StoppingCondition"].get("MaxWaitTimeInSeconds"),
        "max_retry_attempts": job.get("RetryStrategy", {}).get("MaximumRetryAttempts"),
        "use_spot_instances": job.get("EnableManagedSpotTraining", False),
        "input_mode": algorithm["TrainingInputMode"],
        "base_job_name": base_from_name(job["TrainingJobName"]),
        "output_path": job["OutputDataConfig"]["S3OutputPath"],
        "output_kms_key": job["OutputDataConfig"].get("KmsKeyId") or None,
        "hyperparameters": job.get("HyperParameters", {}),
        "subnets": vpc.get("Subnets"),
        "security_group_ids": vpc.get("SecurityGroupIds"),
        "metric_definitions": algorithm.get("MetricDefinitions"),
        "container_entry_point": algorithm.get("ContainerEntrypoint"),
        "container_arguments": algorithm.get("ContainerArguments"),
        "encrypt_inter_container_traffic": job.get("EnableInterContainerTrafficEncryption"),
        "enable_network_isolation": job.get("EnableNetworkIsolation"),
        "enable_infra_check": job.get("InfraCheckConfig", {}).get("EnableInfraCheck"),
        "enable_remote_debug": job.get("RemoteDebugConfig", {}).get("EnableRemoteDebug"),
        "checkpoint_s3_uri": checkpoints.get("S3Uri"),
        "checkpoint_local_path": checkpoints.get("LocalPath"),
        "environment": job.get("Environment"),
    }
    if model:
        found["model_channel_name"] = model_channel
        found["model_uri"] = model["DataSource"]["S3DataSource"]["S3Uri"]
    return found


def _groups(documents: list[Document] | None) -> list[InstanceGroup] | None:
    if documents is None:
        return None
    return [
        InstanceGroup(group["InstanceGroupName"], group["InstanceType"], group["InstanceCount"]) for group in documents
    ]
