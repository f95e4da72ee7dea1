"""What a packed model needs to answer requests: its pickles read, and their classes where this package is missing.

It goes to the container beside `inference.py`, and runs there on Python 3.8 and later with nothing but cloudpickle.
A class that the pickles name is taken from `sagewright` where that is installed, else from here, else from `sagemaker`.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import io
import json
import os
import pickle
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PICKLE, METADATA = "serve.pkl", "metadata.json"
BOOSTER = "model.json"  # of XGBoost
SHARED_LIBRARIES, SYSTEM_LIBRARIES = "shared_libs", "/lib"
_FLAVORS = ("keras", "pytorch", "sklearn", "tensorflow", "xgboost")  # which MLflow loads as objects of their own


class Packed:
    """What answers requests: what loads a model and asks it, and what its input and output look like.

    Args:
        subject: The model, or what loads it; `xgboost`, where it lies in a file of that library's own.
        schema: Says how requests and answers are read and written.
        folder: Where the model's code lies; None: there is none.
        environment: The server's.
    """

    def __init__(self, subject: Any, schema: Any, folder: Any = None, environment: Any = None) -> None:
        self._subject, self.schema, self._folder = subject, schema, folder
        self._environment = os.environ if environment is None else environment
        self.spec: Any = subject if hasattr(subject, "invoke") and hasattr(subject, "load") else None

    @classmethod
    def read(cls, folder: Path) -> Any:
        """Return what a folder holds, having compared its pickle with its digest."""
        _tell_versions(os.environ.get("LOCAL_PYTHON"))
        held = unpickled(read_checked(folder))
        subject, schema = held if isinstance(held, tuple) else (None, held)
        return cls(subject, schema, folder)

    def load(self, model_dir: str) -> Callable[[Any], Any]:
        """Return what is called with an input and returns the output."""
        _share_libraries(Path(model_dir) / SHARED_LIBRARIES)
        if self.spec is not None:
            model = self.spec.load(model_dir)
            return lambda data: self.spec.invoke(data, model)
        return asking(self._model(model_dir))

    def decode(self, body: Any, content_type: Any) -> Any:
        """Return what a request's body holds."""
        stream = io.BytesIO(body.encode("utf-8") if isinstance(body, str) else bytes(body))
        custom = getattr(self.schema, "custom_input_translator", None)
        data = (custom or self.schema.input_deserializer).deserialize(stream, content_type)
        return self.spec.preprocess(data) if hasattr(self.spec, "preprocess") else data

    def encode(self, prediction: Any, accept: Any) -> Any:
        """Return an answer's body."""
        if hasattr(self.spec, "postprocess"):
            prediction = self.spec.postprocess(prediction)
        custom = getattr(self.schema, "custom_output_translator", None)
        if custom is not None:
            return custom.serialize(prediction, accept)
        return self.schema.output_serializer.serialize(prediction)

    def _model(self, model_dir: str) -> Any:
        flavor = self._environment.get("MLFLOW_MODEL_FLAVOR")
        if flavor:
            loader = importlib.import_module("mlflow." + (flavor if flavor in _FLAVORS else "pyfunc"))
            return loader.load_model(model_dir)
        if self._subject == "xgboost":
            module, _, name = self._environment["MODEL_CLASS_NAME"].rpartition(".")
            model = getattr(importlib.import_module(module), name)()
            model.load_model(str(self._folder / BOOSTER))
            return model
        return self._subject


def asking(model: Any) -> Callable[[Any], Any]:
    """Return what asks a model: the model itself where it can be called, else its `predict`."""
    torch, xgboost = sys.modules.get("torch"), sys.modules.get("xgboost")
    if torch is not None and isinstance(model, torch.nn.Module):
        model.eval()  # it answers otherwise while it is trained
        return lambda data: _without_gradients(model, data)
    if xgboost is not None and isinstance(model, xgboost.Booster):
        return lambda data: _boosted(model, data)
    if hasattr(model, "predict") and not callable(model):
        return model.predict  # type: ignore[no-any-return]
    return model  # type: ignore[no-any-return]


def read_checked(folder: Path) -> bytes:
    """Return the pickle, having compared it with its digest.

    Raises:
        ValueError: There is no digest, or it is that of something else.
    """
    buffer = (folder / PICKLE).read_bytes()
    if not (folder / METADATA).exists():
        raise ValueError("Path to metadata.json does not exist")
    expected = json.loads((folder / METADATA).read_text())["sha256_hash"]
    if not hmac.compare_digest(str(expected), hashlib.sha256(buffer).hexdigest()):
        raise ValueError("Integrity check for the serialized function or data failed.")
    return buffer


