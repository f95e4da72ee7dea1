"""Model cards: what a model is, what it is for, how it was trained and evaluated (`contract.md` 6.6)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggests
from sagewright.model_card.evaluation import EvaluationJob
from sagewright.model_card.exporting import ModelCardExportJob
from sagewright.model_card.overview import AdditionalInformation, BusinessDetails, IntendedUses, ModelOverview
from sagewright.model_card.packages import ModelPackage
from sagewright.model_card.parts import Check, Checked, is_same, list_of, one_of, part, written
from sagewright.model_card.schema_constraints import ModelCardStatusEnum
from sagewright.model_card.training import TrainingDetails
from sagewright.vocabulary.names import unique_name_from_base

if TYPE_CHECKING:
    from datetime import datetime

    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_LOADED = {
    "ModelCardName": "name",
    "ModelCardArn": "arn",
    "ModelCardStatus": "status",
    "ModelCardVersion": "version",
    "CreationTime": "created_time",
    "CreatedBy": "created_by",
    "LastModifiedTime": "last_modified_time",
    "LastModifiedBy": "last_modified_by",
}
_CONTENT = (
    "model_overview",
    "intended_uses",
    "business_details",
    "training_details",
    "evaluation_details",
    "additional_information",
    "model_package_details",
)
_INHERITED = ("business_details", "intended_uses", "additional_information")


@suggests
class ModelCard(Checked):
    """A model card.

    Args:
        status: A `ModelCardStatusEnum`, or its value.
        model_overview, intended_uses, business_details, training_details, evaluation_details,
            additional_information: Its parts, or their documents.
        model_package_details: A package that it tells of; what is known of its training and evaluation is looked up.

    Example:
        >>> from sagewright.model_card import IntendedUses, ModelCard
        >>> card = ModelCard("prices", intended_uses=IntendedUses(purpose_of_model="prices of houses"))
        >>> card.status.value
        'Draft'
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "status": one_of(ModelCardStatusEnum),
        "model_overview": part(ModelOverview),
        "intended_uses": part(IntendedUses),
        "business_details": part(BusinessDetails),
        "training_details": part(TrainingDetails),
        "evaluation_details": list_of(EvaluationJob),
        "additional_information": part(AdditionalInformation),
        "_model_package_details": part(ModelPackage),
    }

    def __init__(
        self,
        name: str,
        status: ModelCardStatusEnum | str | None = ModelCardStatusEnum.DRAFT,
        arn: str | None = None,
        version: int | None = None,
        created_time: datetime | None = None,
        created_by: dict[str, Any] | None = None,
        last_modified_time: datetime | None = None,
        last_modified_by: dict[str, Any] | None = None,
        model_overview: ModelOverview | None = None,
        intended_uses: IntendedUses | None = None,
        business_details: BusinessDetails | None = None,
        training_details: TrainingDetails | None = None,
        evaluation_details: list[EvaluationJob] | None = None,
        additional_information: AdditionalInformation | None = None,
        sagemaker_session: Session | None = None,
        model_package_details: ModelPackage | None = None,
    ) -> None:
        self.sagemaker_session = sagemaker_session or _session()
        self.name, self.arn, self.version = name, arn, version
        self.status: Any = status
        self.created_time, self.created_by = created_time, created_by
        self.last_modified_time, self.last_modified_by = last_modified_time, last_modified_by
        self.model_overview, self.intended_uses = model_overview, intended_uses
        self.business_details, self.training_details = business_details, training_details
        self.evaluation_details: Any = evaluation_details
        self.additional_information = additional_information
        self.model_package_details = model_package_details

    def __repr__(self) -> str:
        return f"ModelCard(name={self.name!r}, status={self.status!r}, version={self.version!r})"

    @property
    def model_package_details(self) -> ModelPackage | None:
        """The package that it tells of."""
        return self._model_package_details

    @model_package_details.setter
    def model_package_details(self, value: Any) -> None:
        overview = self.model_overview
        if value is not None and overview is not None and overview.model_id:
            raise ValueError(
                f"The model card has already been associated with a model with model Id {overview.model_id}"
            )
        self._model_package_details: ModelPackage | None = value
        if self._model_package_details:
            self._look_up(self._model_package_details)

    def _look_up(self, package: ModelPackage) -> None:
        """Fill what is not said yet with what is known of a package, and of cards of the same group."""
        session = self.sagemaker_session
        if self.training_details is None:
            self.training_details = package.discover_training_details(session)
        elif self.training_details.training_job_details is None:
            found = package.discover_training_details(session)
            self.training_details.training_job_details = None if found is None else found.training_job_details
        else:
            logger.info(
                "Skipping training details auto discovery. Training details already exists for this model card."
            )
        if not self.evaluation_details:
            self.evaluation_details = package.discover_evaluation_details(session)
        latest = package.get_latest_model_card_name_from_model_package_group(session)
        if latest is not None:
            content = json.loads(session.sagemaker_client.describe_model_card(ModelCardName=latest)["Content"])
            for name in (name for name in _INHERITED if getattr(self, name) is None and name in content):
                setattr(self, name, content[name])

    def create(self) -> str:
        """Create the card; return its ARN.

        Raises:
            FileExistsError: It was created already.
        """
        if self.arn:
            raise FileExistsError(f"Model card {self.name} already exists with arn {self.arn}")
        logger.info("Creating model card with name: %s", self.name)
        client = self.sagemaker_session.sagemaker_client
        client.create_model_card(**self._create_request_args())
        made = client.describe_model_card(ModelCardName=self.name)
        self.created_time, self.last_modified_time = made["CreationTime"], made["LastModifiedTime"]
        self.version, self.arn = made["ModelCardVersion"], made["ModelCardArn"]
        return str(self.arn)

    # `Model.register` calls it under this name, which is v2's.
    def _create_request_args(self) -> Document:
        """Return the document of `CreateModelCard`."""
        parts = {name: getattr(self, name) for name in _CONTENT}
        content = {name: value for name, value in parts.items() if value}
        return {"ModelCardName": self.name, "ModelCardStatus": self.status, "Content": written(content)}

    @classmethod
    def load(cls, name: str, version: int | None = None, sagemaker_session: Session | None = None) -> Self:
        """Return a card that was created.

        Args:
            version: None: the latest.
        """
        session = sagemaker_session or _session()
        logger.info("Load model card: %s", name)
        wanted = {"ModelCardVersion": version} if version else {}
        found = session.sagemaker_client.describe_model_card(ModelCardName=name, **wanted)
        known = {argument: found[member] for member, argument in _LOADED.items() if member in found}
        return cls(sagemaker_session=session, **known, **json.loads(found["Content"]))

    def update(self, **kwargs: Any) -> Document:
        """Set attributes, and change the card where its status or its content is another than it was.

        Returns:
            The answers, as `status` and `content`.

        Raises:
            ValueError: It has not been created.
        """
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before update.")
        logger.info("Updating model card: %s", self.name)
        for name, value in kwargs.items():
            if hasattr(self, name):
                setattr(self, name, value)
            else:
                logger.warning("%s doesn't exist in model card.", name)
        client = self.sagemaker_session.sagemaker_client
        before, now = client.describe_model_card(ModelCardName=self.name), self._create_request_args()
        answers = {}
        if before["ModelCardStatus"] != now["ModelCardStatus"]:
            logger.info("Update model card status")
            status = now["ModelCardStatus"]
            answers["status"] = client.update_model_card(ModelCardName=self.name, ModelCardStatus=status)
        if not is_same(before["Content"], now["Content"]):
            logger.info("Update model card content")
            answers["content"] = client.update_model_card(ModelCardName=self.name, Content=now["Content"])
        return answers

    def delete(self) -> bool:
        """Delete the card."""
        logger.info("Deleting model card with name: %s", self.name)
        self.sagemaker_session.sagemaker_client.delete_model_card(ModelCardName=self.name)
        self.status = ModelCardStatusEnum.ARCHIVED
        return True

    def export_pdf(
        self, s3_output_path: str, export_job_name: str | None = None, model_card_version: int | None = None
    ) -> str | None:
        """Write the card as PDF; return where it lies, None where that has failed.

        Args:
            s3_output_path: Where it goes.
            export_job_name: None: the card's name, made unique.
            model_card_version: None: the card's own.
        """
        return ModelCardExportJob(
            export_job_name=export_job_name or unique_name_from_base(self.name),
            model_card_name=self.name,
            model_card_version=model_card_version or self.version,  # type: ignore[arg-type]  # of a card that is there
            sagemaker_session=self.sagemaker_session,
            s3_output_path=s3_output_path,
        ).create()

    def list_export_jobs(self, **kwargs: Any) -> Document:
        """Return a page of the card's exports; `**kwargs` are `ListModelCardExportJobs`' members."""
        return ModelCardExportJob.list_export_jobs(self.name, self.sagemaker_session, **kwargs)

    def get_version_history(self, **kwargs: Any) -> Sequence[Document]:
        """Return a page of the card's versions; `**kwargs` are `ListModelCardVersions`' members."""
        client = self.sagemaker_session.sagemaker_client
        versions: Sequence[Document] = client.list_model_card_versions(ModelCardName=self.name, **kwargs)[
            "ModelCardVersionSummaryList"
        ]
        return versions


@suggests
class ModelPackageModelCard:
    """The card of a model package, which it is a part of.

    Args:
        model_card_content: Its parts, by name.
        model_card_status: A `ModelCardStatusEnum`, or its value.
    """

    def __init__(
        self, model_card_content: Mapping[str, Any] | None = None, model_card_status: str | None = None
    ) -> None:
        self.model_card_content, self.model_card_status = model_card_content, model_card_status

    def __repr__(self) -> str:
        return f"ModelPackageModelCard(model_card_status={self.model_card_status!r})"

    def _create_request_args(self) -> Document:
        return {"ModelCardStatus": self.model_card_status, "Content": written(self.model_card_content)}


def _session() -> Session:
    from sagewright.session import Session

    return Session()
