"""A function's job: how it is started, looked at, stopped and waited for (v2's own path)."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sagewright.current_run import current_run
from sagewright.deferring import step_in_building
from sagewright.remote_function.checkpoint_location import CheckpointLocation
from sagewright.remote_function.core.pipeline_variables import Context
from sagewright.remote_function.core.stored_function import StoredFunction, _SerializedData
from sagewright.remote_function.dependencies import Dependencies, dependencies_of
from sagewright.remote_function.settings import _JobSettings
from sagewright.remote_function.uploads import upload_channels, upload_spark
from sagewright.requests.remote import RemoteCall, StepCall, remote_request, with_spark
from sagewright.requests.training import TrainingSpec
from sagewright.s3 import s3_path_join
from sagewright.vocabulary.names import name_from_base

__all__ = ["KEY_EXPERIMENT_NAME", "KEY_RUN_NAME", "_Job", "_JobSettings", "_RunInfo"]

logger = logging.getLogger("sagemaker.remote_function")

Document = dict[str, Any]

KEY_EXPERIMENT_NAME, KEY_RUN_NAME = "experiment_name", "run_name"
ENDED = ("Completed", "Failed", "Stopped")


class _RunInfo(NamedTuple):
    """The run of an experiment that a job belongs to."""

    experiment_name: str
    run_name: str


class _Job:
    """The job of a function.

    Args:
        s3_uri: Where it keeps what belongs to it.
    """

    def __init__(self, job_name: str, s3_uri: str, sagemaker_session: Any) -> None:
        self.job_name, self.s3_uri, self.sagemaker_session = job_name, s3_uri, sagemaker_session
        self._last_describe_response: Document | None = None

    def __repr__(self) -> str:
        return f"<the job {self.job_name} of a function>"

    @staticmethod
    def from_describe_response(describe_training_job_response: Document, sagemaker_session: Any) -> _Job:
        """Return the job that is described."""
        described = describe_training_job_response
        job = _Job(described["TrainingJobName"], described["OutputDataConfig"]["S3OutputPath"], sagemaker_session)
        job._last_describe_response = described
        return job

    @staticmethod
    def start(
        job_settings: _JobSettings,
        func: Callable[..., Any],
        func_args: tuple[Any, ...],
        func_kwargs: Mapping[str, Any],
        run_info: _RunInfo | None = None,
    ) -> _Job:
        """Start a job that calls a function.

        Raises:
            SerializationError: The function or its arguments cannot be pickled.
            ServiceError: They cannot be stored.
        """
        name = _Job._get_job_name(job_settings, func)
        place = s3_path_join(job_settings.s3_root_uri, name)
        request = _Job.compile(job_settings, name, place, func, func_args, func_kwargs, run_info)
        logger.info("Creating job: %s", name)
        job_settings.sagemaker_session._send("create_training_job", request)
        return _Job(name, place, job_settings.sagemaker_session)

    @staticmethod
    def compile(
        job_settings: _JobSettings,
        job_name: str,
        s3_base_uri: str,
        func: Callable[..., Any],
        func_args: tuple[Any, ...],
        func_kwargs: Mapping[str, Any],
        run_info: _RunInfo | None = None,
        serialized_data: _SerializedData | None = None,
    ) -> Document:
        """Upload all that a job reads; return its request.

        Args:
            run_info: The run that it belongs to; None: the one that the program is in.
            serialized_data: The function and its arguments, pickled already: those of a pipeline's step are.
        """
        checkpoints = _checkpoints(func_args, func_kwargs)
        dependencies = dependencies_of(job_settings.dependencies)
        _store(job_settings, s3_base_uri, func, func_args, func_kwargs, serialized_data)
        channels = upload_channels(job_settings, s3_base_uri, dependencies)
        spec = _spec(job_settings, job_name, s3_base_uri, channels, checkpoints)
        call = _call(job_settings, s3_base_uri, dependencies, (*func_args, *func_kwargs.values()), run_info)
        request, spark = remote_request(spec, call), upload_spark(job_settings, s3_base_uri)
        return request if spark is None else with_spark(request, spark)

    def describe(self) -> Document:
        """Return the job's description; that of one that has ended is asked for once."""
        known = self._last_describe_response
        if known is None or known["TrainingJobStatus"] not in ENDED:
            client = self.sagemaker_session.sagemaker_client
            known = self._last_describe_response = client.describe_training_job(TrainingJobName=self.job_name)
        return dict(known)

    def stop(self) -> None:
        """Stop the job."""
        self.sagemaker_session.sagemaker_client.stop_training_job(TrainingJobName=self.job_name)

    def wait(self, timeout: float | None = None) -> None:
        """Show the job's log until it has ended.

        Args:
            timeout: Seconds after which no more is waited; None: there is no such time.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        self.sagemaker_session.logs_for_job(self.job_name, wait=True, timeout=timeout)

    @staticmethod
    def _get_job_name(job_settings: _JobSettings, func: Callable[..., Any]) -> str:
        """Return a name for a job; that of a pipeline's step is the step's."""
        prefix = job_settings.job_name_prefix
        if not prefix:
            prefix = re.sub(r"[^a-zA-Z0-9-]", "-", re.sub(r"^[^a-zA-Z0-9]+", "", func.__name__))
        return str(prefix) if step_in_building() else name_from_base(prefix)


def _store(
    settings: _JobSettings,
    s3_base_uri: str,
    func: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    pickled: _SerializedData | None,
) -> None:
    """Store a function and its arguments."""
    step = step_in_building()
    if step is None:
        StoredFunction(settings.sagemaker_session, s3_base_uri, settings.s3_kms_key).save(func, *args, **kwargs)
        return
    assert pickled is not None, "the function of a step is pickled when the step is made"
    context = Context(step_name=step.step_name, func_step_s3_dir=step.pipeline_build_time)
    stored = StoredFunction(settings.sagemaker_session, s3_base_uri, settings.s3_kms_key, context)
    stored.save_pipeline_step_function(pickled)


def _spec(
    settings: _JobSettings,
    name: str,
    s3_base_uri: str,
    channels: list[Document],
    checkpoints: CheckpointLocation | None,
) -> TrainingSpec:
    vpc = settings.vpc_config or {}
    return TrainingSpec(
        name=name,
        role=settings.role,
        image_uri=settings.image_uri,
        output_path=_output_path(s3_base_uri),
        channels=channels,
        instance_count=settings.instance_count,
        instance_type=settings.instance_type,
        volume_size_gib=settings.volume_size,
        volume_kms_key=settings.volume_kms_key,
        keep_alive_period_s=settings.keep_alive_period_in_seconds,
        max_run_s=settings.max_runtime_in_seconds,
        max_wait_s=settings.max_wait_time_in_seconds,
        use_spot_instances=settings.use_spot_instances,
        output_kms_key=settings.s3_kms_key,
        compress_output=not settings.disable_output_compression,
        subnets=vpc.get("Subnets"),
        security_group_ids=vpc.get("SecurityGroupIds"),
        tags=settings.tags,
        encrypt_traffic=settings.encrypt_inter_container_traffic,
        network_isolation=settings.enable_network_isolation,
        checkpoint_s3_uri=checkpoints._s3_uri if checkpoints else None,
        checkpoint_local_path=checkpoints._local_path if checkpoints else None,
        environment=settings.environment_variables,
        max_retry_attempts=settings.max_retry_attempts,
    )


def _call(
    settings: _JobSettings,
    s3_base_uri: str,
    dependencies: Dependencies,
    arguments: tuple[Any, ...],
    run: _RunInfo | None,
) -> RemoteCall:
    return RemoteCall(
        s3_base_uri=s3_base_uri,
        region=settings.sagemaker_session.boto_region_name,
        python_version=f"{sys.version_info.major}.{sys.version_info.minor}",
        dependency_file=dependencies.name,
        distribution="torchrun" if settings.use_torchrun else "mpirun" if settings.use_mpirun else None,
        nproc_per_node=settings.nproc_per_node,
        s3_kms_key=settings.s3_kms_key,
        conda_env=settings.job_conda_env,
        step=_step(arguments),
        run=_run(run),
    )


def _run(given: _RunInfo | None) -> dict[str, str] | None:
    run = given or current_run()
    return None if run is None else {KEY_EXPERIMENT_NAME: run.experiment_name, KEY_RUN_NAME: run.run_name}


def _step(arguments: tuple[Any, ...]) -> StepCall | None:
    """Return what the function of a pipeline's step is told: which arguments its run decides."""
    step = step_in_building()
    if step is None:
        return None
    from sagewright.workflow.execution_variables import ExecutionVariables

    execution = ExecutionVariables.PIPELINE_EXECUTION_ID
    decided = [execution, *filter(None, map(_decided, arguments))]
    references = [part for each in decided for part in (each.expr["Get"], each.to_string())]
    return StepCall(step.step_name, execution, step.pipeline_build_time or "", references)


