"""PyTorch: TorchScript from `model.pt`, tensors in and out. Source: aws/sagemaker-pytorch-inference-toolkit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagewright.engine.model_server.frameworks import generic
from sagewright.engine.model_server.handlers import Defaults

NAME = "model.pt"


class ModelLoadError(Exception):
    """The file is no TorchScript."""


def model_fn(model_dir: str) -> Any:
    """Load `model.pt`, or else the only `.pt` or `.pth` file.

    Raises:
        ModelLoadError: It is no TorchScript.
        ValueError: There are several such files, or none.
    """
    import torch

    path = Path(model_dir) / NAME
    if not path.exists():
        files = sorted(file for file in Path(model_dir).iterdir() if file.suffix in (".pt", ".pth") and file.is_file())
        if len(files) != 1:
            names = [file.name for file in files]
            raise ValueError(f"Exactly one .pth or .pt file is required for PyTorch models: {names}")
        path = files[0]
    try:
        load: Any = torch.jit.load
        return load(str(path), map_location=_device()).to(_device())
    except RuntimeError as error:
        raise ModelLoadError(f"Failed to load {path}. Please ensure model is saved using torchscript.") from error


def input_fn(data: Any, content_type: str) -> Any:
    """Return a request's body as a tensor; what comes as text is float32."""
    import torch

    from sagewright.engine.model_server.decoding import csv_array, decode
    from sagewright.engine.model_server.errors import Undecodable
    from sagewright.engine.model_server.text import is_text
    from sagewright.vocabulary.content_types import CSV, parse_content_type

    try:
        if parse_content_type(content_type).name == CSV:
            found: Any = csv_array(data)
        else:
            found = decode(data, content_type)
        if is_text(content_type):
            found = torch.FloatTensor(found)
        elif not torch.is_tensor(found):
            found = torch.from_numpy(found) if hasattr(found, "dtype") else torch.tensor(found)
    except (TypeError, ValueError, RuntimeError) as error:
        raise Undecodable(content_type, error) from error
    return found.to(_device())


def predict_fn(data: Any, model: Any) -> Any:
    """Call the model, without gradients."""
    import torch

    with torch.no_grad():
        if hasattr(model, "to") and hasattr(model, "eval"):
            model = model.to(_device())
            model.eval()
        return model(data.to(_device()) if hasattr(data, "to") else data)


def output_fn(prediction: Any, accept: str) -> Any:
    """Write an answer's body."""
    import torch

    from sagewright.engine.model_server.decoding import TENSOR
    from sagewright.vocabulary.content_types import parse_content_type

    wishes = [parse_content_type(wish).name for wish in accept.split(",")]
    if torch.is_tensor(prediction) and TENSOR not in wishes:
        prediction = prediction.detach().cpu().numpy()
    return generic.output_fn(prediction, accept)


def _device() -> Any:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


DEFAULTS = Defaults(model_fn, input_fn, predict_fn, output_fn)
