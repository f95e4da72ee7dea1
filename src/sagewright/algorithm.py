"""Training with an algorithm of a marketplace or of one's own account (`contract.md` 9.5)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sagewright.algorithm_rules import (
    Definition,
    check_channels,
    check_input_mode,
    check_instances,
    checked_value,
    definitions_of,
    with_defaults,
)
from sagewright.arguments import suggests
from sagewright.deserializers import BaseDeserializer, BytesDeserializer
from sagewright.estimator.base import VPC_CONFIG_DEFAULT, EstimatorBase
from sagewright.model_package import ModelPackage
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, IdentitySerializer
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.transformer import Transformer
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class AlgorithmEstimator(EstimatorBase):
    """Trains with an algorithm that is described in SageMaker: its instances, channels and hyperparameters are checked.

    Args:
        algorithm_arn: The algorithm's ARN or name.
        hyperparameters: Those of the algorithm; what has a default may be left out.
        **kwargs: As for `EstimatorBase`.

    Raises:
        ValueError: The algorithm has no such hyperparameter, or does not take its value, the instances or the mode.
    """

    def __init__(
        self,
        algorithm_arn: str,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        volume_size: int = 30,
        volume_kms_key: str | None = None,
        max_run: int = 24 * 60 * 60,
        input_mode: str = "File",
        output_path: str | None = None,
        output_kms_key: str | None = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        tags: Tags = None,
        subnets: Sequence[str] | None = None,
        security_group_ids: Sequence[str] | None = None,
        model_uri: str | None = None,
        model_channel_name: str = "model",
        metric_definitions: Sequence[Document] | None = None,
        encrypt_inter_container_traffic: bool = False,
        use_spot_instances: bool = False,
        max_wait: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            role,
            instance_count,
            instance_type,
            volume_size=volume_size,
            volume_kms_key=volume_kms_key,
            max_run=max_run,
            input_mode=input_mode,
            output_path=output_path,
            output_kms_key=output_kms_key,
            base_job_name=base_job_name or algorithm_arn.rsplit("/", maxsplit=1)[-1],
            sagemaker_session=sagemaker_session,
            tags=tags,
            subnets=subnets,
            security_group_ids=security_group_ids,
            model_uri=model_uri,
            model_channel_name=model_channel_name,
            metric_definitions=metric_definitions,
            encrypt_inter_container_traffic=encrypt_inter_container_traffic,
            use_spot_instances=use_spot_instances,
            max_wait=max_wait,
            **kwargs,
        )
        self.algorithm_arn = algorithm_arn
        client = self.sagemaker_session.sagemaker_client
        self.algorithm_spec: Document = client.describe_algorithm(AlgorithmName=algorithm_arn)
        self.validate_train_spec()
        self.hyperparameter_definitions: dict[str, Definition] = definitions_of(self.algorithm_spec)
        if hyperparameters:
            self.set_hyperparameters(**hyperparameters)

    def validate_train_spec(self) -> None:
        """Raise for instances or a mode that the algorithm does not take.

        Raises:
            ValueError: There are such.
        """
        check_input_mode(self.algorithm_spec, self.input_mode)
        check_instances(self.algorithm_spec, self.instance_type, self.instance_count)

    def set_hyperparameters(self, **kwargs: Any) -> None:
        """Set hyperparameters; those with a default get it.

        Raises:
            ValueError: There is no such hyperparameter, it does not take the value, or a required one is missing.
        """
        for name, value in kwargs.items():
            self._hyperparameters[name] = checked_value(
                self.algorithm_spec, self.hyperparameter_definitions, name, value
            )
        self._hyperparameters = with_defaults(self.hyperparameter_definitions, self._hyperparameters)

    def hyperparameters(self) -> Document:
        """Return the hyperparameters."""
        return self._hyperparameters

    def training_image_uri(self) -> str:
        """Say that an algorithm's image is not known.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("training_image_uri is never meant to be called on Algorithm Estimators")

    def enable_network_isolation(self) -> bool:
        """Tell whether jobs are cut off from the network: those of a marketplace's algorithm are."""
        return self._is_marketplace()

    def _is_marketplace(self) -> bool:
        return "ProductId" in self.algorithm_spec

    # Training -----------------------------------------------------------------------------------------------------

    def fit(  # type: ignore[override]  # v2's: no experiments
        self, inputs: Any = None, wait: bool = True, logs: Any = True, job_name: str | None = None
    ) -> None:
        """Train; arguments and errors as of `Estimator.fit`.

        Raises:
            ValueError: The algorithm does not know a channel, or requires another one, or a hyperparameter is missing.
        """
        if inputs:
            check_channels(self.algorithm_spec, inputs)
        self._prepare_for_training(job_name)
        super().fit(inputs, wait, logs, job_name)

    # Tuners call it under this name, which is v2's.
    def _prepare_for_training(self, job_name: str | None = None) -> None:
        self._hyperparameters = with_defaults(self.hyperparameter_definitions, self._hyperparameters)
        self._current_job_name = job_name or self._new_name()

    # What has come of it ------------------------------------------------------------------------------------------

    def create_model(
        self,
        role: str | None = None,
        predictor_cls: Any = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        **kwargs: Any,
    ) -> ModelPackage:
        """Return a model package of what was trained.

        Args:
            role: None: the estimator's.
            predictor_cls: None: a `Predictor` with the serializers given.
            **kwargs: As for `ModelPackage`.
        """
        for name in ("content_type", "accept"):
            if name in kwargs:
                logger.warning(
                    "%s is a no-op in sagemaker>=2.\nSee: https://sagemaker.readthedocs.io/en/stable/v2.html "
                    "for details.",
                    name,
                )
        return ModelPackage(
            role or self.role,
            algorithm_arn=self.algorithm_arn,
            model_data=self.model_data,
            vpc_config=self.get_vpc_config(vpc_config_override),
            sagemaker_session=self.sagemaker_session,
            predictor_cls=predictor_cls or PredictorMaker(serializer, deserializer),
            **kwargs,
        )

    def transformer(  # type: ignore[override]  # v2's
        self,
        instance_count: int,
        instance_type: InstanceType,
        strategy: str | None = None,
        assemble_with: str | None = None,
        output_path: str | None = None,
        output_kms_key: str | None = None,
        accept: str | None = None,
        env: Mapping[str, str] | None = None,
        max_concurrent_transforms: int | None = None,
        max_payload: int | None = None,
        tags: Tags = None,
        role: str | None = None,
        volume_kms_key: str | None = None,
    ) -> Transformer:
        """Create a model package and a model; return what runs transform jobs of it (see `Transformer`).

        Raises:
            RuntimeError: Nothing has been trained.
        """
        from sagewright.transformer import Transformer

        if self.latest_training_job is None:
            raise RuntimeError("No finished training job found associated with this estimator")
        model = self.create_model(role=role)
        model._create_sagemaker_model()
        return Transformer(
            cast("str", model.name),
            instance_count,
            instance_type,
            strategy=strategy,
            assemble_with=assemble_with,
            output_path=output_path,
            output_kms_key=output_kms_key,
            accept=accept,
            max_concurrent_transforms=max_concurrent_transforms,
            max_payload=max_payload,
            env=None if self._is_marketplace() else {**(model.env if env else {}), **(env or {})},
            tags=format_tags(tags) or self.tags,
            base_transform_job_name=self.base_job_name,
            volume_kms_key=volume_kms_key,
            sagemaker_session=self.sagemaker_session,
        )

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        """Return the arguments of an estimator that would submit a job."""
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        del arguments["image_uri"]
        arguments["algorithm_arn"] = job_details["AlgorithmSpecification"]["AlgorithmName"]
        arguments["hyperparameters"] = {
            name: value for name, value in arguments["hyperparameters"].items() if name != "_tuning_objective_metric"
        }
        return arguments


class PredictorMaker:
    """Makes predictors with serializers that are given; unlike a function, it can be pickled.

    Args:
        serializer, deserializer: None: bytes as they are.
    """

    def __init__(self, serializer: BaseSerializer | None, deserializer: BaseDeserializer | None) -> None:
        self.serializer, self.deserializer = serializer or IdentitySerializer(), deserializer or BytesDeserializer()

    def __call__(self, endpoint_name: str, sagemaker_session: Session | None = None) -> Predictor:
        return Predictor(endpoint_name, sagemaker_session, self.serializer, self.deserializer)
