"""What scripts of script mode call of XGBoost's image: its reader of data, and its training on several hosts.

`engine/script_mode/libraries` gives these functions the names by which scripts import them.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.collective import PORT, gathered
from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost import requests
from sagewright.engine.algorithms.xgboost.hosts import connected
from sagewright.engine.algorithms.xgboost.matrices import build
from sagewright.engine.algorithms.xgboost.sources import CSV, LIBSVM, RECORDIO, form_of, source_of

logger = logging.getLogger(__name__)


def get_content_type(content_type_cfg_val: str | None) -> str:
    """Return `csv`, `libsvm`, `parquet` or `recordio-protobuf` for a content type; None stands for LIBSVM.

    Raises:
        CustomerError: It is none of these.
    """
    return LIBSVM if content_type_cfg_val is None else form_of(content_type_cfg_val.lower())


def get_dmatrix(
    data_path: str | Sequence[str] | None, content_type: str, csv_weights: int = 0, is_pipe: bool = False
) -> xgb.DMatrix | None:
    """Return the rows of a file, a folder or several; None: there are none.

    Args:
        content_type: `csv`, `libsvm`, `parquet` or `recordio-protobuf`; the label comes first.
        csv_weights: 1: the second column of CSV is the rows' weight.

    Raises:
        CustomerError: They cannot be read.
    """
    if is_pipe:
        raise CustomerError("Pipe mode is not supported by this version of XGBoost's image; use the input mode File.")
    places = [data_path] if isinstance(data_path, str) else list(data_path or ())
    sources = [_source(Path(place), content_type) for place in places]
    batches = [source.batches(weighted=bool(csv_weights)) for source in sources if source is not None]
    return build((batch for some in batches for batch in some), None) if batches else None


def rabit_run(
    exec_fun: Callable[..., Any],
    args: dict[str, Any],
    include_in_training: bool,
    hosts: Sequence[str],
    current_host: str,
    first_port: int | None = None,
    second_port: int | None = None,
    max_connect_attempts: int | None = None,
    connect_retry_timeout: int = 10,
    update_rabit_args: bool = False,
) -> None:
    """Call a function on all hosts that have data, where `xgboost.train` then trains one model with the others.

    Args:
        exec_fun: Called with `args`.
        include_in_training: This host has data; one without ends here, with exit code 0.
        first_port: Where the hosts meet, on the first of them.
        second_port, max_connect_attempts, connect_retry_timeout: Of the image's own meeting; not needed here.
        update_rabit_args: Add `is_master` to the arguments.

    Raises:
        RuntimeError: No host has data.
    """
    del second_port, max_connect_attempts, connect_retry_timeout
    ordered = sorted(hosts)
    with (
        gathered(ordered, current_host, first_port or PORT) as together,
        connected(together, socket.gethostbyname(current_host), has_data=include_in_training) as ranks,
    ):
        if not ranks:
            raise RuntimeError("No hosts received training data.")
        if include_in_training:
            if update_rabit_args:
                args.update({"is_master": together.rank == ranks[0]})
            exec_fun(**args)
    if not include_in_training:
        _leave(current_host)


def csv_to_dmatrix(input: str | bytes, dtype: Any = None) -> xgb.DMatrix:
    """Return the rows of a CSV body without labels."""
    rows = requests.decode(_bytes(input), CSV)
    return xgb.DMatrix(rows if dtype is None else rows.astype(dtype))


def libsvm_to_dmatrix(string_like: str | bytes) -> xgb.DMatrix:
    """Return the rows of a LIBSVM body."""
    return xgb.DMatrix(requests.decode(_bytes(string_like), LIBSVM))


def recordio_protobuf_to_dmatrix(string_like: bytes) -> xgb.DMatrix:
    """Return the rows of a RecordIO-protobuf body."""
    return xgb.DMatrix(requests.decode(string_like, RECORDIO))


def decode(obj: str | bytes, content_type: str) -> xgb.DMatrix:
    """Return the rows of a body.

    Raises:
        CustomerError: The content type is none of the algorithm's.
    """
    return xgb.DMatrix(requests.decode(_bytes(obj), content_type))


def json_to_jsonlines(json_data: str | bytes | Mapping[str, Any]) -> bytes:
    """Return the entries of a document's only list as lines of JSON.

    Raises:
        ValueError: It has not one member.
    """
    document = json_data if isinstance(json_data, Mapping) else json.loads(json_data)
    if len(document) != 1:
        raise ValueError("JSON response is not compatible for conversion to jsonlines.")
    (entries,) = document.values()
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def _source(place: Path, content_type: str) -> Any:
    report = Report("xgboost", socket.gethostname(), sys.stderr)
    if place.is_file():
        found = source_of(place.parent.name, place.parent, get_content_type(content_type), report)
        return None if found is None else replace(found, files=[place])
    return source_of(place.name, place, get_content_type(content_type), report)


def _leave(host: str) -> NoReturn:
    logger.warning("Host %s not being used for distributed training.", host)
    sys.exit(0)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
