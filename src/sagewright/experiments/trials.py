"""What the service keeps runs as: trial components, grouped by trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from numbers import Number
from typing import TYPE_CHECKING, Any

from sagewright.experiments.records import Summary, made_or_loaded, pages
from sagewright.requests.documents import given

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]


class Trial:
    """A group of runs of an experiment.

    Args:
        trial_name: Its name.
    """

    def __init__(self, session: Session, trial_name: str) -> None:
        self.session, self.trial_name = session, trial_name

    @classmethod
    def load_or_create(
        cls, session: Session, experiment_name: str, trial_name: str, tags: Sequence[Document] | None
    ) -> Trial:
        """Return a new trial, or the one that there is.

        Raises:
            ValueError: It is another experiment's.
        """
        client = session.sagemaker_client
        request = given(TrialName=trial_name, ExperimentName=experiment_name, Tags=tags)
        found, is_old = made_or_loaded(
            lambda: client.create_trial(**request), lambda: client.describe_trial(TrialName=trial_name)
        )
        if is_old and found["ExperimentName"] != experiment_name:
            raise ValueError(
                f"The given experiment_name {experiment_name} does not match that in the loaded trial "
                f"{found['ExperimentName']}"
            )
        return cls(session, found["TrialName"] if is_old else trial_name)

    @classmethod
    def list(cls, session: Session, **conditions: Any) -> Iterator[Summary]:
        """Return all trials for which the conditions hold."""
        documents = pages(session.sagemaker_client.list_trials, "TrialSummaries", **conditions)
        return (Summary(document) for document in documents)

    def add(self, component: TrialComponent) -> None:
        """Let a run belong to the trial, if it does not yet."""
        client, name = self.session.sagemaker_client, component.name
        conditions = {"TrialComponentName": name, "Parents.TrialName": self.trial_name}
        filters = [{"Name": key, "Operator": "Equals", "Value": value} for key, value in conditions.items()]
        found = client.search(Resource="ExperimentTrialComponent", SearchExpression={"Filters": filters})
        if not found["Results"]:
            client.associate_trial_component(TrialName=self.trial_name, TrialComponentName=name)


class TrialComponent:
    """A run, as the service keeps it.

    Attributes:
        parameters, inputs, outputs: Values by name, and documents of artifacts by name.
        status: Its document; None: it has none yet.
    """

    def __init__(self, session: Session, name: str, display_name: str | None = None) -> None:
        self.session, self.name, self.display_name = session, name, display_name
        self.arn = ""
        self.parameters: dict[str, Any] = {}
        self.inputs: dict[str, Document] = {}
        self.outputs: dict[str, Document] = {}
        self.status: Document | None = None
        self.start_time: datetime | None = None
        self.end_time: datetime | None = None

    @classmethod
    def load_or_create(
        cls, session: Session, name: str, display_name: str | None, tags: Sequence[Document]
    ) -> tuple[TrialComponent, bool]:
        """Return a new component, or the one that there is; and whether there was one."""
        client, component = session.sagemaker_client, cls(session, name, display_name)
        request = given(TrialComponentName=name, DisplayName=display_name, Tags=tags)
        answer, is_old = made_or_loaded(
            lambda: client.create_trial_component(**request),
            lambda: client.describe_trial_component(TrialComponentName=name),
        )
        component._take(answer)
        return component, is_old

    @classmethod
    def list(cls, session: Session, **conditions: Any) -> Iterator[Summary]:
        """Return all components for which the conditions hold."""
        documents = pages(session.sagemaker_client.list_trial_components, "TrialComponentSummaries", **conditions)
        return (Summary(document) for document in documents)

    def save(self) -> None:
        """Store what has changed."""
        request = given(
            TrialComponentName=self.name,
            DisplayName=self.display_name,
            Status=self.status,
            StartTime=self.start_time,
            EndTime=self.end_time,
        )
        self.session.sagemaker_client.update_trial_component(
            **request,
            Parameters={name: _parameter(value) for name, value in self.parameters.items()},
            InputArtifacts=self.inputs,
            OutputArtifacts=self.outputs,
        )

    def delete(self, force_disassociate: bool = False) -> None:
        """Delete the component; with `force_disassociate` even if it belongs to trials."""
        client = self.session.sagemaker_client
        if force_disassociate:
            for trial in list(Trial.list(self.session, TrialComponentName=self.name)):
                client.disassociate_trial_component(TrialName=trial.trial_name, TrialComponentName=self.name)
        client.delete_trial_component(TrialComponentName=self.name)

    def _take(self, answer: Mapping[str, Any]) -> None:
        self.arn = answer.get("TrialComponentArn", self.arn)
        self.display_name = answer.get("DisplayName", self.display_name)
        self.status, self.start_time = answer.get("Status"), answer.get("StartTime")
        self.end_time = answer.get("EndTime")
        kept = answer.get("Parameters", {}).items()
        self.parameters = {name: value.get("NumberValue", value.get("StringValue")) for name, value in kept}
        self.inputs, self.outputs = dict(answer.get("InputArtifacts", {})), dict(answer.get("OutputArtifacts", {}))


def _parameter(value: Any) -> Document:
    return {"NumberValue": value} if isinstance(value, Number) else {"StringValue": str(value)}
