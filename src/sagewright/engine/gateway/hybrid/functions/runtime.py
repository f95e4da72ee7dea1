"""Runs one invocation of a Python function; started as a script with nothing but the standard library.

Standard input carries the invocation as a line of JSON, and ends when whoever has started this is gone. The descriptor
named on the command line carries the outcome, a line of JSON: `{"payload": ...}` or `{"error": {...}}`. What the
function prints is its log. Names and texts of errors are those of Amazon's runtime.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback

TYPE_CHECKING = False  # nothing is imported that a function does not need
if TYPE_CHECKING:
    from typing import Any


class Identity:
    """Who has called from a mobile application: nobody."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """What a handler is told beside the event."""

    def __init__(self, invocation: dict[str, object], deadline: float) -> None:
        self._deadline = deadline
        self.function_name = invocation["name"]
        self.function_version = invocation["version"]
        self.invoked_function_arn = invocation["arn"]
        self.memory_limit_in_mb = str(invocation["memory_mib"])
        self.aws_request_id = invocation["request_id"]
        self.log_group_name = invocation["log_group"]
        self.log_stream_name = invocation["log_stream"]
        self.identity = Identity()
        self.client_context = invocation.get("client_context")
        self.tenant_id = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class Fault(Exception):
    """An error of the runtime's own, beside those of the function."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def main() -> None:
    """Run the invocation."""
    sys.path[0] = os.getcwd()  # in the place of this file's folder
    os.set_inheritable(int(sys.argv[1]), False)
    given = os.fdopen(os.dup(0), "rb")
    invocation = json.loads(given.readline())
    threading.Thread(target=_end_with, args=(given,), daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the function's own standard input is empty
    deadline = time.time() + invocation["timeout_s"]
    outcome: dict[str, object]
    try:
        outcome = {"payload": _invoke(invocation, deadline)}
    except Fault as error:
        outcome = _failure(error.kind, str(error), [])
    except SystemExit as error:
        sys.stdout.flush()
        os._exit(error.code if isinstance(error.code, int) else 1)
    except BaseException as error:  # noqa: BLE001 - whatever a handler raises is its outcome
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
        outcome = _failure(type(error).__name__, str(error), traceback.format_list(own))
    _write(outcome)


def _end_with(given: Any) -> None:
    """Wait until whoever has started this is gone, and end with all that the function has started."""
    given.read()
    os.killpg(0, signal.SIGKILL)


def _invoke(invocation: dict[str, Any], deadline: float) -> str:
    handler = _handler(invocation["handler"])
    try:
        event = json.loads(invocation["payload"])
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
    result = handler(event, Context(invocation, deadline))
    try:
        return json.dumps(result)
    except (TypeError, ValueError) as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def _handler(name: str) -> Any:
    module_name, dot, function = name.rpartition(".")
    if not dot:
        text = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", text)
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        traceback.print_exc()
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from None
    try:
        return getattr(module, function)
    except AttributeError:
        text = f"Handler '{function}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", text) from None


def _failure(kind: str, text: str, frames: list[str]) -> dict[str, object]:
    sys.stdout.write(f"[ERROR] {kind}: {text}\n")
    if frames:
        sys.stdout.write("Traceback (most recent call last):\n" + "".join(frames))
    return {"error": {"errorMessage": text, "errorType": kind, "stackTrace": frames}}


def _write(outcome: dict[str, object]) -> None:
    sys.stdout.flush()
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = json.dumps({**outcome, "peak_kib": peak_kib}).encode() + b"\n"
    while data:
        data = data[os.write(int(sys.argv[1]), data) :]


if __name__ == "__main__":
    main()
