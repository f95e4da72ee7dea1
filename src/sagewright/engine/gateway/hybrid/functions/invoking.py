"""Invoking a function: find it, run it, write its log, say how it went."""

from __future__ import annotations

import json
import os
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import sharing
from sagewright.engine.gateway.hybrid.functions import acting, archives, running
from sagewright.engine.gateway.hybrid.functions.records import Function, function_of
from sagewright.engine.gateway.hybrid.functions.running import MIB, Ended
from sagewright.engine.parts import Caller
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError

REQUEST_BYTES, RESPONSE_BYTES, TAIL_BYTES = 6 << 20, 6 << 20, 4 << 10

_INHERITED = ("PATH", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONWARNINGS")


@dataclass(frozen=True)
class Answer:
    """What an invocation gave.

    Attributes:
        payload: The function's result, or its error, as JSON.
        failed: It is an error.
        log: What the function printed, with the lines that begin and end it.
    """

    payload: bytes
    failed: bool
    version: str
    log: bytes


def invoke(
    home: Path,
    function: str,
    payload: bytes,
    *,
    account: str = "",
    region: str = "",
    qualifier: str | None = None,
    client_context: Any = None,
) -> Answer:
    """Run a function.

    Args:
        function: Its name or ARN, of a version or an alias too.
        account, region: Where a function is that is given by its name.

    Raises:
        ApiError: There is no such function, or it cannot be invoked.
    """
    found = find(home, function, account, region, qualifier)
    if found.reserved == 0:
        raise ApiError("TooManyRequestsException", "Rate Exceeded.", 429)
    if len(payload) > REQUEST_BYTES:
        size = f"{len(payload)} must be smaller than {REQUEST_BYTES + 291456} bytes for the InvokeFunction operation"
        raise ApiError("RequestTooLargeException", size, 413)
    request_id, stream = str(uuid.uuid4()), _stream_name(found)
    try:
        folder = archives.folder_of(home, found.digest)
        layers = [archives.folder_of(home, digest) for digest in found.layers]
    except archives.BadArchive as error:
        raise ApiError("InvalidZipFileException", str(error), 502) from None
    invocation = {
        "handler": found.handler,
        "name": found.name,
        "version": found.version,
        "arn": found.arn,
        "memory_mib": found.memory_mib,
        "timeout_s": found.timeout_s,
        "request_id": request_id,
        "log_group": f"/aws/lambda/{found.name}",
        "log_stream": stream,
        "client_context": client_context,
        "payload": payload.decode() or "null",
    }
    environment = _environment(home, found, folder, stream)
    ended = running.run(
        invocation, environment, folder, _paths(folder, layers), found.memory_mib * MIB, found.timeout_s
    )
    log = _log(found, request_id, ended)
    _write_log(home, found, stream, log)
    document = _failure(found, request_id, ended)
    if document is None:
        assert ended.outcome is not None
        return Answer(ended.outcome["payload"].encode(), False, found.version, log)
    return Answer(json.dumps(document).encode(), True, found.version, log)


def find(home: Path, function: str, account: str, region: str, qualifier: str | None) -> Function:
    """Return a function by its name or ARN.

    Raises:
        ApiError: There is none.
    """
    name = function
    if function.startswith("arn:"):
        arn = parse_arn(function)
        account, region, name = arn.account, arn.region, arn.resource.partition(":")[2]
    elif function.count(":") > 1:  # account:function:name
        account, _, name = function.split(":", 2)
        name = name.removeprefix("function:")
    name, _, given = name.partition(":")
    qualifier = qualifier or given or None

    def look(_: object) -> Function | str:
        try:
            return function_of(account, region, name, qualifier)
        except Exception as error:  # noqa: BLE001 - moto's errors are classes of its own
            return str(getattr(error, "message", error))

    found = sharing.work_on(home, look, changes=False)
    if isinstance(found, str):
        arn_text = f"arn:{partition_of(region)}:lambda:{region}:{account}:function:{name}"
        text = f"Function not found: {arn_text}{':' + qualifier if qualifier else ''}"
        raise ApiError("ResourceNotFoundException", text, 404)
    return found


def _environment(home: Path, function: Function, folder: Path, stream: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    own = dict(function.environment)
    return {
        **inherited,
        **own,
        **acting.environment_of(home, function.account, function.region, function.name, function.role, own),
        "SAGEWRIGHT_ACCOUNT": function.account,
        "HOME": tempfile.gettempdir(),  # the code's folder is everybody's
        "PYTHONDONTWRITEBYTECODE": "1",
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mib),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "TZ": ":UTC",
    }


def _paths(folder: Path, layers: list[Path]) -> list[Path]:
    """Return where modules are looked for: the function's own, then its layers', the last of them first."""
    inside = [layer / part for layer in reversed(layers) for part in ("python", *_site_packages(layer))]
    return [folder, *(path for path in inside if path.is_dir())]


def _site_packages(layer: Path) -> list[str]:
    return [str(path.relative_to(layer)) for path in layer.glob("python/lib/python3*/site-packages")]


def _failure(function: Function, request_id: str, ended: Ended) -> Mapping[str, Any] | None:
    """Return the error of an invocation; None: it has succeeded."""
    if ended.why == "timeout":
        text = f"RequestId: {request_id} Error: Task timed out after {function.timeout_s:.2f} seconds"
        return {"errorType": "Sandbox.Timedout", "errorMessage": text}
    if ended.why == "memory" or ended.outcome is None:
        how = "signal: killed" if ended.why == "memory" or ended.exit_code < 0 else f"exit status {ended.exit_code}"
        text = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        return {"errorType": "Runtime.ExitError", "errorMessage": text}
    if "error" in ended.outcome:
        error = ended.outcome["error"]
        own = {"errorMessage": error["errorMessage"], "errorType": error["errorType"]}
        return {**own, "requestId": request_id, "stackTrace": error["stackTrace"]}
    if len(ended.outcome["payload"]) > RESPONSE_BYTES:
        text = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
        return {"errorMessage": text, "errorType": "Function.ResponseSizeTooLarge"}
    return None


def _log(function: Function, request_id: str, ended: Ended) -> bytes:
    ms = ended.duration_s * 1000
    peak_mib = (ended.outcome or {}).get("peak_kib", 0) // 1024
    output = ended.output if not ended.output or ended.output.endswith(b"\n") else ended.output + b"\n"
    late = ""
    if ended.why == "timeout":
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        late = f"{now} {request_id} Task timed out after {function.timeout_s:.2f} seconds\n\n"
    elif ended.why == "memory":
        late = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n"
    end = (
        f"END RequestId: {request_id}\n"
        f"REPORT RequestId: {request_id}\tDuration: {ms:.2f} ms\tBilled Duration: {int(ms) + 1} ms\t"
        f"Memory Size: {function.memory_mib} MB\tMax Memory Used: {peak_mib} MB\t\n"
    )
    start = f"START RequestId: {request_id} Version: {function.version}\n"
    return start.encode() + output + late.encode() + end.encode()


def _write_log(home: Path, function: Function, stream: str, log: bytes) -> None:
    """Write a log through the API, as whoever runs functions."""
    engine, group = engine_of(home), f"/aws/lambda/{function.name}"
    partition = partition_of(function.region)
    arn = f"arn:{partition}:sts::{function.account}:assumed-role/lambda/{function.name}"
    caller = Caller(function.account, function.region, arn, f"AROALAMBDA:{function.name}")
    names = {"logGroupName": group, "logStreamName": stream}
    for operation, params in (("CreateLogGroup", {"logGroupName": group}), ("CreateLogStream", names)):
        try:
            engine.call("logs", operation, params, caller)
        except ApiError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise
    now = int(time.time() * 1000)
    lines = [line for line in log.decode(errors="replace").splitlines() if line.strip()]
    for start in range(0, len(lines), 5_000):
        events = [{"timestamp": now, "message": line[:200_000]} for line in lines[start : start + 5_000]]
        engine.call("logs", "PutLogEvents", {**names, "logEvents": events}, caller)


def _stream_name(function: Function) -> str:
    return f"{datetime.now(timezone.utc):%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
