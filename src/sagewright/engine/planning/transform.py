"""From a transform job's record to the work of one of its instances (`contract.md` 1.11, 3.2.2)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.planning.batch import Batch, Capture
from sagewright.engine.planning.document import ExecutionPlan, HostDocument, Metrics
from sagewright.engine.planning.serving import container_document
from sagewright.vocabulary.s3_uris import split_s3_uri

LOG_GROUP = "/aws/sagemaker/TransformJobs"  # and the namespace of what the instances use
GRACE_S = 10.0  # between SIGTERM and SIGKILL: nothing is under way in the servers of a job that has ended
DEFAULT_TIMEOUT_S, DEFAULT_RETRIES = 600, 3

_STRATEGIES = {"SingleRecord": "SINGLE_RECORD", "MultiRecord": "MULTI_RECORD"}

Request = Mapping[str, Any]


def plan_transform(body: Mapping[str, Any], number: int, environment: Mapping[str, str]) -> ExecutionPlan:
    """Plan one instance of a transform job: a host for each container of the model, and the client that asks them.

    Args:
        body: The body of the job's record.
        number: Of the instance, from 0.
        environment: Variables that weigh less than the model's own.
    """
    request, execution_id = body["request"], body["instances"][number]["execution_id"]
    stream = log_stream(request["TransformJobName"], execution_id, body["started_at"])
    containers = body["containers"]
    servers = [
        replace(
            server_document(container, body, environment),
            host=f"algo-{place}",
            log_group=LOG_GROUP,
            log_stream=stream if len(containers) == 1 else f"{stream}/{container['name']}",
            metrics=Metrics(LOG_GROUP, {"Host": stream.rpartition("-")[0]}, ()),
        )
        for place, container in enumerate(containers, start=1)
    ]
    client = HostDocument(
        host=f"batch-{len(servers) + 1}",  # in the order of their numbers the servers come first
        command=[],
        environment={},
        files={},
        folders=[],
        log_group=LOG_GROUP,
        log_stream=f"{stream}/data-log",
        grace_s=GRACE_S,
        batch=batch_of(body, [server.host for server in servers], number),
        role=servers[0].role,
    )
    return ExecutionPlan(execution_id, body.get("python") or sys.executable, [*servers, client])


def log_stream(job: str, execution_id: str, started_at: float) -> str:
    """Return `<job>/<instance id>-<epoch>`; the data log and the containers of a pipeline add their names."""
    return f"{job}/i-{execution_id[-17:]}-{int(started_at)}"


def server_document(
    container: Mapping[str, Any], body: Mapping[str, Any], environment: Mapping[str, str]
) -> HostDocument:
    """Return the work of one of the model's containers; the job's variables stand above the model's."""
    document = container_document(container, region=body["region"], environment=environment)
    return replace(
        document,
        environment={
            **document.environment,
            **platform_environment(body["request"], body["arn"]),
            **body["request"].get("Environment", {}),
        },
        grace_s=GRACE_S,
        network_isolation=bool(body.get("network_isolation")),
    )


def platform_environment(request: Request, arn: str) -> dict[str, str]:
    """Return what tells a container that it serves a transform job, and how it is asked where the user has said so."""
    said = {
        "SAGEMAKER_BATCH_STRATEGY": _STRATEGIES.get(request.get("BatchStrategy", "")),
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": request.get("MaxPayloadInMB"),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": request.get("MaxConcurrentTransforms"),
    }
    given = {name: str(value) for name, value in said.items() if value is not None}
    return {"SAGEMAKER_BATCH": "true", "TRANSFORM_JOB_ARN": arn, **given}


def batch_of(body: Mapping[str, Any], servers: list[str], number: int) -> Batch:
    """Return what the client of one instance works from."""
    request = body["request"]
    source, output = request["TransformInput"], request["TransformOutput"]
    processing, client = request.get("DataProcessing") or {}, request.get("ModelClientConfig") or {}
    bucket, prefix = split_s3_uri(source["DataSource"]["S3DataSource"]["S3Uri"])
    output_bucket, output_prefix = folder_of(output["S3OutputPath"])
    return Batch(
        job=request["TransformJobName"],
        arn=body["arn"],
        servers=servers,
        bucket=bucket,
        prefix=prefix,
        output_bucket=output_bucket,
        output_prefix=output_prefix,
        started_at=body["started_at"],
        data_type=source["DataSource"]["S3DataSource"]["S3DataType"],
        share=number,
        shares=len(body["instances"]),
        gunzip=source.get("CompressionType") == "Gzip",
        split_type=source.get("SplitType") or "None",
        single=request["BatchStrategy"] == "SingleRecord" if "BatchStrategy" in request else None,
        max_payload_mb=request.get("MaxPayloadInMB"),
        max_concurrent=request.get("MaxConcurrentTransforms"),
        content_type=source.get("ContentType"),
        accept=output.get("Accept"),
        line_ends=output.get("AssembleWith") == "Line",
        timeout_s=float(client.get("InvocationsTimeoutInSeconds", DEFAULT_TIMEOUT_S)),
        max_retries=client.get("InvocationsMaxRetries", DEFAULT_RETRIES),
        input_filter=processing.get("InputFilter") or "$",
        join=processing.get("JoinSource") == "Input",
        output_filter=processing.get("OutputFilter") or "$",
        capture=_capture(request.get("DataCaptureConfig")),
    )


def folder_of(uri: str) -> tuple[str, str]:
    """Return bucket and prefix of an S3 folder; the prefix is empty or ends in a slash."""
    bucket, prefix = split_s3_uri(uri)
    prefix = prefix.rstrip("/")
    return bucket, f"{prefix}/" if prefix else ""


def _capture(config: Mapping[str, Any] | None) -> Capture | None:
    return Capture(*folder_of(config["DestinationS3Uri"]), bool(config.get("GenerateInferenceId"))) if config else None
