"""Builders of AutoML jobs."""

from __future__ import annotations

from tests.property.builders.described import Builder

BUILDERS: dict[str, Builder] = {
    "automl.automl_request": Builder(
        "CreateAutoMLJob",
        {
            "job_name": "AutoMLJobName",
            "input_config": "InputDataConfig",
            "output_config": "OutputDataConfig",
            "job_config": "AutoMLJobConfig",
            "role": "RoleArn",
            "problem_type": "ProblemType",
            "job_objective": "AutoMLJobObjective",
            "generate_candidate_definitions_only": "GenerateCandidateDefinitionsOnly",
            "tags": "Tags",
            "model_deploy_config": "ModelDeployConfig",
        },
    ),
    "automl.automl_v2_request": Builder(
        "CreateAutoMLJobV2",
        {
            "job_name": "AutoMLJobName",
            "input_config": "AutoMLJobInputDataConfig",
            "output_config": "OutputDataConfig",
            "problem_config": "AutoMLProblemTypeConfig",
            "role": "RoleArn",
            "job_objective": "AutoMLJobObjective",
            "model_deploy_config": "ModelDeployConfig",
            "data_split_config": "DataSplitConfig",
            "security_config": "SecurityConfig",
            "tags": "Tags",
        },
    ),
    "automl.completion_criteria": Builder(
        "CreateAutoMLJob.AutoMLJobConfig.CompletionCriteria",
        {
            "max_candidates": "MaxCandidates",
            "max_training_job_s": "MaxRuntimePerTrainingJobInSeconds",
            "max_job_s": "MaxAutoMLJobRuntimeInSeconds",
        },
    ),
    "automl.security": Builder(
        "CreateAutoMLJob.AutoMLJobConfig.SecurityConfig",
        {
            "volume_kms_key": "VolumeKmsKeyId",
            "vpc_config": "VpcConfig",
            "encrypt_traffic": "EnableInterContainerTrafficEncryption",
        },
    ),
    "automl.model_deployment": Builder(
        "CreateAutoMLJob.ModelDeployConfig",
        {"auto_generate_endpoint_name": "AutoGenerateEndpointName", "endpoint_name": "EndpointName"},
        settle=lambda given: given.update(endpoint_name=None) if given["auto_generate_endpoint_name"] else None,
    ),
    "automl.output": Builder("CreateAutoMLJob.OutputDataConfig", {"path": "S3OutputPath", "kms_key": "KmsKeyId"}),
}
