"""The request of a function that runs as a training job (`contract.md` 1.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sagewright.requests.training import TrainingSpec, s3_channel, training_request
from sagewright.vocabulary.remote_functions import DRIVER, INTERFACE_VERSION, RUNTIME_CHANNEL
from sagewright.vocabulary.variables import is_variable

Document = dict[str, Any]

WORKSPACE_CHANNEL = "sm_rf_user_ws"
STEP_DEPENDENCIES_CHANNEL = "pre_exec_script_and_dependencies"
SPARK_CONFIGURATION_CHANNEL = "conf"
SPARK_APPLICATION = "spark_app.py"


class StepCall(NamedTuple):
    """What a function is told that is a step of a pipeline.

    Attributes:
        execution_id: A variable, which the run decides.
        references: Names and variables in turn: what the run makes of them becomes the function's arguments.
    """

    name: str
    execution_id: Any
    build_time: str
    references: Sequence[Any]


class RemoteCall(NamedTuple):
    """What the program is told that calls a function in its job.

    Attributes:
        python_version: The caller's, `3.11`.
        dependency_file: The name of the file of dependencies in the workspace.
        distribution: `torchrun` or `mpirun`; None: one process calls the function.
        run: The run of an experiment that it belongs to, as JSON holds it.
    """

    s3_base_uri: str
    region: str
    python_version: str
    dependency_file: str | None
    distribution: str | None = None
    nproc_per_node: Any = None
    s3_kms_key: str | None = None
    conda_env: Any = None
    step: StepCall | None = None
    run: Mapping[str, str] | None = None


class SparkFiles(NamedTuple):
    """What a Spark application is given: S3 URIs, several of them with commas between them.

    Attributes:
        configuration: The object with its settings.
    """

    jars: str | None = None
    py_files: str | None = None
    files: str | None = None
    configuration: str | None = None
    event_logs: str | None = None


def remote_request(spec: TrainingSpec, call: RemoteCall) -> Document:
    """Return the document of `CreateTrainingJob`.

    Args:
        spec: The job; what is told to the program is added to it.
    """
    told = spec._replace(
        container_entry_point=["/bin/bash", f"/opt/ml/input/data/{RUNTIME_CHANNEL}/{DRIVER}"],
        container_arguments=arguments_of(call),
    )
    always = {
        "EnableNetworkIsolation": told.network_isolation,
        "EnableInterContainerTrafficEncryption": told.encrypt_traffic,
        "EnableManagedSpotTraining": told.use_spot_instances,
    }
    request = {**always, **training_request(told)}
    if call.distribution and (is_variable(spec.instance_count) or spec.instance_count != 1):
        request["InputDataConfig"] = _replicated(request["InputDataConfig"])
    return request


def arguments_of(call: RemoteCall) -> list[Any]:
    """Return the arguments of the program that calls a function."""
    found: list[Any] = ["--s3_base_uri", call.s3_base_uri, "--region", call.region]
    found += ["--client_python_version", call.python_version]
    found += ["--client_sagemaker_pysdk_version", INTERFACE_VERSION]
    found += ["--dependency_settings", json.dumps({"dependency_file": call.dependency_file})]
    if call.distribution:
        found += ["--distribution", call.distribution]
    if call.nproc_per_node is not None and int(call.nproc_per_node) > 0:
        found += ["--user_nproc_per_node", str(call.nproc_per_node)]
    if call.s3_kms_key:
        found += ["--s3_kms_key", call.s3_kms_key]
    if call.conda_env:
        found += ["--job_conda_env", call.conda_env]
    if call.step:
        found += ["--pipeline_step_name", call.step.name, "--pipeline_execution_id", call.step.execution_id]
        found += ["--func_step_s3_dir", call.step.build_time, "--property_references", *call.step.references]
    if call.run is not None:
        found += ["--run_in_context", json.dumps(call.run)]
    return found


def channel(name: str, uri: Any) -> Document:
    """Return the document of a channel that holds what lies below an S3 URI."""
    return {"ChannelName": name, **s3_channel(uri)}


def with_spark(request: Document, files: SparkFiles) -> Document:
    """Return the document of a job whose function is a Spark application."""
    channels = list(request["InputDataConfig"])
    if files.configuration:
        channels.append(channel(SPARK_CONFIGURATION_CHANNEL, files.configuration))
    entry_point = list(request["AlgorithmSpecification"]["ContainerEntrypoint"])
    for name, value in (
        ("--spark-event-logs-s3-uri", files.event_logs),
        ("--jars", files.jars),
        ("--py-files", files.py_files),
        ("--files", files.files),
    ):
        entry_point += [name, value] if value else []
    entry_point.append(f"/opt/ml/input/data/{RUNTIME_CHANNEL}/{SPARK_APPLICATION}")
    specification = {**request["AlgorithmSpecification"], "ContainerEntrypoint": entry_point}
    return {**request, "InputDataConfig": _replicated(channels), "AlgorithmSpecification": specification}


def _replicated(channels: Sequence[Document]) -> list[Document]:
    """Return channels all of which every host has."""
    return [{**each, "DataSource": {"S3DataSource": _replicated_source(each)}} for each in channels]


def _replicated_source(each: Document) -> Document:
    return {**each["DataSource"]["S3DataSource"], "S3DataDistributionType": "FullyReplicated"}
