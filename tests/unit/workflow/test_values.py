"""The values of pipelines: what stands for them, and what cannot be done with them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from sagewright.vocabulary.variables import Expression, PipelineVariable, as_text, is_variable
from sagewright.workflow import is_pipeline_parameter_string, is_pipeline_variable
from sagewright.workflow.execution_variables import ExecutionVariables
from sagewright.workflow.functions import Join, JsonGet
from sagewright.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
    ParameterTypeEnum,
)
from sagewright.workflow.properties import Properties, PropertyFile

TRAINED = Properties("Train", shape_name="DescribeTrainingJobResponse")
PROCESSED = Properties("Process", shape_name="DescribeProcessingJobResponse")

VALUES: list[PipelineVariable] = [
    ParameterString("Name", "a", enum_values=["a", "b"]),
    ParameterInteger("Count", 1),
    ParameterFloat("Rate", 0.5),
    ParameterBoolean("Flag", True),
    ExecutionVariables.PIPELINE_NAME,
    Join(on="/", values=["a", ParameterString("B")]),
    JsonGet("Process", "report", "rmse"),
    TRAINED.ModelArtifacts.S3ModelArtifacts,
    PROCESSED.ProcessingOutputConfig.Outputs["train"],
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_pickle_copy_and_show_themselves(value: PipelineVariable) -> None:
    assert pickle.loads(pickle.dumps(value)).expr == value.expr
    assert copy.deepcopy(value).expr == value.expr
    assert type(value).__name__ in repr(value)
    assert is_variable(value)
    assert is_pipeline_variable(value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_neither_text_nor_numbers(value: Any) -> None:
    for use in (str, int, float, lambda it: it + "x", lambda it: "x" + it, lambda it: f"{it}"):
        with pytest.raises(TypeError, match=r"[Pp]ipeline variables do not support"):
            use(value)


def test_text_of_a_value_is_made_by_the_run() -> None:
    name, count = ParameterString("Name"), ParameterInteger("Count")
    assert as_text(name) is name
    assert as_text(count).expr == {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Count"}]}}
    assert as_text(7) == "7"


def test_parameters_declare_themselves() -> None:
    assert ParameterString("Name", "a", ["a", "b"]).to_request() == {
        "Name": "Name",
        "Type": "String",
        "DefaultValue": "a",
        "EnumValues": ["a", "b"],
    }
    assert ParameterInteger("Count").to_request() == {"Name": "Count", "Type": "Integer"}
    assert ParameterBoolean(name="Flag", default_value=False).to_request()["DefaultValue"] is False
    assert is_pipeline_parameter_string(ParameterString("Name"))
    assert not is_pipeline_parameter_string(ParameterInteger("Count"))


def test_a_default_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="does not match the Parameter Python type"):
        ParameterInteger("Count", "1")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="hint: `Rate` takes float"):
        ParameterFloat("Rate", 1)
    with pytest.raises(TypeError, match="did you mean `default_value`"):
        ParameterString("Name", default="x")  # type: ignore[call-arg]  # that is the point


def test_an_enumeration_answers_with_its_first_member() -> None:
    assert ParameterTypeEnum() is ParameterTypeEnum.STRING  # type: ignore[call-arg]  # made so by its metaclass
    assert ParameterTypeEnum("Float") is ParameterTypeEnum.FLOAT


def test_parameters_are_equal_by_what_they_were_made_of() -> None:
    assert ParameterString("A", "x") == ParameterString("A", "x")
    assert ParameterString("A", "x") != ParameterString("A", "y")
    assert len({ParameterInteger("A"), ParameterInteger("A"), ParameterFloat("A")}) == 2


def test_properties_follow_the_services_model() -> None:
    assert PROCESSED.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri.expr == {
        "Get": "Steps.Process.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"
    }
    tuned = Properties(
        "Tune",
        shape_names=["DescribeHyperParameterTuningJobResponse", "ListTrainingJobsForHyperParameterTuningJobResponse"],
    )
    assert tuned.TrainingJobSummaries[0].TrainingJobName.expr == {
        "Get": "Steps.Tune.TrainingJobSummaries[0].TrainingJobName"
    }
    assert tuned.BestTrainingJob.TrainingJobName.expr == {"Get": "Steps.Tune.BestTrainingJob.TrainingJobName"}
    cluster = Properties("Cluster", shape_name="Step", service_name="emr")
    assert cluster.Config.Properties["a"].expr == {"Get": "Steps.Cluster.Config.Properties['a']"}
    assert "ModelArtifacts" in dir(TRAINED)


def test_a_property_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"has no property `ModelArtifact`\nhint: did you mean `ModelArtifacts`"):
        _ = TRAINED.ModelArtifact
    with pytest.raises(TypeError, match="take one by its index"):
        list(PROCESSED.ProcessingInputs)


def test_json_get_names_its_file() -> None:
    file = PropertyFile("Report", "evaluation", "report.json")
    assert isinstance(file, Expression)
    assert JsonGet("Process", file, "rmse").expr == {
        "Std:JsonGet": {"PropertyFile": {"Get": "Steps.Process.PropertyFiles.Report"}, "Path": "rmse"}
    }
    uri = Join("/", ["s3:/", "bucket", ExecutionVariables.PIPELINE_EXECUTION_ID])
    assert JsonGet(s3_uri=uri, json_path="a").expr["Std:JsonGet"]["S3Uri"] == uri.expr


def test_json_get_needs_one_file() -> None:
    with pytest.raises(ValueError, match="Missing s3uri or property file"):
        JsonGet("Process", json_path="a")
    with pytest.raises(ValueError, match="but not both"):
        JsonGet("Process", "report", "a", s3_uri=Join("/", ["a"]))
    with pytest.raises(ValueError, match="can only be a primitive object"):
        JsonGet(s3_uri=Join("/", [Join("/", ["a"])]), json_path="a")
    with pytest.raises(ValueError, match="valid step name"):
        _ = JsonGet(None, "report", "a").expr
