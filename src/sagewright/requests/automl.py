"""The requests of AutoML jobs (`contract.md` 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]


def automl_request(
    job_name: str | None,
    input_config: Sequence[Document] | None,
    output_config: Document,
    job_config: Document,
    role: str | None,
    *,
    problem_type: str | None = None,
    job_objective: Document | None = None,
    generate_candidate_definitions_only: bool = False,
    tags: Sequence[Document] | None = None,
    model_deploy_config: Document | None = None,
) -> Document:
    """Return the document of `CreateAutoMLJob`."""
    request: Document = {
        "AutoMLJobName": job_name,
        "InputDataConfig": input_config,
        "OutputDataConfig": output_config,
        "AutoMLJobConfig": job_config,
        "RoleArn": role,
        "GenerateCandidateDefinitionsOnly": generate_candidate_definitions_only,
    }
    optional = {
        "ModelDeployConfig": model_deploy_config,
        "AutoMLJobObjective": job_objective,
        "ProblemType": problem_type,
        "Tags": tags,
    }
    return {**request, **given(optional)}


def automl_v2_request(
    job_name: str,
    input_config: Sequence[Document],
    output_config: Document,
    problem_config: Document,
    role: str | None,
    *,
    job_objective: Document | None = None,
    model_deploy_config: Document | None = None,
    data_split_config: Document | None = None,
    security_config: Document | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateAutoMLJobV2`."""
    request: Document = {
        "AutoMLJobName": job_name,
        "AutoMLJobInputDataConfig": input_config,
        "OutputDataConfig": output_config,
        "AutoMLProblemTypeConfig": problem_config,
        "RoleArn": role,
    }
    optional = {
        "AutoMLJobObjective": job_objective,
        "ModelDeployConfig": model_deploy_config,
        "DataSplitConfig": data_split_config,
        "SecurityConfig": security_config,
        "Tags": tags,
    }
    return {**request, **given(optional)}


def completion_criteria(max_candidates: Any, max_training_job_s: Any, max_job_s: Any) -> Document:
    """Return `CompletionCriteria`: how many candidates, how long each training job, and how long all."""
    return given(
        {
            "MaxCandidates": max_candidates,
            "MaxRuntimePerTrainingJobInSeconds": max_training_job_s,
            "MaxAutoMLJobRuntimeInSeconds": max_job_s,
        }
    )


def security(volume_kms_key: Any, vpc_config: Any, encrypt_traffic: Any) -> Document:
    """Return `SecurityConfig`."""
    found: Document = {"EnableInterContainerTrafficEncryption": encrypt_traffic}
    if volume_kms_key:
        found["VolumeKmsKeyId"] = volume_kms_key
    if vpc_config:
        found["VpcConfig"] = vpc_config
    return found


def model_deployment(auto_generate_endpoint_name: bool | None, endpoint_name: str | None) -> Document | None:
    """Return `ModelDeployConfig`; None where the best candidate is not to be deployed."""
    found: Document = {}
    if auto_generate_endpoint_name is not None:
        found["AutoGenerateEndpointName"] = auto_generate_endpoint_name
    if not auto_generate_endpoint_name and endpoint_name is not None:
        found["EndpointName"] = endpoint_name
    return found or None


def output(path: Any, kms_key: Any) -> Document:
    """Return `OutputDataConfig`."""
    return given({"S3OutputPath": path, "KmsKeyId": kms_key})


def given(members: Document) -> Document:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}
