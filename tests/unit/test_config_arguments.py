"""v2's functions that take arguments from the configuration: values that are false count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sagewright.utils import resolve_class_attribute_from_config, update_list_of_dicts_with_values_from_config

PATH = "SageMaker.TrainingJob.EnableNetworkIsolation"


class Holder:
    """Has the attribute."""

    isolated: Any = None


def _session(value: Any) -> Any:
    return SimpleNamespace(sagemaker_config={"SageMaker": {"TrainingJob": {"EnableNetworkIsolation": value}}})


@pytest.mark.parametrize(("configured", "default", "expected"), [(False, True, False), (None, False, False)])
def test_an_object_is_made_for_a_value_that_is_false(configured: Any, default: Any, expected: Any) -> None:
    session = _session(configured)
    made = resolve_class_attribute_from_config(Holder, None, "isolated", PATH, default, session)
    assert made.isolated is expected


def test_no_object_is_made_for_nothing() -> None:
    assert resolve_class_attribute_from_config(Holder, None, "isolated", PATH, None, _session(None)) is None
    assert resolve_class_attribute_from_config(None, None, "isolated", PATH, True, _session(None)) is None


def test_items_of_a_list_are_filled_in_place() -> None:
    config = {"SageMaker": {"Model": {"Containers": [{"Image": "i", "Mode": "m"}, {"Mode": "other"}]}}}
    session, containers = SimpleNamespace(sagemaker_config=config), [{"Image": "mine"}, {"Image": "other"}, {}]
    update_list_of_dicts_with_values_from_config(containers, "SageMaker.Model.Containers", ["Image"], None, session)
    assert containers == [{"Image": "mine", "Mode": "m"}, {"Image": "other", "Mode": "other"}, {}]
