"""A user's functions, and a framework's in place of those that are missing, behind one request (`contract.md` 2.2)."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

from sagewright.engine.model_server.context import Context
from sagewright.engine.model_server.errors import InferenceError, UnsupportedFormat, WrongType
from sagewright.engine.model_server.text import is_text, text_of
from sagewright.engine.model_server.wire import Request, Response
from sagewright.vocabulary.content_types import JSON

Function = Callable[..., Any]

MIXED = (
    "Cannot use transform_fn implementation in conjunction with input_fn, predict_fn, and/or output_fn implementation"
)
HOOKS = ("pre_model_fn", "model_warmup_fn")
SHOWN_CHARACTERS = 8192  # of a traceback, in an answer
_OWN = __name__.rpartition(".")[0].replace(".", "/")  # in the names of this package's files


class Defaults(NamedTuple):
    """What a framework does where a user's module has no function of the name.

    Attributes:
        transform_fn: Takes the place of `input_fn`, `predict_fn` and `output_fn`, where a module has none of them.
        error_response: Makes the answer for an error in the framework's own form; None: the toolkit's.
        answers_objects: Whether dicts and lists that a function returns are written as JSON.
        adapt: Makes what is in force of a user's module, where that has functions of other names; None: nothing does.
        is_named: Whether `SAGEMAKER_PROGRAM` names the module; else it is `inference.py`, whatever that says.
    """

    model_fn: Function
    input_fn: Function
    predict_fn: Function
    output_fn: Function
    transform_fn: Function | None = None
    error_response: Callable[[BaseException], Response | None] | None = None
    answers_objects: bool = True
    adapt: Callable[[ModuleType | None], Any] | None = None
    is_named: bool = True


class Handlers(NamedTuple):
    """The functions in force."""

    model_fn: Function
    input_fn: Function
    predict_fn: Function
    output_fn: Function
    transform_fn: Function | None
    pre_model_fn: Function | None
    model_warmup_fn: Function | None
    execution_parameters_fn: Function | None
    defaults: Defaults


def handlers_of(module: ModuleType | None, defaults: Defaults) -> Handlers:
    """Return the functions of a module, and the framework's for those that it has not.

    Raises:
        ValueError: It has `transform_fn` and one of those that this replaces.
    """
    if defaults.adapt:
        defaults = defaults.adapt(module)
    own: dict[str, Any] = {name: getattr(module, name, None) for name in Handlers._fields[:-1]}
    parts = [own["input_fn"], own["predict_fn"], own["output_fn"]]
    if own["transform_fn"] and any(parts):
        raise ValueError(MIXED)
    transform_fn = own["transform_fn"] or (None if any(parts) else defaults.transform_fn)
    return Handlers(
        own["model_fn"] or defaults.model_fn,
        own["input_fn"] or defaults.input_fn,
        own["predict_fn"] or defaults.predict_fn,
        own["output_fn"] or defaults.output_fn,
        transform_fn,
        own["pre_model_fn"],
        own["model_warmup_fn"],
        own["execution_parameters_fn"],
        defaults,
    )


class Service:
    """A loaded model and its functions.

    Args:
        default_accept: The form of an answer where the request names none.
    """

    def __init__(self, handlers: Handlers, model_name: str, model_dir: str, default_accept: str) -> None:
        self.handlers, self.default_accept = handlers, default_accept
        self.context = Context(model_name, model_dir)
        self._model_dir = model_dir
        self.model: Any = None

    def load(self) -> None:
        """Load the model; raises whatever its functions raise."""
        before, after = self.handlers.pre_model_fn, self.handlers.model_warmup_fn
        if before:
            self._call(before, self._model_dir)
        self.model = self._call(self.handlers.model_fn, self._model_dir)
        if after:
            self._call(after, self._model_dir, self.model)
        self._import_encodings()

    def _import_encodings(self) -> None:
        """Import now what the framework's functions will need, and not with the first request."""
        handlers, package = self.handlers, __package__
        if handlers.transform_fn is None and handlers.input_fn is handlers.defaults.input_fn:
            importlib.import_module(f"{package}.decoding")
        if handlers.transform_fn is None and handlers.output_fn is handlers.defaults.output_fn:
            importlib.import_module(f"{package}.encoding")

    def answer(self, request: Request) -> Response:
        """Answer a request; whatever a function raises becomes an answer."""
        processor = self.context.begin(request)
        try:
            response = self._answer(request)
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - the border of the user's code
            return self._failure(error)
        status = processor.status or response.status
        return response._replace(
            status=status,
            content_type=processor.content_type or response.content_type,
            headers={**processor.response_headers, **response.headers},
        )

    def _answer(self, request: Request) -> Response:
        content_type = request.headers.get("content-type") or JSON
        accept = request.headers.get("accept", "")
        accept = self.default_accept if accept in ("", "*/*") else accept
        data: Any = request.body
        if is_text(content_type):
            data = text_of(request.body, content_type)
        result, function = self._transform(data, content_type, accept)
        return response_of(result, function, accept, answers_objects=self.handlers.defaults.answers_objects)

    def _transform(self, data: Any, content_type: str, accept: str) -> tuple[Any, str]:
        """Return what the last function has returned, and its name."""
        handlers = self.handlers
        if handlers.transform_fn:
            return self._call(handlers.transform_fn, self.model, data, content_type, accept), "transform_fn"
        value = self._call(handlers.input_fn, data, content_type)
        prediction = self._call(handlers.predict_fn, value, self.model)
        try:
            return self._call(handlers.output_fn, prediction, accept), "output_fn"
        except UnsupportedFormat as error:
            error.status_code = 406
            raise

    def _call(self, function: Function, *arguments: Any) -> Any:
        """Call a function, with the context where it takes one more."""
        return function(*arguments, self.context) if _takes_context(function, len(arguments)) else function(*arguments)

    def _failure(self, error: BaseException) -> Response:
        trace = readable_trace(error)
        log_failure(error, trace)
        own = self.handlers.defaults.error_response
        if own and (response := own(error)):
            return response
        status = error.status_code if isinstance(error, InferenceError) else 500
        status = status if 400 <= status <= 599 else 500
        text = str(error) if trace == f"{error}\n" else f"{error}\n{trace[-SHOWN_CHARACTERS:]}"
        return Response(status, text.encode(errors="replace"), "text/plain; charset=utf-8")


