"""What a session can be asked of AutoML jobs (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright import targets
from sagewright.arguments import suggests
from sagewright.config import values
from sagewright.config.paths import (
    AUTO_ML_JOB_CONFIG_PATH,
    AUTO_ML_OUTPUT_CONFIG_PATH,
    AUTO_ML_ROLE_ARN_PATH,
    AUTO_ML_V2_OUTPUT_CONFIG_PATH,
    AUTO_ML_V2_ROLE_ARN_PATH,
)
from sagewright.following_kinds import AUTOML, follow_job_by_dots, wait_for_job
from sagewright.requests.automl import automl_request, automl_v2_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class AutoMLCalls(Sending):
    """The part of `Session` that concerns AutoML jobs."""

    def auto_ml(
        self,
        input_config: Sequence[Document] | None,
        output_config: Document,
        auto_ml_job_config: Document,
        role: str | None = None,
        job_name: str | None = None,
        problem_type: str | None = None,
        job_objective: Document | None = None,
        generate_candidate_definitions_only: bool = False,
        tags: Tags = None,
        model_deploy_config: Document | None = None,
    ) -> None:
        """Start an AutoML job of documents: each argument is a member of `CreateAutoMLJob`."""
        request = automl_request(
            job_name,
            input_config,
            values.filled(output_config, self, AUTO_ML_OUTPUT_CONFIG_PATH) or {},
            values.filled(auto_ml_job_config, self, AUTO_ML_JOB_CONFIG_PATH) or {},
            values.resolved(role, self, AUTO_ML_ROLE_ARN_PATH),
            problem_type=problem_type,
            job_objective=job_objective,
            generate_candidate_definitions_only=generate_candidate_definitions_only,
            tags=values.with_tags(format_tags(tags), self, "SageMaker.AutoMLJob.Tags"),
            model_deploy_config=model_deploy_config,
        )
        self._start_automl("create_auto_ml_job", request)

    def create_auto_ml_v2(
        self,
        input_config: Sequence[Document],
        job_name: str,
        problem_config: Document,
        output_config: Document,
        job_objective: Document | None = None,
        model_deploy_config: Document | None = None,
        data_split_config: Document | None = None,
        role: str | None = None,
        security_config: Document | None = None,
        tags: Tags = None,
    ) -> None:
        """Start an AutoML job of documents: each argument is a member of `CreateAutoMLJobV2`."""
        request = automl_v2_request(
            job_name,
            input_config,
            values.filled(output_config, self, AUTO_ML_V2_OUTPUT_CONFIG_PATH) or {},
            problem_config,
            values.resolved(role, self, AUTO_ML_V2_ROLE_ARN_PATH),
            job_objective=job_objective,
            model_deploy_config=model_deploy_config,
            data_split_config=data_split_config,
            security_config=security_config,
            tags=values.with_tags(format_tags(tags), self, "SageMaker.AutoMLJobV2.Tags"),
        )
        self._start_automl("create_auto_ml_job_v2", request)

    def _start_automl(self, operation: str, request: Document) -> None:
        targets.announce(cast("Session", self)._place())
        logger.info("Creating auto-ml-job with name: %s", request["AutoMLJobName"])
        self._send(operation, request)

    def describe_auto_ml_job(self, job_name: str) -> Document:
        """Return `DescribeAutoMLJob`'s answer."""
        return dict(self.sagemaker_client.describe_auto_ml_job(AutoMLJobName=job_name))

    def describe_auto_ml_job_v2(self, job_name: str) -> Document:
        """Return `DescribeAutoMLJobV2`'s answer."""
        return dict(self.sagemaker_client.describe_auto_ml_job_v2(AutoMLJobName=job_name))

    def list_candidates(
        self,
        job_name: str,
        status_equals: str | None = None,
        candidate_name: str | None = None,
        candidate_arn: str | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
    ) -> Document:
        """Return `ListCandidatesForAutoMLJob`'s answer, its first page."""
        members = {
            "StatusEquals": status_equals,
            "CandidateNameEquals": candidate_name,
            "CandidateArnEquals": candidate_arn,
            "SortOrder": sort_order,
            "SortBy": sort_by,
            "MaxResults": max_results,
        }
        given = {name: value for name, value in members.items() if value}
        return dict(self.sagemaker_client.list_candidates_for_auto_ml_job(AutoMLJobName=job_name, **given))

    def wait_for_auto_ml_job(self, job: str, poll: float = 5) -> Document:
        """Wait for an AutoML job's end, with a character for each look; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(wait_for_job(AUTOML, cast("Session", self), job, poll))

    def logs_for_auto_ml_job(self, job_name: str, wait: bool = False, poll: float = 10) -> None:
        """Print a dot for each look at an AutoML job, as v2 does; with `wait` until it has ended.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        follow_job_by_dots(AUTOML, cast("Session", self), job_name, wait=wait, poll=poll)
