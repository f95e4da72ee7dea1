"""Functions that run as jobs beside the program, so many at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sagewright.arguments import suggests
from sagewright.current_run import current_run
from sagewright.following import Pace
from sagewright.patience import THROTTLED
from sagewright.remote_function.call_checks import check_call
from sagewright.remote_function.future import Future
from sagewright.remote_function.job import ENDED, _Job, _JobSettings, _RunInfo
from sagewright.remote_function.settings import INSTANCES, asks_engine, runs_on_several

if TYPE_CHECKING:
    from sagewright.remote_function.custom_file_filter import CustomFileFilter, Ignore
    from sagewright.remote_function.spark_config import SparkConfig
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.remote_function")

_BETWEEN_SUBMISSIONS_S = 1.0  # AWS allows few requests of one kind in a second
_BETWEEN_LOOKS_S = 10.0
_ASK_AGAIN = THROTTLED | {"LimitExceededException"}


class _Submitted(NamedTuple):
    """A call that waits for its job."""

    future: Future
    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    run_info: _RunInfo | None


@suggests
class RemoteExecutor:
    """Runs functions as jobs beside the program, so many at a time, in the order in which they are submitted.

    Args:
        max_parallel_jobs: How many run at a time; the others wait. Everything else is what `remote` takes.

    Raises:
        ValueError: Arguments contradict each other, or one is missing.

    Example:
        >>> from sagewright.remote_function import RemoteExecutor
        >>> RemoteExecutor(instance_type="ml.m5.large", max_parallel_jobs=2).max_parallel_jobs
        2
    """

    def __init__(
        self,
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
        max_parallel_jobs: int = 1,
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
    ) -> None:
        given = {name: value for name, value in locals().items() if name not in ("self", "max_parallel_jobs")}
        self.max_parallel_jobs = max_parallel_jobs
        if max_parallel_jobs <= 0:
            raise ValueError("max_parallel_jobs must be greater than 0.")
        if not runs_on_several(instance_count, spark_config, use_torchrun, use_mpirun):
            raise ValueError(INSTANCES)
        self.job_settings = _JobSettings(**given)
        self._changed = threading.Condition()
        self._waiting: deque[_Submitted] = deque()
        self._running: dict[str, _Job] = {}
        self._is_shut = False
        self._thread: threading.Thread | None = None

    def submit(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
        """Let a function run as a job; return the future of what it returns.

        Raises:
            RuntimeError: The executor is shut down.
            TypeError: The function does not take these arguments.
        """
        if self._is_shut:
            raise RuntimeError("Cannot schedule new remote function executions after shutdown")
        check_call(func, args, kwargs)
        run, future = current_run(), Future()
        run_info = None if run is None else _RunInfo(run.experiment_name, run.run_name)
        with self._changed:
            self._waiting.append(_Submitted(future, func, args, kwargs, run_info))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="remote functions")
                self._thread.start()
            self._changed.notify_all()
        return future

    def map(self, func: Callable[..., Any], *iterables: Iterable[Any]) -> list[Any]:
        """Call a function for each item, as `map` does, as a job each; return what they return, in order.

        Args:
            iterables: One for each argument of the function; the shortest ends it.
        """
        futures = [self.submit(func, *args) for args in zip(*iterables)]  # noqa: B905 - the shortest ends it
        return [future.result() for future in futures]

    def shutdown(self) -> None:
        """Take no more functions, and wait until all that were submitted have ended."""
        with self._changed:
            self._is_shut = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def __enter__(self) -> RemoteExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def __repr__(self) -> str:
        with self._changed:
            return f"<RemoteExecutor, {len(self._running)} running, {len(self._waiting)} waiting>"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what waits and runs: it belongs to this process."""
        kept = ("max_parallel_jobs", "job_settings", "_is_shut")
        return {name: value for name, value in vars(self).items() if name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        idle = {"_changed": threading.Condition(), "_waiting": deque(), "_running": {}, "_thread": None}
        self.__dict__.update(state, **idle)

    @staticmethod
    def _validate_submit_args(func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        check_call(func, args, kwargs)

    # The thread, which ends when there is nothing left to do: no program waits for an executor that is idle. ---------

    def _work(self) -> None:
        pace = Pace(_BETWEEN_LOOKS_S)
        while True:
            with self._changed:
                if not self._waiting and not self._running:
                    self._thread = None
                    return
                has_room = len(self._running) < self.max_parallel_jobs
                submitted = self._waiting.popleft() if self._waiting and has_room else None
            if submitted is not None:
                self._start(submitted)
                pace = Pace(_BETWEEN_LOOKS_S)
            else:
                self._look()
                pace.wait()

    def _start(self, submitted: _Submitted) -> None:
        job = submitted.future._start_and_notify(
            self.job_settings, submitted.func, submitted.args, submitted.kwargs, submitted.run_info
        )
        if job is not None:
            self._running[job.job_name] = job
        if not asks_engine(self.job_settings.sagemaker_session):
            time.sleep(_BETWEEN_SUBMISSIONS_S)

    def _look(self) -> None:
        """Strike the jobs that have ended."""
        for name, job in list(self._running.items()):
            if _has_ended(job):
                with self._changed:
                    del self._running[name]


def _has_ended(job: _Job) -> bool:
    """Tell whether a job has ended; one that cannot be looked at counts as ended, so that others get its place."""
    from botocore.exceptions import ClientError

    try:
        return job.describe()["TrainingJobStatus"] in ENDED
    except Exception as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in _ASK_AGAIN:
            return False
        logger.exception("Error occurred while checking the status of job %s", job.job_name)
        return True
