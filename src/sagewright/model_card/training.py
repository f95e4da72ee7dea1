"""How a model was trained."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.model_card.overview import Environment, ModelOverview
from sagewright.model_card.parts import Check, Part, list_of, one_of, part
from sagewright.model_card.schema_constraints import (
    HYPER_PARAMETERS_MAX_SIZE,
    TRAINING_DATASETS_MAX_SIZE,
    TRAINING_METRICS_MAX_SIZE,
    USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE,
    USER_PROVIDED_TRAINING_METRICS_MAX_SIZE,
    FacetEnum,
    ObjectiveFunctionEnum,
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class Function(Part):
    """An objective.

    Args:
        function: An `ObjectiveFunctionEnum`, or its value.
        facet: A `FacetEnum`, or its value.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {"function": one_of(ObjectiveFunctionEnum), "facet": one_of(FacetEnum)}

    def __init__(
        self,
        function: ObjectiveFunctionEnum | str | None = None,
        facet: FacetEnum | str | None = None,
        condition: str | None = None,
    ) -> None:
        self.function, self.facet, self.condition = function, facet, condition


@suggests
class ObjectiveFunction(Part):
    """The objective of training, with notes."""

    CHECKS: ClassVar[Mapping[str, Check]] = {"function": part(Function)}

    def __init__(self, function: Function, notes: str | None = None) -> None:
        self.function, self.notes = function, notes


@suggests
class TrainingMetric(Part):
    """What a training job has measured."""

    def __init__(self, name: str, value: float, notes: str | None = None) -> None:
        self.name, self.value, self.notes = name, value, notes


