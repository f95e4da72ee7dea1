from __future__ import annotations

import io
import logging
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sagewright.source_code.archive import write_archive
from sagewright.source_code.selection import select, tell_what_is_left_out
from tests.parity.world import World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print(1)")
    return tmp_path / "src"


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def chosen(folder: Path, **how: Any) -> list[str]:
    entries = select("train.py", str(folder), [], **how).entries
    return [name for name, path in entries.items() if os.path.isfile(path)]


def archive(folder: Path) -> bytes:
    file = io.BytesIO()
    write_archive(select("train.py", str(folder), []).entries, file)
    return file.getvalue()


def test_the_same_tree_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make(folder, "lib/a.py", "b.txt")
    first = archive(folder)
    for file in folder.rglob("*"):
        os.utime(file, (1, 1))
    (folder / "b.txt").unlink()
    make(folder, "b.txt")
    assert archive(folder) == first
    (folder / "b.txt").write_text("y")
    assert archive(folder) != first


def test_members_say_nothing_of_who_packed_them(folder: Path) -> None:
    (folder / "run.sh").write_text("#!/bin/sh")
    (folder / "run.sh").chmod(0o750)
    (folder / "empty").mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive(folder))) as packed:
        members = {member.name: member for member in packed}
    assert list(members) == ["empty", "run.sh", "train.py"]
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in members.values()} == {(0, 0, "", "", 0)}
    assert [members[name].mode for name in members] == [0o755, 0o755, 0o644]


def test_what_nobody_means_to_send_stays(folder: Path) -> None:
    make(folder, ".env", ".env.prod", "key.pem", "id_rsa", "id_rsa.pub", ".netrc", "credentials", ".aws/config")
    make(folder, ".git/HEAD", "__pycache__/a.pyc", "venv/pyvenv.cfg", "venv/bin/python", ".pytest_cache/x")
    make(folder, "lib/credentials/__init__.py", "lib/environment.py")
    assert chosen(folder) == ["lib/credentials/__init__.py", "lib/environment.py", "train.py"]
    everything = chosen(folder, everything=True)
    assert {".env", ".git/HEAD", "venv/bin/python", "id_rsa", ".aws/config"} <= set(everything)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


def test_what_git_ignores_stays_but_not_what_it_tracks(folder: Path) -> None:
    git(folder.parent, "init")
    (folder.parent / ".gitignore").write_text("*.log\ndata/\n!keep.log\n")
    make(folder, "a.log", "tracked.log", "keep.log", "data/rows.csv", "new.py")
    git(folder, "add", "-f", "tracked.log")
    selection = select("train.py", str(folder), [])
    assert list(selection.entries) == ["keep.log", "new.py", "tracked.log", "train.py"]
    assert selection.left_out == {"a.log": "ignored by git", "data": "ignored by git"}


def test_a_script_goes_along_whatever_ignores_it(folder: Path) -> None:
    git(folder, "init")
    (folder / ".gitignore").write_text("build/\n")
    make(folder, "build/train.py", "build/other.py")
    entries = select("build/train.py", str(folder), []).entries
    assert [name for name in entries if name.startswith("build")] == ["build", "build/train.py"]


def test_a_folder_that_git_ignores_whole_is_meant(folder: Path) -> None:
    git(folder.parent, "init")
    (folder.parent / ".gitignore").write_text("src/\n")
    make(folder, "lib.py")
    assert chosen(folder) == ["lib.py", "train.py"]


def test_links_are_followed_and_loops_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text("S = 1")
    (folder / "shared.py").symlink_to(tmp_path / "shared.py")
    assert chosen(folder) == ["shared.py", "train.py"]
    with pytest.raises(ValueError, match="leads out of the repository"):
        chosen(folder, within=str(folder))
    (folder / "again").symlink_to(folder)
    with pytest.raises(ValueError, match="contains itself through the link"):
        chosen(folder)


def test_a_link_to_a_secret_is_one(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("secret")
    (folder / "data.txt").symlink_to(tmp_path / "id_rsa")
    assert chosen(folder) == ["train.py"]


def test_a_link_that_leads_nowhere_is_named(folder: Path) -> None:
    (folder / "gone.py").symlink_to("nowhere.py")
    with pytest.raises(FileNotFoundError, match=r"gone\.py"):
        chosen(folder)


def test_pipes_are_not_sent(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert chosen(folder) == ["train.py"]


def test_what_is_left_out_is_said_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(folder, ".env")
    with caplog.at_level(logging.INFO, "sagemaker"):
        for _ in range(2):
            tell_what_is_left_out(select("train.py", str(folder), []), str(folder))
    assert [record.getMessage() for record in caplog.records] == [
        f"Left out of the source code in {folder}: .env (may hold secrets). "
        "`include_ignored_files=True` sends them too."
    ]


def test_code_that_is_too_large_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEWRIGHT_CODE_MIB", "1")
    (folder / "weights.bin").write_bytes(b"x" * (2 << 20))
    world = World("sagewright")
    with pytest.raises(
        ValueError, match=r"largest file is `weights.bin` with 2 MiB.(.|\n)*hint: .*SAGEWRIGHT_CODE_MIB"
    ):
        world.train(entry_point="train.py", source_dir=str(folder))
    assert not world.aws.writes()


def test_nothing_is_uploaded_for_a_request_that_is_wrong(folder: Path) -> None:
    world = World("sagewright")
    with pytest.raises(ValueError, match="instance_count and instance_type must be set"):
        world.train(entry_point="train.py", source_dir=str(folder), instance_type=None)
    with pytest.raises(ValueError, match="need an `entry_point`"):
        world.train(source_dir=str(folder))
    assert not world.aws.writes()
