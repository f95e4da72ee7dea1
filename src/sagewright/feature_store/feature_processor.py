"""Feature processors, which are Spark jobs: not built."""

from __future__ import annotations

from sagewright.arguments import nearest_of

_SPARK = "Spark; compute features with a processing job and `FeatureGroup.ingest`"
_NAMES = (
    "feature_processor",
    "FeatureProcessorPipelineEvents",
    "FeatureProcessorPipelineExecutionStatus",
    "FeatureGroupDataSource",
    "CSVDataSource",
    "ParquetDataSource",
    "PySparkDataSource",
    "to_pipeline",
    "schedule",
    "describe",
    "put_trigger",
    "delete_trigger",
    "enable_trigger",
    "disable_trigger",
    "delete_schedule",
    "list_pipelines",
    "execute",
)

__getattr__ = nearest_of(__name__, [], dict.fromkeys(_NAMES, _SPARK))
