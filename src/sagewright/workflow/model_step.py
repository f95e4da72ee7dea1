"""The steps that create or register a model (v2's own path)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.pipeline import PipelineModel
from sagewright.workflow.create_model_step import MODEL_STEP, CreateModelStep
from sagewright.workflow.pipeline_context import PipelineSession
from sagewright.workflow.register_model_step import RegisterModelStep
from sagewright.workflow.repacking_step import RepackModelStep
from sagewright.workflow.retry import SageMakerJobStepRetryPolicy
from sagewright.workflow.step_collection import StepCollection
from sagewright.workflow.utilities import validate_step_args_input

logger = logging.getLogger("sagemaker")

# Arguments of the job that packs which the model decides.
_OF_THE_MODEL = ("entry_point", "source_dir", "hyperparameters", "dependencies")


@suggests
class ModelStep(StepCollection):
    """Creates or registers a model; a step before it packs the model's code into an archive that the run makes.

    Args:
        name: Of the steps: `<name>-CreateModel`, `<name>-RegisterModel`, `<name>-RepackModel-<model or index>`.
        step_args: What `model.create()` or `model.register()` returns where the model has a `PipelineSession`.
        depends_on: Steps that have to end before.
        retry_policies: When the steps are tried again: a list for all of them, or a dict with lists for
            `create_model_retry_policies`, `register_model_retry_policies`, `repack_model_retry_policies`.
        repack_model_step_settings: Arguments of the `SKLearn` estimator that packs.

    Raises:
        TypeError: The arguments are none, or the model has another session.
        ValueError: They are another call's, or a step that is no job has a policy for jobs.
    """

    def __init__(
        self,
        name: str,
        step_args: Any,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Any = None,
        display_name: str | None = None,
        description: str | None = None,
        repack_model_step_settings: Mapping[str, Any] | None = None,
    ) -> None:
        _check_arguments(step_args)
        super().__init__(name, depends_on=depends_on)
        self.step_args, self.retry_policies = step_args, retry_policies
        self.display_name, self.description = display_name, description
        policies = _policies(retry_policies)
        self._settings = dict(repack_model_step_settings or {})
        if step_args.need_runtime_repack:
            self._add_packing(policies["repack"])
        elif self._settings:
            logger.warning(
                "Non-empty repack_model_step_settings is supplied but no repack model step is needed. Ignoring the "
                "repack_model_step_settings."
            )
        self._add_last(policies)

    def _add_last(self, policies: Mapping[str, Any]) -> None:
        shown: dict[str, Any] = {"display_name": self.display_name, "description": self.description}
        step: CreateModelStep | RegisterModelStep
        if self.step_args.create_model_package_request:
            request, name = self.step_args.create_model_package_request, f"{self.name}-RegisterModel"
            step = RegisterModelStep(name, request, retry_policies=policies["register"], **shown)
        else:
            request, name = self.step_args.create_model_request, f"{self.name}-CreateModel"
            with warnings.catch_warnings():  # the step is outdated for users, not for us
                warnings.simplefilter("ignore", DeprecationWarning)
                step = CreateModelStep(name, request, retry_policies=policies["create"], **shown)
        if not self.step_args.need_runtime_repack:
            step.add_depends_on(self.depends_on)
        self.steps.append(step)

    def _add_packing(self, policies: Any) -> None:
        for member in _OF_THE_MODEL:
            if self._settings.pop(member, None):
                logger.warning("The repack model step parameter - %s is not configurable. Ignoring it.", member)
        whole = self.step_args.model
        models = whole.models if isinstance(whole, PipelineModel) else [whole]
        network = self._network(whole)
        own = {
            name: self._settings.pop(name, None)
            for name in ("sagemaker_session", "role", "output_path", "output_kms_key")
        }
        for index, model in enumerate(models):
            if id(model) not in self.step_args.need_runtime_repack:
                continue
            step = RepackModelStep(
                name=f"{self.name}-RepackModel-{model.name or index}",
                sagemaker_session=own["sagemaker_session"] or whole.sagemaker_session or model.sagemaker_session,
                role=own["role"] or whole.role or model.role,
                model_data=model.model_data,
                entry_point=str(model.entry_point),
                source_dir=model.source_dir,
                dependencies=model.dependencies,
                description="Used to repack a model with customer scripts for a register/create model step",
                depends_on=self.depends_on,
                retry_policies=policies,
                output_path=own["output_path"] or self.step_args.runtime_repack_output_prefix,
                output_kms_key=own["output_kms_key"] or model.model_kms_key,
                **network,
                **self._settings,
            )
            self.steps.append(step)
            self._container(index)["ModelDataUrl"] = step.properties.ModelArtifacts.S3ModelArtifacts

    def _container(self, index: int) -> Any:
        """Return the container of a model in the request."""
        package, request = self.step_args.create_model_package_request, self.step_args.create_model_request
        if package:
            return package["InferenceSpecification"]["Containers"][index]
        return request["Containers"][index] if "Containers" in request else request["PrimaryContainer"]

    def _network(self, model: Any) -> dict[str, Any]:
        names = {"security_group_ids": "SecurityGroupIds", "subnets": "Subnets"}
        given = {name: self._settings.pop(name, None) for name in names}
        if any(given.values()) or not model.vpc_config:
            return given
        return {name: model.vpc_config.get(member) for name, member in names.items()}


def _check_arguments(step_args: Any) -> None:
    validate_step_args_input(
        step_args,
        {"create_model", "create_model_package_from_containers"},
        "The step_args of ModelStep must be obtained from model.create() or model.register(). For more, see: "
        f"{MODEL_STEP}",
    )
    if (step_args.create_model_request is None) == (step_args.create_model_package_request is None):
        raise ValueError(
            "Invalid step_args: either _register_model_args or _create_model_args should be provided. They are "
            "mutually exclusive. Please use the model's .create() or .register() method to generate the step_args "
            "under PipelineSession."
        )
    if not isinstance(step_args.model.sagemaker_session, PipelineSession):
        raise TypeError(
            "To correctly configure a ModelStep, the sagemaker_session of the model must be a PipelineSession object."
        )


def _policies(given: Any) -> dict[str, Any]:
    """Return the policies of the steps by what they do.

    Raises:
        ValueError: A step that is no job has a policy for jobs.
    """
    of_each = given if isinstance(given, dict) else {}
    default = None if isinstance(given, dict) else given
    kinds = ("create", "register", "repack")
    found = {kind: of_each.get(f"{kind}_model_retry_policies", default) for kind in kinds}
    for policy in [*(found["create"] or ()), *(found["register"] or ())]:
        if isinstance(policy, SageMakerJobStepRetryPolicy):
            raise ValueError(
                "SageMakerJobStepRetryPolicy is not allowed for a create/register model step. Please use "
                "StepRetryPolicy instead"
            )
    return found


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["ModelStep"])