@suggests
class HyperParameter(Part):
    """A hyperparameter of a training job."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value


@suggests
class TrainingJobDetails(Part):
    """What is known of a training job."""

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "training_datasets": list_of(str, TRAINING_DATASETS_MAX_SIZE),
        "training_environment": part(Environment),
        "training_metrics": list_of(TrainingMetric, TRAINING_METRICS_MAX_SIZE),
        "user_provided_training_metrics": list_of(TrainingMetric, USER_PROVIDED_TRAINING_METRICS_MAX_SIZE),
        "hyper_parameters": list_of(HyperParameter, HYPER_PARAMETERS_MAX_SIZE),
        "user_provided_hyper_parameters": list_of(HyperParameter, USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE),
    }

    def __init__(
        self,
        training_arn: str | None = None,
        training_datasets: list[str] | None = None,
        training_environment: Environment | None = None,
        training_metrics: list[TrainingMetric] | None = None,
        user_provided_training_metrics: list[TrainingMetric] | None = None,
        hyper_parameters: list[HyperParameter] | None = None,
        user_provided_hyper_parameters: list[HyperParameter] | None = None,
    ) -> None:
        self.training_arn, self.training_datasets = training_arn, training_datasets
        self.training_environment = training_environment
        self.training_metrics = training_metrics
        self.user_provided_training_metrics: Any = user_provided_training_metrics
        self.hyper_parameters = hyper_parameters
        self.user_provided_hyper_parameters: Any = user_provided_hyper_parameters


@suggests
class TrainingDetails(Part):
    """How a model was trained."""

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "objective_function": part(ObjectiveFunction),
        "training_job_details": part(TrainingJobDetails),
    }

    def __init__(
        self,
        objective_function: ObjectiveFunction | None = None,
        training_observations: str | None = None,
        training_job_details: TrainingJobDetails | None = None,
    ) -> None:
        self.objective_function, self.training_observations = objective_function, training_observations
        self.training_job_details = training_job_details

    @classmethod
    def from_model_overview(
        cls, model_overview: ModelOverview, sagemaker_session: Session | None = None, **kwargs: Any
    ) -> Self | None:
        """Return what is known of the job that has trained a model; None where there is not exactly one."""
        return cls.from_model_s3_artifacts(model_overview.model_artifact or [], sagemaker_session, **kwargs)

    @classmethod
    def from_model_s3_artifacts(
        cls, model_artifacts: Sequence[str], sagemaker_session: Session | None = None, **kwargs: Any
    ) -> Self | None:
        """Return what is known of the job that has left an archive; None where there is not exactly one.

        Args:
            model_artifacts: One S3 URI.
            **kwargs: What else is to be said of the training.
        """
        return cls._of_job(cls.discover_training_job_details(model_artifacts, sagemaker_session), kwargs)

    @classmethod
    def from_training_job_name(
        cls, training_job_name: str, sagemaker_session: Session | None = None, **kwargs: Any
    ) -> Self | None:
        """Return what is known of a training job.

        Raises:
            ValueError: There is none of that name.
        """
        from botocore.exceptions import ClientError

        session = sagemaker_session or _session()
        try:
            job = session.sagemaker_client.describe_training_job(TrainingJobName=training_job_name)
        except ClientError as error:
            if error.response["Error"]["Message"] != "Requested resource not found.":
                raise
            raise ValueError(
                "Training job details could not be found. Make sure the training job name is valid."
            ) from None
        return cls._of_job(job, kwargs)

    @staticmethod
    def discover_training_job_details(
        model_artifacts: Sequence[str], sagemaker_session: Session | None = None
    ) -> Document | None:
        """Return the description of the job that has left an archive; None where there is not exactly one."""
        if len(model_artifacts) == 1:
            return TrainingDetails.call_search_training_job(model_artifacts[0], sagemaker_session)
        if model_artifacts:
            logger.warning(
                "TrainingJobDetails auto-discovery failed. There are %s associated training jobs. Further "
                "clarification is required. You could use TrainingDetails.training_job_name after which training job "
                "to use is decided.",
                len(model_artifacts),
            )
        else:
            logger.warning(
                "TrainingJobDetails auto-discovery failed. No associated training job. Please create one from scratch "
                "with TrainingJobDetails or use from_training_job_name() instead."
            )
        return None

    @staticmethod
    def call_search_training_job(model_data_url: str, sagemaker_session: Session | None = None) -> Document | None:
        """Return the description of the job that has left an archive; None where there is not exactly one.

        Raises:
            ValueError: Searching is not allowed.
        """
        from botocore.exceptions import ClientError

        session = sagemaker_session or _session()
        name = "ModelArtifacts.S3ModelArtifacts"
        expression = {"Filters": [{"Name": name, "Operator": "Equals", "Value": model_data_url}]}
        try:
            found = session.sagemaker_client.search(Resource="TrainingJob", SearchExpression=expression)["Results"]
        except ClientError as error:
            raise_if_denied(error, "TrainingJob")
            raise
        return dict(found[0]["TrainingJob"]) if len(found) == 1 else None

    @classmethod
    def _of_job(cls, job: Document | None, arguments: Document) -> Self | None:
        if not job:
            return None
        metrics = [
            TrainingMetric(metric["MetricName"], metric["Value"]) for metric in job.get("FinalMetricDataList", ())
        ]
        details = TrainingJobDetails(
            training_arn=job["TrainingJobArn"],
            training_environment=Environment([job["AlgorithmSpecification"]["TrainingImage"]]),
            training_metrics=metrics,
            hyper_parameters=[HyperParameter(name, value) for name, value in job.get("HyperParameters", {}).items()],
        )
        return cls(**{**arguments, "training_job_details": details})

    def add_metric(self, metric: TrainingMetric) -> None:
        """Add something that was measured."""
        self._details().user_provided_training_metrics.append(metric)

    def add_parameter(self, parameter: HyperParameter) -> None:
        """Add a hyperparameter."""
        self._details().user_provided_hyper_parameters.append(parameter)

    def _details(self) -> TrainingJobDetails:
        if not self.training_job_details:
            self.training_job_details = TrainingJobDetails()
        return self.training_job_details


def raise_if_denied(error: Any, resource: str) -> None:
    """Say what to do where a search is not allowed.

    Raises:
        ValueError: It is not.
    """
    if error.response["Error"]["Code"] == "AccessDeniedException":
        raise ValueError(
            f"Received AccessDeniedException while calling SageMaker Search operation on resource {resource}. This "
            "could mean the IAM role does not have the resource permissions, in which case please add resource access "
            "and retry. For cases where the role has tag based resource policy, continuing to wait for tag "
            "propagation.."
        )


def _session() -> Session:
    from sagewright.session import Session

    return Session()
