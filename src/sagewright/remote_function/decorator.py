"""The decorator that lets a function run as a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggesting
from sagewright.exceptions import UnexpectedStatusException
from sagewright.remote_function.call_checks import check_call
from sagewright.remote_function.errors import RemoteFunctionError
from sagewright.remote_function.future import ABORTED, TIMED_OUT, raised_by, returned_by
from sagewright.remote_function.job import _Job
from sagewright.remote_function.settings import INSTANCES, _JobSettings, runs_on_several

if TYPE_CHECKING:
    from sagewright.remote_function.custom_file_filter import CustomFileFilter, Ignore
    from sagewright.remote_function.spark_config import SparkConfig
    from sagewright.session import Session


@suggesting
def remote(
    _func: Callable[..., Any] | None = None,
    *,
    dependencies: str | None = None,
    pre_execution_commands: list[str] | None = None,
    pre_execution_script: str | None = None,
    environment_variables: dict[str, str] | None = None,
    image_uri: str | None = None,
    include_local_workdir: bool | None = None,
    custom_file_filter: Ignore | CustomFileFilter | None = None,
    instance_count: int = 1,
    instance_type: str | None = None,
    job_conda_env: str | None = None,
    job_name_prefix: str | None = None,
    keep_alive_period_in_seconds: int = 0,
    max_retry_attempts: int = 1,
    max_runtime_in_seconds: int = 24 * 60 * 60,
    role: str | None = None,
    s3_kms_key: str | None = None,
    s3_root_uri: str | None = None,
    sagemaker_session: Session | None = None,
    security_group_ids: list[str] | None = None,
    subnets: list[str] | None = None,
    tags: list[Any] | dict[str, str] | None = None,
    volume_kms_key: str | None = None,
    volume_size: int = 30,
    encrypt_inter_container_traffic: bool | None = None,
    spark_config: SparkConfig | None = None,
    use_spot_instances: bool = False,
    max_wait_time_in_seconds: int | None = None,
    disable_output_compression: bool = False,
    use_torchrun: bool = False,
    use_mpirun: bool = False,
    nproc_per_node: int | None = None,
) -> Any:
    """Let a function run as a training job: calling it starts one, waits, and returns what the function returns.

    The function, its arguments and what it returns are pickled with cloudpickle and kept below `s3_root_uri`. What it
    raises is raised here. Arguments that are left out come from the configuration file.

    Args:
        dependencies: A `requirements.txt`, a conda environment's `.yml`, or `auto_capture`: the conda environment that
            is active. None: nothing is installed.
        pre_execution_commands, pre_execution_script: What a shell runs before the function; one of them.
        environment_variables: Of the job.
        image_uri: None: the one that this program runs in, or one with nothing but this Python.
        include_local_workdir: Let the files of the working folder go along, below the job's own.
        custom_file_filter: Which of them: all but those of a `CustomFileFilter`, or those that a function as
            `shutil.copytree` takes for `ignore` does not name. None: Python files.
        instance_count: More than one need `spark_config`, `use_torchrun` or `use_mpirun`.
        job_conda_env: The conda environment of the image that the function runs in.
        job_name_prefix: What jobs' names begin with. None: the function's name.
        keep_alive_period_in_seconds: How long the instance is kept for the next job.
        max_retry_attempts: How often a job is begun again that fails by the service's fault.
        role: Name or ARN. None: the one that this program runs with.
        s3_kms_key, volume_kms_key: Keys that encrypt what is stored, and the instance's volume.
        s3_root_uri: None: the session's default bucket.
        sagemaker_session: None: a new one.
        security_group_ids, subnets: The job's network; both or none.
        volume_size: In GB.
        spark_config: The function is a Spark application, in Amazon's image for Spark.
        use_spot_instances, max_wait_time_in_seconds: Use spare instances, and wait for them at most so long.
        disable_output_compression: Keep what the function leaves in `/opt/ml/model` as files.
        use_torchrun, use_mpirun: Call the function in several processes, on each instance `nproc_per_node`: as many as
            it has GPUs, or else processors, where that is left out. What the first of them returns counts.

    Raises:
        ValueError: Arguments contradict each other, or one is missing.

    Example:
        >>> from sagewright.remote_function import remote
        >>> @remote(instance_type="ml.m5.large")
        ... def add(a, b):
        ...     return a + b
        >>> add.job_settings.instance_type
        'ml.m5.large'
    """
    given = {name: value for name, value in locals().items() if name != "_func"}

    def decorated(func: Callable[..., Any]) -> Callable[..., Any]:
        return _remote(func, _JobSettings(**given))

    return decorated if _func is None else decorated(_func)


def _remote(func: Callable[..., Any], settings: _JobSettings) -> Callable[..., Any]:
    from functools import wraps

    @wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not runs_on_several(
            settings.instance_count, settings.spark_config, settings.use_torchrun, settings.use_mpirun
        ):
            raise ValueError(INSTANCES)
        check_call(func, args, kwargs)
        return _outcome_of(_Job.start(settings, func, args, kwargs))

    called.job_settings = settings  # type: ignore[attr-defined]
    called.wrapped_func = func  # type: ignore[attr-defined]
    return called


def _outcome_of(job: _Job) -> Any:
    """Wait for a job; return what its function returns.

    Raises:
        BaseException: What the function raises.
        RemoteFunctionError: The job was stopped, or failed otherwise.
        TimeoutError: It did not end.
    """
    try:
        job.wait()
    except UnexpectedStatusException as error:
        if error.actual_status != "Failed":
            raise TimeoutError(TIMED_OUT) from error
        raise raised_by(job) from None
    status = job.describe()["TrainingJobStatus"]
    if status == "Stopped":
        raise RemoteFunctionError(ABORTED)
    return returned_by(job) if status == "Completed" else None
