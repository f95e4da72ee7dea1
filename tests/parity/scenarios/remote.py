"""Functions that run as jobs: their requests, and what is uploaded."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import FRAMEWORK_IMAGE, World

IMAGE = FRAMEWORK_IMAGE


def settings_left_out(world: World) -> Any:
    settings = _settings(world)
    names = (
        "dependencies environment_variables image_uri include_local_workdir instance_count instance_type job_conda_env "
        "keep_alive_period_in_seconds max_retry_attempts max_runtime_in_seconds role s3_kms_key s3_root_uri tags "
        "use_spot_instances volume_kms_key volume_size vpc_config encrypt_inter_container_traffic"
    )
    return {name: getattr(settings, name) for name in names.split()}


def _settings(world: World, **changes: Any) -> Any:
    return world["remote_function.job._JobSettings"](**_arguments(world, **changes))


def _arguments(world: World, **changes: Any) -> dict[str, Any]:
    given = {"image_uri": IMAGE, "role": ROLE, "instance_type": "ml.m5.large", **changes}
    given.setdefault("sagemaker_session", world.session())
    return {name: value for name, value in given.items() if value != "left out"}


def _job(world: World, *args: Any, **changes: Any) -> Any:
    """Start a function's job; return what its request holds beside what was uploaded."""
    kwargs = changes.pop("kwargs", {})
    return world["remote_function.job._Job"].start(_settings(world, **changes), _add, args, kwargs)


def _add(a: Any, b: Any = 1) -> Any:
    return a + b


def job(world: World) -> Any:
    return [_job(world, 1).job_name, _kept(world)]


def job_with_everything(world: World) -> Any:
    world.files(needs_txt="numpy\n", a_py="A = 1\n", sub__b_py="B = 1\n", notes_md="n")
    _job(
        world,
        1,
        kwargs={"b": world["remote_function.CheckpointLocation"]("s3://bucket/checkpoints")},
        dependencies="needs.txt",
        pre_execution_commands=["echo 1", "echo 2"],
        environment_variables={"A": "1"},
        include_local_workdir=True,
        instance_count=1,
        job_conda_env="base",
        job_name_prefix="prices",
        keep_alive_period_in_seconds=60,
        max_retry_attempts=3,
        max_runtime_in_seconds=600,
        s3_kms_key="key-1",
        s3_root_uri="s3://mine/jobs",
        security_group_ids=["sg-1"],
        subnets=["subnet-1"],
        tags=[{"Key": "a", "Value": "b"}],
        volume_kms_key="key-2",
        volume_size=50,
        encrypt_inter_container_traffic=True,
        use_spot_instances=True,
        max_wait_time_in_seconds=700,
        disable_output_compression=True,
        nproc_per_node=2,
    )
    return _kept(world)


def _kept(world: World) -> Any:
    """Return the files in the workspace; put the calls into an order that does not hang on a folder's."""
    files: dict[str, Any] = {}
    for key, content in world.aws.stored.items():
        if key.endswith("workspace.zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                files = {_steady(name): archive.read(name).decode() for name in sorted(archive.namelist())}
    puts = [call for call in world.aws.calls if call[0] == "PutObject"]
    others = [call for call in world.aws.calls if call[0] != "PutObject"]
    world.aws.calls[:] = [*sorted(puts, key=lambda call: str(call[1]["Key"])), *map(_steady, others)]
    return files


def _steady(value: Any) -> Any:
    """Return a value with the one name in it that v2 draws at random replaced."""
    if isinstance(value, str):
        return re.sub(r"sagemaker_requirements_\w+", "sagemaker_requirements_<any>", value)
    if isinstance(value, dict):
        return {name: _steady(item) for name, item in value.items()}
    return type(value)(map(_steady, value)) if isinstance(value, (list, tuple)) else value
