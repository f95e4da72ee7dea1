"""What all estimators have in common: training, and deploying what was trained (`contract.md` 9.5, 9.6)."""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import check_instances, no_surplus, refused, renamed, suggests
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.current_run import experiment_config_of
from sagewright.deferring import runnable_by_pipeline
from sagewright.estimator.debugging import (
    artifacts_path,
    check_region,
    default_profiler,
    profiler_rules_of,
    profiler_update,
)
from sagewright.estimator.defaults import take_defaults
from sagewright.estimator.ending import stay_with
from sagewright.estimator.local_mode import check_debug, check_output_path, running
from sagewright.estimator.serving import Serving
from sagewright.estimator.staging import as_json
from sagewright.estimator.submission import preflight, submission_of, upload_code
from sagewright.estimator.transforming import Transforming
from sagewright.local.choice import session_for
from sagewright.local.folders import is_folder, model_uri
from sagewright.requests.training import vpc_config
from sagewright.s3 import s3_path_join
from sagewright.training_job import TrainingJob, arguments_of, wants_logs
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.analytics import TrainingJobAnalytics
    from sagewright.model import Model
    from sagewright.preflight import Finding
    from sagewright.session import Session
    from sagewright.source_code import UploadedCode
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

VPC_CONFIG_DEFAULT = "VPC_CONFIG_DEFAULT"  # v2's word for "the estimator's own"
_NO_JOB = "The Estimator is not associated with a training job."


