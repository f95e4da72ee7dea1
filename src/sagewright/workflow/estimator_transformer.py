"""Steps that create a model of what an estimator trains, and run a transform job of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.model import Model
from sagewright.predictor import Predictor
from sagewright.transformer import Transformer
from sagewright.utils import format_tags
from sagewright.workflow.base_step import Step
from sagewright.workflow.create_model_step import CreateModelStep
from sagewright.workflow.repacking_step import RepackModelStep
from sagewright.workflow.step_collection import StepCollection
from sagewright.workflow.transform_step import TransformStep

if TYPE_CHECKING:
    from sagewright.estimator import EstimatorBase
    from sagewright.inputs import CreateModelInput, TransformInput
    from sagewright.workflow.retry import RetryPolicy

_OF_THE_MODEL = ("env", "name", "enable_network_isolation", "model_kms_key", "image_config")


class EstimatorTransformer(StepCollection):
    """Creates a model of what an estimator trains, and runs a transform job of it.

    Args:
        name: Of the steps: `<name>CreateModelStep`, `<name>TransformStep`, `<name>RepackModel`.
        estimator, model_data: What has trained, and what it left.
        model_inputs: What the model is made for.
        transform_inputs: The data.
        entry_point, source_dir, dependencies: Code that is packed into the archive, among `**kwargs`; others go to the
            `Model`.
        depends_on: Steps that have to end before.

    See `Transformer` for the others.
    """

    def __init__(
        self,
        name: str,
        estimator: EstimatorBase,
        model_data: Any,
        model_inputs: CreateModelInput | None,
        instance_count: Any,
        instance_type: Any,
        transform_inputs: TransformInput,
        description: str | None = None,
        display_name: str | None = None,
        image_uri: Any = None,
        predictor_cls: Any = None,
        env: Any = None,
        strategy: Any = None,
        assemble_with: Any = None,
        output_path: Any = None,
        output_kms_key: Any = None,
        accept: Any = None,
        max_concurrent_transforms: Any = None,
        max_payload: Any = None,
        tags: Any = None,
        volume_kms_key: Any = None,
        depends_on: Sequence[Any] | None = None,
        repack_model_step_retry_policies: Sequence[RetryPolicy] | None = None,
        model_step_retry_policies: Sequence[RetryPolicy] | None = None,
        transform_step_retry_policies: Sequence[RetryPolicy] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, depends_on=depends_on)
        shown: dict[str, Any] = {"description": description, "display_name": display_name}
        session, tags = estimator.sagemaker_session, format_tags(tags)
        steps: list[Step] = []
        if "entry_point" in kwargs:
            packs = RepackModelStep(
                f"{name}RepackModel",
                session,
                estimator.role,
                model_data,
                kwargs["entry_point"],
                source_dir=kwargs.get("source_dir"),
                dependencies=kwargs.get("dependencies"),
                depends_on=depends_on,
                retry_policies=repack_model_step_retry_policies,
                subnets=estimator.subnets,
                security_group_ids=estimator.security_group_ids,
                tags=tags,
                output_kms_key=estimator.output_kms_key,
                **shown,
            )
            steps, model_data = [packs], packs.properties.ModelArtifacts.S3ModelArtifacts
        of_model: dict[str, Any] = {member: kwargs.get(member) for member in _OF_THE_MODEL}
        model = Model(
            image_uri or estimator.training_image_uri(),
            model_data,
            estimator.role,
            predictor_cls=predictor_cls or Predictor,
            sagemaker_session=session,
            **of_model,
        )
        with warnings.catch_warnings():  # of steps that are outdated for users, not for us
            warnings.simplefilter("ignore", DeprecationWarning)
            creates = CreateModelStep(
                f"{name}CreateModelStep",
                model=model,
                inputs=model_inputs,
                retry_policies=model_step_retry_policies,
                **shown,
            )
            if not steps:
                creates.add_depends_on(depends_on)
            transformer = Transformer(
                creates.properties.ModelName,
                instance_count,
                instance_type,
                strategy=strategy,
                assemble_with=assemble_with,
                output_path=output_path,
                output_kms_key=output_kms_key,
                accept=accept,
                max_concurrent_transforms=max_concurrent_transforms,
                max_payload=max_payload,
                env=env,
                tags=tags,
                base_transform_job_name=name,
                volume_kms_key=volume_kms_key,
                sagemaker_session=session,
            )
            transforms = TransformStep(
                f"{name}TransformStep",
                transformer=transformer,
                inputs=transform_inputs,
                retry_policies=transform_step_retry_policies,
                **shown,
            )
        self.steps = [*steps, creates, transforms]
