"""Transformers of what estimators have trained (`contract.md` 9.5)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase
    from sagewright.transformer import Transformer
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_OWN_VPC = "VPC_CONFIG_DEFAULT"  # v2's word for "the estimator's own"


class Transforming:
    """The part of an estimator that makes transformers."""

    def transformer(
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
        vpc_config_override: Any = _OWN_VPC,
        enable_network_isolation: bool | None = None,
        model_name: str | None = None,
    ) -> Transformer:
        """Create a model of what was trained; return what runs transform jobs of it.

        Args:
            tags: Of the model and the jobs; None: the estimator's.
            role: The model's; None: the estimator's.
            enable_network_isolation: None: as the estimator is.
            model_name: None: the base name of the estimator's jobs with a timestamp.

        See `Transformer` for the others.
        """
        estimator = cast("EstimatorBase", self)
        arguments = {
            "instance_count": instance_count,
            "instance_type": instance_type,
            "strategy": strategy,
            "assemble_with": assemble_with,
            "output_path": output_path,
            "output_kms_key": output_kms_key,
            "accept": accept,
            "max_concurrent_transforms": max_concurrent_transforms,
            "max_payload": max_payload,
            "tags": format_tags(tags) or estimator.tags,
            "volume_kms_key": volume_kms_key,
        }
        model_arguments = self._transformed_model(vpc_config_override, enable_network_isolation)
        return self._transformer_of(model_name, role, model_arguments, arguments, env)

    def _transformed_model(self, vpc_config_override: Any, enable_network_isolation: bool | None) -> Document:
        """Return what `create_model` is given for every kind of estimator."""
        estimator, isolated = cast("EstimatorBase", self), enable_network_isolation
        return {
            "vpc_config_override": vpc_config_override,
            "enable_network_isolation": estimator.enable_network_isolation() if isolated is None else isolated,
            "model_kms_key": estimator.output_kms_key,
        }

    def _transformer_of(
        self,
        model_name: str | None,
        role: str | None,
        model_arguments: Document,
        arguments: Document,
        env: Mapping[str, str] | None,
    ) -> Transformer:
        """Return the transformer of a model that is made of what was trained, or only named where nothing was.

        Args:
            model_arguments: Of `create_model`.
            arguments: Of `Transformer`.
            env: Variables of the jobs.
        """
        estimator = cast("EstimatorBase", self)
        has_trained, base = estimator.latest_training_job is not None, estimator.base_job_name
        if model_name is None or has_trained:
            base = base or base_name_from_image(estimator.training_image_uri())
        name = model_name or name_from_base(base or "")
        if has_trained:
            model = estimator.create_model(**model_arguments)
            model.name = name
            if role is not None:
                model.role = role
            model.create(arguments["instance_type"], tags=arguments["tags"])
            env = self._transform_env(model.env, env)
        else:
            logger.warning(
                "No finished training job found associated with this estimator. Please make sure this estimator is "
                "only used for building workflow config"
            )
            env = self._transform_env({}, env)
        from sagewright.transformer import Transformer

        return Transformer(
            name, env=env, base_transform_job_name=base, sagemaker_session=estimator.sagemaker_session, **arguments
        )

    def _transform_env(self, model: Mapping[str, str], given: Mapping[str, str] | None) -> Mapping[str, str] | None:
        """Return the variables of the jobs, of the model's and those given."""
        return given


class ScriptTransforming(Transforming):
    """The same of an estimator whose models serve with a script."""

    def transformer(  # type: ignore[override]  # v2's two more arguments stand in between
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
        model_server_workers: int | None = None,
        volume_kms_key: str | None = None,
        entry_point: str | None = None,
        vpc_config_override: Any = _OWN_VPC,
        enable_network_isolation: bool | None = None,
        model_name: str | None = None,
    ) -> Transformer:
        """Create a model of what was trained; return what runs transform jobs of it.

        Args:
            model_server_workers: Processes that answer; None: one for each CPU.
            entry_point: The script that serves; None: that which has trained.

        See `Estimator.transformer` for the others.
        """
        estimator = cast("EstimatorBase", self)
        arguments = {
            "instance_count": instance_count,
            "instance_type": instance_type,
            "strategy": strategy,
            "assemble_with": assemble_with,
            "output_path": output_path,
            "output_kms_key": output_kms_key,
            "accept": accept,
            "max_concurrent_transforms": max_concurrent_transforms,
            "max_payload": max_payload,
            "tags": format_tags(tags) or estimator.tags,
            "volume_kms_key": volume_kms_key,
        }
        model_arguments = {
            **self._transformed_model(vpc_config_override, enable_network_isolation),
            "role": role or estimator.role,
            "model_server_workers": model_server_workers,
            "entry_point": entry_point,
        }
        return self._transformer_of(model_name, None, model_arguments, arguments, env)

    def _transform_env(self, model: Mapping[str, str], given: Mapping[str, str] | None) -> Mapping[str, str] | None:
        return {**model, **(given or {})}
