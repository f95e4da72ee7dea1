"""Requests of ours where they are other than v2's on purpose; `differences.py` says why."""

from __future__ import annotations

from typing import Any

Calls = list[dict[str, Any]]

_OWN = [{"Key": "team", "Value": "mine"}, {"Key": "kind", "Value": "own"}]

ENDPOINT_WITH_ITS_OWN_TAGS: Calls = [
    {
        "operation": "CreateEndpointConfig",
        "params": {
            "EndpointConfigName": "endpoint",
            "ProductionVariants": [
                {
                    "VariantName": "AllTraffic",
                    "ModelName": "model",
                    "InitialVariantWeight": 1,
                    "InitialInstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                }
            ],
            "Tags": [*_OWN, {"Key": "kind of", "Value": "EndpointConfig"}],
        },
    },
    {
        "operation": "CreateEndpoint",
        "params": {
            "EndpointName": "endpoint",
            "EndpointConfigName": "endpoint",
            "Tags": [*_OWN, {"Key": "kind of", "Value": "Endpoint"}],
        },
    },
]

TRAINING_WITHOUT_ENCRYPTION: Calls = [
    {
        "operation": "CreateTrainingJob",
        "params": {
            "TrainingJobName": "job",
            "AlgorithmSpecification": {
                "TrainingInputMode": "File",
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest",
            },
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
            "RoleArn": "arn:aws:iam::123456789012:role/FromTheFile",
            "InputDataConfig": [
                {
                    "ChannelName": "training",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": "s3://bucket/train",
                            "S3DataDistributionType": "FullyReplicated",
                        }
                    },
                }
            ],
            "DebugHookConfig": {"S3OutputPath": "s3://bucket/", "CollectionConfigurations": []},
            "ProfilerConfig": {"S3OutputPath": "s3://bucket/", "DisableProfiler": False},
        },
    }
]
