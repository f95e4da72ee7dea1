"""What a model's environment asks of the server (`contract.md` 2.2)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sagewright.vocabulary.content_types import JSON
from sagewright.vocabulary.serving import MEMORY_BYTES

TIMEOUT_S = 60.0
LARGEST_BODY_BYTES = 1 << 30  # an asynchronous request's; what calls directly is limited before it comes here
INFO = 20
CONTAINER_BASE = "/opt/ml"


class Settings(NamedTuple):
    """The server's settings.

    Attributes:
        most_workers: Processes that may hold a model; further ones than the first come when requests wait.
        timeout_s: A handler that takes longer is ended; for a stream, between two of its pieces.
        default_accept: The form of an answer where the request names none.
        is_multi_model: Models come and go by `/models`.
        most_models: That are loaded at a time; 0: as many as the memory holds.
        memory_bytes: Of the instance; 0: as much as the machine has.
    """

    most_workers: int
    timeout_s: float = TIMEOUT_S
    largest_body_bytes: int = LARGEST_BODY_BYTES
    default_accept: str = JSON
    log_level: int = INFO
    is_multi_model: bool = False
    most_models: int = 0
    memory_bytes: int = 0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises:
            ValueError: One is not a number that can be meant.
        """
        is_multi_model = environment.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true"
        return cls(
            most_workers=int(_number(environment, _WORKERS, 1 if is_multi_model else cpus())) or cpus(),
            timeout_s=_number(environment, _TIMEOUTS, TIMEOUT_S) or TIMEOUT_S,
            largest_body_bytes=int(_largest_body(environment)),
            default_accept=environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or JSON,
            log_level=int(_number(environment, ["SAGEMAKER_CONTAINER_LOG_LEVEL"], INFO)),
            is_multi_model=is_multi_model,
            most_models=int(_number(environment, ["SAGEMAKER_MAX_MODELS"], 0)),
            memory_bytes=int(_number(environment, [MEMORY_BYTES], 0)),
        )


# The toolkit's name, and those of the model servers beneath it.
_WORKERS = ["SAGEMAKER_MODEL_SERVER_WORKERS", "SAGEMAKER_TS_MAX_WORKERS", "MMS_DEFAULT_WORKERS_PER_MODEL"]
_TIMEOUTS = [
    "SAGEMAKER_MODEL_SERVER_TIMEOUT",
    "SAGEMAKER_TS_RESPONSE_TIMEOUT",
    "TS_DEFAULT_RESPONSE_TIMEOUT",
    "MMS_DEFAULT_RESPONSE_TIMEOUT",
]
_SIZES = ["SAGEMAKER_MAX_REQUEST_SIZE", "TS_MAX_REQUEST_SIZE", "MMS_MAX_REQUEST_SIZE"]


def cpus() -> int:
    """Return how many processors the server may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def place_of(base: Path, name: str) -> Path:
    """Return a path of the container's; `/opt/ml` may have another name here."""
    if name == CONTAINER_BASE or name.startswith(f"{CONTAINER_BASE}/"):
        return base / name[len(CONTAINER_BASE) + 1 :]
    return Path(name)


def _largest_body(environment: Mapping[str, str]) -> float:
    mib = _number(environment, ["SAGEMAKER_MAX_PAYLOAD_IN_MB"], 0)
    return _number(environment, _SIZES, mib * (1 << 20) or LARGEST_BODY_BYTES)


def _number(environment: Mapping[str, str], names: list[str], default: float) -> float:
    name = next((name for name in names if environment.get(name)), None)
    if name is None:
        return default
    try:
        number = float(environment[name])
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"{name}=`{environment[name]}` is not a number that can be meant.")
    return number
