"""Pickles of functions that run as jobs: genuine `sagemaker` reads them, and they are checked before they are read."""

from __future__ import annotations

import pickle
import pickletools
from typing import Any

import pytest

from sagewright.remote_function import CheckpointLocation, remote
from sagewright.remote_function.core import pickling, serialization
from sagewright.remote_function.core.pipeline_variables import (
    Context,
    _DelayedReturn,
    _ExecutionVariable,
    _ParameterBoolean,
    _ParameterInteger,
    _Properties,
    convert_pipeline_variables_to_pickleable,
    resolve_pipeline_variables,
)
from sagewright.remote_function.errors import DeserializationError, SerializationError
from sagewright.workflow.execution_variables import ExecutionVariables
from sagewright.workflow.functions import Join
from sagewright.workflow.parameters import ParameterBoolean, ParameterInteger


def _words(pickled: bytes) -> set[str]:
    return {str(argument) for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)}


def test_what_is_ours_is_written_down_by_its_name_in_sagemaker() -> None:
    things = (CheckpointLocation("s3://bucket/x"), _ParameterInteger("n"), remote, pickling)
    pickled = pickling.dumps(things)
    words = _words(pickled)
    assert "sagemaker.remote_function.core.pipeline_variables:_ParameterInteger" in words
    assert "sagemaker.remote_function:remote" in words
    assert not any(word.startswith("sagewright") for word in words)
    checkpoints, parameter, function, module = pickling.loads(pickled)
    assert (parameter, function, module) == (_ParameterInteger("n"), remote, pickling)
    assert checkpoints._s3_uri == "s3://bucket/x"


def test_functions_and_classes_of_a_function_go_by_content() -> None:
    class Adder:
        def __init__(self, number: int) -> None:
            self.number = number

    def add(number: int) -> int:
        return Adder(number).number + 1

    assert pickling.loads(pickling.dumps(add))(2) == 3


def test_what_sagemaker_has_written_becomes_ours() -> None:
    theirs = (
        b"\x80\x04csagemaker.remote_function.core.pipeline_variables\n_ParameterInteger\n"
        b")\x81}X\x04\x00\x00\x00nameX\x01\x00\x00\x00nsb."
    )
    assert pickling.loads(theirs) == _ParameterInteger("n")


def test_pipeline_variable_within_a_structure_is_refused() -> None:
    with pytest.raises(SerializationError, match="passing a pipeline variable nested"):
        serialization.CloudpickleSerializer.serialize(([ParameterInteger("n")],))


def test_what_cannot_be_pickled_is_told() -> None:
    with pytest.raises(SerializationError, match="Error when serializing object of type \\[generator\\]"):
        serialization.CloudpickleSerializer.serialize(number for number in range(2))


def test_nothing_is_unpickled_whose_digest_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"metadata.json": serialization._MetaData("0" * 64).to_json(), "payload.pkl": pickle.dumps(1)}
    monkeypatch.setattr(serialization, "_read_bytes_from_s3", lambda uri, _: stored[uri.rpartition("/")[2]])
    monkeypatch.setattr(pickling, "loads", lambda _: pytest.fail("it was unpickled"))
    with pytest.raises(DeserializationError, match="Integrity check"):
        serialization.deserialize_obj_from_s3(None, "s3://bucket/x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "not a valid json"),
        (b"{}", "SHA256 hash for the serialized data does not exist"),
        (b'{"sha256_hash": "1", "version": "1", "serialization_module": "cloudpickle"}', "is not supported"),
    ],
)
def test_metadata_that_say_something_else_are_refused(text: bytes, message: str) -> None:
    with pytest.raises(DeserializationError, match=message):
        serialization._MetaData.from_json(text)


def test_arguments_that_a_run_decides() -> None:
    given: tuple[Any, ...] = (ParameterInteger("n"), ParameterBoolean("b"), ExecutionVariables.PIPELINE_NAME, 7)
    args, kwargs = convert_pipeline_variables_to_pickleable(given, {"plain": "x"})
    assert args == (_ParameterInteger("n"), _ParameterBoolean("b"), _ExecutionVariable("PipelineName"), 7)
    context = Context(
        property_references={"Parameters.n": "3", "Parameters.b": "true", "Execution.PipelineName": "prices"}
    )
    assert resolve_pipeline_variables(context, args, kwargs, "s3://bucket") == ((3, True, "prices", 7), {"plain": "x"})


def test_what_another_function_returns_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def stored(_: Any, uri: str) -> Any:
        read.append(uri)
        return {"rows": [1, 2]}

    monkeypatch.setattr(serialization, "deserialize_obj_from_s3", stored)
    place = _Properties("Steps.first.OutputDataConfig.S3OutputPath")
    args = (_DelayedReturn(place), _DelayedReturn(place, (("__getitem__", "rows"), ("__getitem__", 1))))
    context = Context(property_references={place.path: "s3://bucket/first/results"})
    found = resolve_pipeline_variables(context, args, None, "s3://bucket", sagemaker_session=None)
    assert found == (({"rows": [1, 2]}, 2), None)
    assert read == ["s3://bucket/first/results"]


def test_variables_without_a_stand_in_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="`Join`"):
        convert_pipeline_variables_to_pickleable((Join("/", ["a"]),), {})
