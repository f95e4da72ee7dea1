"""The body of a response, as what `predict` returns (`contract.md` 9.9)."""

from __future__ import annotations

import codecs
import csv
import io
import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sagewright.arguments import renamed_class, shows
from sagewright.jumpstart.formats import default_deserializer as retrieve_default  # noqa: F401 - v2's name
from sagewright.jumpstart.formats import deserializer_options as retrieve_options  # noqa: F401 - v2's name
from sagewright.utils import DeferredError  # noqa: F401 - v2's name
from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO

if TYPE_CHECKING:
    from sagewright.amazon.records import ProtobufRecord


@shows
class BaseDeserializer(ABC):
    """Turns a body into data."""

    @abstractmethod
    def deserialize(self, stream: Any, content_type: str) -> Any:
        """Return the data, and close the stream.

        Args:
            stream: The body, with `read` and `close`.
            content_type: The MIME type of the body.
        """

    @property
    @abstractmethod
    def ACCEPT(self) -> tuple[str, ...]:
        """The MIME types that a request says it accepts."""


class SimpleBaseDeserializer(BaseDeserializer):
    """A deserializer whose accepted types are an argument: one, or several in a tuple."""

    def __init__(self, accept: str | tuple[str, ...] = "*/*") -> None:
        self.accept = accept

    @property
    def ACCEPT(self) -> tuple[str, ...]:
        return (self.accept,) if isinstance(self.accept, str) else tuple(self.accept)


class BytesDeserializer(SimpleBaseDeserializer):
    """The body as bytes."""

    def deserialize(self, stream: Any, content_type: str) -> bytes:
        return _read(stream)


class StringDeserializer(SimpleBaseDeserializer):
    """The body as text."""

    def __init__(self, encoding: str = "UTF-8", accept: str | tuple[str, ...] = JSON) -> None:
        super().__init__(accept)
        self.encoding = encoding

    def deserialize(self, stream: Any, content_type: str) -> str:
        return _read(stream).decode(self.encoding)


class CSVDeserializer(SimpleBaseDeserializer):
    """Rows of CSV as lists of text."""

    def __init__(self, encoding: str = "utf-8", accept: str | tuple[str, ...] = CSV) -> None:
        super().__init__(accept)
        self.encoding = encoding

    def deserialize(self, stream: Any, content_type: str) -> list[list[str]]:
        return list(csv.reader(_read(stream).decode(self.encoding).splitlines()))


class JSONDeserializer(SimpleBaseDeserializer):
    """A JSON document.

    Example:
        >>> import io
        >>> from sagewright.deserializers import JSONDeserializer
        >>> JSONDeserializer().deserialize(io.BytesIO(b'{"predictions": [1]}'), "application/json")
        {'predictions': [1]}
    """

    def __init__(self, accept: str | tuple[str, ...] = JSON) -> None:
        super().__init__(accept)

    def deserialize(self, stream: Any, content_type: str) -> Any:
        try:
            return json.load(codecs.getreader("utf-8")(stream))
        finally:
            stream.close()


class JSONLinesDeserializer(SimpleBaseDeserializer):
    """A list of the JSON documents of all lines."""

    def __init__(self, accept: str | tuple[str, ...] = JSON_LINES) -> None:
        super().__init__(accept)

    def deserialize(self, stream: Any, content_type: str) -> list[Any]:
        lines = _read(stream).decode("utf-8").rstrip().split("\n")
        return [json.loads(line) for line in lines if line]


class NumpyDeserializer(SimpleBaseDeserializer):
    """An array, from .npy, .npz, CSV or JSON.

    Args:
        dtype: NumPy's, for CSV and JSON.
        allow_pickle: Load pickled objects in .npy and .npz. They can execute anything.
    """

    def __init__(
        self, dtype: Any = None, accept: str | tuple[str, ...] = "application/x-npy", allow_pickle: bool = False
    ) -> None:
        super().__init__(accept)
        self.dtype, self.allow_pickle = dtype, allow_pickle

    def deserialize(self, stream: Any, content_type: str) -> Any:
        import numpy as np

        body = _read(stream)
        if content_type == CSV:
            return np.genfromtxt(io.StringIO(body.decode()), delimiter=",", dtype=self.dtype)
        if content_type == JSON:
            return np.array(json.loads(body), dtype=self.dtype)
        if content_type in ("application/x-npy", "application/x-npz"):
            return self._loaded(body)
        raise ValueError(f"{self.__class__.__name__} cannot read content type {content_type}.")

    def _loaded(self, body: bytes) -> Any:
        import numpy as np

        try:
            return np.load(io.BytesIO(body), allow_pickle=self.allow_pickle)
        except ValueError as error:
            if self.allow_pickle or "allow_pickle" not in str(error):
                raise
            raise ValueError(
                "Please set the param allow_pickle=True to deserialize pickle objects in NumpyDeserializer\n"
                "hint: only for endpoints that you trust: pickled objects can execute anything."
            ) from error


class PandasDeserializer(SimpleBaseDeserializer):
    """A data frame, from CSV or JSON."""

    def __init__(self, accept: str | tuple[str, ...] = (CSV, JSON)) -> None:
        super().__init__(accept)

    def deserialize(self, stream: Any, content_type: str) -> Any:
        import pandas as pd

        text = io.StringIO(_read(stream).decode())
        if content_type == CSV:
            return pd.read_csv(text)
        if content_type == JSON:
            return pd.read_json(text)
        raise ValueError(f"{self.__class__.__name__} cannot read content type {content_type}.")


class RecordDeserializer(SimpleBaseDeserializer):
    """Records of RecordIO, what the built-in algorithms answer with: `record.label["score"].float32_tensor.values`."""

    def __init__(self, accept: str | tuple[str, ...] = RECORDIO) -> None:
        super().__init__(accept)

    def deserialize(  # v2's name for the stream
        self, data: Any, content_type: str
    ) -> list[ProtobufRecord]:
        from sagewright.amazon.records import records_of  # what reads messages is for those who have some

        return records_of(_read(data))


class TorchTensorDeserializer(SimpleBaseDeserializer):
    """A tensor of PyTorch, from .npy."""

    def __init__(self, accept: str | tuple[str, ...] = "tensor/pt") -> None:
        super().__init__(accept)
        self.numpy_deserializer = NumpyDeserializer()

    def deserialize(self, stream: Any, content_type: str = "tensor/pt") -> Any:
        import torch

        try:
            return torch.from_numpy(self.numpy_deserializer.deserialize(stream, "application/x-npy"))
        except (ValueError, TypeError, EOFError) as error:
            raise ValueError(
                "Unable to deserialize your data to torch.Tensor. The endpoint must answer with an array in NumPy's "
                f"format: {error}"
            ) from error


class StreamDeserializer(SimpleBaseDeserializer):
    """The open body and its MIME type; closing it is the caller's."""

    def deserialize(self, stream: Any, content_type: str) -> tuple[Any, str]:
        return stream, content_type


record_deserializer = renamed_class(RecordDeserializer, "record_deserializer")


def _read(stream: Any) -> bytes:
    try:
        return bytes(stream.read())
    finally:
        stream.close()
