"""SageMaker's services (Service Authorization Reference, "Actions, resources, and condition keys for SageMaker").

Resources are called like the operations on them: `DescribeTrainingJob` is about `training-job/<TrainingJobName>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sagewright.engine.authorisation.asked import Asked, Context, Known, Params, Place, one
from sagewright.engine.authorisation.tags import tag_context

_READING = ("Describe", "List")  # their params hold nothing that a policy may ask about
_VERB = re.compile(r"(Create|Describe|Update|Delete|Stop|Start|Put|Get|Send|Retry|Register|Deregister)(\w+)")
# Nouns that the words of an operation are not: what follows the verb -> resource type, and the members with its name.
_NOUNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AutoMLJob": ("automl-job", ("AutoMLJobName",)),
    "AutoMLJobV2": ("automl-job", ("AutoMLJobName",)),
    "Trial": ("experiment-trial", ("TrialName",)),
    "TrialComponent": ("experiment-trial-component", ("TrialComponentName",)),
    "EndpointWeightsAndCapacities": ("endpoint", ("EndpointName",)),
    "InferenceComponentRuntimeConfig": ("inference-component", ("InferenceComponentName",)),
    "PipelineExecution": ("pipeline", ("PipelineExecutionArn", "PipelineName")),
    "PipelineExecutionStepSuccess": ("pipeline", ()),
    "PipelineExecutionStepFailure": ("pipeline", ()),
    "PipelineDefinitionForExecution": ("pipeline", ("PipelineExecutionArn",)),
    "ModelPackageGroupPolicy": ("model-package-group", ("ModelPackageGroupName",)),
    "Record": ("feature-group", ("FeatureGroupName",)),
    "ModelPackage": ("model-package", ("ModelPackageArn", "ModelPackageName", "ModelPackageGroupName")),
}
_OTHERS: Mapping[str, tuple[str, str]] = {
    "InvokeEndpoint": ("endpoint", "EndpointName"),
    "InvokeEndpointAsync": ("endpoint", "EndpointName"),
    "InvokeEndpointWithResponseStream": ("endpoint", "EndpointName"),
    "ListTrainingJobsForHyperParameterTuningJob": ("hyper-parameter-tuning-job", "HyperParameterTuningJobName"),
    "ListCandidatesForAutoMLJob": ("automl-job", "AutoMLJobName"),
    "ListPipelineExecutions": ("pipeline", "PipelineName"),
    "ListPipelineExecutionSteps": ("pipeline", "PipelineExecutionArn"),
    "ListPipelineParametersForExecution": ("pipeline", "PipelineExecutionArn"),
    "AddTags": ("", "ResourceArn"),
    "ListTags": ("", "ResourceArn"),
    "DeleteTags": ("", "ResourceArn"),
    "AssociateTrialComponent": ("experiment-trial-component", "TrialComponentName"),
    "DisassociateTrialComponent": ("experiment-trial-component", "TrialComponentName"),
}


def asked_of_sagemaker(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of SageMaker, its runtime, metrics or feature store asks for."""
    context = {} if operation.startswith(_READING) else {**tag_context(params), **_context(params)}
    if operation == "BatchGetRecord":
        return [_asked(operation, name, place, context) for name in _feature_groups(params, place)] or [
            Asked("sagemaker:BatchGetRecord")
        ]
    resources = list(_resources(operation, params, place))
    asked = [_asked(operation, resource, place, context) for resource in resources or ["*"]]
    if operation.startswith("Create") and params.get("Tags"):  # tags of what is made are added to it
        asked += [_asked("AddTags", resource, place, context) for resource in resources[:1]]
    return asked


def _asked(operation: str, resource: str, place: Place, context: Context) -> Asked:
    return Asked(f"sagemaker:{operation}", resource, context)


def _resources(operation: str, params: Params, place: Place) -> Iterator[str]:
    kind, members = _named(operation)
    for member in members:
        if params.get(member):
            yield _arn(kind, str(params[member]), place)
            break
    if operation in ("CreateEndpoint", "UpdateEndpoint") and params.get("EndpointConfigName"):
        yield _arn("endpoint-config", str(params["EndpointConfigName"]), place)


@cache
def _named(operation: str) -> tuple[str, Sequence[str]]:
    if operation in _OTHERS:
        kind, member = _OTHERS[operation]
        return kind, (member,)
    match = _VERB.fullmatch(operation)
    if match is None:
        return "", ()
    noun = match[2]
    if noun in _NOUNS:
        return _NOUNS[noun]
    return kebab_case(noun), (f"{noun}Name", f"{noun}Arn")


def kebab_case(noun: str) -> str:
    """`HyperParameterTuningJob` -> `hyper-parameter-tuning-job`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", noun).lower()


def _arn(kind: str, name: str, place: Place) -> str:
    """Return the ARN of a resource; the service lower-cases names in it. A name may be given as an ARN."""
    if name.startswith("arn:"):
        stem, _, execution = name.partition("/execution/")
        return stem if execution and kind == "pipeline" else name
    return place.arn("sagemaker", f"{kind}/{name.lower()}") if kind else "*"


def _feature_groups(params: Params, place: Place) -> Sequence[str]:
    identifiers = params.get("Identifiers") or ()
    return [_arn("feature-group", str(one_.get("FeatureGroupName")), place) for one_ in identifiers]


def _context(params: Params) -> Context:
    context: dict[str, tuple[str, ...]] = {}
    vpc = params.get("VpcConfig") or (params.get("NetworkConfig") or {}).get("VpcConfig") or {}
    network = params.get("NetworkConfig") or params
    for key, values in (
        ("sagemaker:instancetypes", sorted(set(_instance_types(params)))),
        ("sagemaker:vpcsubnets", vpc.get("Subnets") or ()),
        ("sagemaker:vpcsecuritygroupids", vpc.get("SecurityGroupIds") or ()),
    ):
        if values:
            context[key] = tuple(str(value) for value in values)
    context.update(one("sagemaker:networkisolation", network.get("EnableNetworkIsolation")))
    context.update(
        one("sagemaker:intercontainertrafficencryption", network.get("EnableInterContainerTrafficEncryption"))
    )
    context.update(one("sagemaker:outputkmskey", (params.get("OutputDataConfig") or {}).get("KmsKeyId")))
    context.update(one("sagemaker:volumekmskey", (params.get("ResourceConfig") or {}).get("VolumeKmsKeyId")))
    stopping = params.get("StoppingCondition") or {}
    context.update(one("sagemaker:maxruntimeinseconds", stopping.get("MaxRuntimeInSeconds")))
    context.update(one("sagemaker:targetmodel", params.get("TargetModel")))
    context.update(one("sagemaker:modelarn", params.get("ModelArn")))
    return context


def _instance_types(value: Any) -> Iterator[str]:
    """Yield every instance type that stands anywhere in the params."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if isinstance(member, str) and str(name).endswith("InstanceType"):
                yield member
            else:
                yield from _instance_types(member)
    elif isinstance(value, list):
        for item in value:
            yield from _instance_types(item)
