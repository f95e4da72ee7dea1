"""An engine's home that lies in a folder of the user's is never packed, sent or read with it."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sagewright.engine.engine import Engine
from sagewright.remote_function.custom_file_filter import CustomFileFilter, copy_workdir
from sagewright.serve.packing.upload import upload_archive
from sagewright.source_code.selection import entries_of, select
from sagewright.storage import files_below
from sagewright.utils import create_tar_file
from sagewright.vocabulary.homes import below, is_home, without_homes
from sagewright.workflow.digests import hash_files_or_dirs
from tests.parity.recording import BUCKET
from tests.parity.world import World

Names = set[str]
KEPT = {"train.py", "deep/data.csv"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "deep").mkdir(parents=True)
    (folder / "train.py").write_text("print(1)")
    (folder / "deep" / "data.csv").write_text("1,2")
    engine = Engine.open(folder / "deep" / ".sagewright")
    engine.parts.state.changes(0)
    engine.parts.objects.create_bucket("bucket", "us-east-1", "123456789012")
    (folder / "linked").symlink_to(folder / "deep" / ".sagewright")
    monkeypatch.chdir(folder)
    return folder


def of_archive(content: bytes) -> Names:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {member.name for member in archive if member.isfile()}


def of_folder(folder: Path) -> Names:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def as_source_code(project: Path, scratch: Path) -> Names:
    return {name for name, path in select("train.py", str(project), []).entries.items() if Path(path).is_file()}


def as_all_source_code(project: Path, scratch: Path) -> Names:
    selection = select("train.py", str(project), [], everything=True)
    assert selection.left_out == {"deep/.sagewright": "the home of an engine", "linked": "the home of an engine"}
    return {name for name, path in selection.entries.items() if Path(path).is_file()}


def as_a_dependency(project: Path, scratch: Path) -> Names:
    entries = entries_of(str(project))
    return {name.removeprefix("project/") for name, path in entries.items() if Path(path).is_file()}


def as_data(project: Path, scratch: Path) -> Names:
    return set(files_below(str(project)))


def as_a_model(project: Path, scratch: Path) -> Names:
    world = World("sagewright")
    upload_archive(world.session(), project, f"s3://{BUCKET}/model", "image")
    return of_archive(next(body for key, body in world.aws.stored.items() if key.endswith("serve.tar.gz")))


def as_an_archive(project: Path, scratch: Path) -> Names:
    names = of_archive(Path(create_tar_file([str(project)], str(scratch / "a.tar.gz"))).read_bytes())
    return {name.removeprefix("project/") for name in names}


def as_a_workspace(project: Path, scratch: Path) -> Names:
    copy_workdir(str(scratch / "copy"), CustomFileFilter(ignore_name_patterns=["*.pyc"]))
    return of_folder(scratch / "copy")


def as_a_copy(project: Path, scratch: Path) -> Names:
    shutil.copytree(project, scratch / "copy", ignore=without_homes())
    return of_folder(scratch / "copy")


WAYS: list[Callable[[Path, Path], Names]] = [
    *(as_source_code, as_all_source_code, as_a_dependency, as_data),
    *(as_a_model, as_an_archive, as_a_workspace, as_a_copy),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_home_stays_where_it_is(way: Callable[[Path, Path], Names], project: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert is_home(project / "deep" / ".sagewright")
    assert way(project, scratch) == KEPT


def test_code_is_the_same_whatever_happens_in_a_home(project: Path) -> None:
    before = hash_files_or_dirs([str(project)])
    (project / "deep" / ".sagewright" / "jobs").mkdir()
    assert hash_files_or_dirs([str(project)]) == before
    (project / "deep" / "data.csv").write_text("1,3")
    assert hash_files_or_dirs([str(project)]) != before


def test_a_home_itself_has_nothing_to_send(project: Path) -> None:
    assert not list(below(project / "deep" / ".sagewright"))


def test_what_only_looks_like_one_is_sent(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite3").write_bytes(b"mine")
    assert [path.name for path in below(tmp_path)] == ["state.sqlite3"]
