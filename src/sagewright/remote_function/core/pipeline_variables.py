"""A step's arguments that its pipeline's run decides: how they are pickled, and what they become (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.s3 import s3_path_join


class _Valued:
    """Equal to what is of the same class and has the same attributes."""

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as v2's dataclasses

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class Context(_Valued):
    """Which step of which run a function is.

    Attributes:
        property_references: What the arguments that the run decides have become.
        serialize_output_to_json: Whether other steps refer to a part of what it returns.
        func_step_s3_dir: The folder of the pipeline's building.
    """

    def __init__(
        self,
        step_name: str | None = None,
        execution_id: str | None = None,
        property_references: dict[str, str] | None = None,
        serialize_output_to_json: bool = False,
        func_step_s3_dir: str | None = None,
    ) -> None:
        self.step_name, self.execution_id = step_name, execution_id
        self.property_references = {} if property_references is None else property_references
        self.serialize_output_to_json, self.func_step_s3_dir = serialize_output_to_json, func_step_s3_dir


# What stands in a pickle for an argument; genuine `sagemaker` has the same names and attributes. ----------------------


class _Parameter(_Valued):
    """A parameter of the pipeline."""

    def __init__(self, name: str) -> None:
        self.name = name


class _ParameterInteger(_Parameter): ...


class _ParameterFloat(_Parameter): ...


class _ParameterString(_Parameter): ...


class _ParameterBoolean(_Parameter): ...


class _Properties(_Valued):
    """What another step will have made."""

    def __init__(self, path: str) -> None:
        self.path = path


class _ExecutionVariable(_Valued):
    """A fact of the run."""

    def __init__(self, name: str) -> None:
        self.name = name


class _S3BaseUriIdentifier(_Valued):
    """Where the pipeline keeps what belongs to its functions."""

    NAME = "S3_BASE_URI"


class _DelayedReturn(_Valued):
    """What another function returns, or a part of it.

    Attributes:
        uri: Where it is stored; older pickles have a sequence of its parts.
        reference_path: The way to the part, `(kind, key)` each.
    """

    def __init__(self, uri: Any, reference_path: tuple[Any, ...] = ()) -> None:
        self.uri, self.reference_path = uri, reference_path


def convert_pipeline_variables_to_pickleable(
    func_args: Sequence[Any], func_kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments with what stands in a pickle for those that a run decides."""
    return tuple(map(_pickleable, func_args)), {name: _pickleable(value) for name, value in func_kwargs.items()}


def resolve_pipeline_variables(
    context: Context,
    func_args: Sequence[Any] | None,
    func_kwargs: Mapping[str, Any] | None,
    s3_base_uri: str,
    **settings: Any,
) -> tuple[tuple[Any, ...] | None, dict[str, Any] | None]:
    """Return arguments with what the run has made of them.

    Args:
        settings: `sagemaker_session`, by which what other functions have returned is read.
    """
    given = [*(func_args or ()), *(func_kwargs or {}).values()]
    run = _Run(context, s3_base_uri)
    returned = _returned([run.place_of(each) for each in given if isinstance(each, _DelayedReturn)], settings)
    args = None if func_args is None else tuple(run.value_of(each, returned) for each in func_args)
    kwargs = None if func_kwargs is None else {name: run.value_of(each, returned) for name, each in func_kwargs.items()}
    return args, kwargs


class _Run:
    """What a run has decided."""

    def __init__(self, context: Context, s3_base_uri: str) -> None:
        self._known, self._base = context.property_references, s3_base_uri

    def value_of(self, argument: Any, returned: Mapping[str, Any]) -> Any:
        if isinstance(argument, _DelayedReturn):
            found = returned[self.place_of(argument)]
            for _, key in argument.reference_path:
                found = found[key]
            return found
        if isinstance(argument, _Parameter):
            return self._parameter(argument)
        if isinstance(argument, _ExecutionVariable):
            return self._known[f"Execution.{argument.name}"]
        return self._known[argument.path] if isinstance(argument, _Properties) else argument

    def place_of(self, argument: _DelayedReturn) -> str:
        if isinstance(argument.uri, _Properties):
            return self._known[argument.uri.path]
        parts = [self._base if isinstance(part, _S3BaseUriIdentifier) else part for part in argument.uri]
        return s3_path_join(*(self.value_of(part, {}) for part in parts))

    def _parameter(self, argument: _Parameter) -> Any:
        text = self._known[f"Parameters.{argument.name}"]
        if isinstance(argument, _ParameterInteger):
            return int(text)
        if isinstance(argument, _ParameterFloat):
            return float(text)
        return text if isinstance(argument, _ParameterString) else text == "true"


def _returned(uris: Sequence[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what other functions have returned, by where it is stored."""
    if not uris:
        return {}
    from concurrent.futures import ThreadPoolExecutor

    from sagewright.remote_function.core.serialization import deserialize_obj_from_s3

    different = list(dict.fromkeys(uris))
    with ThreadPoolExecutor() as threads:
        found = threads.map(lambda uri: deserialize_obj_from_s3(settings["sagemaker_session"], uri), different)
        return dict(zip(different, found, strict=True))


def _pickleable(argument: Any) -> Any:
    """Return what stands in a pickle for an argument: itself, unless a run decides it."""
    from sagewright.vocabulary.variables import PipelineVariable
    from sagewright.workflow.execution_variables import ExecutionVariable
    from sagewright.workflow.parameters import Parameter
    from sagewright.workflow.properties import Properties
    from sagewright.workflow.step_outputs import StepOutput, get_step

    if isinstance(argument, Parameter):
        kinds = {int: _ParameterInteger, float: _ParameterFloat, bool: _ParameterBoolean}
        return kinds.get(argument.parameter_type.python_type, _ParameterString)(argument.name)
    if isinstance(argument, ExecutionVariable):
        return _ExecutionVariable(argument.name)
    if isinstance(argument, Properties):
        return _Properties(argument.expr["Get"])
    if isinstance(argument, StepOutput):
        place = get_step(argument)._properties.OutputDataConfig.S3OutputPath
        return _DelayedReturn(_pickleable(place), getattr(argument, "_reference_path", ()))
    if isinstance(argument, PipelineVariable):
        raise NotImplementedError(
            f"A step cannot take `{type(argument).__name__}` as an argument of its function.\n"
            "hint: give the parameters and step outputs that it is made of, and put it together in the function."
        )
    return argument
