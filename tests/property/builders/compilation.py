"""Builders of jobs that make models fit for machines."""

from __future__ import annotations

from hypothesis import strategies as st

from sagewright.compiling import FRAMEWORKS
from tests.property.builders.described import Builder, at

_OUTPUT = "CreateCompilationJob.OutputConfig"
_PLATFORM = f"{_OUTPUT}.TargetPlatform"

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
    "compilation.compilation_input": Builder(
        "CreateCompilationJob.InputConfig",
        {
            "model_data": "S3Uri",
            "input_shape": "DataInputConfig",
            "framework": st.sampled_from(FRAMEWORKS),
            "device": st.none() | at(f"{_OUTPUT}.TargetDevice"),
            "framework_version": st.sampled_from([None, "1.8", "2.0.1"]),
        },
        kept=("framework", "device", "framework_version"),
    ),
    "compilation.compilation_output": Builder(
        _OUTPUT,
        {
            "place": "S3OutputLocation",
            "device": st.none() | at(f"{_OUTPUT}.TargetDevice"),
            "platform": st.tuples(*(at(f"{_PLATFORM}.{part}") for part in ("Os", "Arch", "Accelerator"))),
            "compiler_options": "CompilerOptions",
        },
        kept=("platform",),
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
