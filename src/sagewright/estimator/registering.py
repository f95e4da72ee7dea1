"""Putting what an estimator has trained into the registry (`contract.md` 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.vocabulary.names import base_name_from_image, name_from_base

if TYPE_CHECKING:
    from sagewright.drift_check_baselines import DriftCheckBaselines
    from sagewright.estimator.base import EstimatorBase
    from sagewright.metadata_properties import MetadataProperties
    from sagewright.model_life_cycle import ModelLifeCycle
    from sagewright.model_metrics import ModelMetrics
    from sagewright.model_package import ModelPackage


class RegisteringTrained:
    """The part of an estimator that puts what was trained into the registry."""

    def register(
        self,
        content_types: Sequence[str] | None = None,
        response_types: Sequence[str] | None = None,
        inference_instances: Sequence[str] | None = None,
        transform_instances: Sequence[str] | None = None,
        image_uri: str | None = None,
        model_package_name: str | None = None,
        model_package_group_name: str | None = None,
        model_metrics: ModelMetrics | None = None,
        metadata_properties: MetadataProperties | None = None,
        marketplace_cert: bool = False,
        approval_status: str | None = None,
        description: str | None = None,
        compile_model_family: str | None = None,
        model_name: str | None = None,
        drift_check_baselines: DriftCheckBaselines | None = None,
        customer_metadata_properties: Mapping[str, str] | None = None,
        domain: str | None = None,
        sample_payload_url: str | None = None,
        task: str | None = None,
        framework: str | None = None,
        framework_version: str | None = None,
        nearest_model_name: str | None = None,
        data_input_configuration: str | None = None,
        skip_model_validation: str | None = None,
        source_uri: str | None = None,
        model_life_cycle: ModelLifeCycle | None = None,
        model_card: Any = None,
        model_package_registration_type: str | None = None,
        base_model: Any = None,
        **kwargs: Any,
    ) -> ModelPackage | None:
        """Put what was trained into the registry; see `Model.register` for the arguments.

        Args:
            compile_model_family: Put the model there that `compile_model` has made for this machine.
            model_name: None: the base name of the estimator's jobs with a timestamp.
            model_card: None: one that tells of the training.
            **kwargs: Go to `create_model`.

        Raises:
            TypeError: The session is a pipeline's.
        """
        estimator = cast("EstimatorBase", self)
        if hasattr(type(estimator.sagemaker_session), "_deferred"):
            raise TypeError(
                "estimator.register does not support PipelineSession at this moment. Please use model.register with "
                "PipelineSession if you're using the ModelStep."
            )
        name = model_name or name_from_base(
            estimator.base_job_name or base_name_from_image(estimator.training_image_uri())
        )
        if compile_model_family is not None:
            model = estimator._compiled_model(compile_model_family)
        else:
            arguments = {"model_kms_key": estimator.output_kms_key, **kwargs}
            model = estimator.create_model(image_uri=image_uri, name=name, **arguments)
        model.name = name
        package: ModelPackage | None = model.register(
            content_types,
            response_types,
            inference_instances,
            transform_instances,
            model_package_name,
            model_package_group_name,
            image_uri,
            model_metrics,
            metadata_properties,
            marketplace_cert,
            approval_status,
            description,
            drift_check_baselines=drift_check_baselines,
            customer_metadata_properties=customer_metadata_properties,
            domain=domain,
            sample_payload_url=sample_payload_url,
            task=task,
            framework=framework,
            framework_version=framework_version,
            nearest_model_name=nearest_model_name,
            data_input_configuration=data_input_configuration,
            skip_model_validation=skip_model_validation,
            source_uri=source_uri,
            model_card=_card_of(estimator) if model_card is None else model_card,
            model_life_cycle=model_life_cycle,
            model_package_registration_type=model_package_registration_type,
            base_model=base_model,
        )
        return package


def _card_of(estimator: EstimatorBase) -> Any:
    """Return a card that tells of the training; None where nothing was trained."""
    from sagewright.model_card import ModelCard, TrainingDetails

    session, data = estimator.sagemaker_session, estimator.model_data
    if data is None:
        return None
    if session._asks_engine() and estimator.latest_training_job is not None:  # it does not search yet; it says the same
        details = TrainingDetails.from_training_job_name(estimator.latest_training_job.name, session)
    else:
        details = TrainingDetails.from_model_s3_artifacts([data], session)  # type: ignore[list-item]  # as v2
    return ModelCard(name="estimator_card", training_details=details, sagemaker_session=session)
