"""AutoML jobs of the first version: tables with a column to be predicted."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.automl.candidate_estimator import INPUT_PREFIX, CandidateEstimator
from sagewright.automl.candidates import Candidates, check_objective
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.deferring import runnable_by_pipeline
from sagewright.inputs import TrainingInput
from sagewright.job import checked_uri
from sagewright.requests.automl import completion_criteria, given, model_deployment, output, security
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.variables import PipelineVariable, is_variable

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = ["AutoML", "AutoMLInput", "AutoMLJob", "CandidateEstimator"]

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class AutoMLInput:
    """A data set of an AutoML job.

    Args:
        inputs: An S3 URI, or a list of them.
        target_attribute_name: The column to be predicted.
        channel_type: `training` or `validation`.

    Example:
        >>> from sagewright.automl.automl import AutoMLInput
        >>> AutoMLInput("s3://bucket/train.csv", "y", channel_type="training").to_request_dict()[0]["ChannelType"]
        'training'
    """

    def __init__(
        self,
        inputs: Any,
        target_attribute_name: Any,
        compression: Any = None,
        channel_type: Any = None,
        content_type: Any = None,
        s3_data_type: Any = None,
        sample_weight_attribute_name: Any = None,
    ) -> None:
        self.inputs, self.target_attribute_name, self.compression = inputs, target_attribute_name, compression
        self.channel_type, self.content_type, self.s3_data_type = channel_type, content_type, s3_data_type
        self.sample_weight_attribute_name = sample_weight_attribute_name

    def __repr__(self) -> str:
        return f"AutoMLInput({self.inputs!r}, {self.target_attribute_name!r}, channel_type={self.channel_type!r})"

    def to_request_dict(self) -> list[Document]:
        """Return the channels of a request, one for each URI."""
        uris = [self.inputs] if isinstance(self.inputs, (str, PipelineVariable)) else self.inputs
        return [self._channel(uri) for uri in uris]

    def _channel(self, uri: Any) -> Document:
        kind = self.s3_data_type if self.s3_data_type is not None else "S3Prefix"
        optional = {
            "CompressionType": self.compression,
            "ChannelType": self.channel_type,
            "ContentType": self.content_type,
            "SampleWeightAttributeName": self.sample_weight_attribute_name,
        }
        return {
            "DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}},
            "TargetAttributeName": self.target_attribute_name,
            **given(optional),
        }


@suggests
class AutoML(Candidates):
    """Finds a model for a table by itself.

    Args:
        target_attribute_name: The column to be predicted.
        output_path: None: the default bucket.
        base_job_name: None: `automl`.
        problem_type, job_objective: `Regression`, `BinaryClassification` or `MulticlassClassification`, and
            `{"MetricName": ...}`; both or neither.
        max_candidates, max_runtime_per_training_job_in_seconds, total_job_runtime_in_seconds: When to end.
        generate_candidate_definitions_only: Make notebooks that tell how to train, and train nothing.
        mode: `AUTO`, `ENSEMBLING` or `HYPERPARAMETER_TUNING`.
        auto_generate_endpoint_name, endpoint_name: Deploy the best candidate.

    Raises:
        ValueError: There is no role, or only one of problem type and objective.
    """

    def __init__(
        self,
        role: str | None = None,
        target_attribute_name: str | None = None,
        output_kms_key: str | None = None,
        output_path: str | None = None,
        base_job_name: str | None = None,
        compression_type: str | None = None,
        sagemaker_session: Session | None = None,
        volume_kms_key: str | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        vpc_config: Document | None = None,
        problem_type: str | None = None,
        max_candidates: int | None = None,
        max_runtime_per_training_job_in_seconds: int | None = None,
        total_job_runtime_in_seconds: int | None = None,
        job_objective: Document | None = None,
        generate_candidate_definitions_only: bool = False,
        tags: Tags = None,
        content_type: str | None = None,
        s3_data_type: str | None = None,
        feature_specification_s3_uri: str | None = None,
        validation_fraction: float | None = None,
        mode: str | None = None,
        auto_generate_endpoint_name: bool | None = None,
        endpoint_name: str | None = None,
        sample_weight_attribute_name: str | None = None,
    ) -> None:
        session = _session(sagemaker_session)
        self.sagemaker_session = session
        self.vpc_config = resolved(vpc_config, session, paths.AUTO_ML_VPC_CONFIG_PATH)
        self.volume_kms_key = resolved(volume_kms_key, session, paths.AUTO_ML_VOLUME_KMS_KEY_ID_PATH)
        self.output_kms_key = resolved(output_kms_key, session, paths.AUTO_ML_KMS_KEY_ID_PATH)
        self.role = resolved(role, session, paths.AUTO_ML_ROLE_ARN_PATH)
        if not self.role:
            raise ValueError("An AWS IAM role is required to create an AutoML job.")
        path = paths.AUTO_ML_INTER_CONTAINER_ENCRYPTION_PATH
        self.encrypt_inter_container_traffic = resolved(encrypt_inter_container_traffic, session, path, False)
        check_objective(problem_type, job_objective)
        self.output_path, self.base_job_name, self.compression_type = output_path, base_job_name, compression_type
        self.target_attribute_name, self.tags = target_attribute_name, format_tags(tags)
        self.problem_type, self.job_objective = problem_type, job_objective
        self.max_candidate = max_candidates
        self.max_runtime_per_training_job_in_seconds = max_runtime_per_training_job_in_seconds
        self.total_job_runtime_in_seconds = total_job_runtime_in_seconds
        self.generate_candidate_definitions_only = generate_candidate_definitions_only
        self.content_type, self.s3_data_type = content_type, s3_data_type
        self.feature_specification_s3_uri, self.validation_fraction = feature_specification_s3_uri, validation_fraction
        self.mode, self.sample_weight_attribute_name = mode, sample_weight_attribute_name
        self.auto_generate_endpoint_name, self.endpoint_name = auto_generate_endpoint_name, endpoint_name

    @runnable_by_pipeline
    def fit(self, inputs: Any = None, wait: bool = True, logs: bool = True, job_name: str | None = None) -> None:
        """Start an AutoML job.

        Args:
            inputs: An S3 URI, a file or folder here, which is uploaded, a list of S3 URIs, or `AutoMLInput`s.
            logs: Show a dot for each look at the job, instead of a character for its status.

        Raises:
            ValueError: The inputs are none, or say nothing of the column to be predicted.
            UnexpectedStatusException: The job has failed.
        """
        logs = checked_logs(wait, logs)
        if isinstance(inputs, str) and not inputs.startswith("s3://"):
            inputs = self.sagemaker_session.upload_data(inputs, key_prefix=INPUT_PREFIX)
        self._name_next_job(job_name)
        if self.output_path is None:
            self.output_path = self._default_output_path()
        self.latest_auto_ml_job = AutoMLJob.start_new(self, inputs)
        if wait:
            self.latest_auto_ml_job.wait(logs=logs)

    @classmethod
    def attach(cls, auto_ml_job_name: str, sagemaker_session: Session | None = None) -> AutoML:
        """Return what would start a job that was started elsewhere."""
        session = _session(sagemaker_session)
        job = session.describe_auto_ml_job(auto_ml_job_name)
        tags = session.sagemaker_client.list_tags(ResourceArn=job["AutoMLJobArn"])["Tags"]
        channel, config = job["InputDataConfig"][0], job.get("AutoMLJobConfig", {})
        safety, criteria = config.get("SecurityConfig", {}), config.get("CompletionCriteria", {})
        deployment = job.get("ModelDeployConfig", {})
        attached = AutoML(
            role=job["RoleArn"],
            target_attribute_name=channel["TargetAttributeName"],
            output_kms_key=job["OutputDataConfig"].get("KmsKeyId"),
            output_path=job["OutputDataConfig"]["S3OutputPath"],
            base_job_name=auto_ml_job_name,
            compression_type=channel.get("CompressionType"),
            sagemaker_session=session,
            volume_kms_key=safety.get("VolumeKmsKeyId"),
            encrypt_inter_container_traffic=safety.get("EnableInterContainerTrafficEncryption", False),
            vpc_config=safety.get("VpcConfig"),
            problem_type=job.get("ProblemType"),
            max_candidates=criteria.get("MaxCandidates"),
            max_runtime_per_training_job_in_seconds=criteria.get("MaxRuntimePerTrainingJobInSeconds"),
            total_job_runtime_in_seconds=criteria.get("MaxAutoMLJobRuntimeInSeconds"),
            job_objective=job.get("AutoMLJobObjective", {}),
            generate_candidate_definitions_only=job.get("GenerateCandidateDefinitionsOnly", False),
            tags=tags,
            content_type=channel.get("ContentType"),
            s3_data_type=channel["DataSource"]["S3DataSource"].get("S3DataType"),
            feature_specification_s3_uri=config.get("CandidateGenerationConfig", {}).get("FeatureSpecificationS3Uri"),
            validation_fraction=config.get("DataSplitConfig", {}).get("ValidationFraction"),
            mode=config.get("Mode", "HYPERPARAMETER_TUNING"),
            auto_generate_endpoint_name=deployment.get("AutoGenerateEndpointName", False),
            endpoint_name=deployment.get("EndpointName"),
            sample_weight_attribute_name=channel.get("SampleWeightAttributeName"),
        )
        attached.current_job_name = attached.latest_auto_ml_job = auto_ml_job_name
        attached._auto_ml_job_desc = job
        return attached

    def _describe(self, job_name: str) -> Document:
        return self.sagemaker_session.describe_auto_ml_job(job_name)


class AutoMLJob:
    """An AutoML job that was started.

    Attributes:
        name, job_name: Its name.
        inputs: What `fit` was given.
    """

    def __init__(self, sagemaker_session: Session, job_name: str, inputs: Any) -> None:
        self.sagemaker_session, self.job_name, self.inputs = sagemaker_session, job_name, inputs

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.job_name}>"

    @property
    def name(self) -> str:
        return self.job_name

    @classmethod
    def start_new(cls, auto_ml: AutoML, inputs: Any) -> AutoMLJob:
        """Start a job."""
        assert auto_ml.current_job_name is not None
        deployment = model_deployment(auto_ml.auto_generate_endpoint_name, auto_ml.endpoint_name)
        auto_ml.sagemaker_session.auto_ml(
            input_config=_channels(inputs, auto_ml),
            output_config=output(auto_ml.output_path, auto_ml.output_kms_key),
            auto_ml_job_config=_job_config(auto_ml),
            role=auto_ml.sagemaker_session.expand_role(auto_ml.role),
            generate_candidate_definitions_only=auto_ml.generate_candidate_definitions_only,
            job_name=auto_ml.current_job_name,
            problem_type=auto_ml.problem_type,
            job_objective=auto_ml.job_objective,
            tags=auto_ml.tags,
            **given({"model_deploy_config": deployment}),
        )
        return cls(auto_ml.sagemaker_session, auto_ml.current_job_name, inputs)

    def describe(self) -> Document:
        """Return the job's description."""
        return self.sagemaker_session.describe_auto_ml_job(self.job_name)

    def wait(self, logs: bool = True) -> None:
        """Wait for the job's end.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        if logs:
            self.sagemaker_session.logs_for_auto_ml_job(self.job_name, wait=True)
        else:
            self.sagemaker_session.wait_for_auto_ml_job(self.job_name)

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.sagemaker_client.stop_auto_ml_job(AutoMLJobName=self.job_name)


def checked_logs(wait: bool, logs: bool) -> bool:
    """Return whether there are logs to show, and say so where there are none though they were asked for."""
    if logs and not wait:
        logger.warning("Setting logs to False. logs is only meaningful when wait is True.")
    return logs and wait


def _session(given_session: Session | None) -> Session:
    if given_session is not None:
        return given_session
    from sagewright.session import Session

    return Session()


def _channels(inputs: Any, auto_ml: AutoML) -> list[Document] | None:
    if inputs is None:
        return None
    if isinstance(inputs, AutoMLInput):
        return inputs.to_request_dict()
    if isinstance(inputs, Sequence) and not isinstance(inputs, str):
        if inputs and all(isinstance(channel, AutoMLInput) for channel in inputs):
            return [document for channel in inputs for document in channel.to_request_dict()]
        return [_channel(one, auto_ml) for one in inputs]
    if isinstance(inputs, (str, PipelineVariable)):
        return [_channel(inputs, auto_ml)]
    raise ValueError(
        f"Cannot format input {inputs}. Expecting a string or a list of strings or a list of AutoMLInputs."
    )


def _channel(value: Any, auto_ml: AutoML) -> Document:
    """Return the channel of a URI, with what the job says of all channels."""
    if not isinstance(value, TrainingInput):
        value = TrainingInput(
            value if is_variable(value) else checked_uri(value),
            compression=auto_ml.compression_type,
            target_attribute_name=auto_ml.target_attribute_name,
        )
    channel: Document = {**value.config, **given(_of_all_channels(auto_ml))}
    if channel.get("TargetAttributeName") is None:
        raise ValueError("TargetAttributeName cannot be None.\nhint: give `target_attribute_name`.")
    if auto_ml.s3_data_type is not None:
        source: Mapping[str, Any] = channel["DataSource"]["S3DataSource"]
        channel["DataSource"] = {"S3DataSource": {**source, "S3DataType": auto_ml.s3_data_type}}
    return channel


def _of_all_channels(auto_ml: AutoML) -> Document:
    return {
        "ContentType": auto_ml.content_type,
        "SampleWeightAttributeName": auto_ml.sample_weight_attribute_name,
    }


def _job_config(auto_ml: AutoML) -> Document:
    criteria = completion_criteria(
        auto_ml.max_candidate, auto_ml.max_runtime_per_training_job_in_seconds, auto_ml.total_job_runtime_in_seconds
    )
    encrypted = auto_ml.encrypt_inter_container_traffic
    config: Document = {
        "CompletionCriteria": criteria,
        "SecurityConfig": security(auto_ml.volume_kms_key, auto_ml.vpc_config, encrypted),
    }
    if auto_ml.feature_specification_s3_uri:
        config["CandidateGenerationConfig"] = {"FeatureSpecificationS3Uri": auto_ml.feature_specification_s3_uri}
    if auto_ml.validation_fraction:
        config["DataSplitConfig"] = {"ValidationFraction": auto_ml.validation_fraction}
    if auto_ml.mode:
        config["Mode"] = auto_ml.mode
    return config
