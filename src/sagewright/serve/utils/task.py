"""Samples of what models of the Hugging Face hub are asked and answer, by task (v2's own path)."""

from __future__ import annotations

from typing import Any

_BEGUN = "Hello, I'm a language model"
_WRITTEN = f"{_BEGUN}er. So while writing this, when I went out to meet my wife or come home she told me that my"
_SAMPLES: dict[str, tuple[Any, Any]] = {
    "text-classification": (
        {"inputs": "Where is the capital of France?, Paris is the capital of France.", "parameters": {}},
        [{"label": "entailment", "score": 0.997}],
    ),
    "text-generation": ({"inputs": _BEGUN, "parameters": {}}, [{"generated_text": _WRITTEN}]),
}


def retrieve_local_schemas(task: str) -> tuple[Any, Any]:
    """Return a sample of a task's input, and one of its output; each call returns new ones.

    Raises:
        ValueError: None is known.
    """
    import copy

    if task not in _SAMPLES:
        raise ValueError(f"Could not find {task} I/O schema.")
    return copy.deepcopy(_SAMPLES[task])
