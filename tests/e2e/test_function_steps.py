"""Functions of a pipeline's steps, run as the jobs of its definition with the values that a run fills in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sagewright.s3 import S3Downloader
from sagewright.workflow.execution_variables import ExecutionVariables
from sagewright.workflow.function_step import step
from sagewright.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString
from sagewright.workflow.pipeline import Pipeline, get_function_step_result
from sagewright.workflow.pipeline_context import PipelineSession
from tests.e2e.conftest import ROLE, Cloud

RUN = "abc123def456"


class Run:
    """A pipeline's run, as the service makes it: each step's job in turn, expressions filled in."""

    def __init__(self, cloud: Cloud, definition: str, parameters: Mapping[str, str]) -> None:
        self.cloud, self.definition = cloud, json.loads(definition)
        self.known = {f"Parameters.{name}": value for name, value in parameters.items()}
        self.known |= {"Execution.PipelineExecutionId": RUN, "Execution.PipelineName": "prices"}
        self.done: list[dict[str, Any]] = []

    def end_of(self, name: str) -> dict[str, Any]:
        """Run a step's job to its end; return its description."""
        (found,) = (each for each in self.definition["Steps"] if each["Name"] == name)
        job = f"pipelines-{RUN}-{name}"
        self.cloud.sagemaker.create_training_job(TrainingJobName=job, **self._filled(found["Arguments"]))
        described = self.cloud.end_of(job)
        self.known[f"Steps.{name}.OutputDataConfig.S3OutputPath"] = described["OutputDataConfig"]["S3OutputPath"]
        self.done.append({"StepName": name, "Metadata": {"TrainingJob": {"Arn": described["TrainingJobArn"]}}})
        return described

    def result(self, name: str) -> Any:
        return get_function_step_result(name, self.done, RUN, PipelineSession())

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Get"}:
            return self.known[value["Get"]]
        if set(value) == {"Std:Join"}:
            return value["Std:Join"]["On"].join(map(str, self._filled(value["Std:Join"]["Values"])))
        return {name: self._filled(item) for name, item in value.items()}


def test_functions_of_a_definition_run_as_its_jobs(cloud: Cloud) -> None:
    factor = 10

    @step(name="first", role=ROLE, instance_type="ml.m5.large")
    def first(count: int, rate: float, text: str, flag: bool, *, name: str) -> list[Any]:
        print("a line of the first job")
        return [count * factor, rate, {"text": text}, flag, name]

    @step(name="second", role=ROLE, instance_type="ml.m5.large")
    def second(count: int, text: str, everything: list[Any]) -> dict[str, Any]:
        return {"count": count + 1, "text": text, "everything": tuple(everything)}

    parameters = [
        ParameterInteger("Count", default_value=1),
        ParameterFloat("Rate", default_value=0.5),
        ParameterString("Text", default_value="a"),
        ParameterBoolean("Flag", default_value=False),
    ]
    session = PipelineSession()
    made = first(*parameters, name=ExecutionVariables.PIPELINE_NAME)
    last = second(made[0], made[2]["text"], made)
    definition = Pipeline("prices", parameters, steps=[last], sagemaker_session=session).definition()

    run = Run(cloud, definition, {"Count": "4", "Rate": "1.5", "Text": "b", "Flag": "true"})
    assert run.end_of("first")["TrainingJobStatus"] == "Completed"
    everything = [40, 1.5, {"text": "b"}, True, "prices"]
    assert run.result("first") == everything
    place = run.known["Steps.first.OutputDataConfig.S3OutputPath"]
    assert json.loads(S3Downloader.read_file(f"{place}/results.json", session))["Result"] == everything
    assert run.end_of("second")["TrainingJobStatus"] == "Completed"
    assert run.result("second") == {"count": 41, "text": "b", "everything": tuple(everything)}
    assert "a line of the first job" in cloud.log(f"pipelines-{RUN}-first")