def _decided(argument: Any) -> Any:
    """Return the variable that an argument is, or that leads to what another function returns; None: neither."""
    from sagewright.workflow.execution_variables import ExecutionVariable
    from sagewright.workflow.parameters import Parameter
    from sagewright.workflow.properties import Properties
    from sagewright.workflow.step_outputs import StepOutput, get_step

    if isinstance(argument, (Parameter, ExecutionVariable, Properties)):
        return argument
    return get_step(argument)._properties.OutputDataConfig.S3OutputPath if isinstance(argument, StepOutput) else None


def _output_path(s3_base_uri: str) -> Any:
    step = step_in_building()
    if step is None:
        return s3_base_uri
    from sagewright.workflow.execution_variables import ExecutionVariables
    from sagewright.workflow.functions import Join

    return Join("/", [s3_base_uri, ExecutionVariables.PIPELINE_EXECUTION_ID, step.step_name, "results"])


def _checkpoints(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> CheckpointLocation | None:
    """Return the argument that says where checkpoints are kept.

    Raises:
        ValueError: There are several.
    """
    found = [each for each in (*args, *kwargs.values()) if isinstance(each, CheckpointLocation)]
    if len(found) > 1:
        raise ValueError("Remote function cannot have more than one argument of type CheckpointLocation.")
    return found[0] if found else None
