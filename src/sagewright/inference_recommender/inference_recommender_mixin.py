"""A model's machine, measured by Amazon's Inference Recommender (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.requests.recommendations import (
    ADVANCED,
    endpoint_configuration,
    resource_limit,
    stopping_conditions,
    traffic_pattern,
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.model import Model
    from sagewright.parameter import CategoricalParameter
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

# Frameworks under the names that the Inference Recommender knows.
INFERENCE_RECOMMENDER_FRAMEWORK_MAPPING = {
    "xgboost": "XGBOOST",
    "sklearn": "SAGEMAKER-SCIKIT-LEARN",
    "pytorch": "PYTORCH",
    "tensorflow": "TENSORFLOW",
    "mxnet": "MXNET",
}
_MACHINES = "instance_types"  # what a range of variables has the machines under


@suggests
class Phase:
    """A part of the load that a machine is measured under.

    Args:
        spawn_rate: Users that come in a minute.

    Example:
        >>> from sagewright.inference_recommender import Phase
        >>> Phase(duration_in_seconds=120, initial_number_of_users=1, spawn_rate=1).to_json
        {'DurationInSeconds': 120, 'InitialNumberOfUsers': 1, 'SpawnRate': 1}
    """

    def __init__(self, duration_in_seconds: int, initial_number_of_users: int, spawn_rate: int) -> None:
        self.to_json = {
            "DurationInSeconds": duration_in_seconds,
            "InitialNumberOfUsers": initial_number_of_users,
            "SpawnRate": spawn_rate,
        }

    def __repr__(self) -> str:
        return f"Phase({self.to_json})"


@suggests
class ModelLatencyThreshold:
    """How long the model may take to answer.

    Args:
        percentile: Of the answers that are so quick: `P95`.

    Example:
        >>> from sagewright.inference_recommender import ModelLatencyThreshold
        >>> ModelLatencyThreshold(percentile="P95", value_in_milliseconds=100).to_json
        {'Percentile': 'P95', 'ValueInMilliseconds': 100}
    """

    def __init__(self, percentile: str, value_in_milliseconds: int) -> None:
        self.to_json = {"Percentile": percentile, "ValueInMilliseconds": value_in_milliseconds}

    def __repr__(self) -> str:
        return f"ModelLatencyThreshold({self.to_json})"


@suggests
class InferenceRecommenderMixin:
    """The part of a model that has machines measured for it.

    Attributes:
        inference_recommender_job_results: The description of the last job of `right_size`; None: there was none.
        inference_recommendations: What it recommends.
    """

    inference_recommender_job_results: Document | None = None
    inference_recommendations: list[Document] | None = None

    def right_size(
        self,
        sample_payload_url: str | None = None,
        supported_content_types: list[str] | None = None,
        supported_instance_types: list[str] | None = None,
        job_name: str | None = None,
        framework: str | None = None,
        job_duration_in_seconds: int | None = None,
        hyperparameter_ranges: list[dict[str, CategoricalParameter]] | None = None,
        phases: list[Phase] | None = None,
        traffic_type: str | None = None,
        max_invocations: int | None = None,
        model_latency_thresholds: list[ModelLatencyThreshold] | None = None,
        max_tests: int | None = None,
        max_parallel_tests: int | None = None,
        log_level: str | None = "Verbose",
    ) -> Self:
        """Have machines measured, and wait for what is recommended; on the target `aws` only, as the machines are.

        The model is created where it is none of a registry. `deploy()` without machines takes a recommended one then.

        Args:
            sample_payload_url: The archive of sample requests in S3.
            supported_content_types: Of the samples.
            supported_instance_types: The machines that come into question; None: the service chooses.
            job_name: None: one that is unique.
            framework: Of the image; None: that of the model.
            hyperparameter_ranges: The machines under `instance_types`, and variables of which values are tried:
                `{"instance_types": CategoricalParameter([...]), "OMP_NUM_THREADS": CategoricalParameter(["1", "2"])}`.
            phases, traffic_type: The load; None: `PHASES`.
            max_invocations, model_latency_thresholds: When a machine has been measured: invocations a minute, and
                latencies.
            max_tests, max_parallel_tests: How many endpoints are made, and how many at once.
            log_level: `Verbose` prints the job's log, `Quiet` a character for each look.

        Returns:
            The model.

        Raises:
            ValueError: A range names no machines, the level is none of the two, or the model has no role.
            UnexpectedStatusException: The job has failed.
        """
        from sagewright.session_recommendations import check_level

        check_level(log_level)
        model = cast("Model", self)
        configurations = [one for each in hyperparameter_ranges or () for one in _configurations(each)]
        advanced: Document = {
            "endpoint_configurations": configurations,
            "traffic_pattern": traffic_pattern([one.to_json for one in phases], traffic_type) if phases else None,
            "stopping_conditions": stopping_conditions(
                max_invocations, [one.to_json for one in model_latency_thresholds or ()]
            ),
            "resource_limit": resource_limit(max_tests, max_parallel_tests),
        }
        advanced = {name: value for name, value in advanced.items() if value}
        job_type = ADVANCED if advanced else "Default"
        told = "were" if advanced else "were not"
        logger.info("Advanced Job parameters %s specified. Running %s job...", told, job_type)
        own = INFERENCE_RECOMMENDER_FRAMEWORK_MAPPING.get(getattr(self, "_framework_name", None) or "")
        session = model._take_defaults(None)
        if model.role is None:
            raise ValueError("Role can not be null for measuring a model\nhint: give the model its `role`.")
        if not hasattr(self, "model_package_arn"):  # a registry's model is measured as its package says
            _create(model, session)
        name = session.create_inference_recommendations_job(
            role=session.expand_role(model.role),
            job_name=job_name,
            job_type=job_type,
            job_duration_in_seconds=job_duration_in_seconds,
            model_name=model.name,
            model_package_version_arn=getattr(self, "model_package_arn", None),
            framework=framework or own,
            framework_version=getattr(self, "framework_version", None),
            sample_payload_url=sample_payload_url,
            supported_content_types=supported_content_types,
            supported_instance_types=supported_instance_types,
            **advanced,
        )
        job = session.wait_for_inference_recommendations_job(name, log_level=str(log_level))
        self.inference_recommender_job_results = job
        self.inference_recommendations = job.get("InferenceRecommendations")
        return self


def _configurations(ranges: Mapping[str, CategoricalParameter]) -> list[Document]:
    """Return the machines of a range, each with the variables that are tried on it.

    Raises:
        ValueError: There are none.
    """
    machines = ranges.get(_MACHINES)
    if not machines:
        raise ValueError(
            f"instance_type must be defined as a hyperparameter_range\nhint: {_MACHINES!r}: CategoricalParameter([...])"
        )
    variables = {name: one.values for name, one in ranges.items() if name != _MACHINES}
    return [endpoint_configuration(machine, variables) for machine in machines.values]


def _create(model: Model, session: Session) -> None:
    """Create a model; its name stays where it has one."""
    model._upload_model_data(session)
    container = model.prepare_container_def()
    if model.name is None:
        model._name_after(container["Image"])
    assert model.name is not None
    isolated = model.enable_network_isolation()
    session.create_model(model.name, model.role, container, model.vpc_config, isolated)
