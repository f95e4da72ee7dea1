"""What Clarify and the model monitor report, as metrics of a model card (v2's own path)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from sagewright.arguments import shows
from sagewright.model_card.schema_constraints import PYTHON_TYPE_TO_METRIC_VALUE_TYPE

Document = dict[str, Any]
Report = Mapping[str, Any]


class EvaluationMetricTypeEnum(str, Enum):
    """What has written a report."""

    MODEL_CARD_METRIC_SCHEMA = "Model Card Metric Schema"
    CLARIFY_BIAS = "Clarify Bias"
    CLARIFY_EXPLAINABILITY = "Clarify Explainability"
    MODEL_MONITOR_MODEL_QUALITY = "Model Monitor Model Quality"
    REGRESSION = "Model Monitor Model Quality Regression"
    BINARY_CLASSIFICATION = "Model Monitor Model Quality Binary Classification"
    MULTICLASS_CLASSIFICATION = "Model Monitor Model Quality Multiclass Classification"


@shows
class ParserBase(ABC):
    """Reads a report of one kind."""

    def run(self, json_data: Report) -> Document:
        """Return the report's metrics as `{"metric_groups": [{"name", "metric_data"}]}`.

        Raises:
            ValueError: It is no report of this kind.
        """
        self._validate(json_data)
        return {"metric_groups": list(self._groups(json_data))}

    @abstractmethod
    def _validate(self, report: Report) -> None: ...

    @abstractmethod
    def _groups(self, report: Report) -> Iterator[Document]: ...


class DefaultParser(ParserBase):
    """Reads metrics as a card holds them."""

    def _validate(self, report: Report) -> None:
        if "metric_groups" not in report:
            raise ValueError("Missing metric_group in the metric data.")
        if not isinstance(report["metric_groups"], list):
            raise ValueError('Invalid metric data format. {"metric_groups": [......]} is expected')

    def _groups(self, report: Report) -> Iterator[Document]:
        yield from report["metric_groups"]


class ClarifyBiasParser(ParserBase):
    """Reads Clarify's report of bias."""

    def _validate(self, report: Report) -> None:
        for facets in report.values():
            if isinstance(facets, dict) and "facets" not in facets:
                raise ValueError(f"Missing facets value from the clarify bias {facets}.")

    def _groups(self, report: Report) -> Iterator[Document]:
        for kind, facets in report.items():
            if isinstance(facets, dict):
                for facet_name, facet in facets["facets"].items():
                    yield from self._of_facet(kind, facets, facet_name, facet)

    def _of_facet(self, kind: str, facets: Report, facet_name: str, facet: list[Report]) -> Iterator[Document]:
        found: dict[str, list[Document]] = defaultdict(list)
        label = f"label {facets.get('label')} = {facets.get('label_value_or_threshold')}"
        for item in facet:
            name = f"{kind} - {label} and facet {facet_name}={item['value_or_threshold']}"
            measured = [metric for metric in item["metrics"] if metric["value"] is not None]
            found[name] += [_number(metric["name"], metric["value"]) for metric in measured]
        for name, metrics in found.items():
            yield {"name": name, "metric_data": metrics}


class ClarifyExplainabilityParser(ParserBase):
    """Reads Clarify's report of what explains predictions."""

    def _validate(self, report: Report) -> None:
        if not isinstance(report.get("explanations"), dict):
            raise ValueError("Invalid explanations value.")

    def _groups(self, report: Report) -> Iterator[Document]:
        explanations = report["explanations"]
        for label, explained in explanations.get("kernel_shap", {}).items():
            for key, values in explained.items():
                if key == "global_shap_values":
                    yield _typed_group(f"explanations - {key}, label={label}", values)
                if key == "global_top_shap_text":
                    for feature, data in values.items():
                        yield _typed_group(f"explanations - {key}, label={label}, feature={feature}", data)
        if "pdp" in explanations:
            metrics = [metric for feature in explanations["pdp"] for metric in _dependence(feature)]
            yield {"name": "explanations - pdp", "metric_data": metrics}


class ModelMonitorModelQualityParserBase(ParserBase):
    """Reads a report of the model monitor."""


class RegressionParser(ModelMonitorModelQualityParserBase):
    """Reads the model monitor's report of a regression."""

    def _validate(self, report: Report) -> None:
        if "regression_metrics" not in report:
            raise ValueError("Missing regression_metrics from the metric data.")

    def _groups(self, report: Report) -> Iterator[Document]:
        metrics = [found for name, data in report["regression_metrics"].items() for found in _measured(name, data)]
        yield {"name": "regression_metrics", "metric_data": metrics}