def unpickled(buffer: bytes) -> Any:
    """Return what a pickle holds."""
    return _Unpickler(io.BytesIO(buffer)).load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        root, _, rest = module.partition(".")
        if root not in ("sagewright", "sagemaker"):
            return super().find_class(module, name)
        for place in ("sagewright", None, "sagemaker"):
            found = _STAND_INS.get(name) if place is None else _imported(place + "." + rest, name)
            if found is not None:
                return found
        raise ModuleNotFoundError(
            f"The model needs `{name}` of `sagemaker.{rest}`, which is not here.\n"
            "hint: name it in the builder's dependencies: {'custom': ['sagemaker>=2.200,<3']}."
        )


def _imported(module: str, name: str) -> Any:
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    return found


def _without_gradients(model: Any, data: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(data)


def _boosted(booster: Any, data: Any) -> Any:
    import xgboost

    matrix = data if isinstance(data, xgboost.DMatrix) else xgboost.DMatrix(data)
    return booster.predict(matrix, validate_features=False)


def _tell_versions(there: Any) -> None:
    here = platform.python_version()
    if not there or there.split(".")[:2] != here.split(".")[:2]:
        sys.stderr.write(f"The model was packed with Python {there} and is served with {here}: its code may not run.\n")


def _share_libraries(folder: Path) -> None:
    """Put shared libraries where the loader looks; on a machine that is not the container's they are loaded here."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if not files:
        return
    if os.access(SYSTEM_LIBRARIES, os.W_OK) and str(folder).startswith("/opt/ml/"):
        import shutil

        for file in files:
            shutil.copy2(str(file), SYSTEM_LIBRARIES)
        return
    import ctypes

    for file in files:
        ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)


# The classes that pickles name, where neither package is installed ------------------------------------------------


class _Base:
    """Whatever the pickle says of it."""


class _Spec(_Base):
    def preprocess(self, data: Any) -> Any:
        return data

    def postprocess(self, predictions: Any) -> Any:
        return predictions


class _Translator(_Base):
    CONTENT_TYPE = property(lambda self: self._content_type)
    ACCEPT = property(lambda self: self._accept_type)

    def serialize(self, payload: Any, content_type: Any = None) -> Any:
        return self.serialize_payload_to_bytes(payload)  # type: ignore[attr-defined]  # the user's

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        return self.deserialize_payload_from_stream(stream)  # type: ignore[attr-defined]  # the user's


class _Wrapper(_Base):
    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        return self._deserializer.deserialize(stream, self._accept[0])  # type: ignore[attr-defined]  # pickled


class _Bytes(_Base):
    def serialize(self, data: Any) -> Any:
        return data.encode("utf-8") if isinstance(data, str) else data

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        return stream.read()


class _Text(_Bytes):
    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        return stream.read().decode("utf-8")


class _Json(_Base):
    def serialize(self, data: Any) -> Any:
        return json.dumps(data, default=lambda value: value.tolist()).encode("utf-8")

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        return json.loads(stream.read().decode("utf-8"))


class _Npy(_Base):
    def serialize(self, data: Any) -> Any:
        import numpy

        buffer = io.BytesIO()
        numpy.save(buffer, numpy.asarray(data))
        return buffer.getvalue()

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        import numpy

        return numpy.load(io.BytesIO(stream.read()), allow_pickle=False)


class _Tensor(_Npy):
    def serialize(self, data: Any) -> Any:
        return super().serialize(data.detach().cpu().numpy())

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        import torch

        return torch.from_numpy(super().deserialize(stream))


class _Frame(_Base):
    def serialize(self, data: Any) -> Any:
        return data.to_csv(header=False, index=False).encode("utf-8")

    def deserialize(self, stream: Any, content_type: Any = None) -> Any:
        import pandas

        return pandas.read_csv(io.StringIO(stream.read().decode("utf-8")))


_STAND_INS = {
    "SchemaBuilder": _Base,
    "DeserializerWrapper": _Wrapper,
    "InferenceSpec": _Spec,
    "CustomOrchestrator": _Base,
    "AsyncCustomOrchestrator": _Base,
    "CustomPayloadTranslator": _Translator,
    "NumpySerializer": _Npy,
    "NumpyDeserializer": _Npy,
    "TorchTensorSerializer": _Tensor,
    "TorchTensorDeserializer": _Tensor,
    "JSONSerializer": _Json,
    "JSONSerializerWrapper": _Json,
    "JSONDeserializer": _Json,
    "CSVSerializerWrapper": _Frame,
    "PandasDeserializer": _Frame,
    "StringSerializer": _Text,
    "StringDeserializer": _Text,
    "DataSerializer": _Bytes,
    "BytesDeserializer": _Bytes,
}
