"""The documents of what is known of a model: its metrics, its origin, its stage."""

from __future__ import annotations

from typing import Any

from tests.parity.world import World

_MEASURED = (
    "model_statistics",
    "model_constraints",
    "model_data_statistics",
    "model_data_constraints",
    "bias",
    "explainability",
    "bias_pre_training",
    "bias_post_training",
)
_BASELINES = (
    "model_statistics",
    "model_constraints",
    "model_data_statistics",
    "model_data_constraints",
    "bias_pre_training_constraints",
    "bias_post_training_constraints",
    "explainability_constraints",
)
_FILES = ("bias_config_file", "explainability_config_file")


def sources(world: World) -> Any:
    report, file = world["model_metrics.MetricsSource"], world["model_metrics.FileSource"]
    made = [
        report("application/json", "s3://bucket/report"),
        report("application/json", "s3://bucket/report", "digest"),
        file("s3://bucket/file"),
        file("s3://bucket/file", "digest", "application/json"),
    ]
    return [one._to_request_dict() for one in made]


def metrics(world: World) -> Any:
    made = [world["model_metrics.ModelMetrics"](**_reports(world, *_MEASURED))]
    made += [world["model_metrics.ModelMetrics"](**_reports(world, *names)) for names in ([], *zip(_MEASURED))]
    return [one._to_request_dict() for one in made]


def baselines(world: World) -> Any:
    files = {name: world["model_metrics.FileSource"](f"s3://bucket/{name}") for name in _FILES}
    kind = world["drift_check_baselines.DriftCheckBaselines"]
    made = [kind(**_reports(world, *_BASELINES), **files), kind()]
    made += [kind(**_reports(world, name)) for name in _BASELINES]
    made += [kind(**{name: file}) for name, file in files.items()]
    return [one._to_request_dict() for one in made]


def origins(world: World) -> Any:
    kind = world["metadata_properties.MetadataProperties"]
    return [one._to_request_dict() for one in (kind("commit", "repository", "job", "project"), kind(), kind(""))]


def stages(world: World) -> Any:
    kind = world["model_life_cycle.ModelLifeCycle"]
    return [one._to_request_dict() for one in (kind("Staging", "Pending", "in words"), kind(), kind("Staging"))]


def models_of_a_hub(world: World) -> Any:
    kind = world["container_base_model.ContainerBaseModel"]
    return [one._to_request_dict() for one in (kind("llm", "1.0", "tuned"), kind(), kind("llm"))]


def _reports(world: World, *names: str) -> dict[str, Any]:
    return {name: world["model_metrics.MetricsSource"]("application/json", f"s3://bucket/{name}") for name in names}
