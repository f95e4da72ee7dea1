"""What a pipeline's run can do with values (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import Join, PipelineVariable, is_variable
from sagewright.workflow.entities import Valued
from sagewright.workflow.execution_variables import ExecutionVariable
from sagewright.workflow.parameters import Parameter
from sagewright.workflow.properties import Properties, PropertyFile

__all__ = ["Join", "JsonGet"]


@suggests
class JsonGet(Valued, PipelineVariable):
    """A value of a JSON file that a step leaves.

    Args:
        step_name: The processing step that leaves the property file.
        property_file: The file, or its name.
        json_path: Where the value stands in it: `metrics.rmse.value`, `rows[0]`.
        s3_uri: In place of a property file: a `Join` that names the file in S3.
        step: The step that leaves the file in S3.

    Raises:
        ValueError: There is neither a property file nor an S3 URI, or both, or an S3 URI that is no `Join` of plain
            values, parameters, execution variables and properties.

    Example:
        >>> from sagewright.workflow.functions import JsonGet
        >>> JsonGet("Evaluate", "report", "rmse.value").expr["Std:JsonGet"]["Path"]
        'rmse.value'
    """

    def __init__(
        self,
        step_name: str | None = None,
        property_file: PropertyFile | str | None = None,
        json_path: str | None = None,
        s3_uri: Join | None = None,
        step: Any = None,
    ) -> None:
        self.step_name, self.property_file, self.json_path = step_name, property_file, json_path
        self.s3_uri, self.step = s3_uri, step
        if property_file and s3_uri:
            raise ValueError("Please specify either a property file or s3 uri as an input, but not both.")
        if not property_file and not s3_uri:
            raise ValueError(
                "Missing s3uri or property file as a required input to JsonGet."
                "Please specify either a property file or s3 uri as an input, but not both."
            )
        if s3_uri:
            self._check_s3_uri()

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in the definition.

        Raises:
            ValueError: The property file's step has no name.
        """
        if self.s3_uri:
            uri = self.s3_uri.expr if is_variable(self.s3_uri) else self.s3_uri
            return {"Std:JsonGet": {"S3Uri": uri, "Path": self.json_path}}
        if not isinstance(self.step_name, str) or not self.step_name:
            raise ValueError("Please give a valid step name as a string.")
        name = self.property_file.name if isinstance(self.property_file, PropertyFile) else self.property_file
        file = {"Get": f"Steps.{self.step_name}.PropertyFiles.{name}"}
        return {"Std:JsonGet": {"PropertyFile": file, "Path": self.json_path}}

    def __hash__(self) -> int:  # type: ignore[override]  # what it is made of stays
        return hash((self.step_name, self.json_path))

    @property
    def _referenced_steps(self) -> list[Any]:
        found = self.step or self.step_name
        return [found] if found else []

    def _check_s3_uri(self) -> None:
        if not isinstance(self.s3_uri, Join):
            raise ValueError(
                f"Invalid JsonGet function {self.expr}. JsonGet function's s3_uri can only be a "
                "sagemaker.workflow.functions.Join object."
            )
        for value in self.s3_uri.values:
            if is_variable(value) and not isinstance(value, (Parameter, ExecutionVariable, Properties)):
                raise ValueError(
                    f"Invalid JsonGet function {self.expr}. The Join values in JsonGet's s3_uri can only be a "
                    "primitive object, Parameter, ExecutionVariable or Properties."
                )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