def response_of(result: Any, function: str, accept: str, *, answers_objects: bool = True) -> Response:
    """Return the answer that a function's result means.

    Args:
        function: Its name.

    Raises:
        WrongType: It cannot be sent.
    """
    content_type = accept.split(",", maxsplit=1)[0].strip() or JSON
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], str):
        result, content_type = result
    status, headers = 200, {}
    if hasattr(result, "response") and hasattr(result, "status"):  # a `Response` of the toolkit's, or of Flask
        status = getattr(result, "status_code", None) or int(str(result.status).split(" ")[0])
        content_type = getattr(result, "mimetype", None) or content_type
        headers = dict(getattr(result, "headers", None) or {})
        headers = {k: v for k, v in headers.items() if k.lower() not in ("content-type", "content-length")}
        result = result.response
        if isinstance(result, list) and all(isinstance(item, (str, bytes)) for item in result):
            result = b"".join(item.encode() if isinstance(item, str) else item for item in result)
    return Response(status, _body(result, function, answers_objects=answers_objects), content_type, headers)


def _body(result: Any, function: str, *, answers_objects: bool) -> bytes | Iterator[bytes]:
    if isinstance(result, str):
        return result.encode()
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    if isinstance(result, Iterator):
        return _pieces(result, function)
    if isinstance(result, dict) or (answers_objects and isinstance(result, list)):
        from sagewright.engine.model_server.encoding import to_json

        try:
            return to_json(result).encode()
        except (TypeError, ValueError):
            raise WrongType(function, result) from None
    raise WrongType(function, result)


def _pieces(result: Iterator[Any], function: str) -> Iterator[bytes]:
    try:
        for piece in result:
            if isinstance(piece, str):
                yield piece.encode()
            elif isinstance(piece, (bytes, bytearray, memoryview)):
                yield bytes(piece)
            else:
                raise WrongType(function, piece)
    finally:
        if close := getattr(result, "close", None):
            close()


def readable_trace(error: BaseException) -> str:
    """Return a traceback that begins in the user's code, or the library's beneath it, and not in this server's."""
    frames = error.__traceback__
    while frames is not None and _OWN in frames.tb_frame.f_code.co_filename.replace("\\", "/"):
        frames = frames.tb_next
    if frames is None and isinstance(error, InferenceError):  # it is this server's, and its text says all
        return f"{error}\n"
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))


def log_failure(error: BaseException, trace: str) -> None:
    """Write to the log why a request has failed; of what the client has done wrong only that."""
    if isinstance(error, InferenceError) and error.status_code < 500:
        sys.stderr.write(f"{error.status_code} {error}\n")
    else:
        sys.stderr.write(trace)
    sys.stderr.flush()


def _takes_context(function: Function, count: int) -> bool:
    """Tell whether a function wants the context behind `count` arguments.

    Raises:
        TypeError: It takes another number of them.
    """
    known = _arities.get((function, count))
    if known is None:
        known = _arities[function, count] = _arity(function, count)
    return known


_arities: dict[tuple[Function, int], bool] = {}


def _arity(function: Function, count: int) -> bool:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:  # one of C's that tells nothing
        return False
    if len(parameters) == count + 1 and parameters[-1].kind is parameters[-1].POSITIONAL_OR_KEYWORD:
        return True
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    has_rest = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(needed) <= count and (has_rest or len(positional) >= count):
        return False
    name = getattr(function, "__name__", str(function))
    raise TypeError(f"{name} takes {len(parameters)} arguments but {count} were given.")
