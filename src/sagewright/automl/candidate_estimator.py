"""A candidate of an AutoML job: the containers that serve it, and the jobs that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.config.paths import (
    TRAINING_JOB_INTER_CONTAINER_ENCRYPTION_PATH,
    TRAINING_JOB_VOLUME_KMS_KEY_ID_PATH,
    TRAINING_JOB_VPC_CONFIG_PATH,
)
from sagewright.config.values import resolved
from sagewright.following import DONE, Pace
from sagewright.inputs import TrainingInput
from sagewright.job import checked_uri
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

POLL_S = 5.0
INPUT_PREFIX = "auto-ml-input-data"  # of the keys of local files that are uploaded


@suggests
class CandidateEstimator:
    """A candidate of an AutoML job.

    Args:
        candidate: Its document, as `AutoML.best_candidate` and `list_candidates` return it.

    Attributes:
        name: Its name.
        containers: The documents of the containers that serve it, in their order.
        steps: `name` and `type` of the jobs that made it: `TrainingJob`, `TransformJob`, `ProcessingJob`.
    """

    def __init__(self, candidate: Mapping[str, Any], sagemaker_session: Session | None = None) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.name: str = candidate["CandidateName"]
        self.containers: list[Document] = candidate["InferenceContainers"]
        self.steps = [
            {"name": step["CandidateStepName"], "type": step["CandidateStepType"].split("::")[2]}
            for step in candidate["CandidateSteps"]
        ]
        self.sagemaker_session = sagemaker_session

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {len(self.containers)} containers, {len(self.steps)} steps>"

    def get_steps(self) -> list[CandidateStep]:
        """Return the training and transform jobs that made it, with their descriptions."""
        found = []
        for step in self.steps:
            description = self._described(step)
            if description is not None:
                inputs = description["InputDataConfig" if step["type"] == "TrainingJob" else "TransformInput"]
                found.append(CandidateStep(step["name"], inputs, step["type"], description))
        return found

    def fit(
        self,
        inputs: str,
        candidate_name: str | None = None,
        volume_kms_key: str | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        vpc_config: Document | None = None,
        wait: bool = True,
        logs: bool = True,
    ) -> None:
        """Run the training and transform jobs that made it again, on other data.

        Args:
            inputs: An S3 URI, or a file or folder here, which is uploaded.
            logs: Changes nothing: several jobs run at a time.

        Raises:
            ValueError: The inputs are no text, or logs are asked for without waiting.
        """
        if logs and not wait:
            raise ValueError(
                "Logs can only be shown if wait is set to True.\n"
                "                Please either set wait to True or set logs to False."
            )
        session = self.sagemaker_session
        if not isinstance(inputs, str):
            raise ValueError(f"Cannot format input {inputs}. Expecting a string.")
        vpc_config = resolved(vpc_config, session, TRAINING_JOB_VPC_CONFIG_PATH)
        volume_kms_key = resolved(volume_kms_key, session, TRAINING_JOB_VOLUME_KMS_KEY_ID_PATH)
        path = TRAINING_JOB_INTER_CONTAINER_ENCRYPTION_PATH
        encrypted = resolved(encrypt_inter_container_traffic, session, path, False)
        self.name = candidate_name or self.name
        uri = inputs if inputs.startswith("s3://") else session.upload_data(inputs, key_prefix=INPUT_PREFIX)
        for step in self.steps:
            description = self._described(step)
            if description is None:
                continue
            kind = "training" if step["type"] == "TrainingJob" else "transform"
            step["name"] = name_from_base(f"sagemaker-automl-{kind}-rerun")
            if kind == "training":
                session.train(**_training(description, uri, step["name"], volume_kms_key, encrypted, vpc_config))
            else:
                session.transform(**_transform(description, uri, step["name"], volume_kms_key))
        if wait:
            self._wait()

    def _wait(self) -> None:
        pace = Pace(POLL_S)
        while not all(self._status(step) in (*DONE, None) for step in self.steps):
            pace.wait()

    def _status(self, step: Mapping[str, str]) -> str | None:
        return (self._described(step) or {}).get(f"{step['type']}Status")

    def _described(self, step: Mapping[str, str]) -> Document | None:
        client = self.sagemaker_session.sagemaker_client
        if step["type"] == "TrainingJob":
            return dict(client.describe_training_job(TrainingJobName=step["name"]))
        if step["type"] == "TransformJob":
            return dict(client.describe_transform_job(TransformJobName=step["name"]))
        return None


class CandidateStep:
    """A job that made a candidate.

    Attributes:
        name, inputs, type, description: Its name, the document of its inputs, `TrainingJob` or `TransformJob`, and all
            that describes it.
    """

    def __init__(self, name: str, inputs: Any, step_type: str, description: Document) -> None:
        self._name, self._inputs, self._type, self._description = name, inputs, step_type, description

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.type}>"

    @property
    def name(self) -> str:
        return self._name

    @property
    def inputs(self) -> Any:
        return self._inputs

    @property
    def type(self) -> str:
        return self._type

    @property
    def description(self) -> Document:
        return self._description


def _training(
    job: Document, uri: str, name: str, volume_kms_key: str | None, encrypted: bool, vpc_config: Document | None
) -> Document:
    """Return the arguments of `Session.train` that run a training job again."""
    channels: Sequence[Document] = [{**TrainingInput(checked_uri(uri)).config, "ChannelName": "train"}]
    checkpoints = job.get("CheckpointConfig")
    return {
        "input_config": channels,
        "job_name": name,
        "input_mode": job["AlgorithmSpecification"]["TrainingInputMode"],
        "role": job["RoleArn"],
        "output_config": job["OutputDataConfig"],
        "resource_config": _resources(job["ResourceConfig"], volume_kms_key),
        "image_uri": job["AlgorithmSpecification"]["TrainingImage"],
        "enable_network_isolation": job["EnableNetworkIsolation"],
        "encrypt_inter_container_traffic": encrypted,
        "use_spot_instances": job["EnableManagedSpotTraining"],
        "hyperparameters": job.get("Hyperparameters", {}),
        "stop_condition": job.get("StoppingCondition", {}),
        "metric_definitions": None,
        "checkpoint_s3_uri": checkpoints["S3Uri"] if checkpoints else None,
        "checkpoint_local_path": checkpoints["LocalPath"] if checkpoints else None,
        "tags": [],
        "vpc_config": job.get("VpcConfig", vpc_config),
    }


def _transform(job: Document, uri: str, name: str, volume_kms_key: str | None) -> Document:
    """Return the arguments of `Session.transform` that run a transform job again."""
    source = job["TransformInput"]["DataSource"]
    source = {**source, "S3DataSource": {**source["S3DataSource"], "S3Uri": uri}}
    return {
        "job_name": name,
        "model_name": job["ModelName"],
        "input_config": {**job["TransformInput"], "DataSource": source},
        "output_config": job["TransformOutput"],
        "resource_config": _resources(job["TransformResources"], volume_kms_key),
        "data_processing": job["DataProcessing"],
        "tags": [],
        "strategy": job.get("BatchStrategy"),
        "max_concurrent_transforms": job.get("MaxConcurrentTransforms"),
        "max_payload": job.get("MaxPayloadInMB"),
        "env": job.get("Environment"),
        "experiment_config": None,
    }


def _resources(resources: Document, volume_kms_key: str | None) -> Document:
    return resources if volume_kms_key is None else {**resources, "VolumeKmsKeyId": volume_kms_key}
