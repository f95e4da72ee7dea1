"""What `predict` is given, as the body of a request (`contract.md` 9.9)."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from sagewright.arguments import renamed_class, shows
from sagewright.jumpstart.formats import default_serializer as retrieve_default  # noqa: F401 - v2's name
from sagewright.jumpstart.formats import serializer_options as retrieve_options  # noqa: F401 - v2's name
from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO


@shows
class BaseSerializer(ABC):
    """Turns data into a body."""

    @abstractmethod
    def serialize(self, data: Any) -> Any:
        """Return the body.

        Raises:
            ValueError: The data cannot be serialised so.
        """

    @property
    @abstractmethod
    def CONTENT_TYPE(self) -> str:
        """The MIME type of the body."""


class SimpleBaseSerializer(BaseSerializer):
    """A serializer whose content type is an argument."""

    def __init__(self, content_type: str = JSON) -> None:
        if not isinstance(content_type, str):
            raise ValueError(
                "content_type must be a string specifying the MIME type of the data sent in requests: "
                f"e.g. 'application/json', 'text/csv', etc. Got {content_type}"
            )
        self.content_type = content_type

    @property
    def CONTENT_TYPE(self) -> str:
        return self.content_type


class CSVSerializer(SimpleBaseSerializer):
    """Rows of numbers or text as CSV: arrays, lists, data frames, files, text.

    Example:
        >>> from sagewright.serializers import CSVSerializer
        >>> CSVSerializer().serialize([[1, 2], [3, 4]])
        '1,2\\n3,4'
    """

    def __init__(self, content_type: str = CSV) -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        if hasattr(data, "read"):
            return data.read()
        if hasattr(data, "to_csv"):
            return data.to_csv(header=False, index=False)
        if _is_sequence(data) and hasattr(data, "__setitem__") and len(data) > 0 and _is_sequence(data[0]):
            return "\n".join(_csv_row(row) for row in data)
        return _csv_row(data)


class JSONSerializer(SimpleBaseSerializer):
    """Dictionaries, lists, arrays as JSON; what can be read, as it is."""

    def serialize(self, data: Any) -> Any:
        if hasattr(data, "read"):
            return data.read()
        return json.dumps(_plain(data))


class JSONLinesSerializer(SimpleBaseSerializer):
    """Items as one line of JSON each; text and files as they are."""

    def __init__(self, content_type: str = JSON_LINES) -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        if isinstance(data, str):
            return data
        if hasattr(data, "read"):
            return data.read()
        if hasattr(data, "__iter__"):
            return "\n".join(json.dumps(_plain(item)) for item in data)
        raise ValueError(f"Object of type {type(data)} is not JSON Lines serializable.")


class IdentitySerializer(SimpleBaseSerializer):
    """Data as they are."""

    def __init__(self, content_type: str = "application/octet-stream") -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        return data


class StringSerializer(SimpleBaseSerializer):
    """Text as bytes in UTF-8; files as they are."""

    def __init__(self, content_type: str = "text/plain") -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        if hasattr(data, "read"):
            return data.read()
        if isinstance(data, str):
            return data.encode("utf-8")
        raise ValueError(f"Object of type {type(data)} is not String serializable.")


class SparseMatrixSerializer(SimpleBaseSerializer):
    """SciPy's sparse matrices in the format of .npz files."""

    def __init__(self, content_type: str = "application/x-npz") -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        import scipy.sparse

        buffer = io.BytesIO()
        scipy.sparse.save_npz(buffer, data)
        return buffer.getvalue()


class TorchTensorSerializer(SimpleBaseSerializer):
    """PyTorch's tensors, in the format of .npy files."""

    def __init__(self, content_type: str = "tensor/pt") -> None:
        super().__init__(content_type)
        self.numpy_serializer = NumpySerializer()

    def serialize(self, data: Any) -> Any:
        import torch

        if not isinstance(data, torch.Tensor):
            raise ValueError(f"Object of type {type(data)} is not a torch.Tensor")
        return self.numpy_serializer.serialize(data.detach().cpu().numpy())


