"""Experiments: groups of runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.experiments.records import Record, Summary, made_or_loaded
from sagewright.experiments.trials import Trial, TrialComponent
from sagewright.requests.documents import given
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session


@suggests
class Experiment(Record):
    """An experiment: a group of runs.

    Attributes:
        experiment_name, experiment_arn, display_name, description, tags: What the service knows of it.
    """

    experiment_name: Any = None
    experiment_arn: str | None = None
    display_name: str | None = None
    description: str | None = None
    tags: Any = None

    @classmethod
    def create(
        cls,
        experiment_name: str,
        display_name: str | None = None,
        description: str | None = None,
        tags: Tags = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Make an experiment.

        Raises:
            botocore.exceptions.ClientError: There is one of this name.
        """
        tags = format_tags(tags)
        made = cls(
            sagemaker_session,
            experiment_name=experiment_name,
            display_name=display_name,
            description=description,
            tags=tags,
        )
        request = given(ExperimentName=experiment_name, DisplayName=display_name, Description=description, Tags=tags)
        return made.with_boto(made._client.create_experiment(**request))

    @classmethod
    def load(cls, experiment_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return an experiment that there is."""
        found = cls(sagemaker_session, experiment_name=experiment_name)
        return found.with_boto(found._client.describe_experiment(ExperimentName=experiment_name))

    @classmethod
    def _load_or_create(
        cls,
        experiment_name: str,
        display_name: str | None = None,
        description: str | None = None,
        tags: Tags = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        found: Self = made_or_loaded(
            lambda: cls.create(experiment_name, display_name, description, tags, sagemaker_session),
            lambda: cls.load(experiment_name, sagemaker_session),
        )[0]
        return found

    def save(self) -> Self:
        """Store the name to be shown and the description."""
        request = given(
            ExperimentName=self.experiment_name, DisplayName=self.display_name, Description=self.description
        )
        return self.with_boto(self._client.update_experiment(**request))

    def delete(self) -> Self:
        """Delete the experiment, which has to be empty."""
        return self.with_boto(self._client.delete_experiment(ExperimentName=self.experiment_name))

    def list_trials(
        self,
        created_before: datetime | None = None,
        created_after: datetime | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
    ) -> Iterator[Summary]:
        """Return the trials: groups of runs, one for each experiment where runs are used."""
        return Trial.list(
            self.sagemaker_session,
            ExperimentName=self.experiment_name,
            CreatedBefore=created_before,
            CreatedAfter=created_after,
            SortBy=sort_by,
            SortOrder=sort_order,
        )

    def _delete_all(self, action: str) -> None:
        """Delete the experiment and all that is in it; `action` has to be `--force`."""
        if action != "--force":
            raise ValueError(
                "Must confirm with string '--force' in order to delete the experiment and associated trials, trial "
                "components."
            )
        session = self.sagemaker_session
        for trial in self.list_trials():
            components = TrialComponent.list(session, TrialName=trial.trial_name)
            for component in components:
                TrialComponent(session, component.trial_component_name).delete(force_disassociate=True)
            session.sagemaker_client.delete_trial(TrialName=trial.trial_name)
        self.delete()
