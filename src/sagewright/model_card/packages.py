"""What a model card says of a model package."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.model_card.evaluation import EvaluationJob
from sagewright.model_card.evaluation_metric_parsers import EvaluationMetricTypeEnum
from sagewright.model_card.parts import Check, Part, list_of, one_of, part
from sagewright.model_card.schema_constraints import (
    ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE,
    SOURCE_ALGORITHMS_MAX_SIZE,
    ModelApprovalStatusEnum,
    ModelPackageStatusEnum,
)
from sagewright.model_card.training import TrainingDetails, raise_if_denied

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_TAKEN = {
    "ModelPackageName": "model_package_name",
    "ModelPackageGroupName": "model_package_group_name",
    "ModelPackageVersion": "model_package_version",
    "ModelPackageStatus": "model_package_status",
    "ModelApprovalStatus": "model_approval_status",
    "ModelPackageDescription": "model_package_description",
    "ApprovalDescription": "approval_description",
    "Domain": "domain",
    "Task": "task",
}


@suggests
class ModelPackageCreator(Part):
    """Who has made a package."""

    def __init__(self, user_profile_name: str | None = None) -> None:
        self.user_profile_name = user_profile_name


@suggests
class SourceAlgorithm(Part):
    """An algorithm, and what it has trained."""

    def __init__(self, algorithm_name: str, model_data_url: str | None = None) -> None:
        self.algorithm_name, self.model_data_url = algorithm_name, model_data_url


@suggests
class Container(Part):
    """An image, and its model's data."""

    def __init__(self, image: str, model_data_url: str | None = None, nearest_model_name: str | None = None) -> None:
        self.image, self.model_data_url, self.nearest_model_name = image, model_data_url, nearest_model_name


@suggests
class InferenceSpecification(Part):
    """The containers that answer, 15 at most."""

    CHECKS: ClassVar[Mapping[str, Check]] = {"containers": list_of(Container, ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE)}

    def __init__(self, containers: list[Container]) -> None:
        self.containers: Any = containers


def _metrics(name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"Please assign a {dict} to {name}")
    return value


