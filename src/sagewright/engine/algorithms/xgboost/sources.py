"""The channels of a job: which there may be, which files they hold, and in which format (`contract.md` 7.3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost import csv_rows, libsvm_rows
from sagewright.engine.algorithms.xgboost.batches import Batches
from sagewright.vocabulary import recordio
from sagewright.vocabulary.content_types import parse_content_type
from sagewright.vocabulary.xgboost import CONTENT_TYPES

CHANNELS = ("train", "validation", "code")
DEEPEST_FOLDER = 3
CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
_SNIPPET = 50


@dataclass(frozen=True)
class Source:
    """A channel's files.

    Attributes:
        form: `csv`, `libsvm`, `parquet` or `recordio-protobuf`.
        delimiter: Between the cells of CSV.
    """

    channel: str
    files: Sequence[Path]
    form: str
    delimiter: str = ","

    @property
    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files)

    def batches(self, *, weighted: bool = False) -> Batches:
        """Yield the rows of all files, in order of name.

        Args:
            weighted: The second column of CSV is a weight.

        Raises:
            CustomerError: They cannot be read.
        """
        for path in self.files:
            if self.form == CSV:
                yield from csv_rows.read(path, self.delimiter, weighted=weighted)
            else:
                yield from _reader(self.form)(path)


def _reader(form: str) -> Callable[[Path], Batches]:
    from sagewright.engine.algorithms.xgboost import parquet_rows, record_rows

    return {LIBSVM: libsvm_rows.read, PARQUET: parquet_rows.read, RECORDIO: record_rows.read}[form]


def check_channels(configs: Mapping[str, Any]) -> None:
    """Check that there are the channels that the algorithm knows.

    Raises:
        CustomerError: One is missing, unknown, or comes as the algorithm does not take it.
    """
    if "train" not in configs:
        raise CustomerError(f"Missing required channel: train\nhint: the job has {sorted(configs) or 'no channels'}.")
    for name, config in configs.items():
        if name not in CHANNELS:
            raise CustomerError(f"Extraneous channel found: {name}\nhint: the channels are `train` and `validation`.")
        if name != "code":
            form = form_of(config.get("ContentType") or "text/libsvm")
            if config.get("TrainingInputMode") == "Pipe":
                raise CustomerError(_no_pipe(form))


def _no_pipe(form: str) -> str:
    if form == LIBSVM:
        return "Pipe mode not supported for LibSVM."
    name = {CSV: "CSV", PARQUET: "Parquet", RECORDIO: "RecordIO-Protobuf"}[form]
    return (
        f"Pipe mode for {name} is no longer supported. Please use Fast File mode (default) instead. "
        "Set input_mode='File' in your SageMaker Estimator or TrainingInput."
    )


def form_of(content_type: str) -> str:
    """Return the format that a content type stands for.

    Raises:
        CustomerError: It is none of the algorithm's.
    """
    parsed = parse_content_type(content_type)
    form = CONTENT_TYPES.get(parsed.name)
    if form is None:
        raise CustomerError(f"{content_type} is not an accepted ContentType: {', '.join(CONTENT_TYPES)}.")
    if form == CSV and parsed.parameters.get("label_size", "1") != "1":
        raise CustomerError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return form


def source_of(channel: str, folder: Path, content_type: str | None, report: Report) -> Source | None:
    """Return what a channel holds on this host; None: nothing.

    Raises:
        CustomerError: It holds a hidden file, or another format than it says.
    """
    files = _files(folder, report)
    if not files:
        return None
    form = form_of(content_type) if content_type else _form_seen(channel, files[0], report)
    if form == CSV:
        delimiter = _delimiter(files[0])
        report.info(f"Determined delimiter of CSV input is '{delimiter}'")
        return Source(channel, files, form, delimiter)
    if form == LIBSVM:
        for path in files:
            _check_libsvm(path)
    return Source(channel, files, form)


def _files(folder: Path, report: Report) -> list[Path]:
    found, is_too_deep = [], False
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if path.name.startswith("."):
            raise CustomerError(
                "Hidden file found in the data path! Remove that before training.\n"
                f"hint: it is '{path.relative_to(folder)}'."
            )
        if len(path.relative_to(folder).parts) > DEEPEST_FOLDER:
            is_too_deep = True
        elif not path.name.startswith("_") and path.stat().st_size > 0:
            found.append(path)
    if is_too_deep:
        report.warning(
            f"The depth of folder {folder} exceed the limit {DEEPEST_FOLDER}. Files in deeper sub dirs won't be "
            "loaded. Please adjust the folder structure accordingly."
        )
    return found


def _form_seen(channel: str, path: Path, report: Report) -> str:
    """Return what a file looks like; AWS takes everything without a content type for LIBSVM."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PAR1":
        form, name = PARQUET, "application/x-parquet"
    elif head == recordio.MAGIC.to_bytes(4, "little"):
        form, name = RECORDIO, "application/x-recordio-protobuf"
    elif libsvm_rows.is_line(line := _first_line(path)) and (":" in line or csv_rows.delimiter_of(line) is None):
        return LIBSVM
    elif csv_rows.delimiter_of(line) is not None:
        form, name = CSV, "text/csv"
    else:
        return LIBSVM
    report.warning(
        f"The channel '{channel}' names no content type: read as {name}. On AWS it would be read as text/libsvm, and "
        f"the job would fail; there, give it as TrainingInput(..., content_type='{name}')."
    )
    return form


def _delimiter(path: Path) -> str:
    line = _first_line(path)
    found = csv_rows.delimiter_of(line)
    if found is None:
        raise CustomerError(f"Could not determine delimiter on line {line[:_SNIPPET]}:\nCould not determine delimiter")
    return found


def _check_libsvm(path: Path) -> None:
    line = _first_line(path)
    if not libsvm_rows.is_line(line):
        hint = "\nhint: it looks like CSV; set the channel's content type to text/csv." if _is_csv(line) else ""
        raise CustomerError(
            f"First line '{line[:_SNIPPET]}...' of file '{path.name}' is not 'LIBSVM' format. Please ensure the file "
            f"is in 'LIBSVM' format.{hint}"
        )


def _is_csv(line: str) -> bool:
    return csv_rows.delimiter_of(line) is not None


def _first_line(path: Path) -> str:
    """Return the first line that holds something; in LIBSVM `#` begins a comment."""
    with path.open(errors="replace") as file:
        return next((line.rstrip("\r\n") for line in file if line.strip() and not line.startswith("#")), "")


def warn_of_twins(train: Source, validation: Source, report: Report) -> None:
    """Warn of files of the same name and size in both channels."""
    sizes = {path.name: path for path in train.files}
    for path in validation.files:
        twin = sizes.get(path.name)
        if twin is not None and twin.stat().st_size == path.stat().st_size:
            report.warning(
                f"Suspected identical files found. ({twin} and {path} with same size {path.stat().st_size} bytes). "
                "Note: Duplicate data in the training set and validation set is usually not intentional and can "
                "impair the validity of the model evaluation by the validation score."
            )
