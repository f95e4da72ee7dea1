"""The session in which jobs become steps (v2's own path)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, no_surplus, suggests
from sagewright.deferring import StepContext, runnable_by_pipeline
from sagewright.session import Session

if TYPE_CHECKING:
    import boto3

__all__ = ["LocalPipelineSession", "PipelineSession", "retrieve_caller_name", "runnable_by_pipeline"]

Document = dict[str, Any]

_PipelineConfig = StepContext  # v2's name

# The requests that become a step's arguments, and the method of v2's session that makes each.
_KEPT = {
    "create_training_job": "train",
    "create_processing_job": "process",
    "create_transform_job": "transform",
    "create_hyper_parameter_tuning_job": "create_tuning_job",
    "create_auto_ml_job": "auto_ml",
    "create_auto_ml_job_v2": "create_auto_ml_v2",
    "create_model": "create_model",
    "create_model_package": "create_model_package_from_containers",
}

# Those of which each makes a step's arguments by itself, under the names that v2 has for them.
_KEPT_ALONE = (
    "create_endpoint_config",
    "create_endpoint",
    "create_inference_component",
    "create_action",
    "create_artifact",
    "create_context",
    "add_association",
)


class _StepArguments:
    """A call that is made when the pipeline is built.

    Attributes:
        caller_name: The method of the session that would send what the call makes.
        func, func_args, func_kwargs: The call; the first argument is the object whose method it is.
    """

    def __init__(
        self,
        caller_name: str | None = None,
        func: Callable[..., Any] | None = None,
        *func_args: Any,
        **func_kwargs: Any,
    ) -> None:
        self.caller_name, self.func = caller_name, func
        self.func_args, self.func_kwargs = func_args, func_kwargs

    def __getstate__(self) -> Document:
        return {**vars(self), "func": self.func and (self.func.__module__, self.func.__qualname__)}

    def __setstate__(self, state: Document) -> None:
        self.__dict__.update(state, func=state["func"] and _function_of(*state["func"]))

    def __repr__(self) -> str:
        return f"<the arguments of a step, by `{self.caller_name}`>"


class _JobStepArguments(_StepArguments):
    """The request of a step's job."""

    def __init__(self, caller_name: str | None, args: Document) -> None:
        super().__init__(caller_name)
        self.args = args


class _ModelStepArguments(_StepArguments):
    """The request that creates or registers a model, and which of its archives are made when the pipeline runs.

    Attributes:
        need_runtime_repack: The identities of the models whose code has to be packed into their archive.
        runtime_repack_output_prefix: The S3 URI below which such an archive goes.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.create_model_package_request: Document | None = None
        self.create_model_request: Document | None = None
        self.need_runtime_repack: set[int] = set()
        self.runtime_repack_output_prefix: str | None = None


@suggests
class PipelineSession(Session):
    """A session that starts nothing: what would be started becomes a step of a pipeline.

    `estimator.fit()`, `processor.run()`, `tuner.fit()`, `transformer.transform()`, `model.create()` and
    `model.register()` return the arguments of a step; so do its own `create_endpoint_config()`, `create_endpoint()` and
    `create_inference_component()`, and `Action.create()` and its like. Everything else works as in `Session`, whose
    arguments these are.

    Example:
        >>> from sagewright.workflow.pipeline_context import PipelineSession
        >>> PipelineSession(default_bucket="bucket").default_bucket_prefix
    """

    def __init__(
        self,
        boto_session: boto3.Session | None = None,
        sagemaker_client: Any = None,
        default_bucket: str | None = None,
        settings: Any = None,
        sagemaker_config: Mapping[str, Any] | None = None,
        default_bucket_prefix: str | None = None,
        target: str | None = None,
    ) -> None:
        super().__init__(
            boto_session=boto_session,
            sagemaker_client=sagemaker_client,
            default_bucket=default_bucket,
            settings=settings,
            sagemaker_config=sagemaker_config,
            default_bucket_prefix=default_bucket_prefix,
            target=target,
        )
        self._context: _StepArguments | None = None

    @property
    def context(self) -> Any:
        """What was kept last: the request of a job, or of a model."""
        return self._context

    @context.setter
    def context(self, value: _StepArguments | None = None) -> None:
        self._context = value

    def init_model_step_arguments(self, model: Any) -> None:
        """Keep what creates or registers a model from now on."""
        if not isinstance(self._context, _ModelStepArguments):
            self._context = _ModelStepArguments(model)

    def _send(self, operation: str, request: Document) -> Document:
        """Keep what becomes a step's arguments; send everything else."""
        if operation == "create_model_package_group":
            return {}  # the step that registers makes it
        if operation not in _KEPT:
            return super()._send(operation, request)
        caller = _KEPT[operation]
        if operation in ("create_model", "create_model_package"):
            self._keep_model(operation, request, caller)
        else:
            self._context = _JobStepArguments(caller, request)
        return {}

    def _create(self, operation: str, request: Document, then: Callable[[Document], Any]) -> Any:
        """Return the arguments of a step that makes it."""
        if operation not in _KEPT_ALONE:
            return super()._create(operation, request, then)
        self._context = _JobStepArguments(operation, request)
        return self._context

    def _keep_model(self, operation: str, request: Document, caller: str) -> None:
        if not isinstance(self._context, _ModelStepArguments):
            raise ValueError(
                "A PipelineSession keeps models for a pipeline, and deploys none.\n"
                "hint: give `model.create()` to a ModelStep, or deploy with a plain Session."
            )
        self._context.caller_name = caller
        if operation == "create_model":
            self._context.create_model_request = request
        else:
            self._context.create_model_package_request = request

    def _tell(self, message: str, *values: Any) -> None:
        """Say nothing: nothing is started."""

    def _announce(self) -> None:
        """Say nothing: nothing is sent."""

    def _deferred(self, function: Callable[..., Any], owner: Any, args: tuple[Any, ...], kwargs: Document) -> Any:
        """Return what a call becomes in a pipeline; see `runnable_by_pipeline`."""
        args, kwargs = _without_waiting(function, owner, args, kwargs)
        warnings.warn(
            "Running within a PipelineSession, there will be No Wait, No Logs, and No Job being started.",
            UserWarning,
            stacklevel=3,
        )
        if function.__name__ not in ("create", "register"):
            return _StepArguments(retrieve_caller_name(owner), function, owner, *args, **kwargs)
        self.init_model_step_arguments(owner)
        try:
            function(owner, *args, **kwargs)
            return self._context
        finally:
            self._context = None


