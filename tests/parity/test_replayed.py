"""Raw boto3 sends what genuine v2 was recorded to send: botocore and our engine accept it, and read what was sent.

What the engine has not, or cannot find in an empty house, it says; nothing else may be wrong with a request.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from sagewright.vocabulary.errors import ApiError
from tests.parity import replaying
from tests.parity.test_recorded import RECORDED

SCENARIOS = replaying.scenarios()
TOPICS = sorted({scenario.partition(".")[0] for scenario in SCENARIOS})

# What an engine without models, endpoints, frameworks and the later issues may answer to a request that is right.
NOT_IN_AN_EMPTY_HOUSE = re.compile(
    r"Could not find|does not exist|not found|is not built into the Sagewright engine|needs the librar"
    r"|is not one that this engine can run|which the Sagewright engine \(target `local`\) has not"
)

# Requests that v2 makes and SageMaker refuses, with the words.
WRONG = {
    "assembling.package_that_fails": "Member must satisfy regular expression pattern",
    "assembling.package_that_is_there_already": "Member must satisfy regular expression pattern",
    "automl.inputs_of_their_own": "validation error detected",
    "automl.second_of_time_series": "forecastQuantiles.2.member",
    "experiments.a_run": "TRUE_VALUE can not be converted to a Double",
    **dict.fromkeys(
        (
            "hyperparameters.of_a_search",
            "hyperparameters.of_an_estimator",
            "hyperparameters.of_an_estimator_with_code",
            "hyperparameters.of_one_search_among_several",
            "hyperparameters.set_later",
        ),
        r"Value '\n' at .* must satisfy regular expression pattern: \.\*",
    ),
    "inputs.every_argument": "RecordWrapperType RecordIO is only supported in Pipe",
    "remote.job_with_everything": "KeepAlivePeriodInSeconds and EnableManagedSpotTraining exclude each other",
    "remote.settings_of_the_configuration": "Value 'ml.c5.large' at .* must satisfy enum value set",
    "tuning.instances_of_several_types": "Value 'ml.c5.large' at .* must satisfy enum value set",
    "training.max_wait_without_spot": "MaxWaitTimeInSeconds is only valid with EnableManagedSpotTraining",
}


@pytest.mark.parametrize("topic", TOPICS)
def test_requests_of_v2_are_accepted_and_read_as_sent(topic: str) -> None:
    wrong = {}
    for scenario in [scenario for scenario in SCENARIOS if scenario.startswith(f"{topic}.")]:
        for call in replaying.calls_of(scenario, SCENARIOS[scenario]):
            fault = _fault(call)
            if fault and not _is_refused_there(scenario):
                wrong[scenario] = fault
    expected = {scenario: words for scenario, words in WRONG.items() if scenario.startswith(f"{topic}.")}
    assert {scenario: fault for scenario, fault in wrong.items() if scenario not in expected} == {}
    for scenario, words in expected.items():
        assert re.search(words, wrong[scenario])


def test_what_is_called_wrong_is_recorded() -> None:
    assert set(WRONG) <= set(SCENARIOS)


def _is_refused_there(scenario: str) -> bool:
    """Tell whether v2's own scenario ends with botocore's refusal."""
    topic, _, name = scenario.partition(".")
    return bool(RECORDED[topic][name].get("raises") == "ParamValidationError")


def _fault(call: replaying.Call) -> str:
    try:
        arrived = replaying.send(call)
    except (ApiError, ParamValidationError) as error:
        return str(error)
    if call.service != "s3" and _without_token(arrived.params) != _with_bytes(call.params):
        return f"{call.operation}: {arrived.params} is not {call.params}"
    if replaying.is_ours(call):
        try:
            replaying.call_in_memory(call)
        except ApiError as error:
            return "" if NOT_IN_AN_EMPTY_HOUSE.search(error.message) else error.message
    return ""


def _without_token(params: dict[str, Any]) -> dict[str, Any]:
    """Return params without what botocore adds by itself."""
    return {name: value for name, value in params.items() if name not in ("ClientToken", "ClientRequestToken")}


def _with_bytes(params: dict[str, Any]) -> dict[str, Any]:
    tokens = _without_token(params)
    return {
        name: value.encode() if name == "Body" and isinstance(value, str) else value for name, value in tokens.items()
    }
