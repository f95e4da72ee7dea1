"""AutoML jobs of the second version: tables, pictures, texts, time series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.automl.automl import AutoML, checked_logs
from sagewright.automl.candidates import Candidates, check_objective
from sagewright.automl.channels import AutoMLDataChannel, LocalAutoMLDataChannel, uploaded
from sagewright.automl.problems import (
    PROBLEMS,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
)
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.deferring import runnable_by_pipeline
from sagewright.requests.automl import given, model_deployment, output, security
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

__all__ = [
    "AutoMLDataChannel",
    "AutoMLImageClassificationConfig",
    "AutoMLJobV2",
    "AutoMLTabularConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
    "AutoMLV2",
    "LocalAutoMLDataChannel",
]

Document = dict[str, Any]


@suggests
class AutoMLV2(Candidates):
    """Finds a model by itself, for a problem of one of several kinds.

    Args:
        problem_config: The problem: `AutoMLTabularConfig`, ...
        output_path: None: the default bucket.
        base_job_name: None: `automl`.
        job_objective: `{"MetricName": ...}`; of a table only together with the problem's type.
        auto_generate_endpoint_name, endpoint_name: Deploy the best candidate.

    Raises:
        ValueError: There is no role, or only one of problem type and objective.
    """

    def __init__(
        self,
        problem_config: Any,
        base_job_name: str | None = None,
        output_path: str | None = None,
        job_objective: Document | None = None,
        validation_fraction: float | None = None,
        auto_generate_endpoint_name: bool | None = None,
        endpoint_name: str | None = None,
        output_kms_key: str | None = None,
        role: str | None = None,
        volume_kms_key: str | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        vpc_config: Document | None = None,
        tags: Tags = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        session = self.sagemaker_session = sagemaker_session
        self.vpc_config = resolved(vpc_config, session, paths.AUTO_ML_VPC_CONFIG_PATH)
        self.volume_kms_key = resolved(volume_kms_key, session, paths.AUTO_ML_VOLUME_KMS_KEY_ID_PATH)
        self.output_kms_key = resolved(output_kms_key, session, paths.AUTO_ML_KMS_KEY_ID_PATH)
        self.role = resolved(role, session, paths.AUTO_ML_ROLE_ARN_PATH)
        if not self.role:
            raise ValueError("An AWS IAM role is required to create an AutoML job.")
        if isinstance(problem_config, AutoMLTabularConfig):
            check_objective(problem_config.problem_type, job_objective)
        path = paths.AUTO_ML_INTER_CONTAINER_ENCRYPTION_PATH
        self.encrypt_inter_container_traffic = resolved(encrypt_inter_container_traffic, session, path, False)
        self.problem_config, self.base_job_name, self.job_objective = problem_config, base_job_name, job_objective
        self.output_path = self._default_output_path() if output_path is None else output_path
        self.validation_fraction, self.tags = validation_fraction, format_tags(tags)
        self.auto_generate_endpoint_name, self.endpoint_name = auto_generate_endpoint_name, endpoint_name
        self.inputs: Any = None

    @classmethod
    def from_auto_ml(cls, auto_ml: AutoML) -> AutoMLV2:
        """Return what starts the jobs of an `AutoML` as jobs of the second version."""
        problem = AutoMLTabularConfig(
            target_attribute_name=auto_ml.target_attribute_name,  # type: ignore[arg-type]  # the service refuses none
            feature_specification_s3_uri=auto_ml.feature_specification_s3_uri,
            generate_candidate_definitions_only=auto_ml.generate_candidate_definitions_only,
            mode=auto_ml.mode,
            problem_type=auto_ml.problem_type,
            sample_weight_attribute_name=auto_ml.sample_weight_attribute_name,
            max_candidates=auto_ml.max_candidate,
            max_runtime_per_training_job_in_seconds=auto_ml.max_runtime_per_training_job_in_seconds,
            max_total_job_runtime_in_seconds=auto_ml.total_job_runtime_in_seconds,
        )
        made = AutoMLV2(
            problem,
            base_job_name=auto_ml.base_job_name,
            output_path=auto_ml.output_path,
            output_kms_key=auto_ml.output_kms_key,
            job_objective=auto_ml.job_objective,
            validation_fraction=auto_ml.validation_fraction,
            auto_generate_endpoint_name=auto_ml.auto_generate_endpoint_name,
            endpoint_name=auto_ml.endpoint_name,
            role=auto_ml.role,
            volume_kms_key=auto_ml.volume_kms_key,
            encrypt_inter_container_traffic=auto_ml.encrypt_inter_container_traffic,
            vpc_config=auto_ml.vpc_config,
            tags=auto_ml.tags,
            sagemaker_session=auto_ml.sagemaker_session,
        )
        made._best_candidate = auto_ml._best_candidate
        return made

    @runnable_by_pipeline
    def fit(self, inputs: Any, wait: bool = True, logs: bool = True, job_name: str | None = None) -> None:
        """Start an AutoML job.

        Args:
            inputs: An `AutoMLDataChannel` or `LocalAutoMLDataChannel`, which is uploaded, or a list of such.
            logs: Show a dot for each look at the job, instead of a character for its status.

        Raises:
            ValueError: The inputs are none.
            UnexpectedStatusException: The job has failed.
        """
        logs = checked_logs(wait, logs)
        channels = inputs if isinstance(inputs, list) else [inputs]
        if not inputs or not all(isinstance(one, (AutoMLDataChannel, LocalAutoMLDataChannel)) for one in channels):
            raise ValueError(
                f"Cannot format input {inputs}. Expecting an AutoMLDataChannel or a list of AutoMLDataChannel or a "
                "LocalAutoMLDataChannel or a list of LocalAutoMLDataChannel."
            )
        channels = [uploaded(channel, self.sagemaker_session) for channel in channels]
        self._name_next_job(job_name)
        self.inputs = channels if isinstance(inputs, list) else channels[0]
        self.latest_auto_ml_job = AutoMLJobV2.start_new(self, self.inputs)
        if wait:
            self.latest_auto_ml_job.wait(logs=logs)

    @classmethod
    def attach(cls, auto_ml_job_name: str, sagemaker_session: Session | None = None) -> AutoMLV2:
        """Return what would start a job that was started elsewhere."""
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        job = sagemaker_session.describe_auto_ml_job_v2(auto_ml_job_name)
        tags = sagemaker_session.sagemaker_client.list_tags(ResourceArn=job["AutoMLJobArn"])["Tags"]
        kind, safety = job["AutoMLProblemTypeConfigName"], job.get("SecurityConfig", {})
        problem = job["AutoMLProblemTypeConfig"].get(f"{kind}JobConfig")
        deployment = job.get("ModelDeployConfig", {})
        attached = AutoMLV2(
            PROBLEMS[kind].from_response_dict(problem) if kind in PROBLEMS else None,
            base_job_name=auto_ml_job_name,
            output_path=job["OutputDataConfig"]["S3OutputPath"],
            job_objective=job.get("AutoMLJobObjective", {}),
            validation_fraction=job.get("DataSplitConfig", {}).get("ValidationFraction"),
            auto_generate_endpoint_name=deployment.get("AutoGenerateEndpointName", False),
            endpoint_name=deployment.get("EndpointName"),
            output_kms_key=job["OutputDataConfig"].get("KmsKeyId"),
            role=job["RoleArn"],
            volume_kms_key=safety.get("VolumeKmsKeyId"),
            encrypt_inter_container_traffic=safety.get("EnableInterContainerTrafficEncryption"),
            vpc_config=safety.get("VpcConfig"),
            tags=tags,
            sagemaker_session=sagemaker_session,
        )
        attached.current_job_name = attached.latest_auto_ml_job = auto_ml_job_name
        attached._auto_ml_job_desc = job
        attached.inputs = [AutoMLDataChannel.from_response_dict(one) for one in job["AutoMLJobInputDataConfig"]]
        return attached

    def _describe(self, job_name: str) -> Document:
        return self.sagemaker_session.describe_auto_ml_job_v2(job_name=job_name)


class AutoMLJobV2:
    """An AutoML job that was started.

    Attributes:
        name, job_name: Its name.
        inputs: Its channels.
    """

    def __init__(self, sagemaker_session: Session, job_name: str, inputs: Any) -> None:
        self.sagemaker_session, self.job_name, self.inputs = sagemaker_session, job_name, inputs

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.job_name}>"

    @property
    def name(self) -> str:
        return self.job_name

    @classmethod
    def start_new(cls, auto_ml: AutoMLV2, inputs: Any) -> AutoMLJobV2:
        """Start a job."""
        assert auto_ml.current_job_name is not None
        channels = inputs if isinstance(inputs, list) else [inputs]
        fraction = auto_ml.validation_fraction
        encrypted = auto_ml.encrypt_inter_container_traffic
        optional = {
            "model_deploy_config": model_deployment(auto_ml.auto_generate_endpoint_name, auto_ml.endpoint_name),
            "data_split_config": None if fraction is None else {"ValidationFraction": fraction},
        }
        auto_ml.sagemaker_session.create_auto_ml_v2(
            input_config=[channel.to_request_dict() for channel in channels],
            job_name=auto_ml.current_job_name,
            problem_config=auto_ml.problem_config.to_request_dict(),
            output_config=output(auto_ml.output_path, auto_ml.output_kms_key),
            job_objective=auto_ml.job_objective,
            role=auto_ml.sagemaker_session.expand_role(auto_ml.role),
            security_config=security(auto_ml.volume_kms_key, auto_ml.vpc_config, encrypted),
            tags=auto_ml.tags,
            **given(optional),
        )
        return cls(auto_ml.sagemaker_session, auto_ml.current_job_name, inputs)

    def describe(self) -> Document:
        """Return the job's description."""
        return self.sagemaker_session.describe_auto_ml_job_v2(job_name=self.job_name)

    def wait(self, logs: bool = True) -> None:
        """Wait for the job's end.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        if logs:
            self.sagemaker_session.logs_for_auto_ml_job(job_name=self.job_name, wait=True)
        else:
            self.sagemaker_session.wait_for_auto_ml_job(self.job_name)

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.sagemaker_client.stop_auto_ml_job(AutoMLJobName=self.job_name)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
