"""A tuning job that was started: what can be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


class TuningJob:
    """A tuning job that was started.

    Attributes:
        name, job_name: Its name.
    """

    def __init__(self, sagemaker_session: Session, job_name: str) -> None:
        self.sagemaker_session, self.job_name = sagemaker_session, job_name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.job_name}>"

    @property
    def name(self) -> str:
        return self.job_name

    def describe(self) -> Document:
        """Return `DescribeHyperParameterTuningJob`'s answer."""
        return self.sagemaker_session.describe_tuning_job(self.job_name)

    def wait(self) -> None:
        """Wait for the job's end, with a character for each look.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        self.sagemaker_session.wait_for_tuning_job(self.job_name)

    def stop(self) -> None:
        """Tell the job to stop."""
        self.sagemaker_session.stop_tuning_job(name=self.job_name)