@suggests
class EstimatorBase(Transforming, Serving, ABC):
    """What all estimators have in common; see `Estimator` for the arguments."""

    _logs_when_attached = "None"
    _shown = ("latest_training_job",)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        keep_alive_period_in_seconds: int | None = None,
        volume_size: int = 30,
        volume_kms_key: str | None = None,
        max_run: int = 86400,
        input_mode: str = "File",
        output_path: str | None = None,
        output_kms_key: str | None = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        tags: Tags = None,
        subnets: Sequence[str] | None = None,
        security_group_ids: Sequence[str] | None = None,
        model_uri: str | None = None,
        model_channel_name: str = "model",
        metric_definitions: Sequence[Document] | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        use_spot_instances: bool = False,
        max_wait: int | None = None,
        checkpoint_s3_uri: str | None = None,
        checkpoint_local_path: str | None = None,
        rules: Any = None,
        debugger_hook_config: Any = None,
        tensorboard_output_config: Any = None,
        enable_sagemaker_metrics: bool | None = None,
        enable_network_isolation: bool | None = None,
        profiler_config: Any = None,
        disable_profiler: bool | None = None,
        environment: Mapping[str, str] | None = None,
        max_retry_attempts: int | None = None,
        source_dir: str | None = None,
        git_config: Document | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        container_log_level: int = 20,
        code_location: str | None = None,
        entry_point: str | None = None,
        dependencies: Sequence[str] | None = None,
        instance_groups: Sequence[Any] | None = None,
        training_repository_access_mode: str | None = None,
        training_repository_credentials_provider_arn: str | None = None,
        enable_infra_check: bool | None = None,
        container_entry_point: Sequence[str] | None = None,
        container_arguments: Sequence[str] | None = None,
        disable_output_compression: bool = False,
        enable_remote_debug: bool | None = None,
        enable_session_tag_chaining: bool | None = None,
        training_plan: str | None = None,
        instance_placement_config: Document | None = None,
        include_ignored_files: bool = False,
        debug: bool = False,
        **kwargs: Any,
    ) -> None:
        old = renamed(kwargs)
        instance_count = old.pop("instance_count", instance_count)
        instance_type = old.pop("instance_type", instance_type)
        max_run, max_wait = old.pop("max_run", max_run), old.pop("max_wait", max_wait)
        volume_size = old.pop("volume_size", volume_size)
        volume_kms_key = old.pop("volume_kms_key", volume_kms_key)
        use_spot_instances = old.pop("use_spot_instances", use_spot_instances)
        no_surplus(type(self).__name__, {**kwargs, **old}, *_constructors(type(self)))
        vpc_config(subnets, security_group_ids)  # refuses a half of one
        sagemaker_session = session_for(instance_type, instance_count, sagemaker_session)
        role = resolved(role, sagemaker_session, paths.TRAINING_JOB_ROLE_ARN_PATH)
        check_instances(instance_count, instance_type)
        if not role:
            raise ValueError(
                "An AWS IAM role is required to create an estimator. Please provide a valid `role` argument with the "
                "ARN of an IAM role that has the necessary SageMaker permissions."
            )
        check_output_path(sagemaker_session, output_path)
        self.role, self.sagemaker_session = role, sagemaker_session
        self.instance_count, self.instance_type, self.instance_groups = instance_count, instance_type, instance_groups
        self.keep_alive_period_in_seconds = keep_alive_period_in_seconds
        self.volume_size, self.volume_kms_key = volume_size, volume_kms_key
        self.max_run, self.max_wait, self.use_spot_instances = max_run, max_wait, use_spot_instances
        self.input_mode, self.output_path, self.output_kms_key = input_mode, output_path, output_kms_key
        self.base_job_name, self.tags = base_job_name, format_tags(tags)
        self.subnets, self.security_group_ids = subnets, security_group_ids
        self.model_uri, self.model_channel_name = model_uri, model_channel_name
        self.metric_definitions = metric_definitions
        self.enable_sagemaker_metrics = enable_sagemaker_metrics
        self.checkpoint_s3_uri, self.checkpoint_local_path = checkpoint_s3_uri, checkpoint_local_path
        self.debugger_hook_config, self.tensorboard_output_config = debugger_hook_config, tensorboard_output_config
        self.rules = rules
        self.profiler_config, self.disable_profiler = profiler_config, disable_profiler
        self._enable_network_isolation: Any = enable_network_isolation
        self.encrypt_inter_container_traffic: Any = encrypt_inter_container_traffic
        self.environment, self.max_retry_attempts = environment, max_retry_attempts
        self._hyperparameters: dict[str, Any] = dict(hyperparameters or {})
        self.container_log_level, self.code_location = container_log_level, code_location
        self.entry_point, self.source_dir, self.git_config = _path(entry_point), _path(source_dir), git_config
        self.dependencies = [str(_path(dependency)) for dependency in dependencies or ()]
        self.include_ignored_files, self.debug = include_ignored_files, debug
        self.training_repository_access_mode = training_repository_access_mode
        self.training_repository_credentials_provider_arn = training_repository_credentials_provider_arn
        self.enable_infra_check, self._enable_remote_debug = enable_infra_check, enable_remote_debug
        self._enable_session_tag_chaining = enable_session_tag_chaining
        self.container_entry_point, self.container_arguments = container_entry_point, container_arguments
        self.disable_output_compression = disable_output_compression
        self.training_plan, self.instance_placement_config = training_plan, instance_placement_config
        take_defaults(self)
        self._start_without_a_job()

    def _start_without_a_job(self) -> None:
        self.code_uri: str | None = None
        self.code_channel_name = "code"
        self.uploaded_code: UploadedCode | None = None
        self.latest_training_job: TrainingJob | None = None
        self.jobs: list[TrainingJob] = []
        self._compiled_models: dict[str | None, Model] = {}
        self._current_job_name: str | None = None
        self._is_output_path_default = False

    @abstractmethod
    def training_image_uri(self) -> str:
        """Return the image that trains."""

    @abstractmethod
    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters."""

    @abstractmethod
    def create_model(self, **kwargs: Any) -> Model:
        """Return a model of what was trained."""

    def enable_network_isolation(self) -> bool:
        """Tell whether the job is cut off from the network."""
        isolation: bool = self._enable_network_isolation
        return isolation

    def get_remote_debug_config(self) -> Document | None:
        """Return `RemoteDebugConfig`, where it was asked for."""
        asked = self._enable_remote_debug
        return None if asked is None else {"EnableRemoteDebug": asked}

    def get_session_chaining_config(self) -> Document | None:
        """Return `SessionChainingConfig`, where it was asked for."""
        asked = self._enable_session_tag_chaining
        return None if asked is None else {"EnableSessionTagChaining": asked}

    # Training -----------------------------------------------------------------------------------------------------

    @runnable_by_pipeline
    def fit(
        self,
        inputs: Any = None,
        wait: bool = True,
        logs: Any = "All",
        job_name: str | None = None,
        experiment_config: Document | None = None,
    ) -> None:
        """Train.

        Args:
            inputs: An S3 URI or a `TrainingInput` for the channel `training`, or a dict of channel name to such.
                A file or folder here (ours: as a path or a `file://` URI) is uploaded, unless it is there already.
            wait: Return when the job has ended.
            logs: `All` or True: show the job's log while waiting; `None` or False: only its status.
            job_name: None: `base_job_name`, or the image's name, with a timestamp.

        Raises:
            ValueError: The inputs are none, or `preflight` found that the job would fail.
            UnexpectedStatusException: The job has failed; the message holds its reason and the end of its log.
        """
        wants_logs(logs)
        if self.debug:
            check_debug(self)
        self._current_job_name = job_name or self._new_name()
        experiment_config = experiment_config_of(experiment_config)
        request = submission_of(self, inputs, self._current_job_name, experiment_config, is_named=bool(job_name))
        with running(debug=self.debug):
            self.sagemaker_session.submit_training_job(request)
        self.latest_training_job = TrainingJob(self.sagemaker_session, self._current_job_name)
        self.jobs.append(self.latest_training_job)
        stay_with(self, self.latest_training_job, wait=wait, logs=logs)

    def preflight(self, inputs: Any = None, job_name: str | None = None) -> list[Finding]:
        """Return what may go otherwise than is meant in a `fit` with these arguments, which does the same first (ours).

        Raises:
            ValueError: The job would fail; the message says what is wrong.
        """
        return preflight(self, inputs, job_name or self._new_name(), is_named=bool(job_name))

    def prepare_workflow_for_training(self, job_name: str | None = None) -> None:
        """Name the next job and upload its code, for who makes the request of it in another way."""
        self._current_job_name = job_name or self._new_name()
        upload_code(self, self._current_job_name)

    def logs(self) -> None:
        """Show the latest job's log, and wait for its end."""
        self.sagemaker_session.logs_for_job(self._job().name, wait=True)

    def _add_script_hyperparameters(self, hyperparameters: dict[str, Any]) -> None:
        self._hyperparameters.update(as_json(hyperparameters))

    def _hook_config(self) -> Any:
        """Return the debugger's hook: None or True for the default, False for none."""
        return self.debugger_hook_config

    def _asked_rules(self) -> Sequence[Any] | None:
        """Return the rules that run beside the job; None where nothing was said of them."""
        return list(self.rules) if self.rules is not None else None

    def _s3_output_path(self) -> str:
        """Return the S3 URI below which jobs store their output: the default bucket's, if no other one is named."""
        if self.output_path is not None and not is_folder(self.output_path):
            return self.output_path
        session = self.sagemaker_session
        default = s3_path_join(
            "s3://", session.default_bucket(), session.default_bucket_prefix or "", with_end_slash=True
        )
        self.output_path = default if self.output_path is None else self.output_path
        self._is_output_path_default = True
        return default

    def _new_name(self) -> str:
        return name_from_base(self.base_job_name or base_name_from_image(self.training_image_uri()))

    def _job(self, problem: str = "Estimator is not associated with a training job") -> TrainingJob:
        if self.latest_training_job is None:
            raise ValueError(problem)
        return self.latest_training_job

    # A job that runs ------------------------------------------------------------------------------------------------

    def enable_remote_debug(self) -> None:
        """Open the running job to a debugger."""
        self._update_remote_debug(True)

    def disable_remote_debug(self) -> None:
        """Close the running job to debuggers."""
        self._update_remote_debug(False)

    def enable_default_profiling(self) -> None:
        """Switch the profiler on in the running job.

        Raises:
            ValueError: It is on, or there is none in the region.
        """
        job = self._profiled_job()
        self.profiler_config = default_profiler(job.describe(), self.output_path)
        self.sagemaker_session.update_training_job(job.name, profiler_config=self.profiler_config._to_request_dict())

    def disable_profiling(self) -> None:
        """Switch the profiler off in the running job.

        Raises:
            ValueError: It is off, or there is none in the region.
        """
        job = self._profiled_job()
        if job.describe().get("ProfilingStatus") == "Disabled":
            raise ValueError("Profiler is already disabled.")
        self.sagemaker_session.update_training_job(job.name, profiler_config={"DisableProfiler": True})

    def update_profiler(
        self,
        rules: Any = None,
        system_monitor_interval_millis: int | None = None,
        s3_output_path: str | None = None,
        framework_profile_params: Any = None,
        disable_framework_metrics: bool = False,
    ) -> None:
        """Change the profiler of the running job.

        Args:
            rules: `ProfilerRule`s, which are added.
            system_monitor_interval_millis: Milliseconds between two looks at the host.
            framework_profile_params: A `FrameworkProfile`, or:
            disable_framework_metrics: None.

        Raises:
            ValueError: Nothing is to be changed, or there is no profiler in the region.
        """
        job = self._profiled_job()
        self.profiler_config, document = profiler_update(
            rules, system_monitor_interval_millis, s3_output_path, framework_profile_params, disable_framework_metrics
        )
        session = self.sagemaker_session
        added = profiler_rules_of(session, rules, job.name)
        session.update_training_job(job.name, added, document)

    def _update_remote_debug(self, enabled: bool) -> None:
        config = {"EnableRemoteDebug": enabled}
        self.sagemaker_session.update_training_job(self._job().name, remote_debug_config=config)
        self._enable_remote_debug = enabled

    def _profiled_job(self) -> TrainingJob:
        job = self._job()
        check_region(self.sagemaker_session.boto_region_name)
        return job

    @classmethod
    def attach(
        cls, training_job_name: str, sagemaker_session: Session | None = None, model_channel_name: str = "model"
    ) -> Self:
        """Return an estimator for a job that was started elsewhere, when the job has ended.

        Raises:
            UnexpectedStatusException: The job has failed.
        """
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        job = sagemaker_session.describe_training_job(training_job_name)
        arguments = cls._prepare_init_params_from_job_description(job, model_channel_name)
        tags = sagemaker_session.sagemaker_client.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
        estimator = cls(sagemaker_session=sagemaker_session, **arguments, tags=tags)
        estimator.latest_training_job = TrainingJob(sagemaker_session, training_job_name)
        estimator._current_job_name = training_job_name
        estimator.latest_training_job.wait(logs=cls._logs_when_attached)
        return estimator

    # Subclasses of users override it under this name, which is v2's.
    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        """Return the arguments of an estimator that would submit a job."""
        return arguments_of(job_details, model_channel_name)

    # What has come of it ------------------------------------------------------------------------------------------

    @property
    def model_data(self) -> str | Document:
        """Where the trained model lies: an S3 URI, or a data source for one that is not compressed."""
        if self.latest_training_job is None:
            logger.warning(
                "No finished training job found associated with this estimator. Please make sure this estimator is "
                "only used for building workflow config"
            )
            place = "" if is_variable(self.output_path) else (self.output_path or "").rstrip("/")
            return f"{place}/{self._current_job_name}/output/model.tar.gz"
        if is_folder(self.output_path):
            return model_uri(str(self.output_path))
        description = self.latest_training_job.describe()
        uri: str = description["ModelArtifacts"]["S3ModelArtifacts"]
        compression = description["OutputDataConfig"].get("CompressionType", "GZIP")
        if compression == "GZIP":
            return uri
        source = {"S3Uri": uri.rstrip("/") + "/", "S3DataType": "S3Prefix", "CompressionType": "None"}
        return {"S3DataSource": source}

    def latest_job_debugger_artifacts_path(self) -> str | None:
        """Return where the latest job's tensors lie."""
        job = self._job("Cannot get the Debugger artifacts path.\n        " + _NO_JOB)
        config = self._hook_config()
        return None if config is False else artifacts_path(config, self.output_path, job.name, "debug-output")

    def latest_job_tensorboard_artifacts_path(self) -> str | None:
        """Return where the latest job's TensorBoard events lie."""
        job = self._job("Cannot get the TensorBoard artifacts path.\n        " + _NO_JOB)
        config = self.tensorboard_output_config
        return artifacts_path(config, None, job.name, "tensorboard-output") if config else None

    def latest_job_profiler_artifacts_path(self) -> str | None:
        """Return where the latest job's profile lies."""
        job = self._job("Cannot get the profiling output artifacts path.\n        " + _NO_JOB)
        config = self.profiler_config
        is_off = self.disable_profiler if config is None else config.disable_profiler
        return None if is_off else artifacts_path(config, self.output_path, job.name, "profiler-output")

    @property
    def training_job_analytics(self) -> TrainingJobAnalytics:
        """The latest job's metrics."""
        from sagewright.analytics import TrainingJobAnalytics

        if self._current_job_name is None:
            raise ValueError("Estimator is not associated with a TrainingJob")
        return TrainingJobAnalytics(self._current_job_name, sagemaker_session=self.sagemaker_session)

    get_app_url = refused("Estimator.get_app_url", "TensorBoard runs in SageMaker Studio there")

    def get_vpc_config(self, vpc_config_override: Any = VPC_CONFIG_DEFAULT) -> Document | None:
        """Return the estimator's VPC, or the one given in its place."""
        if vpc_config_override != VPC_CONFIG_DEFAULT:
            return dict(vpc_config_override) if vpc_config_override else None
        return vpc_config(self.subnets, self.security_group_ids)


def _constructors(owner: type) -> list[Callable[..., Any]]:
    return [vars(parent)["__init__"] for parent in owner.__mro__ if parent is not object and "__init__" in vars(parent)]


def _path(given: str | os.PathLike[str] | None) -> str | None:
    return given if given is None or is_variable(given) else os.fspath(given)  # type: ignore[return-value]
