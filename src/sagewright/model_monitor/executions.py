"""Jobs of monitors: those that make baselines, and those that compare with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sagewright.exceptions import UnexpectedStatusException
from sagewright.model_monitor.monitoring_files import (
    Constraints,
    ConstraintViolations,
    ModelMonitoringFile,
    Statistics,
)
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.job import ProcessingJob
from sagewright.s3 import s3_path_join

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

File = TypeVar("File", bound=ModelMonitoringFile)


class BaseliningJob(ProcessingJob):
    """A job that makes a baseline."""

    @classmethod
    def from_processing_job(cls, processing_job: ProcessingJob) -> Self:
        """Return a processing job as one that makes a baseline."""
        return cls(
            processing_job.sagemaker_session,
            processing_job.job_name,
            processing_job.inputs,
            processing_job.outputs,
            processing_job.output_kms_key,
        )

    def baseline_statistics(
        self, file_name: str = Statistics.file_name, kms_key: str | None = None
    ) -> Statistics | None:
        """Return the statistics that the job has found.

        Raises:
            UnexpectedStatusException: The job has not completed.
        """
        return _result(self, Statistics, file_name, kms_key)

    def suggested_constraints(
        self, file_name: str = Constraints.file_name, kms_key: str | None = None
    ) -> Constraints | None:
        """Return the constraints that the job suggests.

        Raises:
            UnexpectedStatusException: The job has not completed.
        """
        return _result(self, Constraints, file_name, kms_key)


class MonitoringExecution(ProcessingJob):
    """A run of a monitoring schedule.

    Attributes:
        output: Where its results go.
    """

    def __init__(
        self,
        sagemaker_session: Session,
        job_name: str,
        inputs: Sequence[ProcessingInput] | None,
        output: ProcessingOutput,
        output_kms_key: str | None = None,
    ) -> None:
        self.output = output
        super().__init__(sagemaker_session, job_name, inputs, [output], output_kms_key)

    @classmethod
    def from_processing_arn(cls, sagemaker_session: Session, processing_job_arn: str) -> Self:
        """Return the run whose processing job has an ARN."""
        name = processing_job_arn.split(":")[5].partition("/")[2]
        job = ProcessingJob.from_processing_name(sagemaker_session, name)
        if not job.outputs:
            raise ValueError(f"The processing job `{name}` has no output: it is no run of a monitoring schedule.")
        return cls(sagemaker_session, name, job.inputs, job.outputs[0], job.output_kms_key)

    def statistics(self, file_name: str = Statistics.file_name, kms_key: str | None = None) -> Statistics | None:
        """Return the statistics that the run has found.

        Raises:
            UnexpectedStatusException: The job has not completed.
        """
        return _result(self, Statistics, file_name, kms_key)

    def constraint_violations(
        self, file_name: str = ConstraintViolations.file_name, kms_key: str | None = None
    ) -> ConstraintViolations | None:
        """Return where the data did not look as they have to.

        Raises:
            UnexpectedStatusException: The job has not completed.
        """
        return _result(self, ConstraintViolations, file_name, kms_key)


def _result(job: ProcessingJob, kind: type[File], file_name: str, kms_key: str | None) -> File | None:
    """Return a file that a job has made; None: it has completed and made none.

    Raises:
        UnexpectedStatusException: The job has not completed.
    """
    from botocore.exceptions import ClientError

    if not job.outputs:
        return None
    uri, session = s3_path_join(str(job.outputs[0].destination), file_name), job.sagemaker_session
    try:
        found: Any = kind._read(uri, kms_key, session)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        status = session.describe_processing_job(job_name=job.job_name)["ProcessingJobStatus"]
        if status == "Completed":
            return None
        raise UnexpectedStatusException(
            "The underlying job is not in 'Completed' state. You may only retrieve files for a job that has completed "
            "successfully.",
            ["Completed"],
            status,
        ) from None
    return found  # type: ignore[no-any-return]
