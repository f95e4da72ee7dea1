"""What every built-in algorithm's container does: `train` once, or `serve`."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sagewright.engine.algorithms.abc import Algorithm, Channel, CustomerError
from sagewright.engine.algorithms.job import read_config as _config
from sagewright.engine.algorithms.report import Report

if TYPE_CHECKING:
    from sagewright.engine.algorithms.collective import Collective

CUSTOMER_FAULT, OWN_FAULT = 2, 1  # exit codes
AFTER_OTHERS_S = 5.0  # another host has failed, and is to be the first that says why


def main(algorithm: Algorithm, arguments: list[str]) -> int:
    """Do what `docker run IMAGE train` or `... serve` would; return the exit code."""
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    if arguments == ["train"]:
        return train(algorithm, base)
    if arguments == ["serve"]:
        from sagewright.engine.algorithms.serving import serve

        return serve(algorithm, base / "model")
    print(f"usage: train | serve, not {' '.join(arguments)}", file=sys.stderr)  # noqa: T201
    return CUSTOMER_FAULT


def train(algorithm: Algorithm, base: Path) -> int:
    """Train from and to the folders of `/opt/ml`."""
    report = Report(algorithm.name, _config(base, "resourceconfig").get("current_host", "algo-1"))
    report.plain("Docker entrypoint called with argument(s): train")
    return guarded(lambda: _train(algorithm, base, report), base, report)


def guarded(work: Callable[[], None], base: Path, report: Report, customer_fault: int = CUSTOMER_FAULT) -> int:
    """Do the work of a job, and leave a failure as a container does: in the log, in its file, as the exit code."""
    try:
        work()
    except CustomerError as error:
        report.error(f"Customer Error: {error}")
        _fail(base, f"ClientError: {error}")
        return customer_fault
    except MemoryError:
        text = "Please use an instance type with more memory, or reduce the size of job data processed on an instance."
        report.error(f"Customer Error: {text}")
        _fail(base, f"ClientError: {text}")
        return customer_fault
    except Exception as error:  # noqa: BLE001 - the border of the process
        traceback.print_exc()
        if isinstance(error, ConnectionError):
            time.sleep(AFTER_OTHERS_S)
        _fail(base, f"AlgorithmError: {type(error).__name__}: {error}")
        return OWN_FAULT
    return 0


def _train(algorithm: Algorithm, base: Path, report: Report) -> None:
    given = _config(base, "hyperparameters")
    report.info(
        f"Merging with provided configuration from {base}/input/config/hyperparameters.json: {json.dumps(given)}"
    )
    parameters = algorithm.parse({name: str(value) for name, value in given.items()})
    final = {name: value for name, value in vars(parameters).items() if value is not None}
    report.info(f"Final configuration: {json.dumps(final)}")
    from sagewright.engine.algorithms.collective import gathered

    channels = _read_channels(algorithm, base, report)
    with gathered(_hosts(base), report.host) as hosts:
        model = algorithm.train(parameters, _shares(base, channels, hosts), report, hosts)
    if report.host != _hosts(base)[0]:
        return  # every host has trained the same model, and the first one leaves it
    folder = base / "model"
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder)


def _hosts(base: Path) -> list[str]:
    config = _config(base, "resourceconfig")
    return config.get("hosts") or [config.get("current_host", "algo-1")]


def _shares(base: Path, channels: Mapping[str, Channel], hosts: Collective) -> dict[str, Channel]:
    """Return this host's share of every channel: what came here of one in shards, every n-th row of a copy."""
    configs = _config(base, "inputdataconfig")
    return {
        name: channel
        if configs[name].get("S3DistributionType") == "ShardedByS3Key"
        else replace(channel, features=hosts.share(channel.features), labels=hosts.share(channel.labels))
        for name, channel in channels.items()
    }


def _read_channels(algorithm: Algorithm, base: Path, report: Report) -> dict[str, Channel]:
    from sagewright.engine.algorithms.channels import read_channel

    configs = _config(base, "inputdataconfig")
    first = algorithm.channels[0]
    if first not in configs:
        raise CustomerError(f"The required channel '{first}' is missing; the job has {sorted(configs) or 'none'}.")
    for name in configs:
        if name not in algorithm.channels:
            raise CustomerError(f"The channel '{name}' is not one of {list(algorithm.channels)}.")
    return {
        name: read_channel(name, base / "input/data" / name, configs[name], algorithm.label_size, report)
        for name in algorithm.channels
        if name in configs
    }


def _fail(base: Path, text: str) -> None:
    path = base / "output/failure"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
