"""What of v2 is not built says so where it is asked for: at the import, or, for JumpStart, at the line that uses it."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest

import sagewright
from sagewright import alias
from sagewright.unbuilt import UNBUILT, UNBUILT_NAMES, why_unbuilt


def _is_there(package: str) -> bool:
    try:
        return not package or importlib.util.find_spec(f"sagewright.{package}") is not None
    except ModuleNotFoundError:  # with the reason
        return False


# A line of the table is read only where the module is not there: JumpStart's own rooms are, what lies behind is not.
ABSENT = sorted(path for path in UNBUILT if _is_there(path.rpartition(".")[0]) and not _is_there(path))


@pytest.mark.parametrize("path", ABSENT)
def test_import_says_why_and_what_to_use(path: str) -> None:
    with pytest.raises(ModuleNotFoundError) as raised:
        importlib.import_module(f"sagewright.{path}.anything")
    assert UNBUILT[path] in str(raised.value)
    assert len(ABSENT) > 5


def test_import_under_v2s_name_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [alias.AliasFinder(), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError, match="queues jobs with AWS Batch") as raised:
        importlib.import_module("sagemaker.aws_batch.training_queue")
    assert "sagewright run --genuine" in str(raised.value)


def test_names_at_the_top_say_so() -> None:
    for name in ("mlflow", "PartnerAppAuthProvider"):
        with pytest.raises(ImportError, match=f"`sagewright.{name}` is not built into Sagewright: "):
            getattr(sagewright, name)
    assert set(UNBUILT_NAMES.values()) <= set(UNBUILT)


def test_what_is_built_has_no_reason() -> None:
    assert why_unbuilt("estimator") is None
    assert why_unbuilt("workflow") is None


@pytest.mark.parametrize(
    ("module", "name", "use"),
    [
        ("model", "JumpStartModel", lambda made: made(model_id="meta-textgeneration-llama-2-7b")),
        ("estimator", "JumpStartEstimator", lambda made: made("xgboost-classification-model")),
        ("estimator", "JumpStartEstimator", lambda made: made.attach("job")),
        ("notebook_utils", "list_jumpstart_models", lambda made: made(filter="task == ic")),
        ("filters", "And", lambda made: made("task == ic", "framework == mxnet")),
        ("utils", "get_jumpstart_content_bucket", lambda made: made("us-west-2")),
        ("hub.hub", "Hub", lambda made: made("hub")),
    ],
)
def test_jumpstart_refuses_where_it_is_used(module: str, name: str, use: Callable[[Any], Any]) -> None:
    found = getattr(importlib.import_module(f"sagewright.jumpstart.{module}"), name)
    with pytest.raises(NotImplementedError) as raised:
        use(found)
    message = str(raised.value)
    assert message.startswith(f"`jumpstart.{module}.{name}")
    assert "lies in Amazon's buckets" in message
    assert message.splitlines()[-1].startswith("hint: ")


def test_the_model_that_was_asked_for_is_named() -> None:
    from sagewright.jumpstart.model import JumpStartModel

    with pytest.raises(NotImplementedError, match="of the model `llama`"):
        JumpStartModel("llama")


def test_jumpstarts_words_are_no_values() -> None:
    from sagewright.jumpstart.enums import JumpStartScriptScope

    with pytest.raises(AttributeError, match="TRAINING` is not built into Sagewright"):
        _ = JumpStartScriptScope.TRAINING


def test_jumpstarts_classes_are_classes() -> None:
    from sagewright.jumpstart.model import JumpStartModel

    assert isinstance(JumpStartModel, type)
    assert pickle.loads(pickle.dumps(JumpStartModel)) is JumpStartModel
    assert copy.deepcopy(JumpStartModel) is JumpStartModel
    with pytest.raises(AttributeError, match="has no attribute `JumpStartModle`"):
        _ = importlib.import_module("sagewright.jumpstart.model").JumpStartModle


@pytest.mark.parametrize(
    "path",
    [
        "model_uris.retrieve",
        "script_uris.retrieve",
        "hyperparameters.retrieve_default",
        "environment_variables.retrieve_default",
        "metric_definitions.retrieve_default",
        "payloads.retrieve_example",
        "serializers.retrieve_default",
        "deserializers.retrieve_options",
    ],
)
def test_lookups_of_a_model_are_refused_by_name(path: str) -> None:
    module, _, name = path.partition(".")
    lookup = getattr(importlib.import_module(f"sagewright.{module}"), name)
    with pytest.raises(NotImplementedError, match=f"`{path}` of the model `llama` is not built into Sagewright"):
        lookup(model_id="llama", model_version="*")
