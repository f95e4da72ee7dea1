"""Functions as steps of pipelines, beyond their definitions: what is refused, what is pickled, what is called."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from sagewright.remote_function.core import pickling
from sagewright.workflow.condition_step import ConditionStep
from sagewright.workflow.conditions import ConditionGreaterThan
from sagewright.workflow.fail_step import FailStep
from sagewright.workflow.function_step import DelayedReturn, step
from sagewright.workflow.functions import Join
from sagewright.workflow.parameters import ParameterString
from sagewright.workflow.pipeline import Pipeline, PipelineGraph, get_function_step_result
from sagewright.workflow.pipeline_context import PipelineSession
from sagewright.workflow.step_outputs import get_step
from tests.parity.recording import ROLE, Recorder

if TYPE_CHECKING:
    from decimal import Decimal

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"


@step(name="Add", image_uri=IMAGE, instance_type="ml.m5.large", role=ROLE)
def add(a: Any, b: Any = 1) -> Any:
    """Add."""
    return a + b


def _defined(session: PipelineSession, *steps: Any) -> Any:
    return json.loads(Pipeline("prices", steps=list(steps), sagemaker_session=session).definition())["Steps"]


def test_a_call_calls_nothing() -> None:
    @step
    def fail() -> None:
        raise AssertionError("it was called")

    assert isinstance(fail(), DelayedReturn)


def test_keywords_without_defaults_are_taken() -> None:
    @step(name="Take")
    def take(*values: Any, kept: Any) -> Any:
        return values, kept

    assert get_step(take(1, kept=2)).func_kwargs == {"kept": 2}
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'kept'"):
        take(1)


def test_the_nearest_setting_is_named() -> None:
    with pytest.raises(TypeError, match="did you mean `instance_type`"):
        step(instance_typ="ml.m5.large")  # type: ignore[call-arg]


def test_a_name_alone_is_no_function() -> None:
    with pytest.raises(TypeError, match=r"decorates a function, not `'Add'`\nhint: `@step\(name="):
        step("Add")  # type: ignore[arg-type]


def test_what_is_put_together_of_variables_is_refused() -> None:
    with pytest.raises(ValueError, match="hint: give what it is made of"):
        add(Join("/", [ParameterString("Rows")]))


def test_a_hint_that_only_type_checkers_know_is_passed_over() -> None:
    @step(name="Round")
    def rounded(number: Decimal) -> Decimal:
        return number

    assert rounded(1)["a"].expr["Std:JsonGet"]["Path"] == "Result['a']"


def test_arguments_without_a_pipeline_say_where_they_are_made() -> None:
    with pytest.raises(ValueError, match=r"hint: `Pipeline"):
        _ = get_step(add(1)).arguments


def test_a_definition_refuses_an_item_that_it_cannot_name() -> None:
    returned = add(1)
    assert get_step(add(returned[1:2])).depends_on == [get_step(returned)]
    with pytest.raises(TypeError, match=r"cannot hold the item `slice\(1, 2, None\)`"):
        _ = returned[1:2].expr


def test_a_return_shows_itself_and_stays_itself() -> None:
    item = add(1)["sums"][0]
    assert repr(item) == "DelayedReturn(step='Add', path=\"['sums'][0]\")"
    assert copy.deepcopy(item) is item
    with pytest.raises(TypeError, match="__str__"):
        str(item)


def test_steps_of_functions_pickle_with_what_they_call() -> None:
    item = pickle.loads(pickle.dumps(add(2, b=ParameterString("B"))["sum"]))
    read = get_step(item)
    assert (read.name, read.func(3, 4), read.func_args) == ("Add", 7, (2,))
    assert item.expr == add(2)["sum"].expr


def test_what_is_uploaded_is_what_was_called(session: PipelineSession, aws: Recorder) -> None:
    _defined(session, add(2, b=3))
    (function,) = (content for key, content in aws.stored.items() if key.endswith("function/payload.pkl"))
    (arguments,) = (content for key, content in aws.stored.items() if key.endswith("arguments/payload.pkl"))
    args, kwargs = pickling.loads(arguments)
    assert pickling.loads(function)(*args, **kwargs) == 5


def test_a_variable_inside_a_list_is_refused_where_it_is_given() -> None:
    with pytest.raises(Exception, match="pass the pipeline variable to the function decorated with @step"):
        add([ParameterString("Rows")])


def test_scripts_are_uploaded_once_for_all_functions(session: PipelineSession, aws: Recorder) -> None:
    first = add(1)
    last = step(name="Last", image_uri=IMAGE, instance_type="ml.m5.large", role=ROLE)(_twice)(first)
    _defined(session, last)
    assert sum(params["Key"].endswith("job_driver.sh") for params in aws.asked("PutObject")) == 1


def _twice(number: Any) -> Any:
    return 2 * number


def test_only_functions_that_others_refer_to_leave_json(session: PipelineSession) -> None:
    last = step(name="Last", image_uri=IMAGE, instance_type="ml.m5.large", role=ROLE)(_twice)(add(1))
    told = {
        made["Name"]: "--serialize_output_to_json" in made["Arguments"]["AlgorithmSpecification"]["ContainerArguments"]
        for made in _defined(session, last)
    }
    assert told == {"Last": False, "Add": True}


def test_a_step_inside_a_condition_follows_it(session: PipelineSession) -> None:
    over = ConditionGreaterThan(ParameterString("A"), 1)
    choose = ConditionStep("Choose", conditions=[over], if_steps=[add(1)], else_steps=[FailStep("Stop")])
    graph = PipelineGraph.from_pipeline(Pipeline("prices", steps=[choose], sagemaker_session=session))
    assert graph.adjacency_list == {"Choose": ["Add", "Stop"], "Add": [], "Stop": []}


def test_a_step_that_was_not_run_has_returned_nothing(session: PipelineSession) -> None:
    from sagewright.remote_function.errors import RemoteFunctionError

    with pytest.raises(RemoteFunctionError, match="not in Completed status"):
        get_function_step_result("Add", [{"StepName": "Add"}], "abc", session)
