"""How a model was evaluated."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sagewright.arguments import suggests
from sagewright.model_card.evaluation_metric_parsers import EVALUATION_METRIC_PARSERS, EvaluationMetricTypeEnum
from sagewright.model_card.parts import Check, Part, list_of, one_of
from sagewright.model_card.schema_constraints import (
    EVALUATION_DATASETS_MAX_SIZE,
    METRIC_VALUE_TYPE_MAP,
    MetricTypeEnum,
)
from sagewright.vocabulary.s3_uris import split_s3_uri

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_JSON_TYPES = ("application/json", "binary/octet-stream", "application/octet-stream")


@suggests
class Metric(Part):
    """What was measured.

    Args:
        type: A `MetricTypeEnum`, or its value: what `value` is.
        x_axis_name, y_axis_name: Of a graph, a chart or a matrix.

    Raises:
        ValueError: The value is of another type.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {"type": one_of(MetricTypeEnum)}

    def __init__(
        self,
        name: str,
        type: MetricTypeEnum | str,
        value: float | str | bool | list[Any],
        notes: str | None = None,
        x_axis_name: str | list[str] | None = None,
        y_axis_name: str | list[str] | None = None,
    ) -> None:
        self.name = name
        self.type: Any = type
        self.value = value
        self.notes, self.x_axis_name, self.y_axis_name = notes, x_axis_name, y_axis_name

    @property
    def value(self) -> Any:
        """What was measured."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        expected = METRIC_VALUE_TYPE_MAP[self.type]
        if type(value) not in expected:
            raise ValueError(f"One of type {expected} is expected for metric type {self.type}")
        self._value = value

    def __repr__(self) -> str:
        return f"Metric(name={self.name}, type={self.type}, value={self.value})"


@suggests
class MetricGroup(Part):
    """Metrics under one name."""

    CHECKS: ClassVar[Mapping[str, Check]] = {"metric_data": list_of(Metric)}

    def __init__(self, name: str, metric_data: list[Metric] | None = None) -> None:
        self.name = name
        self.metric_data: Any = metric_data

    def __repr__(self) -> str:
        return f"MetricGroup(name={self.name}, size={len(self.metric_data)})"

    def add_metric(self, metric: Metric) -> None:
        """Add a metric."""
        self.metric_data.append(metric)


@suggests
class EvaluationJob(Part):
    """How a model was evaluated, and what was measured.

    Args:
        datasets: 10 at most.
        metadata: Anything, by name.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "datasets": list_of(str, EVALUATION_DATASETS_MAX_SIZE),
        "metric_groups": list_of(MetricGroup),
    }

    def __init__(
        self,
        name: str,
        evaluation_observation: str | None = None,
        evaluation_job_arn: str | None = None,
        datasets: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        metric_groups: list[MetricGroup] | None = None,
    ) -> None:
        self.name, self.evaluation_observation = name, evaluation_observation
        self.evaluation_job_arn, self.datasets, self.metadata = evaluation_job_arn, datasets, metadata
        self.metric_groups: Any = metric_groups

    def get_metric_group(self, group_name: str) -> MetricGroup | None:
        """Return the metrics of that name; None where there are none."""
        group: MetricGroup | None = self.metric_groups.to_map(key_attribute="name").get(group_name)
        return group

    def add_metric_group(self, group_name: str) -> MetricGroup:
        """Add metrics of that name, none as yet."""
        group = MetricGroup(group_name)
        self.metric_groups.append(group)
        return group

    def add_metric_group_from_json(
        self,
        json_path: str,
        metric_type: EvaluationMetricTypeEnum = EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA,
    ) -> None:
        """Add the metrics of a report that lies here.

        Args:
            metric_type: What has written it.

        Raises:
            ValueError: It is no such report.
        """
        with open(json_path, encoding="utf-8") as file:
            self._add(_groups(json.load(file), metric_type))

    def add_metric_group_from_s3(
        self,
        session: Any,
        s3_url: str,
        metric_type: EvaluationMetricTypeEnum = EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA,
    ) -> None:
        """Add the metrics of a report in S3.

        Args:
            session: A boto3 session.
            metric_type: What has written it.

        Raises:
            ValueError: It is no such report.
        """
        self._add(_groups(_read(session, s3_url), metric_type))

    def _add(self, groups: Iterable[Document]) -> None:
        for document in groups:
            group = self.add_metric_group(document["name"])
            for metric in document["metric_data"]:
                group.add_metric(Metric(**metric))


def _groups(report: Document, metric_type: Any) -> list[Document]:
    if not isinstance(metric_type, EvaluationMetricTypeEnum):
        raise ValueError("Please use sagemaker.model_card.EvaluationMetricTypeEnum")
    groups: list[Document] = EVALUATION_METRIC_PARSERS[metric_type].run(report)["metric_groups"]
    return groups


def _read(session: Any, uri: str) -> Document:
    bucket, key = split_s3_uri(uri)
    found = session.client("s3").get_object(Bucket=bucket, Key=key)
    if found["ContentType"] not in _JSON_TYPES:
        logger.warning("Invalid file type %s. %s is expected.", found["ContentType"], ", ".join(_JSON_TYPES))
        return {}
    report: Document = json.loads(found["Body"].read())
    return report
