"""Whatever legal arguments a builder gets: the service's model accepts what it makes, in which they all stand.

It makes the same again, and changes nothing that it was given.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import sagewright.requests
from sagewright.engine.gateway.handlers.validate import violations
from tests.property.builders import BUILDERS, OTHERS
from tests.property.legal import shape_at

SOME = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# The shapes are large, and so is what Hypothesis would print of them.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in pkgutil.iter_modules(sagewright.requests.__path__):
        module = importlib.import_module(f"sagewright.requests.{entry.name}")
        for name, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{entry.name}.{name}", found


FUNCTIONS = dict(_functions())


def test_every_builder_is_described() -> None:
    assert FUNCTIONS.keys() == BUILDERS.keys() | OTHERS, "describe it in `tests/property/builders`"


@pytest.mark.parametrize("name", [name for name in BUILDERS if "drawn" not in BUILDERS[name].arguments])
def test_every_argument_is_described(name: str) -> None:
    takes_part_of_a_spec = name in ("training.output_config", "training.stopping_condition")
    described, known = set(BUILDERS[name].arguments), set(_parameters(name))
    assert described < known if takes_part_of_a_spec else described == known


@pytest.mark.parametrize("name", BUILDERS)
@SOME
@given(data=st.data())
def test_what_a_builder_makes_fits_the_model(name: str, data: st.DataObject) -> None:
    builder = BUILDERS[name]
    drawn = data.draw(_arguments(name))
    builder.settle(drawn)
    before = copy.deepcopy(drawn)
    made = _made(name, drawn)
    if not name.startswith("model_inputs."):  # they change what they are given, and say so
        assert repr(drawn) == repr(before)
        assert repr(_made(name, drawn)) == repr(made)
    shape = shape_at(builder.place.format(**drawn.get("drawn", {})), builder.service)
    if made is not None:
        whole = builder.within(made)
        report = ParamValidator().validate(whole, shape)
        assert not report.has_errors(), report.generate_report()
        assert list(violations(shape, whole)) == []
    expected = {text for argument, value in drawn.items() if argument not in builder.kept for text in _texts(value)}
    assert expected <= set(_texts(made))


def _parameters(name: str) -> dict[str, Any]:
    """Return an argument's default by its name; `inspect.Parameter.empty`: it has to be given."""
    taken = inspect.signature(BUILDERS[name].spec or FUNCTIONS[name]).parameters
    return {parameter.name: parameter.default for parameter in taken.values()}


def _arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    builder, defaults = BUILDERS[name], _parameters(name)
    strategies = {argument: builder.strategy(argument) for argument in builder.arguments}
    needed = {one for one in strategies if defaults.get(one, inspect.Parameter.empty) is inspect.Parameter.empty}
    return st.fixed_dictionaries(
        {one: strategy for one, strategy in strategies.items() if one in needed},
        optional={one: strategy for one, strategy in strategies.items() if one not in needed},
    )


def _made(name: str, drawn: dict[str, Any]) -> Any:
    spec = BUILDERS[name].spec
    if spec is not None:
        return FUNCTIONS[name](spec(**drawn))
    return FUNCTIONS[name](**drawn.get("drawn", drawn))


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, names of members and all."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if one is not None:
                yield name
                yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
