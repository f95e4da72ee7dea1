"""What the functions of a pipeline's steps will return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sagewright.vocabulary.variables import Join
from sagewright.workflow.functions import JsonGet
from sagewright.workflow.step_outputs import StepOutput, get_step

# Where a function's job leaves what it returns as JSON, and what stands for it there; every `sagemaker` knows them.
RESULT_FILE, RESULT = "results.json", "Result"

_ITEM = "__getitem__"


class DelayedReturn(StepOutput):
    """What a function decorated with `@step` will return, or an item of that.

    Another decorated function takes it as an argument, a condition compares it, and it stands in other steps' arguments
    where text or a number would.

    Args:
        function_step: The function's step.
        reference_path: The way to the item, `(kind, key)` each.

    Example:
        >>> from sagewright.workflow.function_step import step
        >>> @step(name="Halve")
        ... def halve(number: float) -> dict:
        ...     return {"half": number / 2}
        >>> half = halve(3.0)["half"]
        >>> half
        DelayedReturn(step='Halve', path="['half']")
        >>> half.expr["Std:JsonGet"]["Path"]
        "Result['half']"
    """

    def __init__(self, function_step: Any, reference_path: tuple[Any, ...] = ()) -> None:
        super().__init__(function_step)
        self._reference_path = reference_path

    def __getitem__(self, key: Any) -> DelayedReturn:
        """Return the item of an index or a key."""
        return DelayedReturn(self._step, (*self._reference_path, (_ITEM, key)))

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(
            "DelayedReturn object is not iterable.\nhint: only a pipeline's run knows its items; take one by its index."
        )

    def __deepcopy__(self, memo: Any = None) -> DelayedReturn:
        return self  # it says what step it is of, which stays that step

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in a pipeline's definition.

        Raises:
            ValueError: The step has no name.
            TypeError: A key on the way to the item is neither text nor a whole number.
        """
        return self._to_json_get().expr

    def _to_json_get(self) -> JsonGet:
        if not self._step.name:
            raise ValueError("Step name is not defined.")
        place = get_step(self)._properties.OutputDataConfig.S3OutputPath
        return JsonGet(s3_uri=Join("/", [place, RESULT_FILE]), json_path=RESULT + self._path(), step=self._step)

    @property
    def _referenced_steps(self) -> list[Any]:
        return [self._step]

    def _path(self) -> str:
        return "".join(_path_of(kind, key) for kind, key in self._reference_path)

    def __repr__(self) -> str:
        way = "".join(f"[{key!r}]" for _, key in self._reference_path)
        path = f", path={way!r}" if way else ""
        return f"DelayedReturn(step={self._step.name!r}{path})"


class _DelayedSequence(DelayedReturn):
    """What a function will return that says that it returns a list or a tuple."""

    def __getitem__(self, key: Any) -> DelayedReturn:
        """Return the item of an index."""
        if not isinstance(key, int):
            raise TypeError(f"Expected an integer, got {key}")
        return super().__getitem__(key)


def returned_by(function: Callable[..., Any], function_step: Any) -> DelayedReturn:
    """Return what stands for what a function returns, by what it says of that."""
    from typing import get_origin

    hint = _return_hint(function)
    is_sequence = hint in (list, tuple) or get_origin(hint) in (list, tuple)
    return (_DelayedSequence if is_sequence else DelayedReturn)(function_step)


def _return_hint(function: Callable[..., Any]) -> Any:
    from typing import get_type_hints

    try:
        return get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 - annotations hold any code; names that only type checkers import are missing
        return None


def _path_of(kind: str, key: Any) -> str:
    if kind != _ITEM:
        raise RuntimeError(f"Only __getitem__ is supported for DelayedReturn object. Got {kind} instead.")
    if isinstance(key, int):
        return f"[{key}]"
    if isinstance(key, str):
        return f"['{key}']"
    raise TypeError(
        f"A definition cannot hold the item `{key!r}` of what a function returns.\n"
        "hint: only another decorated function takes such an item; elsewhere a key is text or a whole number."
    )
