"""What a function will return, or raise, that runs as a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sagewright.arguments import suggesting, suggests
from sagewright.exceptions import UnexpectedStatusException
from sagewright.remote_function.core import serialization
from sagewright.remote_function.core.stored_function import EXCEPTION_FOLDER, RESULTS_FOLDER
from sagewright.remote_function.errors import DeserializationError, RemoteFunctionError, ServiceError
from sagewright.remote_function.job import _Job, _JobSettings, _RunInfo
from sagewright.remote_function.runtime_environment.runtime_environment_manager import RuntimeEnvironmentError
from sagewright.s3 import s3_path_join
from sagewright.vocabulary.names import base_from_name, name_from_base

_PENDING, _RUNNING, _CANCELLED, _FINISHED = "PENDING", "RUNNING", "CANCELLED", "FINISHED"
_STATES = {"Stopping": _CANCELLED, "Stopped": _CANCELLED, "Completed": _FINISHED, "Failed": _FINISHED}
_MARK = "RuntimeEnvironmentError: "
_MISSING = ("404", "NoSuchKey")  # of a look at an object, and of reading it

ABORTED = "Job for remote function has been aborted."
TIMED_OUT = "Job for remote function timed out before reaching a termination status."


@suggests
class Future:
    """What a function will return, or raise, that runs as a job. `RemoteExecutor.submit` and `get_future` make them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._state = _PENDING
        self._job: _Job | None = None
        self._exception: BaseException | None = None
        self._return: Any = None

    def __repr__(self) -> str:
        name = self._job.job_name if self._job else "no job yet"
        return f"<Future of {name}, {self._state.lower()}>"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the lock: a future of another process knows its job, and asks the service itself."""
        return {name: value for name, value in vars(self).items() if name != "_condition"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _condition=threading.Condition())

    @staticmethod
    def from_describe_response(describe_training_job_response: dict[str, Any], sagemaker_session: Any) -> Future:
        """Return the future of the job that is described."""
        future = Future()
        job = future._job = _Job.from_describe_response(describe_training_job_response, sagemaker_session)
        status = describe_training_job_response["TrainingJobStatus"]
        future._state = _STATES.get(status, _RUNNING)
        try:
            if status == "Completed":
                future._return = returned_by(job)
            elif status == "Failed":
                future._exception = raised_by(job)
        except (DeserializationError, ServiceError) as error:
            future._exception = error
        return future

    def result(self, timeout: float | None = None) -> Any:
        """Return what the function returns, or raise what it raises, once its job has ended.

        Args:
            timeout: Seconds to wait at most; None: as long as it takes.

        Returns:
            None where the function was cancelled.

        Raises:
            TimeoutError: The job has not ended in that time.
            RuntimeError: It has not even begun.
            RemoteFunctionError: It was stopped, or failed otherwise than by the function.
        """
        import contextlib

        with contextlib.suppress(UnexpectedStatusException):  # what it raises is found where the function left it
            self.wait(timeout)
        with self._condition:
            if self._state == _PENDING:
                raise RuntimeError("The job has not begun.\nhint: other jobs come first, see `max_parallel_jobs`.")
            if self._state == _RUNNING and self._job:
                self._settle(self._job)
            if self._state == _FINISHED and self._exception:
                raise self._exception
            return self._return if self._state == _FINISHED else None

    def wait(self, timeout: int | float | None = None) -> None:
        """Wait until the job has ended, and show its log.

        Args:
            timeout: Seconds to wait at most; None: as long as it takes.

        Raises:
            UnexpectedStatusException: It has failed.
        """
        began = time.monotonic()
        with self._condition:
            if self._state == _PENDING:
                self._condition.wait(timeout)
            job = self._job if self._state == _RUNNING else None
        if job:  # without the lock, so that another thread can cancel it
            left = None if timeout is None else max(0.0, timeout - (time.monotonic() - began))
            job.wait(timeout if left is None or left > 0.9 * (timeout or 0) else left)

    def cancel(self) -> bool:
        """Stop the job, or let it not begin; return whether that is so: it is not where the function has ended."""
        with self._condition:
            if self._state == _FINISHED:
                return False
            if self._state != _CANCELLED:
                if self._job:
                    self._job.stop()
                self._state = _CANCELLED
                self._condition.notify_all()
            return True

    def running(self) -> bool:
        """Tell whether the job has begun, and is not known to have ended."""
        with self._condition:
            return self._state == _RUNNING

    def cancelled(self) -> bool:
        """Tell whether the job was cancelled, or stopped."""
        with self._condition:
            return self._state == _CANCELLED

    def done(self) -> bool:
        """Tell whether the job has ended by itself, well or not; it is looked at."""
        with self._condition:
            if self._state == _RUNNING and self._job:
                return self._job.describe()["TrainingJobStatus"] in ("Completed", "Failed")
            return self._state == _FINISHED

    def _start_and_notify(
        self,
        job_settings: _JobSettings,
        func: Callable[..., Any],
        func_args: tuple[Any, ...],
        func_kwargs: Mapping[str, Any],
        run_info: _RunInfo | None = None,
    ) -> _Job | None:
        """Start the job; return it. None: it was cancelled, or cannot be started, which `result` raises."""
        with self._condition:
            if self._state != _PENDING:
                return None
            try:
                self._job = _Job.start(job_settings, func, func_args, func_kwargs, run_info)
                self._state = _RUNNING
            except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
                self._exception, self._state = error, _FINISHED
            self._condition.notify_all()
            return self._job

    def _settle(self, job: _Job) -> None:
        """Take over how a job has ended."""
        status = job.describe()["TrainingJobStatus"]
        if status == "Completed":
            self._return = returned_by(job)
        elif status == "Failed":
            self._exception = raised_by(job)
        elif status == "Stopped":
            self._state = _CANCELLED
            raise RemoteFunctionError(ABORTED)
        else:
            raise TimeoutError(TIMED_OUT)
        self._state = _FINISHED


@suggesting
def get_future(job_name: str, sagemaker_session: Any = None) -> Future:
    """Return the future of a job that was started before, here or elsewhere.

    Args:
        sagemaker_session: None: a new one.
    """
    session = sagemaker_session or _session()
    description = session.sagemaker_client.describe_training_job(TrainingJobName=job_name)
    return Future.from_describe_response(description, session)


@suggesting
def list_futures(job_name_prefix: str, sagemaker_session: Any = None) -> Iterator[Future]:
    """Yield the futures of the jobs whose names begin with a prefix, the newest first.

    Args:
        sagemaker_session: None: a new one.
    """
    return _futures(job_name_prefix, sagemaker_session or _session())


def returned_by(job: _Job) -> Any:
    """Return what the function of a job has returned."""
    return serialization.deserialize_obj_from_s3(job.sagemaker_session, s3_path_join(job.s3_uri, RESULTS_FOLDER))


def raised_by(job: _Job) -> BaseException:
    """Return what the function of a job that has failed has raised; an error of ours where it is not to blame."""
    try:
        place = s3_path_join(job.s3_uri, EXCEPTION_FOLDER)
        raised: BaseException = serialization.deserialize_exception_from_s3(job.sagemaker_session, place)
        return raised
    except ServiceError as error:
        if not _is_missing(error):
            return error
    reason = job.describe().get("FailureReason") or ""
    if _MARK in reason:
        return RuntimeEnvironmentError(reason.replace(_MARK, ""))
    hint = f"\nhint: `{job.job_name}`: {reason}" if reason else ""
    return RemoteFunctionError(f"Failed to execute remote function. Check corresponding job for details.{hint}")


def _is_missing(error: ServiceError) -> bool:
    from botocore.exceptions import ClientError

    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _MISSING


def _futures(prefix: str, session: Any) -> Iterator[Future]:
    # A job's name holds as much of the prefix as there is room for.
    asked = {"NameContains": base_from_name(name_from_base(prefix))}
    while True:
        page = session.sagemaker_client.list_training_jobs(**asked)
        for job in page["TrainingJobSummaries"]:
            yield get_future(job["TrainingJobName"], session)
        if "NextToken" not in page:
            return
        asked["NextToken"] = page["NextToken"]


def _session() -> Any:
    from sagewright.session import Session

    return Session()