@suggests
class ModelPackage(Part):
    """What a model card says of a model package; `ModelPackage.from_model_package_arn` asks the service."""

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "model_package_status": one_of(ModelPackageStatusEnum),
        "model_approval_status": one_of(ModelApprovalStatusEnum),
        "created_by": part(ModelPackageCreator),
        "source_algorithms": list_of(SourceAlgorithm, SOURCE_ALGORITHMS_MAX_SIZE),
        "inference_specification": part(InferenceSpecification),
        "model_metrics": _metrics,
    }
    NOT_SHOWN = frozenset({"model_metrics"})

    def __init__(
        self,
        model_package_arn: str | None = None,
        model_package_description: str | None = None,
        model_package_status: ModelPackageStatusEnum | str | None = None,
        approval_description: str | None = None,
        model_approval_status: ModelApprovalStatusEnum | str | None = None,
        model_package_group_name: str | None = None,
        model_package_name: str | None = None,
        model_package_version: int | None = None,
        domain: str | None = None,
        task: str | None = None,
        created_by: ModelPackageCreator | None = None,
        source_algorithms: list[SourceAlgorithm] | None = None,
        inference_specification: InferenceSpecification | None = None,
        model_metrics: dict[str, Any] | None = None,
    ) -> None:
        self.model_package_arn, self.model_package_description = model_package_arn, model_package_description
        self.model_package_status, self.model_approval_status = model_package_status, model_approval_status
        self.approval_description, self.model_package_group_name = approval_description, model_package_group_name
        self.model_package_name, self.model_package_version = model_package_name, model_package_version
        self.domain, self.task, self.created_by = domain, task, created_by
        self.source_algorithms = source_algorithms
        self.inference_specification = inference_specification
        self.model_metrics = model_metrics

    @classmethod
    def from_model_package_arn(cls, model_package_arn: str, sagemaker_session: Session | None = None) -> Self:
        """Return what the service knows of a package.

        Raises:
            ValueError: There is no such package, or a card tells of it already.
        """
        session = sagemaker_session or _session()
        package = cls.call_describe_model_package(model_package_arn, session)
        cards = cls.search_model_package_associated_model_cards(package["ModelPackageArn"], session)
        if cards:
            raise ValueError(f"The model package has already been associated with {cards} model cards.")
        return cls(
            model_package_arn=package["ModelPackageArn"],
            created_by=_creator(package.get("CreatedBy", {})),
            inference_specification=_specification(package.get("InferenceSpecification")),
            source_algorithms=_algorithms(package.get("SourceAlgorithmSpecification")),
            model_metrics=package.get("ModelMetrics"),
            **{name: package[member] for member, name in _TAKEN.items() if member in package},
        )

    @staticmethod
    def call_describe_model_package(model_package_name: str, sagemaker_session: Session | None = None) -> Document:
        """Return `DescribeModelPackage`'s answer.

        Raises:
            ValueError: There is no such package.
        """
        from botocore.exceptions import ClientError

        client = (sagemaker_session or _session()).sagemaker_client
        try:
            return dict(client.describe_model_package(ModelPackageName=model_package_name))
        except ClientError as error:
            if not error.response["Error"]["Message"].startswith("Could not find model package"):
                raise
            raise ValueError(
                f"Model package details for {model_package_name} could not be found. Make sure the model package name "
                "or ARN is valid."
            ) from None

    @staticmethod
    def search_model_package_associated_model_cards(
        model_package_arn: str, sagemaker_session: Session | None = None
    ) -> list[str]:
        """Return the names of the cards that tell of a package.

        Raises:
            ValueError: Searching is not allowed.
        """
        from botocore.exceptions import ClientError

        client = (sagemaker_session or _session()).sagemaker_client
        expression = {"Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": model_package_arn}]}
        try:
            found = client.search(Resource="ModelCard", SearchExpression=expression)
        except ClientError as error:
            raise_if_denied(error, "ModelCard")
            raise
        return [result["ModelCard"]["ModelCardName"] for result in found["Results"]]

    def discover_training_details(self, sagemaker_session: Session | None = None) -> TrainingDetails | None:
        """Return what is known of the job that has trained the package's model; None where there is not exactly one."""
        if not self.inference_specification:
            logger.info(
                "TrainingJobDetails auto-discovery was unsuccessful. No inference specification found for the given "
                "model package.Please create one from scratch with TrainingJobDetails or use from_training_job_name() "
                "instead."
            )
            return None
        places = [container.model_data_url for container in self.inference_specification.containers]
        artifacts = [place for place in places if place is not None]
        return TrainingDetails.from_model_s3_artifacts(artifacts, sagemaker_session)

    def discover_evaluation_details(self, sagemaker_session: Session | None = None) -> list[EvaluationJob]:
        """Return what was measured of the package's model, of the reports that it names."""
        if not self.model_metrics:
            logger.info(
                "Evaluation details auto-discovery was unsuccessful. ModelMetrics was not found in the given model "
                "package. Please create one from scratch with EvaluationJob."
            )
            return []
        session = (sagemaker_session or _session()).boto_session
        return [_evaluation(session, *report) for report in _reports(self.model_metrics)]

    def get_latest_model_card_name_from_model_package_group(self, session: Session | None = None) -> str | None:
        """Return the name of the card that was changed last of all that tell of packages of the same group."""
        if self.model_package_group_name is None:
            return None
        name = self.model_package_group_name
        found = (session or _session()).sagemaker_client.search(
            Resource="ModelCard",
            SearchExpression={"Filters": [{"Name": "ModelPackageGroupName", "Operator": "Equals", "Value": name}]},
            SortBy="LastModifiedTime",
            SortOrder="Descending",
        )
        cards = [result.get("ModelCard") for result in (found or {}).get("Results") or ()]
        return str(cards[0]["ModelCardName"]) if cards and cards[0] else None


def _creator(document: Mapping[str, Any]) -> ModelPackageCreator | None:
    name = document.get("UserProfileName")
    return None if name is None else ModelPackageCreator(name)


def _specification(document: Mapping[str, Any] | None) -> InferenceSpecification | None:
    if document is None:
        return None
    containers = [
        Container(container["Image"], container.get("ModelDataUrl"), container.get("NearestModelName"))
        for container in document["Containers"]
    ]
    return InferenceSpecification(containers)


def _algorithms(document: Mapping[str, Any] | None) -> list[SourceAlgorithm] | None:
    if document is None:
        return None
    return [SourceAlgorithm(one["AlgorithmName"], one.get("ModelDataUrl")) for one in document["SourceAlgorithms"]]


def _reports(metrics: Mapping[str, Any]) -> list[tuple[str, str, EvaluationMetricTypeEnum]]:
    """Return the reports that can be read: each one's title, place and kind."""
    kind = EvaluationMetricTypeEnum
    found = [(f"Bias {name}", report["S3Uri"], kind.CLARIFY_BIAS) for name, report in metrics.get("Bias", {}).items()]
    if report := metrics.get("Explainability", {}).get("Report"):
        found.append(("Explainability report", report["S3Uri"], kind.CLARIFY_EXPLAINABILITY))
    if report := metrics.get("ModelQuality", {}).get("Statistics"):
        found.append(("Model quality report", report["S3Uri"], kind.MODEL_MONITOR_MODEL_QUALITY))
    return found


def _evaluation(session: Any, title: str, uri: str, kind: EvaluationMetricTypeEnum) -> EvaluationJob:
    job = EvaluationJob(title)
    job.add_metric_group_from_s3(session, uri, kind)
    return job


def _session() -> Session:
    from sagewright.session import Session

    return Session()