class DataSerializer(SimpleBaseSerializer):
    """The bytes of a file, given its path, or bytes as they are; of a dict what stands under `data`."""

    def __init__(self, content_type: str = "file-path/raw-bytes") -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        if isinstance(data, dict) and "data" in data:
            return self.serialize(data["data"])
        if isinstance(data, bytes):
            return data
        if isinstance(data, str):
            try:
                with open(data, "rb") as file:
                    return file.read()
            except OSError as error:
                raise ValueError(f"Could not open/read file: {data}. {error}") from error
        raise ValueError(f"Object of type {type(data)} is not Data serializable.")


class NumpySerializer(SimpleBaseSerializer):
    """Arrays and lists in the format of .npy files; files and buffers as they are.

    Args:
        dtype: NumPy's, for lists that become arrays.
    """

    def __init__(self, dtype: Any = None, content_type: str = "application/x-npy") -> None:
        super().__init__(content_type)
        self.dtype = dtype

    def serialize(self, data: Any) -> Any:
        import numpy as np

        if isinstance(data, np.ndarray):
            if data.size == 0:
                raise ValueError("Cannot serialize empty array.")
            return self._npy(data)
        if isinstance(data, list):
            if not data:
                raise ValueError("Cannot serialize empty array.")
            return self._npy(np.array(data, self.dtype))
        if hasattr(data, "read"):
            return data.read()
        return self._npy(np.array(data))

    @staticmethod
    def _npy(array: Any) -> bytes:
        import numpy as np

        buffer = io.BytesIO()
        np.save(buffer, array)
        return buffer.getvalue()


class LibSVMSerializer(SimpleBaseSerializer):
    """Lines of LibSVM: text, lists of text, files."""

    def __init__(self, content_type: str = "text/libsvm") -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        if isinstance(data, str):
            return data
        if isinstance(data, list):
            return "\n".join(data)
        if hasattr(data, "read"):
            return data.read()
        raise ValueError(f"Unable to handle input format: {type(data)}")


class RecordSerializer(SimpleBaseSerializer):
    """Arrays, `(n_rows, n_features)` or one row, as RecordIO of protobuf records: what the built-in algorithms read."""

    def __init__(self, content_type: str = RECORDIO) -> None:
        super().__init__(content_type)

    def serialize(self, data: Any) -> Any:
        import numpy as np

        from sagewright.vocabulary.record_arrays import dense_frames

        rows = np.asarray(data)
        if rows.ndim == 1:
            rows = rows.reshape(1, -1)
        if rows.ndim != 2:
            raise ValueError(f"Expected a 1D or 2D array, but got a {rows.ndim}D array instead.")
        # Whole numbers become int32, float32 stays, all else becomes float64.
        code = "i" if rows.dtype.kind in "iu" else "f" if rows.dtype.name == "float32" else "d"
        return io.BytesIO(b"".join(dense_frames(rows, code)))


numpy_to_record_serializer = renamed_class(RecordSerializer, "numpy_to_record_serializer")


def _is_sequence(data: Any) -> bool:
    return hasattr(data, "__iter__") and hasattr(data, "__getitem__")


def _csv_row(data: Any) -> str:
    if isinstance(data, str):
        return data
    if hasattr(data, "flatten"):
        data = data.flatten()
    if not hasattr(data, "__len__"):
        raise ValueError(f"Unable to handle input format: {type(data)}")
    if len(data) == 0:
        raise ValueError("Cannot serialize empty array")
    buffer = io.StringIO()
    csv.writer(buffer).writerow(data)
    return buffer.getvalue().rstrip("\r\n")


def _plain(data: Any) -> Any:
    """Return data with arrays and their numbers as lists and Python's numbers."""
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(item) for item in data]
    return data.tolist() if hasattr(data, "tolist") else data
