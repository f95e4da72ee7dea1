"""Putting models into the registry (`contract.md` 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import not_built, suggests
from sagewright.deferring import runnable_by_pipeline
from sagewright.requests.documents import given
from sagewright.requests.packages import inference_described
from sagewright.utils import format_tags
from sagewright.vocabulary.names import base_name_from_image
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.drift_check_baselines import DriftCheckBaselines
    from sagewright.metadata_properties import MetadataProperties
    from sagewright.model_life_cycle import ModelLifeCycle
    from sagewright.model_metrics import ModelMetrics
    from sagewright.model_package import ModelPackage
    from sagewright.session import Session

Document = dict[str, Any]

_NO_DATA_SOURCE = "Un-versioned SageMaker Model Package currently cannot be created with ModelDataSource."


@suggests
class Registering:
    """The part of a model that puts it into the registry."""

    content_types: Sequence[str] | None
    response_types: Sequence[str] | None
    image_uri: str | None
    model_data: str | Document | None
    role: str | None
    predictor_cls: Any
    framework_version: str | None = None

    # Whether the registry is told the framework's version where `register` is not.
    _registers_version: ClassVar[bool] = False

    if TYPE_CHECKING:

        def prepare_container_def(
            self,
            instance_type: str | None = None,
            accelerator_type: str | None = None,
            serverless_inference_config: Any = None,
            accept_eula: bool | None = None,
            model_reference_arn: str | None = None,
        ) -> Document: ...

        def _session(self, instance_type: str | None = None) -> Session: ...

    @runnable_by_pipeline
    def register(
        self,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
        model_package_name: str | None = None,
        model_package_group_name: str | None = None,
        image_uri: str | None = None,
        model_metrics: ModelMetrics | None = None,
        metadata_properties: MetadataProperties | None = None,
        marketplace_cert: bool = False,
        approval_status: str | None = None,
        description: str | None = None,
        drift_check_baselines: DriftCheckBaselines | None = None,
        customer_metadata_properties: Mapping[str, str] | None = None,
        validation_specification: Any = None,
        domain: str | None = None,
        task: str | None = None,
        sample_payload_url: str | None = None,
        framework: str | None = None,
        framework_version: str | None = None,
        nearest_model_name: str | None = None,
        data_input_configuration: str | None = None,
        skip_model_validation: str | None = None,
        source_uri: str | None = None,
        model_card: Any = None,
        model_life_cycle: ModelLifeCycle | None = None,
        accept_eula: bool | None = None,
        model_type: Any = None,
        model_package_registration_type: str | None = None,
        base_model: Any = None,
    ) -> ModelPackage | None:
        """Put the model into the registry: as the next version of a group, or under a name of its own.

        Args:
            content_types, response_types: What can be asked, and what is answered: `["text/csv"]`.
            inference_instances, transform_instances: Types of instances that it runs on; needed with a name.
            model_package_name: A package that stands alone; or:
            model_package_group_name: The group whose next version it becomes, which is made where it is missing; None
                of both: the image's name.
            image_uri: None: the model's.
            approval_status: `Approved`, `Rejected` or `PendingManualApproval`, which None stands for.
            model_metrics, drift_check_baselines: What was measured, and what later measures are compared with.
            metadata_properties, source_uri: Where it comes from.
            customer_metadata_properties: Anything, by name.
            domain, task, sample_payload_url, framework, framework_version, nearest_model_name,
                data_input_configuration: What the model is, for the Inference Recommender.
            skip_model_validation: `All` or `None`.
            model_card: A `ModelCard` or a `ModelPackageModelCard`.
            accept_eula: Whether the terms of the model are accepted; None: it has none.
            base_model: A `ContainerBaseModel`.

        Returns:
            The package, which can be deployed; None in a pipeline.

        Raises:
            ValueError: A package that stands alone is of a data source, or has not all instances.

        Example:
            >>> from sagewright.model import Model
            >>> image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
            >>> model = Model(image, "s3://b/model.tar.gz", "role")
            >>> package = model.register(["text/csv"], ["text/csv"], model_package_group_name="prices")
            >>> package.model_package_arn
            'arn:aws:sagemaker:us-east-1:123456789012:model-package/prices/1'
        """
        not_built("Model.register", {"model_type": model_type})
        self.content_types = self.content_types if content_types is None else content_types
        self.response_types = self.response_types if response_types is None else response_types
        session = self._session(inference_instances[0] if inference_instances else None)
        if image_uri is not None:
            self.image_uri = image_uri
        framework = self._registered_framework(framework, inference_instances)
        if self._registers_version:
            framework_version = framework_version or self.framework_version
        if model_package_group_name is None and model_package_name is None:
            model_package_group_name = _group_of(self.image_uri)
        if model_package_group_name is not None:
            container = inference_described(
                self.prepare_container_def(accept_eula=accept_eula),
                framework,
                framework_version,
                nearest_model_name,
                data_input_configuration,
            )
        else:
            container = self._plain_container()
        answer = session.create_model_package_from_containers(
            **get_model_package_args(
                self.content_types,
                self.response_types,
                inference_instances=inference_instances,
                transform_instances=transform_instances,
                model_package_name=model_package_name,
                model_package_group_name=model_package_group_name,
                model_metrics=model_metrics,
                metadata_properties=metadata_properties,
                marketplace_cert=marketplace_cert,
                approval_status=approval_status,
                description=description,
                container_def_list=[{**container, **_base_model(base_model)}],
                drift_check_baselines=drift_check_baselines,
                customer_metadata_properties=customer_metadata_properties,
                validation_specification=validation_specification,
                domain=domain,
                sample_payload_url=sample_payload_url,
                task=task,
                skip_model_validation=skip_model_validation,
                source_uri=source_uri,
                model_card=model_card,
                model_life_cycle=model_life_cycle,
                model_package_registration_type=model_package_registration_type,
            )
        )
        return package_of(answer, self, session, model_data=self.model_data)

    def _registered_framework(self, given: str | None, inference_instances: Sequence[str] | None) -> str | None:
        """Return the framework that the registry is told; a framework's models find their image, too."""
        return given

    def _plain_container(self) -> Document:
        """Return the container of a package that stands alone: it serves with no script of the user's."""
        if isinstance(self.model_data, dict):
            raise ValueError(_NO_DATA_SOURCE)
        return {"Image": self.image_uri, **given(ModelDataUrl=self.model_data)}


