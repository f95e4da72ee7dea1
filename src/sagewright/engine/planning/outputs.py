"""Where goes what a training job leaves: archives at its end, folders stored all the time (`contract.md` 1.9)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from sagewright.engine.planning.document import Sync, Upload
from sagewright.vocabulary.s3_uris import split_s3_uri

CONTAINER_ML = "/opt/ml"
CHECKPOINTS = "/opt/ml/checkpoints/"
TENSORBOARD = "/opt/ml/output/tensorboard"
TENSORS = "/opt/ml/output/tensors/"

Request = Mapping[str, Any]


def uploads_of(request: Request) -> list[Upload]:
    """Return what is stored when the program has ended."""
    compressed = is_compressed(request)
    model, output = (split_s3_uri(uri) for uri in (model_uri(request), output_uri(request, _names(request)[1])))
    return [
        Upload("model", *model, required=True, compressed=compressed),
        Upload("output/data", *output, compressed=compressed),
    ]


def syncs_of(request: Request) -> list[Sync]:
    """Return what is stored while the program runs."""
    job = request["TrainingJobName"]
    syncs = []
    if checkpoints := request.get("CheckpointConfig"):
        bucket, prefix = split_s3_uri(checkpoints["S3Uri"])
        syncs.append(Sync(relative(checkpoint_path(request)), bucket, _folder(prefix), both_ways=True))
    for member, default, folder in (
        ("TensorBoardOutputConfig", TENSORBOARD, "tensorboard-output"),
        ("DebugHookConfig", TENSORS, "debug-output"),
    ):
        if config := request.get(member):
            bucket, prefix = split_s3_uri(config["S3OutputPath"])
            path = relative(config.get("LocalPath") or default)
            syncs.append(Sync(path, bucket, f"{_folder(prefix)}{job}/{folder}/"))
    return syncs


def checkpoint_path(request: Request) -> str:
    """Return the `LocalPath` in force."""
    return str(request["CheckpointConfig"].get("LocalPath") or CHECKPOINTS)


def relative(path: str) -> str:
    """Return a path below `/opt/ml` relative to it.

    Raises:
        ValueError: It lies elsewhere.
    """
    found = posixpath.relpath(posixpath.normpath(path), CONTAINER_ML)
    if not path.startswith("/") or found == "." or found.startswith(".."):
        raise ValueError(f"`{path}` does not lie below {CONTAINER_ML}")
    return found


def is_compressed(request: Request) -> bool:
    return bool(request["OutputDataConfig"].get("CompressionType", "GZIP") != "NONE")


def model_uri(request: Request) -> str:
    """Return the S3 URI of the model: an archive, or the folder of one that is not compressed."""
    return output_uri(request, _names(request)[0])


def output_uri(request: Request, name: str) -> str:
    """Return the S3 URI of something in the job's output folder."""
    base = request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    return f"{base}/{request['TrainingJobName']}/output/{name}"


def _names(request: Request) -> tuple[str, str]:
    return ("model.tar.gz", "output.tar.gz") if is_compressed(request) else ("model/", "data/")


def _folder(prefix: str) -> str:
    """Return a prefix that stands for a folder."""
    return f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
