"""Model cards as PDF."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.following import Pace

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_LONGEST_WAIT_S = 4


@suggests
class ModelCardExportJob:
    """A job that writes a model card as PDF."""

    def __init__(
        self,
        export_job_name: str,
        model_card_name: str,
        model_card_version: int,
        s3_output_path: str,
        s3_export_artifacts: str | None = None,
        export_job_arn: str | None = None,
        sagemaker_session: Session | None = None,
        status: str | None = None,
        failure_reason: str | None = None,
    ) -> None:
        self.export_job_name, self.model_card_name = export_job_name, model_card_name
        self.model_card_version, self.s3_output_path = model_card_version, s3_output_path
        self.s3_export_artifacts, self.export_job_arn = s3_export_artifacts, export_job_arn
        self.sagemaker_session = sagemaker_session or _session()
        self.status, self.failure_reason = status, failure_reason

    def create(self) -> str | None:
        """Start the job and wait for its end; return where the PDF lies, None where it has failed."""
        answer = self.sagemaker_session.sagemaker_client.create_model_card_export_job(
            ModelCardName=self.model_card_name,
            ModelCardVersion=self.model_card_version,
            ModelCardExportJobName=self.export_job_name,
            OutputConfig={"S3OutputPath": self.s3_output_path},
        )
        self.export_job_arn = answer["ModelCardExportJobArn"]
        pace = Pace(_LONGEST_WAIT_S)
        while (job := self.load(answer["ModelCardExportJobArn"], self.sagemaker_session)).status == "InProgress":
            pace.wait()
        if job.status == "Completed":
            logger.info("Model card %s is successfully exported to %s.", job.model_card_name, job.s3_export_artifacts)
            return job.s3_export_artifacts
        logger.warning("Failed to export model card to %s. %s", job.s3_export_artifacts, job.failure_reason)
        return None

    @classmethod
    def load(cls, export_job_arn: str, sagemaker_session: Session | None = None) -> Self:
        """Return a job that was started."""
        session = sagemaker_session or _session()
        found = session.sagemaker_client.describe_model_card_export_job(ModelCardExportJobArn=export_job_arn)
        return cls(
            export_job_name=found["ModelCardExportJobName"],
            model_card_name=found["ModelCardName"],
            model_card_version=found["ModelCardVersion"],
            sagemaker_session=session,
            status=found["Status"],
            export_job_arn=found["ModelCardExportJobArn"],
            s3_output_path=found["OutputConfig"]["S3OutputPath"],
            s3_export_artifacts=found.get("ExportArtifacts", {}).get("S3ExportArtifacts"),
            failure_reason=found.get("FailureReason"),
        )

    @staticmethod
    def list_export_jobs(model_card_name: str, sagemaker_session: Session | None = None, **kwargs: Any) -> Document:
        """Return a page of the jobs of a card; `**kwargs` are `ListModelCardExportJobs`' members."""
        client = (sagemaker_session or _session()).sagemaker_client
        return dict(client.list_model_card_export_jobs(ModelCardName=model_card_name, **kwargs))


def _session() -> Session:
    from sagewright.session import Session

    return Session()