def get_model_package_args(
    content_types: Sequence[str] | None = None,
    response_types: Sequence[str] | None = None,
    inference_instances: Sequence[str] | None = None,
    transform_instances: Sequence[str] | None = None,
    model_package_name: str | None = None,
    model_package_group_name: str | None = None,
    model_data: str | None = None,
    image_uri: str | None = None,
    model_metrics: Any = None,
    metadata_properties: Any = None,
    marketplace_cert: bool = False,
    approval_status: str | None = None,
    description: str | None = None,
    tags: Any = None,
    container_def_list: Sequence[Document] | None = None,
    drift_check_baselines: Any = None,
    customer_metadata_properties: Mapping[str, str] | None = None,
    validation_specification: Any = None,
    domain: str | None = None,
    sample_payload_url: str | None = None,
    task: str | None = None,
    skip_model_validation: str | None = None,
    source_uri: str | None = None,
    model_card: Any = None,
    model_life_cycle: Any = None,
    model_package_registration_type: str | None = None,
    base_model: Any = None,
) -> Document:
    """Return the arguments of `Session.create_model_package_from_containers`: objects become documents."""
    containers = container_def_list
    if containers is None:
        containers = [{"Image": image_uri, **given(ModelDataUrl=model_data), **_base_model(base_model)}]
    return {
        "containers": [{**one, **_base_model(one.get("BaseModel"))} for one in containers],
        "inference_instances": inference_instances,
        "transform_instances": transform_instances,
        "marketplace_cert": marketplace_cert,
        **given(
            content_types=content_types,
            response_types=response_types,
            model_package_name=model_package_name,
            model_package_group_name=model_package_group_name,
            model_metrics=_document(model_metrics),
            drift_check_baselines=_document(drift_check_baselines),
            metadata_properties=_document(metadata_properties),
            approval_status=approval_status,
            description=description,
            tags=format_tags(tags),
            customer_metadata_properties=customer_metadata_properties,
            validation_specification=validation_specification,
            domain=domain,
            sample_payload_url=sample_payload_url,
            task=task,
            skip_model_validation=skip_model_validation,
            source_uri=source_uri,
            model_life_cycle=_document(model_life_cycle),
            model_card=None if model_card is None else card_of_package(model_card),
            model_package_registration_type=model_package_registration_type,
        ),
    }


def package_of(answer: Document, model: Any, session: Session, **arguments: Any) -> ModelPackage | None:
    """Return the package that a model has become; None in a pipeline, where it has not yet.

    Args:
        model: What was registered: its role and predictor are the package's.
    """
    from sagewright.model_package import ModelPackage

    if "ModelPackageArn" not in answer:
        return None
    return ModelPackage(
        role=model.role,
        model_package_arn=answer["ModelPackageArn"],
        sagemaker_session=session,
        predictor_cls=model.predictor_cls,
        **arguments,
    )


def card_of_package(card: Any) -> Document:
    """Return the document of a model card in a package, which has no name there."""
    document = dict(card._create_request_args())
    document.pop("ModelCardName", None)
    if document.get("Content") is not None:
        document["ModelCardContent"] = document.pop("Content")
    return document


def _group_of(image_uri: str | None) -> str:
    """Return the group that models of an image go into."""
    if image_uri is None or is_variable(image_uri):
        return "ModelPackage"
    return base_name_from_image(image_uri, default_base_name="ModelPackage")


def _base_model(base_model: Any) -> Document:
    return {} if base_model is None else {"BaseModel": _document(base_model)}


def _document(value: Any) -> Any:
    return value._to_request_dict() if hasattr(value, "_to_request_dict") else value
