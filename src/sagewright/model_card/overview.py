"""What a model is, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.model_card.parts import Check, Part, list_of, one_of, part
from sagewright.model_card.schema_constraints import (
    ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE,
    MODEL_ARTIFACT_MAX_SIZE,
    RiskRatingEnum,
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session


@suggests
class Environment(Part):
    """The images that a model trains or answers in, 15 at most."""

    CHECKS: ClassVar[Mapping[str, Check]] = {"container_image": list_of(str, ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE)}

    def __init__(self, container_image: list[str]) -> None:
        self.container_image = container_image


@suggests
class ModelOverview(Part):
    """What a model is.

    Args:
        model_id: The ARN of a model.
        model_artifact: Where its data lies, 15 places at most.
        inference_environment: The images that it answers in.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "model_artifact": list_of(str, MODEL_ARTIFACT_MAX_SIZE),
        "inference_environment": part(Environment),
    }

    def __init__(
        self,
        model_id: str | None = None,
        model_name: str | None = None,
        model_description: str | None = None,
        model_version: float | None = None,
        problem_type: str | None = None,
        algorithm_type: str | None = None,
        model_creator: str | None = None,
        model_owner: str | None = None,
        model_artifact: list[str] | None = None,
        inference_environment: Environment | None = None,
    ) -> None:
        self.model_id, self.model_name, self.model_description = model_id, model_name, model_description
        self.model_version, self.problem_type, self.algorithm_type = model_version, problem_type, algorithm_type
        self.model_creator, self.model_owner = model_creator, model_owner
        self.model_artifact = model_artifact
        self.inference_environment = inference_environment

    @classmethod
    def from_model_name(cls, model_name: str, sagemaker_session: Session | None = None, **kwargs: Any) -> Self:
        """Return what the service knows of a model.

        Args:
            **kwargs: What else is to be said of it.

        Raises:
            ValueError: There is no such model, or a card tells of it already.
        """
        session = sagemaker_session or _session()
        model = _described(session, model_name)
        cards = _cards_of(session, model["ModelArn"])
        if cards:
            raise ValueError(f"The model has been associated with {cards} model cards.")
        primary = model.get("PrimaryContainer", {})
        containers = model.get("Containers") or ([primary] if "ModelDataUrl" in primary else [])
        images = [container["Image"] for container in (model.get("Containers") or [primary])]
        known = {
            "model_name": model_name,
            "model_id": model["ModelArn"],
            "inference_environment": Environment(container_image=images),
            "model_artifact": [container["ModelDataUrl"] for container in containers],
        }
        return cls(**{**kwargs, **known})


@suggests
class IntendedUses(Part):
    """What a model is for, and what it is not.

    Args:
        risk_rating: A `RiskRatingEnum`, or its value.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {"risk_rating": one_of(RiskRatingEnum)}

    def __init__(
        self,
        purpose_of_model: str | None = None,
        intended_uses: str | None = None,
        factors_affecting_model_efficiency: str | None = None,
        risk_rating: RiskRatingEnum | str | None = RiskRatingEnum.UNKNOWN,
        explanations_for_risk_rating: str | None = None,
    ) -> None:
        self.purpose_of_model, self.intended_uses = purpose_of_model, intended_uses
        self.factors_affecting_model_efficiency = factors_affecting_model_efficiency
        self.risk_rating = risk_rating
        self.explanations_for_risk_rating = explanations_for_risk_rating


@suggests
class BusinessDetails(Part):
    """Whom a model serves."""

    def __init__(
        self,
        business_problem: str | None = None,
        business_stakeholders: str | None = None,
        line_of_business: str | None = None,
    ) -> None:
        self.business_problem, self.business_stakeholders = business_problem, business_stakeholders
        self.line_of_business = line_of_business


@suggests
class AdditionalInformation(Part):
    """What else there is to say.

    Args:
        custom_details: Anything, by name.
    """

    def __init__(
        self,
        ethical_considerations: str | None = None,
        caveats_and_recommendations: str | None = None,
        custom_details: dict[str, Any] | None = None,
    ) -> None:
        self.ethical_considerations = ethical_considerations
        self.caveats_and_recommendations = caveats_and_recommendations
        self.custom_details = custom_details


def _described(session: Session, name: str) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        return dict(session.sagemaker_client.describe_model(ModelName=name))
    except ClientError as error:
        if not error.response["Error"]["Message"].startswith("Could not find model"):
            raise
        raise ValueError(
            f"Model details for model {name} could not be found. Make sure the model name is valid."
        ) from None


def _cards_of(session: Session, model_id: str) -> list[str]:
    expression = {"Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": model_id}]}
    found = session.sagemaker_client.search(Resource="ModelCard", SearchExpression=expression)
    return [result["ModelCard"]["ModelCardName"] for result in found["Results"]]


def _session() -> Session:
    from sagewright.session import Session

    return Session()
