"""Flows of Data Wrangler that bring data in (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sagewright.arguments import nearest_of

if TYPE_CHECKING:
    from sagewright.dataset_definition.inputs import AthenaDatasetDefinition, RedshiftDatasetDefinition

Document = dict[str, Any]
Flow = tuple[Document, str]


def generate_data_ingestion_flow_from_s3_input(
    input_name: str,
    s3_uri: str,
    s3_content_type: str = "csv",
    s3_has_header: bool = False,
    operator_version: str = "0.1",
    schema: Mapping[str, Any] | None = None,
) -> Flow:
    """Return a flow that reads objects, and the name of its output.

    Args:
        s3_content_type: `csv`, `parquet`, `json` or `orc`.
        schema: Of the columns; None: the types are inferred.
    """
    where = {"s3Uri": s3_uri, "s3ContentType": s3_content_type, "s3HasHeader": s3_has_header}
    dataset = {"datasetSourceType": "S3", "name": input_name, "s3ExecutionContext": where}
    return _flow("s3", dataset, operator_version, schema)


def generate_data_ingestion_flow_from_athena_dataset_definition(
    input_name: str,
    athena_dataset_definition: AthenaDatasetDefinition,
    operator_version: str = "0.1",
    schema: Mapping[str, Any] | None = None,
) -> Flow:
    """Return a flow that reads what a query of Athena finds, and the name of its output."""
    query = athena_dataset_definition
    dataset = {
        "datasetSourceType": "Athena",
        "name": input_name,
        "catalogName": query.catalog,
        "databaseName": query.database,
        "queryString": query.query_string,
        "s3OutputLocation": query.output_s3_uri,
        "outputFormat": query.output_format,
    }
    return _flow("athena", dataset, operator_version, schema)


def generate_data_ingestion_flow_from_redshift_dataset_definition(
    input_name: str,
    redshift_dataset_definition: RedshiftDatasetDefinition,
    operator_version: str = "0.1",
    schema: Mapping[str, Any] | None = None,
) -> Flow:
    """Return a flow that reads what a query of Redshift finds, and the name of its output."""
    query = redshift_dataset_definition
    dataset = {
        "datasetSourceType": "Redshift",
        "name": input_name,
        "clusterIdentifier": query.cluster_id,
        "database": query.database,
        "dbUser": query.db_user,
        "queryString": query.query_string,
        "unloadIamRole": query.cluster_role_arn,
        "s3OutputLocation": query.output_s3_uri,
        "outputFormat": query.output_format,
    }
    return _flow("redshift", dataset, operator_version, schema)


def _flow(kind: str, dataset: Document, version: str, schema: Mapping[str, Any] | None) -> Flow:
    source, typed = str(uuid4()), str(uuid4())
    nodes = [
        {
            "node_id": source,
            "type": "SOURCE",
            "inputs": [],
            "outputs": [{"name": "default"}],
            "operator": f"sagemaker.{kind}_source_{version}",
            "parameters": {"dataset_definition": dataset},
        },
        {
            "node_id": typed,
            "type": "TRANSFORM",
            "operator": f"sagemaker.spark.infer_and_cast_type_{version}",
            "trained_parameters": {} if schema is None else schema,
            "parameters": {},
            "inputs": [{"name": "default", "node_id": source, "output_name": "default"}],
            "outputs": [{"name": "default"}],
        },
    ]
    return {"metadata": {"version": 1, "disable_limits": False}, "nodes": nodes}, f"{typed}.default"


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "generate_data_ingestion_flow_from_athena_dataset_definition",
            "generate_data_ingestion_flow_from_redshift_dataset_definition",
            "generate_data_ingestion_flow_from_s3_input",
        ],
    )
