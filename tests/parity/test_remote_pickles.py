"""Genuine v2 calls a function that we have pickled, and we read what it returns."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import Any

import pytest

from sagewright.remote_function import CheckpointLocation
from sagewright.remote_function.core.pipeline_variables import Context, _DelayedReturn, _Properties
from sagewright.remote_function.core.serialization import CloudpickleSerializer
from sagewright.remote_function.errors import ServiceError

_PROGRAM = """
import base64, sys
from sagemaker.remote_function.core.serialization import CloudpickleSerializer as pickles
function, args = pickles.deserialize("s3://bucket/x", base64.b64decode(sys.stdin.read()))
print(base64.b64encode(pickles.serialize(function(*args))).decode())
"""


@pytest.mark.skipif("GENUINE_PYTHON" not in os.environ, reason="GENUINE_PYTHON names no interpreter with v2")
def test_genuine_v2_calls_our_function_and_we_read_what_it_returns() -> None:
    class Row:
        def __init__(self, number: int) -> None:
            self.number = number

    def function(row: Row, place: Any, *given: Any) -> Any:
        modules = [type(each).__module__ for each in (place, *given)]
        return Row(row.number + 1), os.fspath(place), modules, given, ServiceError("told")

    given = (_DelayedReturn(_Properties("Steps.a"), (("a", 1),)), Context("step"))
    row, place, modules, same, error = _by_genuine((function, (Row(1), CheckpointLocation("s3://bucket/a"), *given)))
    assert (type(row), row.number) == (Row, 2)
    assert place == "/opt/ml/checkpoints/"
    variables = "sagemaker.remote_function.core.pipeline_variables"
    assert modules == ["sagemaker.remote_function.checkpoint_location", variables, variables]
    assert same == given
    assert isinstance(error, ServiceError)


def _by_genuine(call: Any) -> Any:
    """Return what genuine v2 returns of a call."""
    pickled = base64.b64encode(CloudpickleSerializer.serialize(call))
    environment = {**os.environ, "SAGEMAKER_SUPPRESS_V2_WARNING": "1"}
    told = subprocess.run(
        [os.environ["GENUINE_PYTHON"], "-c", _PROGRAM], input=pickled, capture_output=True, env=environment, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    return CloudpickleSerializer.deserialize("s3://bucket/x", base64.b64decode(told.stdout.splitlines()[-1]))
