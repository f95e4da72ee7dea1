"""What moto keeps of functions: their records, with the code in files beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.awslambda import models as moto_lambda
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend, LambdaFunction, LayerVersion

from sagewright.engine.gateway.hybrid import backends, sharing
from sagewright.engine.gateway.hybrid.functions import archives
from sagewright.vocabulary.errors import ApiError

_PYTHON = "python3."
_REFUSED = ("FileSystemConfigs", "DeadLetterConfig", "SnapStart", "CodeSigningConfigArn", "ImageConfig")


@dataclass(frozen=True)
class Function:
    """One version of a function.

    Attributes:
        version: `$LATEST` or a number.
        arn: As it was invoked, with the qualifier.
        digest: Of its code; empty: it has none.
        layers: Digests of its layers' archives, in their order.
        reserved: How many may run at once; 0: none.
    """

    account: str
    region: str
    name: str
    version: str
    arn: str
    handler: str
    runtime: str
    timeout_s: float
    memory_mib: int
    environment: Mapping[str, str]
    digest: str
    layers: Sequence[str]
    reserved: int | None
    role: str


def function_of(account: str, region: str, name: str, qualifier: str | None) -> Function:
    """Return a function, in a request under way.

    Raises:
        moto's errors: There is none of that name, version or alias.
    """
    backend: Any = backends.backend_of(("lambda", account, region))
    found = backend.get_function(name, qualifier)
    reserved = found.reserved_concurrency
    arn = f"arn:{found.partition}:lambda:{region}:{account}:function:{found.function_name}"
    return Function(
        account=account,
        region=region,
        name=found.function_name,
        version=str(found.version),
        arn=f"{arn}:{qualifier}" if qualifier else arn,
        handler=found.handler or "",
        runtime=found.run_time or "",
        timeout_s=float(found.timeout),
        memory_mib=int(found.memory_size),
        environment=dict(found.environment_vars),
        digest=found.__dict__.get("code_file", ""),
        layers=[_layer(backend, layer["Arn"]) for layer in found.layers],
        reserved=None if reserved is None else int(reserved),
        role=str(found.role),
    )


def _layer(backend: Any, arn: str) -> str:
    digest: str = backend.layers_versions_by_arn(arn).__dict__.get("code_file", "")
    return digest


def take_over() -> None:
    """Let moto keep code in files, and accept what can be run."""
    function, layer, backend, module = LambdaFunction, LayerVersion, LambdaBackend, moto_lambda
    patched: Any = function
    patched.__init__ = _checking(function.__init__)
    patched._set_function_code = _filing(function._set_function_code)
    patched.update_configuration = _checking_changes(function.update_configuration)
    patched.invoke = _refuse
    patched = layer
    patched.__init__ = _filing(layer.__init__)
    patched = backend
    patched.create_event_source_mapping = _queues_only(backend.create_event_source_mapping)
    patched.delete_function = _tidying(backend.delete_function)
    patched = module
    patched.iam_backends = _AnyRole()


class _AnyRole(dict[str, Any]):
    """moto's IAM for functions: roles are accepted as they come; whether one may be passed was decided before."""

    def __missing__(self, key: str) -> Any:
        return self

    def get_role_by_arn(self, arn: str) -> str:
        return arn


def _refuse(self: Any, *_: Any, **__: Any) -> Any:
    """Answer another service of moto's that would wait for a function, which moto runs in docker."""
    raise ApiError("NotImplemented", f"That another service waits for `{self.function_name}` is not built.", 501)


def _checking(make: Any) -> Any:
    def make_checked(self: Any, account_id: str, spec: dict[str, Any], region: str, version: Any = 1) -> None:
        _check(spec)
        make(self, account_id, spec, region, version)

    return make_checked


def _checking_changes(update: Any) -> Any:
    def update_checked(self: Any, config_updates: dict[str, Any]) -> Any:
        _check(config_updates, changes=True)
        return update(self, config_updates)

    return update_checked


def _check(spec: Mapping[str, Any], *, changes: bool = False) -> None:
    if spec.get("PackageType") == "Image" or "ImageUri" in spec.get("Code", {}):
        raise InvalidParameterValueException(
            "Functions in images are not built.\nhint: give a zip archive of Python code."
        )
    runtime = spec.get("Runtime")
    if (runtime or not changes) and not str(runtime).startswith(_PYTHON):
        raise InvalidParameterValueException(f"The runtime `{runtime}` is not built.\nhint: functions in Python run.")
    for name in _REFUSED:
        if spec.get(name) not in (None, {}, {"TargetArn": ""}, {"ApplyOn": "None"}, []):
            raise InvalidParameterValueException(f"`{name}` of functions is not built.")


def _filing(set_code: Any) -> Any:
    """Move code that moto has taken in from its state to a file."""

    def set_and_file(self: Any, *args: Any, **kwargs: Any) -> None:
        before = self.__dict__.pop("code_bytes", None)
        set_code(self, *args, **kwargs)
        data = self.__dict__.get("code_bytes")
        if data is None:  # a dry run
            self.code_bytes = before or b""
            return
        if not data:
            raise InvalidParameterValueException("Error occurred while GetObject. S3 Error Code: NoSuchKey.")
        _, home = sharing.under_way()
        try:
            self.code_file = archives.keep(home, data)
        except archives.BadArchive as error:
            raise InvalidParameterValueException(str(error)) from None
        self.code_bytes = b""
        for holder in (self.__dict__.get("code"), self.__dict__.get("content")):
            if isinstance(holder, dict):
                holder.pop("ZipFile", None)

    return set_and_file


def _queues_only(create: Any) -> Any:
    def create_checked(self: Any, spec: dict[str, Any]) -> Any:
        if ":sqs:" not in str(spec.get("EventSourceArn")):
            raise InvalidParameterValueException("Only queues of SQS are built as sources of events.")
        for name in ("FilterCriteria", "DestinationConfig", "ScalingConfig", "FunctionResponseTypes"):
            if spec.get(name):
                raise InvalidParameterValueException(f"`{name}` of event sources is not built.")
        return create(self, spec)

    return create_checked


def _tidying(delete: Any) -> Any:
    def delete_and_tidy(self: Any, function_name: str, qualifier: str | None = None) -> None:
        delete(self, function_name, qualifier)
        kept: set[str] = set()
        for backend in backends.live("lambda").values():
            made: Any = backend
            holders = [*made._lambdas.all(), *_layer_versions(made)]
            kept.update(holder.__dict__.get("code_file", "") for holder in holders)
        _, home = sharing.under_way()
        archives.remove_others(home, kept)

    return delete_and_tidy


def _layer_versions(backend: Any) -> list[Any]:
    return [version for layer in backend._layers._layers.values() for version in layer.layer_versions.values()]
