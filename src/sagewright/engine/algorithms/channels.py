"""Reading a channel's files: CSV or RecordIO-protobuf (`contract.md` 7.1.1, 7.1.2)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.abc import Channel, CustomerError
from sagewright.engine.algorithms.pipes import is_pipe, pipe_of
from sagewright.engine.algorithms.report import Report
from sagewright.vocabulary import recordio
from sagewright.vocabulary.content_types import CSV, RECORDIO, ContentType, parse_content_type
from sagewright.vocabulary.record_arrays import dense_arrays
from sagewright.vocabulary.record_runs import Run, record_of, runs_of

Rows = npt.NDArray[np.float32]
WIDEST_ROW = 10_000_000  # features; sparse rows are spread out


def read_channel(name: str, folder: Path, config: Mapping[str, str], label_size: int, report: Report) -> Channel:
    """Read all files of a channel, in order of name, or the first epoch of its pipe.

    Args:
        config: The channel's entry of `inputdataconfig.json`.
        label_size: The number of leading label columns where the content type names none.

    Raises:
        CustomerError: The data cannot be read; the message names the file, the line and what is wrong with it.
    """
    files = _files(name, folder, config)
    given = config.get("ContentType", RECORDIO if is_pipe(config) else None)  # nobody can look into a pipe beforehand
    content_type = _content_type(name, files[0], given, report)
    if content_type.name == RECORDIO:
        parts = [_read_recordio(path) for path in files]
    else:
        try:
            size = content_type.number("label_size", label_size)
        except ValueError as error:
            raise CustomerError(f"The channel '{name}': {error}.") from None
        parts = [_split(_read_csv(path), size, path) for path in files]
    _check_widths(files, [features for features, _ in parts])
    features = np.ascontiguousarray(np.concatenate([features for features, _ in parts]))
    labels = np.concatenate([labels for _, labels in parts])
    if not len(features):
        raise _no_data(name)
    _check_finite(name, features, labels)
    return Channel(features, labels, f"{name}/{files[0].name}")


def _files(name: str, folder: Path, config: Mapping[str, str]) -> Sequence[Path]:
    if is_pipe(config):
        return [pipe_of(folder)]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0)
    if not files:
        raise _no_data(name)
    return files


def _no_data(name: str) -> CustomerError:
    return CustomerError(f"The channel '{name}' holds no data.")


def _content_type(name: str, first: Path, given: str | None, report: Report) -> ContentType:
    """Return what the channel says it holds, or, where it says nothing, what its first file looks like."""
    if given is None:
        with first.open("rb") as file:
            is_recordio = file.read(4) == recordio.MAGIC.to_bytes(4, "little")
        if is_recordio:
            return ContentType(RECORDIO)
        report.warning(
            f"The channel '{name}' names no content type: read as {CSV}. On AWS it would be read as {RECORDIO}; there, "
            f"give it as TrainingInput(..., content_type='{CSV}')."
        )
        return ContentType(CSV)
    content_type = parse_content_type(given)
    if content_type.name not in (CSV, RECORDIO):
        raise CustomerError(
            f"The channel '{name}' has the content type '{given}', which this algorithm does not read.\n"
            f"hint: use {CSV} or {RECORDIO}."
        )
    return content_type


def _read_csv(path: Path) -> Rows:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a file of empty lines: its width tells
            return np.loadtxt(path, dtype=np.float32, delimiter=",", ndmin=2, comments=None, encoding="utf-8")
    except UnicodeDecodeError:
        raise CustomerError(f"'{path.name}' is not text in UTF-8.") from None
    except ValueError as error:
        raise CustomerError(_explain(path, str(error))) from None


_CELL = re.compile(r"could not convert string (.*) to float32 at row (\d+), column (\d+)")
_WIDTH = re.compile(r"the number of columns changed from (\d+) to (\d+) at row (\d+)")


def _explain(path: Path, text: str) -> str:
    if cell := _CELL.search(text):
        line, column = int(cell[2]) + 1, int(cell[3])
        header = "\nhint: CSV for this algorithm has no header line." if line == 1 else ""
        return f"'{path.name}', line {line}, column {column}: {cell[1]} is not a number.{header}"
    if width := _WIDTH.search(text):
        return f"'{path.name}', line {width[3]}: it has {width[2]} columns, the lines before have {width[1]}."
    return f"'{path.name}' cannot be read as CSV: {text}"


def _split(rows: Rows, label_size: int, path: Path) -> tuple[Rows, Rows]:
    if label_size > 1:
        raise CustomerError(f"label_size={label_size} is not supported: a row has one label.")
    if len(rows) and rows.shape[1] <= label_size:
        raise CustomerError(f"'{path.name}' has {rows.shape[1]} column(s): none is left for the features.")
    labels = rows[:, 0] if label_size else np.empty(0, np.float32)
    return rows[:, label_size:], labels


def _read_recordio(path: Path) -> tuple[Rows, Rows]:
    parts: list[tuple[Rows, Rows]] = []
    try:
        data = path.read_bytes()
        for run in runs_of(data):
            parts.append(_of_run(data, run))
    except (recordio.DamagedRecord, KeyError, IndexError) as error:
        raise CustomerError(f"'{path.name}' cannot be read as {RECORDIO}: {error}") from None
    if not parts:
        return np.empty((0, 0), np.float32), np.empty(0, np.float32)
    features, labels = [part[0] for part in parts], np.concatenate([part[1] for part in parts])
    if len({part.shape[1] for part in features}) != 1 or len(labels) not in (0, sum(map(len, features))):
        raise CustomerError(f"The records of '{path.name}' differ in their number of features or labels.")
    return np.concatenate(features), labels


def _of_run(data: bytes, run: Run) -> tuple[Rows, Rows]:
    """Return the features and the labels of records, one behind the other."""
    if arrays := dense_arrays(data, run):
        features, labels = arrays
        labels = np.empty(0, np.float32) if labels is None else labels
        return features.astype(np.float32), labels.astype(np.float32)
    records = [record_of(data, begin, run) for begin in run.begins()]
    found = [float(record.label["values"].values[0]) for record in records if "values" in record.label]
    return np.stack([dense(record.features["values"]) for record in records]), np.asarray(found, np.float32)


def dense(tensor: recordio.Tensor) -> Rows:
    """Return a record's vector, `(d,) float32`; what a sparse one leaves out is 0.

    Raises:
        DamagedRecord: A key lies outside of the shape, or the shape is not that of a vector that could be held.
    """
    values = np.asarray(tensor.values, np.float32)
    if not tensor.keys:
        return values
    width = int(tensor.shape[-1]) if tensor.shape else 0
    if not 0 < width <= WIDEST_ROW:
        raise recordio.DamagedRecord(f"a sparse vector has the shape {list(tensor.shape)}")
    keys = np.asarray(tensor.keys, np.int64)
    if len(keys) != len(values):
        raise recordio.DamagedRecord(f"a sparse vector has {len(keys)} keys and {len(values)} values")
    if keys.min() < 0 or keys.max() >= width:
        raise recordio.DamagedRecord(f"a key lies outside of the shape {list(tensor.shape)}")
    row = np.zeros(width, np.float32)
    row[keys] = values
    return row


def _check_widths(files: Sequence[Path], parts: Sequence[Rows]) -> None:
    for path, part in zip(files, parts, strict=True):
        if part.shape[1] != parts[0].shape[1]:
            raise CustomerError(
                f"'{path.name}' has {part.shape[1]} features per row, '{files[0].name}' has {parts[0].shape[1]}."
            )


def _check_finite(name: str, features: Rows, labels: Rows) -> None:
    for what, values in (("feature", features), ("label", labels)):
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            raise CustomerError(
                f"The channel '{name}' has a {what} that is not a finite number in row {bad[0][0] + 1}."
            )
