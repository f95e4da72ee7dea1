"""Any JSON value given as a hyperparameter reaches the script unchanged in type and value, on every executor."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import pytest

from sagewright.sklearn import SKLearn
from tests.container_engine import IMAGE
from tests.e2e.conftest import ROLE, channel
from tests.e2e.test_container_executor import held  # noqa: F401 - the fixture
from tests.parity.drawn import values

SCRIPT = """
import json, os
values = json.loads(os.environ["SM_HPS"])
with open(os.path.join(os.environ["SM_MODEL_DIR"], "values.json"), "w") as file:
    json.dump(values, file)
"""
CONTAINER = """
import json
given = json.load(open("/opt/ml/input/config/hyperparameters.json"))
json.dump({name: json.loads(text) for name, text in given.items()}, open("/opt/ml/model/values.json", "w"))
"""


def exact(given: Mapping[str, Any]) -> str:
    """Return values as JSON, in which 1, 1.0 and true are three, as are 0.0 and -0.0."""
    return json.dumps(given, sort_keys=True)


@pytest.mark.parametrize("executor", ["process", "inline"])
def test_values_reach_a_script_as_they_are(cloud: Any, monkeypatch: Any, tmp_path: Any, executor: str) -> None:
    monkeypatch.setenv("SAGEWRIGHT_EXECUTOR", executor)
    (tmp_path / "train.py").write_text(SCRIPT)
    given = values(1 if executor == "process" else 2)
    estimator = SKLearn(
        "train.py",
        source_dir=str(tmp_path),
        framework_version="1.2-1",
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        hyperparameters=given,
        enable_network_isolation=False,
    )
    estimator.fit(job_name=executor)
    assert exact(_stored(cloud, str(estimator.model_data))) == exact(given)


def test_values_reach_a_container_as_they_are(cloud: Any, held: Any) -> None:  # noqa: F811
    given = values(3)
    texts = {name: json.dumps(value) for name, value in given.items()}
    cloud.s3.put_object(Bucket="bucket", Key="code/own/program.py", Body=CONTAINER.encode())
    channels = [channel(), channel("s3://bucket/code/own/", "code")]
    cloud.submit(
        "own", AlgorithmSpecification={"TrainingImage": IMAGE}, InputDataConfig=channels, HyperParameters=texts
    )
    job = cloud.end_of("own")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert exact(_stored(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])) == exact(given)


def _stored(cloud: Any, uri: str) -> dict[str, Any]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = cloud.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        file = archive.extractfile("values.json")
        assert file is not None
        found: dict[str, Any] = json.loads(file.read())
    return found
