"""TensorFlow's SavedModels as TensorFlow Serving answers for them: predict, classify and regress."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sagewright.engine.model_server.frameworks import graphs

FILE = "saved_model.pb"
SIGNATURE = "serving_default"


class Refused(Exception):
    """The request is not what the model takes."""


class SavedModels:
    """The models of a folder by name; each has versions, of which the highest is loaded from the start."""

    def __init__(self, folders: Mapping[str, Path], default: str) -> None:
        self._folders, self.default = folders, default
        self._loaded: dict[Path, Any] = {}
        for name in folders:
            self._load(self._version(name, None))

    @classmethod
    def of(cls, model_dir: str) -> SavedModels:
        """Find the models below a folder.

        Raises:
            ValueError: There are none.
        """
        root = Path(model_dir)
        found = sorted({path.parent.parent for path in root.rglob(FILE) if path.parent.name.isdigit()})
        if not found:
            astray = next(root.rglob(FILE), None)
            raise ValueError(
                "no SavedModel bundles found!\n"
                + (f"hint: `{astray.parent}` has no number as its name: " if astray else "hint: ")
                + "TensorFlow Serving looks for <model>/<version>/saved_model.pb: save it to a folder like `export/1`."
            )
        folders = {path.name if path != root else "model": path for path in found}
        return cls(folders, os.environ.get("SAGEMAKER_TFS_DEFAULT_MODEL_NAME") or next(iter(folders)))

    def answer(self, name: str, version: str | None, method: str | None, body: bytes) -> tuple[int, bytes]:
        """Return the REST API's status and document for a request."""
        try:
            document = json.loads(body)
            if not isinstance(document, dict):
                raise Refused("Request is not a JSON object")
            found = self._run(self._load(self._version(name, version)), method or "predict", document)
        except KeyError as error:
            return 404, _document({"error": f"Servable not found for request: {error.args[0]}"})
        except (Refused, ValueError, TypeError, binascii.Error) as error:
            return 400, _document({"error": str(error)})
        except Exception as error:  # noqa: BLE001 - what the library raises as the model runs is the request's fault
            return 400, _document({"error": f"{type(error).__name__}: {error}"})
        return 200, _document(found)

    def _version(self, name: str, version: str | None) -> Path:
        if name not in self._folders:
            raise KeyError(f"Latest({name})")
        numbers = {int(path.name): path for path in self._folders[name].iterdir() if path.name.isdigit()}
        wanted = int(version) if version else max(numbers)
        if wanted not in numbers:
            raise KeyError(f"Specific({name}, {wanted})")
        return numbers[wanted]

    def _load(self, folder: Path) -> Any:
        if folder not in self._loaded:
            self._loaded[folder] = graphs.load(folder)
        return self._loaded[folder]

    def _run(self, model: Any, method: str, document: Mapping[str, Any]) -> dict[str, Any]:
        signature = _signature(model, document.get("signature_name") or SIGNATURE)
        if method in ("classify", "regress"):
            return {"results": _of_examples(signature, method, document)}
        if method != "predict":
            raise Refused(f"Unsupported method: {method}")
        if "instances" in document:
            return {"predictions": _by_row(_call(signature, _columns(signature, document["instances"])))}
        if "inputs" in document:
            return {"outputs": _by_column(_call(signature, _named(signature, document["inputs"])))}
        raise Refused("Missing 'inputs' or 'instances' key")


def _signature(model: Any, name: str) -> Any:
    if name not in model.signatures:
        raise Refused(f'Serving signature name: "{name}" not found in signature def')
    return model.signatures[name]


def _specs(signature: Any) -> dict[str, Any]:
    specs: dict[str, Any] = signature.structured_input_signature[1]
    return specs