def retrieve_caller_name(job_instance: Any) -> str | None:
    """Return the method of the session that would send what an object starts; None: it starts no job."""
    import sys  # a class's module is loaded where there is an object of it

    for module, owner, caller in (
        ("processing", "Processor", "process"),
        ("estimator", "EstimatorBase", "train"),
        ("transformer", "Transformer", "transform"),
        ("tuner", "HyperparameterTuner", "create_tuning_job"),
        ("automl.automl", "AutoML", "auto_ml"),
        ("automl.automlv2", "AutoMLV2", "create_auto_ml_v2"),
    ):
        loaded = sys.modules.get(f"sagewright.{module}")
        if loaded is not None and isinstance(job_instance, getattr(loaded, owner)):
            return caller
    return None


def _function_of(module: str, name: str) -> Callable[..., Any]:
    """Return a method as it is without a pipeline, by the name that pickles hold."""
    import importlib
    import inspect

    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.unwrap(found)  # type: ignore[no-any-return]  # of a method


def _without_waiting(
    function: Callable[..., Any], owner: Any, args: tuple[Any, ...], kwargs: Document
) -> tuple[tuple[Any, ...], Document]:
    """Return the arguments of a call that neither waits nor shows logs.

    Raises:
        TypeError: The call could not be made; it fails here, not where the pipeline is built.
    """
    import inspect

    signature = inspect.signature(function)
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values())
    if not takes_any:
        unknown = {name: value for name, value in kwargs.items() if name not in signature.parameters}
        no_surplus(function.__qualname__, unknown, function)
    signature.bind(owner, *args, **kwargs)
    names = list(signature.parameters)[1:]
    quiet = [False if name in ("wait", "logs") else value for name, value in zip(names, args, strict=False)]
    quiet += args[len(names) :]
    silent: Document = {name: False for name in ("wait", "logs") if name in names[len(args) :]}
    return tuple(quiet), {**kwargs, **silent}


class LocalPipelineSession:
    """v2's session for pipelines in its local mode, which is not built: an engine will run whole pipelines.

    Raises:
        NotImplementedError: Always.
    """

    def __init__(
        self,
        boto_session: Any = None,
        default_bucket: str | None = None,
        s3_endpoint_url: str | None = None,
        disable_local_code: bool = False,
        default_bucket_prefix: str | None = None,
    ) -> None:
        raise NotImplementedError(
            "`LocalPipelineSession` is not built into Sagewright yet: its engine does not run pipelines so far.\n"
            "hint: `PipelineSession` builds the same pipelines; they run on the target `aws`."
        )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
