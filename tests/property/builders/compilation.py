"""Builders of jobs that make models fit for machines."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.property.builders.described import Builder, at

BUILDERS: dict[str, Builder] = {
    "compilation.compilation_request": Builder(
        "CreateCompilationJob",
        {
            "job_name": "CompilationJobName",
            "input_config": "InputConfig",
            "output_config": "OutputConfig",
            "role": "RoleArn",
            "stopping": "StoppingCondition",
            "vpc_config": "VpcConfig",
            "tags": "Tags",
        },
    ),
    "compilation.edge_packaging_request": Builder(
        "CreateEdgePackagingJob",
        {
            "job_name": "EdgePackagingJobName",
            "compilation_job_name": "CompilationJobName",
            "model": st.tuples(at("CreateEdgePackagingJob.ModelName"), at("CreateEdgePackagingJob.ModelVersion")),
            "output_config": "OutputConfig",
            "role": "RoleArn",
            "resource_key": "ResourceKey",
            "tags": "Tags",
        },
    ),
}