def _columns(signature: Any, instances: Any) -> dict[str, Any]:
    """Return instances, which stand in rows, as an input for each name."""
    if not isinstance(instances, list) or not instances:
        raise Refused("Excepting 'instances' to be an list/array")
    specs = _specs(signature)
    first = instances[0]
    if isinstance(first, dict) and "b64" not in first:
        if any(set(item) != set(first) for item in instances):
            raise Refused("The instances have different names")
        return {name: [item[name] for item in instances] for name in first}
    if len(specs) != 1:
        raise Refused(f"The signature has {len(specs)} inputs ({', '.join(sorted(specs))}), and the instances no names")
    return {next(iter(specs)): instances}


def _named(signature: Any, inputs: Any) -> dict[str, Any]:
    specs = _specs(signature)
    if isinstance(inputs, dict) and "b64" not in inputs:
        return inputs
    if len(specs) != 1:
        raise Refused(f"The signature has {len(specs)} inputs ({', '.join(sorted(specs))}), and `inputs` no names")
    return {next(iter(specs)): inputs}


def _call(signature: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    import tensorflow as tf

    specs = _specs(signature)
    if missing := sorted(set(specs) - set(values)):
        raise Refused(f"Missing inputs: {', '.join(missing)}")
    if unknown := sorted(set(values) - set(specs)):
        raise Refused(f"Unknown inputs: {', '.join(unknown)}; the signature has {', '.join(sorted(specs))}")
    tensors = {name: tf.constant(_decoded(values[name]), dtype=spec.dtype) for name, spec in specs.items()}
    for name, spec in specs.items():
        if not spec.shape.is_compatible_with(tensors[name].shape):
            raise Refused(f"The input `{name}` must have the shape {spec.shape}, and has {tensors[name].shape}")
    return {name: value.numpy() for name, value in signature(**tensors).items()}


def _decoded(value: Any) -> Any:
    """Return a value with the bytes that stand as base64 in it."""
    if isinstance(value, dict) and set(value) == {"b64"}:
        return base64.b64decode(value["b64"], validate=True)
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def _by_row(outputs: Mapping[str, Any]) -> list[Any]:
    columns = {name: _plain(value.tolist(), name) for name, value in outputs.items()}
    if len(columns) == 1:
        column = next(iter(columns.values()))
        return column if isinstance(column, list) else [column]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _by_column(outputs: Mapping[str, Any]) -> Any:
    columns = {name: _plain(value.tolist(), name) for name, value in outputs.items()}
    return next(iter(columns.values())) if len(columns) == 1 else columns


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_plain(item, name) for item in value]
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()} if name.endswith("_bytes") else value.decode(errors="replace")
    return value


def _of_examples(signature: Any, method: str, document: Mapping[str, Any]) -> list[Any]:
    """Return the result for each of a request's examples: a number, or pairs of label and score."""
    examples = document.get("examples")
    if not isinstance(examples, list) or not examples:
        raise Refused("Missing 'examples' key")
    context = document.get("context") or {}
    name = next(iter(_specs(signature)))
    outputs = _call(signature, {name: [_example({**context, **example}) for example in examples]})
    if method == "regress":
        return [float(value) for value in outputs.get("outputs", next(iter(outputs.values()))).reshape(-1)]
    scores = outputs["scores"].tolist()
    labels = _plain(outputs["classes"].tolist(), "") if "classes" in outputs else [[""] * len(row) for row in scores]
    return [[list(pair) for pair in zip(*row, strict=True)] for row in zip(labels, scores, strict=True)]


def _example(features: Mapping[str, Any]) -> bytes:
    import tensorflow as tf

    example = tf.train.Example()
    for name, value in features.items():
        values: Sequence[Any] = _decoded(value) if isinstance(value, list) else [_decoded(value)]
        feature = example.features.feature[name]
        if all(isinstance(item, int) for item in values):  # a truth value is one
            feature.int64_list.value.extend(map(int, values))
        elif all(isinstance(item, (int, float)) for item in values):
            feature.float_list.value.extend(values)
        else:
            feature.bytes_list.value.extend(item if isinstance(item, bytes) else str(item).encode() for item in values)
    serialized: bytes = example.SerializeToString()
    return serialized


def _document(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()
