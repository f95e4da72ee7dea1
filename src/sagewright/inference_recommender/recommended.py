"""The machine that `Model.deploy` takes of what was recommended."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.deployment import Deployment
    from sagewright.model import Model

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]
Machines = tuple[str | None, int | None]
"""The type of instances, and how many there are."""

_ID = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}/\w{8}")
_NOT_VALID = (
    "inference_recommendation_id is not valid\n"
    "hint: it is the name of a recommendations job or of a model, a slash, and eight characters."
)


def recommended(model: Model, asked: Deployment) -> Machines:
    """Return the machines that serve a model: those asked for, or those of an id, or those of its last `right_size`.

    Raises:
        ValueError: The recommendation is not known, or arguments do not go together with it.
    """
    if asked.inference_recommendation_id is not None:
        return _of_id(model, asked.inference_recommendation_id, asked)
    return _of_right_size(model.inference_recommendations or (), asked)


def _of_right_size(recommendations: Sequence[Mapping[str, Any]], asked: Deployment) -> Machines:
    """Return the last machines that were recommended, as v2 does, unless something else is asked for."""
    if asked.accelerator_type:
        raise ValueError("accelerator_type is not compatible with right_size().")
    instead = {
        "instance_type or initial_instance_count specified.": asked.instance_type or asked.initial_instance_count,
        "async_inference_config is specified. ": asked.async_inference_config,
        "serverless_inference_config is specified. ": asked.serverless_inference_config,
        "explainer_config is specified. ": asked.explainer_config,
    }
    for told, value in instead.items():
        if value:
            logger.warning("%sOverriding right_size() recommendations.", told)
            return asked.instance_type, asked.initial_instance_count
    endpoints = [one["EndpointConfiguration"] for one in recommendations]
    last = next((endpoint for endpoint in reversed(endpoints) if "ServerlessConfig" not in endpoint), None)
    return (None, None) if last is None else (last["InstanceType"], last["InitialInstanceCount"])


def _of_id(model: Model, recommendation_id: str, asked: Deployment) -> Machines:
    if asked.instance_type is not None and asked.initial_instance_count is not None:
        logger.warning(
            "Both instance_type and initial_instance_count are specified,overriding the recommendation result."
        )
        return asked.instance_type, asked.initial_instance_count
    for name in ("accelerator_type", "async_inference_config", "serverless_inference_config", "explainer_config"):
        if getattr(asked, name) is not None:
            raise ValueError(f"{name} is not compatible with inference_recommendation_id.")
    if not _ID.fullmatch(recommendation_id):
        raise ValueError(_NOT_VALID)
    name = recommendation_id.partition("/")[0]
    job = _job(model, name)
    found = _with_id(job.get("InferenceRecommendations"), recommendation_id)
    if found is None:
        return _of_model(model, name, recommendation_id, asked)
    if bool(asked.instance_type) != bool(asked.initial_instance_count):
        raise ValueError(
            "instance_type and initial_instance_count are mutually exclusive with recommendation id since they are in "
            "recommendation. Please specify both of them if you want to override the recommendation."
        )
    _take(model, job["InputConfig"], found["ModelConfiguration"])
    endpoint = found["EndpointConfiguration"]
    return endpoint["InstanceType"], endpoint["InitialInstanceCount"]


def _of_model(model: Model, name: str, recommendation_id: str, asked: Deployment) -> Machines:
    """Return the machine that the description of a model recommends, with as many instances as are asked for."""
    told = model._session().sagemaker_client.describe_model(ModelName=name).get("DeploymentRecommendation", {})
    found = _with_id(told.get("RealTimeInferenceRecommendations"), recommendation_id)
    if found is None:
        raise ValueError(_NOT_VALID)
    if asked.initial_instance_count is None:
        raise ValueError("Must specify model recommendation id and instance count.")
    model.env.update(found.get("Environment", {}))
    return found["InstanceType"], asked.initial_instance_count


def _job(model: Model, name: str) -> Document:
    """Return the description of a recommendations job; empty where there is none of that name."""
    from botocore.exceptions import ClientError

    try:
        return dict(model._session().sagemaker_client.describe_inference_recommendations_job(JobName=name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFound":
            raise
        return {}


def _with_id(recommendations: Sequence[Document] | None, recommendation_id: str) -> Document | None:
    return next((one for one in recommendations or () if one.get("RecommendationId") == recommendation_id), None)


def _take(model: Model, measured: Mapping[str, Any], configuration: Mapping[str, Any]) -> None:
    """Let a model be what was measured: its variables, its data, its image."""
    model.env.update({one["Key"]: one["Value"] for one in configuration.get("EnvironmentParameters", ())})
    client = model._session().sagemaker_client
    if "CompilationJobName" in configuration and "InferenceSpecificationName" not in configuration:
        job = client.describe_compilation_job(CompilationJobName=configuration["CompilationJobName"])
        model.model_data, model.image_uri = job["ModelArtifacts"]["S3ModelArtifacts"], job["InferenceImage"]
        return
    if "ModelPackageVersionArn" in measured:
        package = client.describe_model_package(ModelPackageName=measured["ModelPackageVersionArn"])
        container = _specification(package, configuration.get("InferenceSpecificationName"))["Containers"][0]
    elif "ModelName" in measured:
        container = client.describe_model(ModelName=measured["ModelName"])["PrimaryContainer"]
    else:
        return
    model.model_data, model.image_uri = container["ModelDataUrl"], container["Image"]


def _specification(package: Mapping[str, Any], name: str | None) -> Mapping[str, Any]:
    """Return how a package's model is served: the usual way, or the one of a name."""
    more = {one["Name"]: one for one in package.get("AdditionalInferenceSpecifications", ())}
    found: Mapping[str, Any] = package["InferenceSpecification"] if name is None else more[name]
    return found
