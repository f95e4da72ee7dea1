"""From tensors and lists to arrays of NumPy and back, which is what Triton takes (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import shows

NPY = "application/x-npy"


@shows
class _Translator:
    """Has a MIME type; its `serialize` makes an array, its `deserialize` takes one."""

    kind = NPY

    def __init__(self) -> None:
        self.CONTENT_TYPE = self.ACCEPT = self.kind


class NumpyTranslator(_Translator):
    """Arrays as they are."""

    def serialize(self, data: Any, content_type: str = NPY) -> Any:
        """Return the array."""
        return data

    def deserialize(self, data: Any, content_type: str = NPY) -> Any:
        """Return the array."""
        return data


class TorchTensorTranslator(_Translator):
    """Tensors of PyTorch."""

    kind = "tensor/pt"

    def serialize(self, data: Any, content_type: str = "tensor/pt") -> Any:
        """Return the array of a tensor."""
        try:
            return data.detach().numpy()
        except Exception as error:
            raise ValueError(f"Unable to translate data {type(data)} to np.ndarray: {error}") from error

    def deserialize(self, data: Any, content_type: str = NPY) -> Any:
        """Return the tensor of an array."""
        import torch

        try:
            return torch.from_numpy(data)
        except Exception as error:
            raise ValueError(f"Unable to translate data {type(data)} to torch.Tensor: {error} ") from error


class TensorflowTensorTranslator(_Translator):
    """Tensors of TensorFlow."""

    kind = "tensor/tf"

    def serialize(self, data: Any, content_type: str = "tensor/tf") -> Any:
        """Return the array of a tensor."""
        try:
            return data.numpy()
        except Exception as error:
            raise ValueError(f"Unable to convert data {type(data)} to np.ndarray") from error

    def deserialize(self, data: Any, content_type: str = NPY) -> Any:
        """Return the tensor of an array."""
        import tensorflow

        try:
            return tensorflow.convert_to_tensor(data)
        except Exception as error:
            raise ValueError(f"Unable to convert data {type(data)} to tf.Tensor") from error


class ListTranslator(_Translator):
    """Lists of numbers."""

    kind = "application/list"

    def serialize(self, data: Any, content_type: str = "application/list") -> Any:
        """Return the array of a list."""
        import numpy as np

        try:
            return np.array(data)
        except Exception as error:
            raise ValueError(f"Unable to convert data {type(data)} to np.ndarray") from error

    def deserialize(self, data: Any, content_type: str = NPY) -> Any:
        """Return the list of an array."""
        try:
            return data.tolist()
        except Exception as error:
            raise ValueError(f"Unable to convert data {type(data)} to python list") from error
