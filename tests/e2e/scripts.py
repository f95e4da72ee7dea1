"""Jobs of script mode through boto3: code in an archive of S3, hyperparameters as an SDK sends them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

from tests.e2e.conftest import Cloud

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
PYTHON = "python:3"

# Prints what a script was given, as one line of JSON.
TELL = """
import json, os, sys
print("TOLD " + json.dumps({"argv": sys.argv[1:], "env": dict(os.environ), "path": sys.path, "cwd": os.getcwd()}))
"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a `sourcedir.tar.gz`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def submit(
    cloud: Cloud,
    name: str,
    files: Mapping[str, str | bytes],
    *,
    image: str = PYTHON,
    hyperparameters: Mapping[str, Any] | None = None,
    program: str = "train.py",
    **changes: Any,
) -> None:
    """Submit a job; `hyperparameters` are encoded as the SDK's framework estimators do."""
    cloud.s3.put_object(Bucket="bucket", Key=f"{name}/source/sourcedir.tar.gz", Body=archive(files))
    values = {
        "sagemaker_program": program,
        "sagemaker_submit_directory": f"s3://bucket/{name}/source/sourcedir.tar.gz",
        "sagemaker_container_log_level": 20,
        "sagemaker_job_name": name,
        "sagemaker_region": "us-east-1",
        **(hyperparameters or {}),
    }
    specification = {"TrainingImage": image, **changes.pop("AlgorithmSpecification", {})}
    cloud.submit(
        name,
        AlgorithmSpecification=specification,
        HyperParameters={key: json.dumps(value) for key, value in values.items()},
        **changes,
    )


def run(cloud: Cloud, name: str, files: Mapping[str, str | bytes] | str, **more: Any) -> dict[str, Any]:
    """Run a job to its end; a text is `train.py`."""
    submit(cloud, name, {"train.py": files} if isinstance(files, str) else files, **more)
    return cloud.end_of(name)


def told(cloud: Cloud, name: str) -> dict[str, Any]:
    """Return what `TELL` printed."""
    line = next(line for line in cloud.log(name) if line.startswith("TOLD "))
    return dict(json.loads(line.removeprefix("TOLD ")))
