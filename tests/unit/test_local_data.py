from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sagewright.inputs import TrainingInput
from tests.parity.world import World


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "my data"
    (folder / "deep").mkdir(parents=True)
    (folder / "rows.csv").write_text("1,2\n")
    (folder / "deep" / "more.csv").write_text("3,4\n")
    return folder


def uris(world: World) -> list[str]:
    channels = world.aws.asked("CreateTrainingJob")[-1]["InputDataConfig"]
    return [channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in channels]


def keys(world: World) -> list[str]:
    return [params["Key"] for params in world.aws.asked("PutObject")]


@pytest.mark.parametrize("written", [str, Path, lambda path: f"file://{path}", TrainingInput])
def test_a_folder_is_uploaded_before_the_job(data: Path, written: Any) -> None:
    world = World("sagewright")
    world.train({"train": written(data)}, base_job_name="prices")
    (uri,) = uris(world)
    prefix = uri.removeprefix("s3://bucket/")
    assert prefix.startswith("prices/input/train/")
    assert keys(world) == [f"{prefix}deep/more.csv", f"{prefix}rows.csv"]
    assert [call["operation"] for call in world.aws.writes()][-1] == "CreateTrainingJob"


def test_a_file_is_a_channel_of_one(data: Path) -> None:
    world = World("sagewright")
    world.train(data / "rows.csv")
    assert [uri.removeprefix("s3://bucket/") for uri in uris(world)] == keys(world)
    assert uris(world)[0].endswith("/rows.csv")


def test_other_arguments_of_the_input_stay(data: Path) -> None:
    world = World("sagewright")
    world.train({"train": TrainingInput(data, content_type="text/csv", distribution="ShardedByS3Key")})
    (channel,) = world.aws.asked("CreateTrainingJob")[0]["InputDataConfig"]
    assert channel["ContentType"] == "text/csv"
    assert channel["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"


def test_what_is_there_is_not_sent_again(data: Path) -> None:
    world = World("sagewright")
    estimator = world.estimator()
    estimator.fit(str(data), wait=False)
    sent = keys(world)
    world.aws.answers["ListObjectsV2"] = {"Contents": [{"Key": key, "Size": 4} for key in sent]}
    estimator.fit(str(data), wait=False)
    assert keys(world) == sent
    assert len(world.aws.asked("CreateTrainingJob")) == 2
    (data / "rows.csv").write_text("5,6\n")
    estimator.fit(str(data), wait=False)
    assert len(keys(world)) == 2 * len(sent), "another content has another prefix"


def test_a_model_of_this_machine_is_uploaded(data: Path) -> None:
    world = World("sagewright")
    world.train(None, model_uri=str(data / "rows.csv"))
    assert uris(world)[0].endswith("/rows.csv")


@pytest.mark.parametrize("missing", ["file:///nowhere/rows.csv", "nowhere/rows.csv", Path("nowhere")])
def test_what_is_not_there_is_refused_with_a_hint(missing: Any) -> None:
    world = World("sagewright")
    with pytest.raises(ValueError, match="hint: there is no file or folder"):
        world.train({"train": missing})
    assert not world.aws.writes()
