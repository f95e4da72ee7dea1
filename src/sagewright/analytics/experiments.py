"""The trial components of an experiment as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sagewright.analytics.table import AnalyticsMetricsBase, pages
from sagewright.api_object import session_or_new
from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_STATISTICS = ("Min", "Max", "Avg", "StdDev", "Last", "Count")


@suggests
class ExperimentAnalytics(AnalyticsMetricsBase):
    """Fetches the trial components of an experiment: parameters, metrics and artifacts, a row for each.

    Args:
        experiment_name: The experiment; None: all that `search_expression` finds.
        search_expression: As of `Search`; the experiment is one more of its filters.
        sort_by, sort_order: The property to sort by, `Ascending` or `Descending`.
        metric_names, parameter_names, input_artifact_names, output_artifact_names: Only these columns; None: all.

    Raises:
        ValueError: Neither an experiment nor an expression is given.
    """

    MAX_TRIAL_COMPONENTS = 10000

    def __init__(
        self,
        experiment_name: str | None = None,
        search_expression: Mapping[str, Any] | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        metric_names: Sequence[str] | None = None,
        parameter_names: Sequence[str] | None = None,
        sagemaker_session: Session | None = None,
        input_artifact_names: Sequence[str] | None = None,
        output_artifact_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        if not experiment_name and not search_expression:
            raise ValueError("Either experiment_name or search_expression must be supplied.")
        self._session = session_or_new(sagemaker_session)
        self._experiment_name, self._search_expression = experiment_name, search_expression
        self._sort_by, self._sort_order = sort_by, sort_order
        self._metric_names, self._parameter_names = metric_names, parameter_names
        self._input_artifact_names, self._output_artifact_names = input_artifact_names, output_artifact_names

    def __repr__(self) -> str:
        return f"<sagemaker.ExperimentAnalytics for {self.name}>"

    @property
    def name(self) -> str | None:
        """The experiment's name."""
        return self._experiment_name

    def _fetch_dataframe(self) -> Any:
        import pandas as pd

        return pd.DataFrame([self._row(component) for component in self._trial_components()])

    def _trial_components(self) -> list[Document]:
        ordered = {"SortBy": self._sort_by, "SortOrder": self._sort_order}
        request = {
            "Resource": "ExperimentTrialComponent",
            "SearchExpression": self._expression(),
            **{name: value for name, value in ordered.items() if value},
        }
        found = pages(self._session.sagemaker_client.search, "Results", request)
        return [result["TrialComponent"] for result in islice(found, self.MAX_TRIAL_COMPONENTS)]

    def _expression(self) -> Document:
        expression = dict(self._search_expression or {})
        if self._experiment_name:
            own = {"Name": "Parents.ExperimentName", "Operator": "Equals", "Value": self._experiment_name}
            expression["Filters"] = [*(expression.get("Filters") or ()), own]
        return expression

    def _row(self, component: Document) -> Document:
        parents = component.get("Parents", ())
        source = component.get("Source")
        return {
            "TrialComponentName": component.get("TrialComponentName", ""),
            "DisplayName": component.get("DisplayName", ""),
            **({"SourceArn": source["SourceArn"]} if source else {}),
            **_parameters(component.get("Parameters") or {}, self._parameter_names),
            **_metrics(component.get("Metrics") or (), self._metric_names),
            **_artifacts(component.get("InputArtifacts") or {}, self._input_artifact_names),
            **_artifacts(component.get("OutputArtifacts") or {}, self._output_artifact_names),
            "Trials": [parent["TrialName"] for parent in parents],
            "Experiments": [parent["ExperimentName"] for parent in parents],
        }


def _wanted(named: Mapping[str, Document], names: Sequence[str] | None) -> list[tuple[str, Document]]:
    return [(name, value) for name, value in sorted(named.items()) if not names or name in names]


def _parameters(parameters: Mapping[str, Document], names: Sequence[str] | None) -> Document:
    return {name: value.get("NumberValue", value.get("StringValue")) for name, value in _wanted(parameters, names)}


def _metrics(metrics: Sequence[Document], names: Sequence[str] | None) -> Document:
    return {
        f"{summary['MetricName']} - {statistic}": summary[statistic]
        for summary in metrics
        for statistic in _STATISTICS
        if (not names or summary["MetricName"] in names) and summary.get(statistic) is not None
    }


def _artifacts(artifacts: Mapping[str, Document], names: Sequence[str] | None) -> Document:
    return {
        f"{name} - {member}": value.get(member)
        for name, value in _wanted(artifacts, names)
        for member in ("MediaType", "Value")
    }
