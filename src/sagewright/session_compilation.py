"""What a session can be asked of jobs that make models fit for machines: SageMaker Neo's, and optimization."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.config import paths
from sagewright.config.tags import all_tags
from sagewright.config.values import configured, filled, resolved
from sagewright.following_kinds import COMPILATION, EDGE_PACKAGING, OPTIMIZATION, wait_for_job
from sagewright.requests.compilation import compilation_request, edge_packaging_request
from sagewright.sending import Sending
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class CompilationCalls(Sending):
    """The part of `Session` that concerns compilation, packaging for edge devices, and optimization."""

    def compile_model(
        self,
        input_model_config: Document,
        output_model_config: Document,
        role: str | None = None,
        job_name: str | None = None,
        stop_condition: Document | None = None,
        tags: Tags = None,
    ) -> None:
        """Start a compilation job of SageMaker Neo, which compiles for Amazon's machines: on the target `aws` only.

        Args:
            input_model_config: `{"S3Uri", "DataInputConfig", "Framework"}`.
            output_model_config: `{"S3OutputLocation", "TargetDevice"}`.
        """
        request = compilation_request(
            job_name,
            input_model_config,
            filled(output_model_config, self, paths.COMPILATION_JOB_OUTPUT_CONFIG_PATH),
            resolved(role, self, paths.COMPILATION_JOB_ROLE_ARN_PATH),
            stop_condition,
            vpc_config=configured(self, paths.COMPILATION_JOB_VPC_CONFIG_PATH),
            tags=all_tags(format_tags(tags), self, "SageMaker.CompilationJob.Tags"),
        )
        cast("Session", self)._announce()
        self._tell("Creating compilation-job with name: %s", job_name)
        self._send("create_compilation_job", request)

    def package_model_for_edge(
        self,
        output_model_config: Document,
        role: str | None = None,
        job_name: str | None = None,
        compilation_job_name: str | None = None,
        model_name: str | None = None,
        model_version: str | None = None,
        resource_key: str | None = None,
        tags: Tags = None,
    ) -> None:
        """Start a job that packages a compiled model for edge devices: on the target `aws` only.

        Args:
            output_model_config: `{"S3OutputLocation"}`.
            resource_key: Of KMS, for the disk that it is packaged on.
        """
        request = edge_packaging_request(
            job_name,
            compilation_job_name,
            (model_name, model_version),
            filled(output_model_config, self, paths.EDGE_PACKAGING_OUTPUT_CONFIG_PATH),
            resolved(role, self, paths.EDGE_PACKAGING_ROLE_ARN_PATH),
            resource_key=resolved(resource_key, self, paths.EDGE_PACKAGING_RESOURCE_KEY_PATH),
            tags=all_tags(format_tags(tags), self, "SageMaker.EdgePackagingJob.Tags"),
        )
        cast("Session", self)._announce()
        self._tell("Creating edge-packaging-job with name: %s", job_name)
        self._send("create_edge_packaging_job", request)

    def wait_for_compilation_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a compilation job's end, with a character for each look; return its description.

        Raises:
            UnexpectedStatusException: It has ended, and not well.
        """
        return dict(wait_for_job(COMPILATION, cast("Session", self), job, poll))

    def wait_for_edge_packaging_job(self, job: str, poll: float = 5) -> Document:
        """Wait for a packaging job's end: see `wait_for_compilation_job`."""
        return dict(wait_for_job(EDGE_PACKAGING, cast("Session", self), job, poll))

    def wait_for_optimization_job(self, job: str, poll: float = 5) -> Document:
        """Wait for an optimization job's end: see `wait_for_compilation_job`."""
        return dict(wait_for_job(OPTIMIZATION, cast("Session", self), job, poll))
