"""The ranges of hyperparameters."""

from __future__ import annotations

import copy
import pickle

import pytest

from sagewright.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange


def test_a_range_of_numbers_holds_its_bounds():
    found = IntegerParameter(1, 8)
    assert [found.is_valid(value) for value in (0, 1, 8, 9)] == [False, True, True, False]
    assert found.as_tuning_range("depth") == {"Name": "depth", "MinValue": "1", "MaxValue": "8", "ScalingType": "Auto"}


def test_each_kind_casts_to_what_it_holds():
    kinds = (ContinuousParameter, IntegerParameter, CategoricalParameter, ParameterRange)
    assert [kind.cast_to_type("3") for kind in kinds] == [3.0, 3, "3", 3.0]
    assert [kind(1, 2).__name__ for kind in kinds[:2]] == ["Continuous", "Integer"]


def test_a_list_of_values_is_text():
    found = CategoricalParameter([1, "a"])
    assert found.as_tuning_range("x") == {"Name": "x", "Values": ["1", "a"]}
    assert found.as_json_range("x") == {"Name": "x", "Values": ['"1"', '"a"']}
    assert found.is_valid("1")
    assert not found.is_valid(1)
    assert CategoricalParameter("alone").values == ["alone"]


def test_a_slip_in_a_name_is_told():
    with pytest.raises(TypeError, match="did you mean `min_value`"):
        ContinuousParameter(min_vale=1, max_value=2)  # type: ignore[call-arg]


@pytest.mark.parametrize("found", [ContinuousParameter(0.1, 1, "Linear"), CategoricalParameter(["a"])])
def test_it_pickles_and_says_what_it_is(found):
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert vars(other) == vars(found)
    assert repr(found) in ("ContinuousParameter(0.1, 1, 'Linear')", "CategoricalParameter(['a'])")
