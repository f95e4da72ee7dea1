"""Python functions as the steps of pipelines (v2's own path)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggesting, suggests
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags, unique_name_from_base_uuid4
from sagewright.workflow.base_step import ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.delayed_returns import DelayedReturn, returned_by
from sagewright.workflow.functions import Join, JsonGet
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import load_step_compilation_context, trim_request_dict

if TYPE_CHECKING:
    from sagewright.remote_function.spark_config import SparkConfig
    from sagewright.workflow.retry import RetryPolicy

__all__ = ["DelayedReturn", "step"]

Document = dict[str, Any]
Function = Callable[..., Any]


@suggesting
def step(
    _func: Function | None = None,
    *,
    name: str | None = None,
    display_name: str | None = None,
    description: str | None = None,
    retry_policies: Sequence[RetryPolicy] | None = None,
    dependencies: str | None = None,
    pre_execution_commands: list[str] | None = None,
    pre_execution_script: str | None = None,
    environment_variables: Mapping[str, Any] | None = None,
    image_uri: Any = None,
    instance_count: Any = 1,
    instance_type: Any = None,
    job_conda_env: Any = None,
    job_name_prefix: str | None = None,
    keep_alive_period_in_seconds: Any = 0,
    max_retry_attempts: Any = 1,
    max_runtime_in_seconds: Any = 24 * 60 * 60,
    role: str | None = None,
    security_group_ids: Sequence[Any] | None = None,
    subnets: Sequence[Any] | None = None,
    tags: Tags = None,
    volume_kms_key: Any = None,
    volume_size: Any = 30,
    encrypt_inter_container_traffic: Any = None,
    spark_config: SparkConfig | None = None,
    use_spot_instances: Any = False,
    max_wait_time_in_seconds: Any = None,
) -> Any:
    """Let a call of a function be a step of a pipeline: `@step`, or `@step(...)`.

    The call returns what the function will return (`DelayedReturn`), and calls nothing. A pipeline is given the last of
    such calls; those that it depends on come along. What is not given is taken from the configuration
    (`SageMaker.PythonSDK.Modules.RemoteFunction`).

    Args:
        name: Of the step; None: made of the function's name, and another one with every call.
        display_name: None: the function's module and name.
        description: None: the function's docstring, else the file that it is in.
        retry_policies: When the step is tried again.
        dependencies: A requirements.txt or a conda environment.yml on this machine.
        pre_execution_commands, pre_execution_script: What is run before the function: commands, or a script on this
            machine.
        environment_variables: Of the function's job.
        image_uri: None: an image with this Python; one is needed on `aws` if there is none.
        instance_type: Needed, here or in the configuration.
        job_conda_env: The environment of the image that the function runs in.
        job_name_prefix: What the names of its jobs begin with; None: the function's name.
        keep_alive_period_in_seconds: How long its instances are kept for the next job.
        max_retry_attempts: How often the job is tried again after a failure of the service.
        max_runtime_in_seconds: Of the job.
        role: None: the configuration's, else the one that this program runs with.
        volume_size: GiB.
        spark_config: The function is a Spark application.
        max_wait_time_in_seconds: Of a job on spot instances, `max_runtime_in_seconds` included.

    Raises:
        ValueError: Dependencies shall be captured, which steps cannot do. The decorated function raises it for an
            argument that a step's function cannot have.
        TypeError: What is decorated is no function. The decorated function raises it where a plain call would.

    Example:
        >>> import json
        >>> from sagewright.workflow.function_step import step
        >>> from sagewright.workflow.parameters import ParameterInteger
        >>> @step(name="Double", instance_type="ml.m5.large")
        ... def double(number: int) -> int:
        ...     return 2 * number
        >>> doubled = double(ParameterInteger("Number", default_value=4))
        >>> doubled
        DelayedReturn(step='Double')
    """
    if dependencies == "auto_capture":
        raise ValueError("Auto Capture of dependencies is not supported for pipeline steps.")
    made = {
        "name": name,
        "display_name": display_name,
        "description": description,
        "retry_policies": retry_policies,
    }
    settings = {
        "dependencies": dependencies,
        "pre_execution_commands": pre_execution_commands,
        "pre_execution_script": pre_execution_script,
        "environment_variables": environment_variables,
        "image_uri": image_uri,
        "instance_count": instance_count,
        "instance_type": instance_type,
        "job_conda_env": job_conda_env,
        "job_name_prefix": job_name_prefix,
        "keep_alive_period_in_seconds": keep_alive_period_in_seconds,
        "max_retry_attempts": max_retry_attempts,
        "max_runtime_in_seconds": max_runtime_in_seconds,
        "role": role,
        "security_group_ids": security_group_ids,
        "subnets": subnets,
        "tags": format_tags(tags),
        "volume_kms_key": volume_kms_key,
        "volume_size": volume_size,
        "encrypt_inter_container_traffic": encrypt_inter_container_traffic,
        "spark_config": spark_config,
        "use_spot_instances": use_spot_instances,
        "max_wait_time_in_seconds": max_wait_time_in_seconds,
    }

    def decorated(function: Function) -> Function:
        return _decorated(function, made, settings)

    return decorated if _func is None else decorated(_func)


def _decorated(function: Function, made: Document, settings: Document) -> Function:
    if not callable(function):
        raise TypeError(f"`@step` decorates a function, not `{function!r}`\nhint: `@step(name=...)`.")

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> DelayedReturn:
        from sagewright.remote_function.call_checks import check_call

        check_call(function, args, kwargs)
        arguments = [*args, *kwargs.values()]
        for argument in arguments:
            if isinstance(argument, (Join, JsonGet)):
                raise ValueError(
                    f"{type(argument)} is not supported for function arguments.\n"
                    "hint: give what it is made of, and put it together in the function."
                )
        before = {id(given._step): given._step for given in arguments if isinstance(given, DelayedReturn)}
        named = made["name"] or unique_name_from_base_uuid4(function.__name__)
        function_step = _FunctionStep(
            name=named,
            display_name=made["display_name"] or f"{function.__module__}.{function.__name__}",
            description=made["description"] or function.__doc__ or function.__code__.co_filename,
            retry_policies=made["retry_policies"],
            depends_on=list(before.values()),
            func=function,
            func_args=args,
            func_kwargs=kwargs,
            **settings,
        )
        return returned_by(function, function_step)

    return called


@suggests
class _FunctionStep(ConfigurableRetryStep):
    """Calls a function.

    Args:
        depends_on: Steps that have to end before.
        func_args, func_kwargs: What it is called with.
        kwargs: What its job is made with: arguments of `step`.

    Raises:
        SerializationError: The function or an argument cannot be pickled.
    """

    def __init__(
        self,
        name: str,
        display_name: str | None,
        description: str | None,
        retry_policies: Sequence[RetryPolicy] | None = None,
        depends_on: Sequence[Any] | None = None,
        func: Function | None = None,
        func_args: tuple[Any, ...] = (),
        func_kwargs: Document | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, StepTypeEnum.TRAINING, display_name, description, depends_on, retry_policies)
        self._func, self._func_args, self._func_kwargs = func, func_args, func_kwargs or {}
        self._step_kwargs = kwargs
        self._properties = Properties(name, shape_name="DescribeTrainingJobResponse", step=self)
        self._serialized_data = _pickled(func, func_args, self._func_kwargs)

    @property
    def func(self) -> Function | None:
        """The function."""
        return self._func

    @property
    def func_args(self) -> tuple[Any, ...]:
        """What it is called with, by position."""
        return self._func_args

    @property
    def func_kwargs(self) -> Document:
        """What it is called with, by name."""
        return self._func_kwargs

    @property
    def depends_on(self) -> Any:
        """The steps that have to end before; `add_depends_on` adds to them."""
        return self._depends_on

    @depends_on.setter
    def depends_on(self, depends_on: Sequence[Any] | None) -> None:
        raise ValueError("Cannot set depends_on for a _FunctionStep. Use add_depends_on instead to extend the list.")

    @property
    def arguments(self) -> Any:
        """The request of the training job that calls the function, all of whose files are uploaded.

        Raises:
            ValueError: No pipeline is being built, or the job's settings contradict each other.
        """
        context = load_step_compilation_context()
        if context is None:
            raise ValueError(
                "The arguments of a function's step are made where its pipeline is built.\n"
                "hint: `Pipeline(..., steps=[what_the_function_returned]).definition()`."
            )
        from sagewright.remote_function.job import _Job, _JobSettings

        assert self._func is not None
        settings = _JobSettings(**self._step_kwargs, sagemaker_session=context.sagemaker_session)
        request = _Job.compile(
            job_settings=settings,
            job_name=_Job._get_job_name(settings, self._func),
            s3_base_uri=s3_path_join(settings.s3_root_uri, context.pipeline_name),
            func=self._func,
            func_args=self._func_args,
            func_kwargs=self._func_kwargs,
            serialized_data=self._serialized_data,
        )
        return trim_request_dict(request, "TrainingJobName", context)

    @property
    def properties(self) -> Any:
        """A function's step has none: what its function returns stands for it."""
        raise NotImplementedError("Properties attribute is not supported for _FunctionStep.")

    def __getstate__(self) -> Document:
        return {name: value for name, value in vars(self).items() if name != "_func"}  # its pickle goes along

    def __setstate__(self, state: Document) -> None:
        from sagewright.remote_function.core import pickling

        self.__dict__.update(state, _func=pickling.loads(state["_serialized_data"].func))


def _pickled(func: Function | None, args: tuple[Any, ...], kwargs: Document) -> Any:
    from sagewright.remote_function.core.pipeline_variables import convert_pipeline_variables_to_pickleable
    from sagewright.remote_function.core.serialization import CloudpickleSerializer
    from sagewright.remote_function.core.stored_function import _SerializedData

    given = convert_pipeline_variables_to_pickleable(args, kwargs)
    return _SerializedData(func=CloudpickleSerializer.serialize(func), args=CloudpickleSerializer.serialize(given))


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
