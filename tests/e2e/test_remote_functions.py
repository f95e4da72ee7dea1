"""Functions that run as jobs on the engine: what they are given, return and raise, and how they are stopped."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

import pytest

from sagewright.remote_function import CheckpointLocation, RemoteExecutor, remote
from sagewright.remote_function.client import get_future, list_futures
from sagewright.remote_function.errors import RemoteFunctionError, SerializationError
from sagewright.remote_function.runtime_environment.runtime_environment_manager import RuntimeEnvironmentError
from sagewright.s3 import S3Downloader
from sagewright.session import Session

TYPE = "ml.m5.large"


def test_functions_run_as_jobs_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sibling.py").write_text("WORD = 'found'\n")
    (tmp_path / "notes.txt").write_text("left out")
    monkeypatch.chdir(tmp_path)

    class Refused(Exception):
        """An error of the caller's own, of which the job knows nothing."""

        def __init__(self, what: str, number: int) -> None:
            super().__init__(what, number)
            self.number = number

    def add(a: int, b: int = 0) -> int:
        return a + b

    def fail(number: int) -> None:
        raise Refused("no", number)

    def told() -> Any:
        import importlib

        sdk, sibling = map(importlib.import_module, ("sagemaker", "sibling"))
        print("a line of the job's log")
        return sdk.__name__, sibling.WORD, os.environ["MINE"], os.path.exists("notes.txt"), os.listdir(".")

    def keep(place: Any) -> str:
        Path(place, "note.txt").write_text("kept")
        return str(os.fspath(place))

    bucket = Session().default_bucket()
    plain = RemoteExecutor(instance_type=TYPE, max_parallel_jobs=3, keep_alive_period_in_seconds=0)
    equipped = RemoteExecutor(
        instance_type=TYPE,
        include_local_workdir=True,
        environment_variables={"MINE": "yes"},
        pre_execution_commands=["echo before > made_before.txt"],
    )
    with plain, equipped:
        failing, going = plain.submit(fail, 7), equipped.submit(told)
        keeping = plain.submit(keep, CheckpointLocation(f"s3://{bucket}/checkpoints"))
        assert plain.map(add, [1, 2], [10]) == [11]
    with pytest.raises(Refused) as caught:
        failing.result()
    assert caught.value.number == 7
    assert "in fail" in "".join(traceback.format_exception(caught.value)), "the places that it passed in the job"
    name, word, mine, is_there, files = going.result()
    assert (name, word, mine, is_there) == ("sagewright", "found", "yes", False)
    assert "made_before.txt" in files
    assert keeping.result().endswith("/checkpoints/")
    assert S3Downloader.read_file(f"s3://{bucket}/checkpoints/note.txt") == "kept"
    assert "a line of the job's log" in capsys.readouterr().out
    assert going.done()
    assert not going.running()
    assert not going.cancel()
    with pytest.raises(RuntimeError, match="after shutdown"):
        plain.submit(add, 1)


def test_jobs_that_do_not_come_to_their_end() -> None:
    def sleep() -> None:
        import time

        time.sleep(300)

    with RemoteExecutor(instance_type=TYPE, job_name_prefix="sleeper") as executor:
        first, second = executor.submit(sleep), executor.submit(sleep)
        with pytest.raises(TimeoutError, match="timed out before reaching a termination status"):
            first.result(timeout=0.5)
        assert second.cancel()
        assert first.running()
        assert first.cancel()
    assert first.cancelled()
    assert second.cancelled()
    assert second.result() is None
    (found,) = list_futures("sleeper")
    assert found.cancelled()
    assert found._job is not None
    assert get_future(found._job.job_name).cancelled()


def test_what_goes_wrong_around_a_function(tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("--no-index\nno-such-package-of-this-name\n")

    @remote(instance_type=TYPE, dependencies=str(wanted))
    def add(a: int, b: int) -> int:
        return a + b

    with pytest.raises(TypeError, match=r"add\(\) missing 1 required positional argument: 'b'"):
        add(1)
    with pytest.raises(SerializationError, match="Error when serializing object of type"):
        add(1, (number for number in range(2)))
    with pytest.raises(RuntimeEnvironmentError, match="no-such-package-of-this-name"):
        add(1, 2)
    assert wanted.read_text().endswith("no-such-package-of-this-name\n"), "the list itself stays as it is"

    @remote(instance_type=TYPE, job_name_prefix="dies")
    def die() -> None:
        os._exit(3)

    with pytest.raises(RemoteFunctionError, match="Check corresponding job for details"):
        die()
    (future,) = list_futures("dies")
    with pytest.raises(RemoteFunctionError):
        future.result()
