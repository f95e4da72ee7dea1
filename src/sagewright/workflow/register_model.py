"""Steps that register what an estimator trains, or a model (outdated; `ModelStep` does it)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sagewright.pipeline import PipelineModel
from sagewright.registering import get_model_package_args
from sagewright.requests.packages import get_create_model_package_request
from sagewright.utils import format_tags
from sagewright.workflow.base_step import Step
from sagewright.workflow.create_model_step import MODEL_STEP
from sagewright.workflow.register_model_step import RegisterModelStep
from sagewright.workflow.repacking_step import RepackModelStep
from sagewright.workflow.step_collection import StepCollection

if TYPE_CHECKING:
    from sagewright.estimator import EstimatorBase
    from sagewright.model import Model
    from sagewright.workflow.retry import RetryPolicy

Document = dict[str, Any]


class RegisterModel(StepCollection):
    """Registers a model; a step before it packs code into its archive where there is code.

    Args:
        name: Of the steps: `<name>-RegisterModel`, `<name>-RepackModel`.
        estimator, model_data: What has trained, and what it left; or:
        model: A model, or several in a row.
        compile_model_family: Register what `estimator.compile_model` has made for this machine.
        entry_point, source_dir, dependencies: Code that is packed into the archive, among `**kwargs`.
        **kwargs: The others go to `estimator.create_model`, or to the job that packs.
        depends_on: Steps that have to end before.

    See `Model.register` for the others.
    """

    def __init__(
        self,
        name: str,
        content_types: Any,
        response_types: Any,
        inference_instances: Any = None,
        transform_instances: Any = None,
        estimator: EstimatorBase | None = None,
        model_data: Any = None,
        depends_on: Sequence[Any] | None = None,
        repack_model_step_retry_policies: Sequence[RetryPolicy] | None = None,
        register_model_step_retry_policies: Sequence[RetryPolicy] | None = None,
        model_package_group_name: Any = None,
        model_metrics: Any = None,
        approval_status: Any = None,
        image_uri: Any = None,
        compile_model_family: str | None = None,
        display_name: str | None = None,
        description: str | None = None,
        tags: Any = None,
        model: Model | PipelineModel | None = None,
        drift_check_baselines: Any = None,
        customer_metadata_properties: Any = None,
        domain: Any = None,
        sample_payload_url: Any = None,
        task: Any = None,
        framework: Any = None,
        framework_version: Any = None,
        nearest_model_name: Any = None,
        data_input_configuration: Any = None,
        skip_model_validation: Any = None,
        source_uri: Any = None,
        model_card: Any = None,
        model_life_cycle: Any = None,
        model_package_registration_type: Any = None,
        base_model: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, depends_on=depends_on)
        tags, shown = format_tags(tags), {"display_name": display_name, "description": description}
        packing = {
            **_network(estimator, model),
            **shown,
            "depends_on": depends_on,
            "retry_policies": repack_model_step_retry_policies,
            "tags": tags,
        }
        steps: list[Step] = []
        self.model_list: list[Any] | None = None
        self.container_def_list: list[Document] | None = None
        first = None if not inference_instances else inference_instances[0]
        recommended = {
            "Framework": framework,
            "FrameworkVersion": framework_version,
            "NearestModelName": nearest_model_name,
            "ModelInput": data_input_configuration and {"DataInputConfig": data_input_configuration},
        }
        if "entry_point" in kwargs:
            kwargs["output_kms_key"] = kwargs.pop("model_kms_key", None)
            code = {part: kwargs.pop(part, None) for part in ("entry_point", "source_dir", "dependencies")}
            assert estimator is not None
            step = _packing_step(f"{name}-RepackModel", estimator, model_data, {**code, **packing, **kwargs})
            kwargs.pop("output_kms_key")
            steps, model_data = [step], step.properties.ModelArtifacts.S3ModelArtifacts
        elif model is not None:
            self.model_list = list(model.models) if isinstance(model, PipelineModel) else [model]
            steps = [
                _pack_model(single, estimator or single, packing, kwargs)
                for single in self.model_list
                if getattr(single, "entry_point", None) is not None
            ]
            self.container_def_list = [
                {**container, **{name: value for name, value in recommended.items() if value is not None}}
                for container in _containers(model, first)
            ]
        package: Document = {
            "content_types": content_types,
            "response_types": response_types,
            "inference_instances": inference_instances,
            "transform_instances": transform_instances,
            "model_package_group_name": model_package_group_name,
            "model_metrics": model_metrics,
            "metadata_properties": kwargs.pop("metadata_properties", None),
            "approval_status": approval_status,
            "description": description,
            "drift_check_baselines": drift_check_baselines,
            "customer_metadata_properties": customer_metadata_properties,
            "domain": domain,
            "sample_payload_url": sample_payload_url,
            "task": task,
            "skip_model_validation": skip_model_validation,
            "source_uri": source_uri,
            "model_card": model_card,
            "model_life_cycle": model_life_cycle,
            "model_package_registration_type": model_package_registration_type,
        }
        owner: Any = estimator if estimator is not None else self.model_list and self.model_list[0]
        serving: Document = {
            "estimator": owner,
            "image_uri": image_uri,
            "model_data": model_data,
            "base_model": base_model,
            "compile_model_family": compile_model_family,
            "name": f"{name}-RegisterModel",
            "kwargs": kwargs,
        }
        request = partial(_request, self.container_def_list, serving, {**package, "tags": tags})
        last = RegisterModelStep(
            f"{name}-RegisterModel", request, retry_policies=register_model_step_retry_policies, **shown
        )
        if not steps:
            last.add_depends_on(depends_on)
        self.steps = [*steps, last]
        warnings.warn(
            "We are deprecating the use of RegisterModel. Please use the ModelStep instead. For more, see: "
            f"{MODEL_STEP}",
            DeprecationWarning,
            stacklevel=2,
        )


def _request(containers: list[Document] | None, serving: Document, package: Document) -> Document:
    """Return the request that registers a model: when the step is built, as the container's image is known then.

    Args:
        containers: None: the container of `serving`, the arguments of `_container`.
    """
    arguments = get_model_package_args(container_def_list=containers or [_container(**serving)], **package)
    return get_create_model_package_request(**arguments)


def _container(
    estimator: Any,
    image_uri: Any,
    model_data: Any,
    base_model: Any,
    compile_model_family: str | None,
    name: str,
    kwargs: Document,
) -> Document:
    """Return the container that serves what an estimator trains, or what was compiled of it for a machine."""
    if compile_model_family:
        compiled = estimator._compiled_model(compile_model_family)
        image_uri, model_data = image_uri or compiled.image_uri, compiled.model_data
    elif image_uri is None:
        image_uri = _serving_image(estimator, name, kwargs)
    container: Document = {"Image": image_uri}
    if model_data is not None:
        container["ModelDataUrl"] = model_data
    if base_model is not None:
        container["BaseModel"] = base_model._to_request_dict()
    return container


def _serving_image(estimator: Any, name: str, kwargs: Document) -> Any:
    before, estimator._current_job_name = estimator._current_job_name, name
    place, estimator.output_path = estimator.output_path, "/tmp"  # noqa: S108 - stands for a place, as nothing is there
    try:
        model = estimator.create_model(**kwargs)
    finally:
        estimator.output_path, estimator._current_job_name = place, before
    if model.image_uri is not None:
        return model.image_uri
    from sagewright import image_uris

    return image_uris.retrieve(
        model._framework_name,
        estimator.sagemaker_session.boto_region_name,
        version=model.framework_version,
        py_version=getattr(model, "py_version", None),
        instance_type=kwargs.get("instance_type", estimator.instance_type),
        accelerator_type=kwargs.get("accelerator_type"),
        image_scope="inference",
    )


def _pack_model(model: Any, owner: Any, packing: Document, kwargs: Document) -> RepackModelStep:
    """Return the step that packs a model's code, and let the model have what it packs."""
    code = {part: getattr(model, part) for part in ("entry_point", "source_dir", "dependencies")}
    more = {**code, **packing, **kwargs, "output_kms_key": model.model_kms_key}
    step = _packing_step(f"{model.name or model._framework_name}-RepackModel", owner, model.model_data, more)
    model.model_data = step.properties.ModelArtifacts.S3ModelArtifacts
    return step


def _packing_step(name: str, owner: Any, model_data: Any, more: Document) -> RepackModelStep:
    return RepackModelStep(
        name=name, sagemaker_session=owner.sagemaker_session, role=owner.role, model_data=model_data, **more
    )


def _containers(model: Any, instance_type: Any) -> list[Document]:
    if isinstance(model, PipelineModel):
        return model.pipeline_container_def(instance_type)
    return [model.prepare_container_def(instance_type)]


def _network(estimator: Any, model: Any) -> Document:
    if estimator is not None:
        return {"subnets": estimator.subnets, "security_group_ids": estimator.security_group_ids}
    if model is not None and model.vpc_config is not None:
        return {"subnets": model.vpc_config["Subnets"], "security_group_ids": model.vpc_config["SecurityGroupIds"]}
    return {}
