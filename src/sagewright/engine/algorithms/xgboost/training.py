"""A training job, from the folders of `/opt/ml` and back."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.collective import gathered
from sagewright.engine.algorithms.job import read_config
from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost import hosts as several
from sagewright.engine.algorithms.xgboost import model_file
from sagewright.engine.algorithms.xgboost.batches import Batch
from sagewright.engine.algorithms.xgboost.boosting import Place, boost
from sagewright.engine.algorithms.xgboost.cross_validation import cross_validate
from sagewright.engine.algorithms.xgboost.image import library_version
from sagewright.engine.algorithms.xgboost.matrices import Binning, build
from sagewright.engine.algorithms.xgboost.options import Options, options_of
from sagewright.engine.algorithms.xgboost.sources import Source, check_channels, source_of, warn_of_twins
from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter
from sagewright.vocabulary.xgboost import parse_hyperparameters

CONTAINER_ML = PurePosixPath("/opt/ml")


def train_job(base: Path, report: Report) -> None:
    """Train from and to the folders of `/opt/ml`.

    Raises:
        CustomerError: The hyperparameters or the data are at fault.
    """
    report.info("Running XGBoost Sagemaker in algorithm mode")
    options = _options(base, report)
    configs = read_config(base, "inputdataconfig")
    check_channels(configs)
    train, validation = _sources(base, configs, report)
    xgb.set_config(verbosity=options.library.get("verbosity", 1))
    all_hosts = read_config(base, "resourceconfig").get("hosts") or [report.host]
    if len(all_hosts) == 1:
        report.info("Single node training.")
        _train(base, options, _present(train, "training", base), _wanted(validation, configs, base), report)
        return
    _train_together(base, options, all_hosts, train, validation, "validation" in configs, report)


def _options(base: Path, report: Report) -> Options:
    given = read_config(base, "hyperparameters")
    try:
        values = parse_hyperparameters({name: str(value) for name, value in given.items()})
    except InvalidHyperparameter as error:
        raise CustomerError(str(error)) from None
    report.info(f"Hyperparameters: {json.dumps(values)}")
    options = options_of(values)
    for notice in options.notices:
        report.warning(notice)
    version = library_version()
    if version != tuple(map(int, xgb.__version__.split(".")[:2])) and version[0] < 99:
        report.info(
            f"The image holds XGBoost {version[0]}.{version[1]}; this job runs with XGBoost {xgb.__version__}, whose "
            "defaults may differ."
        )
    return options


def _sources(base: Path, configs: Mapping[str, Any], report: Report) -> tuple[Source | None, Source | None]:
    given = configs["train"].get("ContentType")
    train = source_of("train", base / "input/data/train", given, report)
    if "validation" not in configs:
        return train, None
    given = configs["validation"].get("ContentType") or given
    validation = source_of("validation", base / "input/data/validation", given, report)
    if train is not None and validation is not None:
        warn_of_twins(train, validation, report)
    return train, validation


def _present(source: Source | None, what: str, base: Path) -> Source:
    if source is None:
        channel = "train" if what == "training" else what
        raise CustomerError(f"No data in {what} channel path {base / 'input/data' / channel}")
    return source


def _wanted(source: Source | None, configs: Mapping[str, Any], base: Path) -> Source | None:
    return _present(source, "validation", base) if "validation" in configs else None


def _train_together(
    base: Path,
    options: Options,
    all_hosts: list[str],
    train: Source | None,
    validation: Source | None,
    wants_validation: bool,
    report: Report,
) -> None:
    """Train on the hosts that have data; the others only say so, and leave."""
    report.info(f"Distributed node training with {len(all_hosts)} hosts: {all_hosts}")
    has_data = train is not None and (validation is not None or not wants_validation)
    with (
        gathered(all_hosts, report.host) as hosts,
        several.connected(hosts, socket.gethostbyname(report.host), has_data=has_data) as ranks,
    ):
        if not ranks:
            raise CustomerError("No hosts received training data.")
        if not has_data or train is None:
            report.warning(
                f"Host {report.host} does not have {'training' if train is None else 'validation'} data, and will not "
                "be used in distributed training. Please divide the data across instances properly."
            )
            return
        role = {"is_first": hosts.rank == ranks[0], "is_alone": len(ranks) == 1}
        _train(base, options, train, validation, report, **role)


def _train(
    base: Path,
    options: Options,
    train: Source,
    validation: Source | None,
    report: Report,
    *,
    is_first: bool = True,
    is_alone: bool = True,
) -> None:
    place = Place(base / "model" / model_file.NAME, _checkpoints(base), library_version(), is_first, is_alone)
    if options.folds is not None:
        models = _fold_models(base, options, train, validation, place, report)
    else:
        rows, held_out = _matrices(options, train, validation)
        report.info(f"Train matrix has {rows.num_row()} rows and {rows.num_col()} columns")
        if held_out is not None:
            report.info(f"Validation matrix has {held_out.num_row()} rows")
        models = [boost(options, rows, held_out, place, report).model]
    if not is_first:
        return  # every host has trained the same model, and the first one leaves it
    paths = [place.model] if options.folds is None else [_numbered(place.model, n) for n in range(len(models))]
    for model, path in zip(models, paths, strict=True):
        model_file.save(model, path, place.version)


def _matrices(options: Options, train: Source, validation: Source | None) -> tuple[xgb.DMatrix, xgb.DMatrix | None]:
    binning = Binning(options.max_bin, options.nthread) if options.can_bin else None
    rows = build(train.batches(weighted=options.is_weighted), binning, options.nthread)
    if validation is None:
        return rows, None
    binned = replace(binning, reference=rows) if binning and isinstance(rows, xgb.QuantileDMatrix) else None
    return rows, build(validation.batches(weighted=options.is_weighted), binned, options.nthread)


def _fold_models(
    base: Path, options: Options, train: Source, validation: Source | None, place: Place, report: Report
) -> list[xgb.Booster]:
    """Train the models of cross validation, on the rows of both channels."""
    rows = build(_both(train, validation, options), None, options.nthread)
    report.info(f"Train matrix has {rows.num_row()} rows and {rows.num_col()} columns")

    def one(number: int, inside: xgb.DMatrix, outside: xgb.DMatrix) -> Any:
        folder = place.checkpoints / f"model-{number}" if place.checkpoints else None
        own = replace(place, model=_numbered(place.model, number), checkpoints=folder)
        return boost(options, inside, outside, own, report)

    return cross_validate(options, rows, one, base / "output/data", report)


def _both(train: Source, validation: Source | None, options: Options) -> Iterator[Batch]:
    sources = [train, *([validation] if validation is not None else [])]
    return chain.from_iterable(source.batches(weighted=options.is_weighted) for source in sources)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}-{number}")


def _checkpoints(base: Path) -> Path | None:
    """Return the folder of checkpoints; where `/opt/ml` cannot be had, it lies in what stands for it."""
    given = read_config(base, "checkpointconfig").get("LocalPath")
    if not given:
        return None
    path = PurePosixPath(given)
    return base / path.relative_to(CONTAINER_ML) if path.is_relative_to(CONTAINER_ML) else Path(given)