class ClassificationParser(ModelMonitorModelQualityParserBase):
    """Reads the model monitor's report of a classification."""

    _KINDS = ("binary_classification_metrics", "multiclass_classification_metrics")

    def _validate(self, report: Report) -> None:
        if not any(kind in report for kind in self._KINDS):
            raise ValueError("Missing *_classification_metrics from the metric data.")

    def _groups(self, report: Report) -> Iterator[Document]:
        kind = next(name for name in report if name in self._KINDS)
        metrics = [found for name, data in report[kind].items() for found in _classified(name, data)]
        yield {"name": kind, "metric_data": metrics}


class ModelMonitorModelQualityParser(ParserBase):
    """Reads the model monitor's report of a model's quality."""

    def _validate(self, report: Report) -> None:
        if not report:
            raise ValueError("Missing model monitor model quality metrics from the metric data.")

    def _groups(self, report: Report) -> Iterator[Document]:
        if "regression_metrics" in report:
            yield from RegressionParser()._groups(report)
        elif any(kind in report for kind in ClassificationParser._KINDS):
            yield from ClassificationParser()._groups(report)


EVALUATION_METRIC_PARSERS: dict[EvaluationMetricTypeEnum, ParserBase] = {
    EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA: DefaultParser(),
    EvaluationMetricTypeEnum.CLARIFY_BIAS: ClarifyBiasParser(),
    EvaluationMetricTypeEnum.CLARIFY_EXPLAINABILITY: ClarifyExplainabilityParser(),
    EvaluationMetricTypeEnum.REGRESSION: RegressionParser(),
    EvaluationMetricTypeEnum.BINARY_CLASSIFICATION: ClassificationParser(),
    EvaluationMetricTypeEnum.MULTICLASS_CLASSIFICATION: ClassificationParser(),
    EvaluationMetricTypeEnum.MODEL_MONITOR_MODEL_QUALITY: ModelMonitorModelQualityParser(),
}


def _number(name: str, value: Any) -> Document:
    return {"name": name, "value": value, "type": "number"}


def _typed_group(name: str, values: Report) -> Document:
    metrics = [
        {"name": key, "value": value, "type": PYTHON_TYPE_TO_METRIC_VALUE_TYPE[type(value)].value}
        for key, value in values.items()
    ]
    return {"name": name, "metric_data": metrics}


def _dependence(feature: Report) -> Iterator[Document]:
    """Yield the partial dependence of predictions on a feature: how it is distributed, and a metric for each label."""
    name, values = feature["feature_name"], feature["feature_values"]
    if feature["data_type"] not in ("numerical", "categorical"):
        return
    is_number = feature["data_type"] == "numerical"

    def metric(title: str, data: list[Any], y_axis_name: str) -> Document:
        return {
            "name": title,
            "type": "linear_graph" if is_number else "bar_chart",
            "value": list(zip(values, data, strict=False)) if is_number else data,
            "x_axis_name": name if is_number else values,
            "y_axis_name": y_axis_name,
        }

    yield metric(f"data_distribution - feature={name}", feature["data_distribution"], "Data distribution")
    for index, label in enumerate(feature["label_headers"]):
        title = f"model_predictions - feature={name}, label={label}"
        yield metric(title, feature["model_predictions"][index], label)


def _measured(name: str, data: Report) -> Iterator[Document]:
    yield _number(name, data["value"])
    if type(data["standard_deviation"]) in (int, float):
        yield _number(f"{name} - standard_deviation", data["standard_deviation"])


def _classified(name: str, data: Report) -> Iterator[Document]:
    if name == "confusion_matrix":
        rows = [list(row.values()) for row in data.values()]
        columns = [list(row) for row in data.values()][-1] if data else []
        yield {"name": name, "type": "matrix", "x_axis_name": list(data), "y_axis_name": columns, "value": rows}
    elif name == "receiver_operating_characteristic_curve":
        yield _curve(name, data, "false_positive_rates", "true_positive_rates")
    elif name == "precision_recall_curve":
        yield _curve(name, data, "recalls", "precisions")
    else:
        yield from _measured(name, data)


def _curve(name: str, data: Report, x: str, y: str) -> Document:
    points = [list(point) for point in zip(data[x], data[y], strict=False)]
    return {"name": name, "type": "linear_graph", "x_axis_name": x, "y_axis_name": y, "value": points}
