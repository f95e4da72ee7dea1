"""Transformers: a `pipeline` of the model's files. Source: aws/sagemaker-huggingface-inference-toolkit."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from sagewright.engine.model_server.errors import InferenceError, UnsupportedFormat
from sagewright.engine.model_server.handlers import Defaults
from sagewright.engine.model_server.settings import CONTAINER_BASE, place_of
from sagewright.engine.model_server.wire import Response
from sagewright.vocabulary.content_types import CSV, JSON, parse_content_type

NPY = "application/x-npy"
IMAGES = ("image/jpeg", "image/png", "image/tiff", "image/bmp", "image/gif", "image/webp", "image/x-image")
AUDIO = ("audio/x-flac", "audio/mpeg", "audio/wave", "audio/ogg", "audio/x-audio")

# The end of an architecture's name -> what it does; the last that fits counts.
_TASKS = {
    "TapasForQuestionAnswering": "table-question-answering",
    "ForQuestionAnswering": "question-answering",
    "ForTokenClassification": "token-classification",
    "ForSequenceClassification": "text-classification",
    "ForMultipleChoice": "multiple-choice",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "ForConditionalGeneration": "text2text-generation",
    "MTModel": "text2text-generation",
    "EncoderDecoderModel": "text2text-generation",
    "GPT2LMHeadModel": "text-generation",
    "T5WithLMHeadModel": "text2text-generation",
}
_NESTED = ("zero-shot-classification", "table-question-answering")  # whose requests no table can hold


def model_fn(model_dir: str) -> Any:
    """Return the pipeline of `HF_TASK`, or of what the model's `config.json` says.

    Raises:
        ValueError: There is no model, or its task is not known.
    """
    folder = _folder(model_dir)
    task = os.environ.get("HF_TASK") or _task_of(Path(folder))
    os.environ["HF_TASK"] = task
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import pipeline

    trusted = os.environ.get("HF_TRUST_REMOTE_CODE", "").lower() in ("y", "yes", "t", "true", "on", "1")
    return pipeline(task=task, model=folder, device=_device(), trust_remote_code=trusted)


def input_fn(data: Any, content_type: str) -> Any:
    """Return a request's body as what pipelines are called with: `{"inputs": ..., "parameters": ...}`.

    Raises:
        UnsupportedFormat: The content type is not known.
    """
    name = parse_content_type(content_type).name
    if name == JSON:
        return json.loads(data)
    if name == CSV:
        return _from_csv(data, content_type)
    if name == NPY:
        from sagewright.engine.model_server.decoding import npy_array

        return npy_array(data)
    if name in AUDIO:
        return {"inputs": bytes(data)}
    if name in IMAGES:
        from PIL import Image

        return {"inputs": Image.open(io.BytesIO(data)).convert("RGB")}
    raise UnsupportedFormat(content_type)


def predict_fn(data: Any, model: Any) -> Any:
    """Call the pipeline with the inputs, and the parameters by name."""
    if not isinstance(data, dict):
        return model(data)
    rest = dict(data)
    inputs = rest.pop("inputs", rest)
    parameters = rest.pop("parameters", None)
    return model(inputs, **parameters) if parameters is not None else model(inputs)


def output_fn(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Write an answer's body.

    Raises:
        UnsupportedFormat: None of the accepted types can be written.
    """
    for wish in accept.split(","):
        name = parse_content_type(wish).name
        if name in (JSON, "*/*", ""):
            return to_json(prediction).encode(), JSON
        if name == CSV:
            return _to_csv(prediction).encode(), CSV
        if name == NPY:
            from sagewright.engine.model_server.encoding import to_npy

            return to_npy(prediction), NPY
    raise UnsupportedFormat(accept, 406)


def to_json(prediction: Any) -> str:
    """Return the document as the container writes it, without spaces and without NaN."""
    return json.dumps(prediction, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def error_response(error: BaseException) -> Response:
    """Return the container's answer for an error, which is always one of the client's."""
    told = {"code": 400, "type": "InternalServerException", "message": str(error)}
    return Response(400, json.dumps(told, indent=2).encode())


def _folder(model_dir: str) -> str:
    """Return where the model's files lie.

    Raises:
        ValueError: They would have to be fetched.
    """
    name = os.environ.get("HF_MODEL_ID")
    if not name:
        return model_dir
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", CONTAINER_BASE))
    if name.startswith("/") and (place := place_of(base, name)).is_dir():
        return str(place)
    if (Path(model_dir) / "config.json").is_file():
        return model_dir
    try:
        from huggingface_hub import snapshot_download

        found: str = snapshot_download(name, revision=os.environ.get("HF_MODEL_REVISION"), local_files_only=True)
    except Exception:  # noqa: BLE001 - the library has many words for "it is not here"
        raise ValueError(
            f"HF_MODEL_ID=`{name}` is a model of the Hugging Face Hub, and nothing is fetched from there.\n"
            "hint: put the model's files into model.tar.gz, as save_pretrained leaves them, and name HF_TASK; or bring "
            f"them into this machine's cache once: huggingface-cli download {name}"
        ) from None
    return found


def _task_of(folder: Path) -> str:
    path = folder / "config.json"
    if not path.is_file():
        raise ValueError("You need to define a task as env 'HF_TASK': there is no config.json that tells it.")
    names = json.loads(path.read_text()).get("architectures") or [""]
    tasks = [task for end, task in _TASKS.items() if str(names[0]).endswith(end)]
    if not tasks:
        raise ValueError(
            f"Task couldn't be inferenced from {names[0] or 'a model without `architectures`'}. "
            "Use env `HF_TASK` to define your task."
        )
    return tasks[-1]


def _device() -> int:
    try:
        import torch
    except ImportError:
        return -1
    return 0 if torch.cuda.is_available() else -1


def _from_csv(data: str, content_type: str) -> Any:
    task = os.environ.get("HF_TASK")
    if task in _NESTED:
        raise InferenceError(400, f"content type {content_type} not support with {task}, use different content_type")
    head = (data.splitlines() or [""])[0].lower()
    if not any(word in head for word in ("question", "context", "inputs")):
        raise InferenceError(
            400,
            "You need to provide the correct CSV with Header columns to use it with the inference toolkit default "
            "handler.",
        )
    rows = list(csv.DictReader(io.StringIO(data)))
    return {"inputs": [row["inputs"] for row in rows] if rows and "inputs" in rows[0] else rows}


def _to_csv(prediction: Any) -> str:
    rows = prediction if isinstance(prediction, list) else [prediction]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "save") and hasattr(value, "convert"):  # a picture
        body = io.BytesIO()
        value.save(body, format="PNG")
        return base64.b64encode(body.getvalue()).decode()
    if hasattr(value, "isoformat"):
        return str(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


DEFAULTS = Defaults(model_fn, input_fn, predict_fn, output_fn, error_response=error_response)
