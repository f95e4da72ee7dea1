"""Builders of the jobs that call functions."""

from __future__ import annotations

from hypothesis import strategies as st

from sagewright.requests.remote import RemoteCall, SparkFiles, StepCall, channel
from sagewright.requests.training import TrainingSpec, training_request
from tests.property.builders.described import Builder, at

_URI = at("CreateTrainingJob.OutputDataConfig.S3OutputPath")
_BOOTSTRAP = channel("sagemaker_remote_function_bootstrap", "s3://bucket/function/bootstrap")

_steps = st.builds(StepCall, st.just("Train"), st.just("execution-1"), st.just("2024-05-06"), st.just(["a", "b"]))
_calls = st.builds(
    RemoteCall,
    _URI,
    st.just("us-east-1"),
    st.just("3.11"),
    st.none() | st.just("requirements.txt"),
    distribution=st.none() | st.sampled_from(["torchrun", "mpirun"]),
    nproc_per_node=st.none() | st.integers(0, 8),
    s3_kms_key=st.none() | st.just("key-1"),
    conda_env=st.none() | st.just("env"),
    step=st.none() | _steps,
    run=st.none() | st.just({"experiment_name": "a", "run_name": "b"}),
)


def _spec(count: int) -> TrainingSpec:
    return TrainingSpec(
        name="function",
        role="arn:aws:iam::123456789012:role/Role",
        image_uri="image",
        output_path="s3://bucket/function",
        channels=[_BOOTSTRAP],
        hyperparameters={},
        instance_count=count,
        instance_type="ml.m5.large",
    )


_specs = st.builds(_spec, st.integers(1, 3))

BUILDERS: dict[str, Builder] = {
    "remote.remote_request": Builder("CreateTrainingJob", {"spec": _specs, "call": _calls}, kept=("spec", "call")),
    "remote.arguments_of": Builder(
        "CreateTrainingJob.AlgorithmSpecification.ContainerArguments", {"call": _calls}, kept=("call",)
    ),
    "remote.channel": Builder(
        "CreateTrainingJob.InputDataConfig.*", {"name": "ChannelName", "uri": "DataSource.S3DataSource.S3Uri"}
    ),
    "remote.with_spark": Builder(
        "CreateTrainingJob",
        {
            "request": _specs.map(lambda spec: training_request(spec._replace(container_entry_point=["/bin/bash"]))),
            "files": st.builds(SparkFiles, *[st.none() | _URI] * 5),
        },
    ),
}
