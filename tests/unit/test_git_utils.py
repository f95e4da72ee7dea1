from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sagewright.git_utils import CloneFailed, git_clone_repo
from tests.parity.world import World

URL = "https://example.com/team/repo.git"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main"]
    command = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that git finds under an https address, without a network."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init")
    for name, text in (("train.py", "print(1)"), ("src/deep.py", "print(2)"), ("lib/a.py", "A = 1")):
        (origin / name).parent.mkdir(exist_ok=True)
        (origin / name).write_text(text)
    git(origin, "add", ".")
    git(origin, "commit", "-m", "first")
    git(origin, "checkout", "-b", "next")
    (origin / "train.py").write_text("print('next')")
    git(origin, "commit", "-am", "second")
    git(origin, "checkout", "main")
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "file://{origin}"]\n  insteadOf = {URL}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    return origin


def text_of(config: dict[str, Any]) -> str:
    return Path(git_clone_repo({"repo": URL, **config}, "train.py")["entry_point"]).read_text()


def test_branch_and_commit_are_checked_out(repository: Path) -> None:
    first = git(repository, "rev-parse", "main")
    assert text_of({}) == "print(1)"
    assert text_of({"branch": "next"}) == "print('next')"
    assert text_of({"branch": "next", "commit": first}) == "print(1)"


def test_paths_are_in_the_clone(repository: Path) -> None:
    paths = git_clone_repo({"repo": URL}, "deep.py", "src", ["lib"])
    root = paths["repository"]
    assert (paths["entry_point"], paths["source_dir"], paths["dependencies"]) == (
        "deep.py",
        f"{root}/src",
        [f"{root}/lib"],
    )


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (("other.py",), "Entry point does not exist in the repo."),
        (("deep.py", "lib"), "Entry point does not exist in the repo."),
        (("train.py", "docs"), "Source directory does not exist in the repo."),
        (("train.py", ".."), "Source directory does not exist in the repo."),
        (("/etc/passwd",), "Entry point does not exist in the repo."),
        (("train.py", None, ["docs"]), "Dependency docs does not exist in the repo."),
        (("train.py", None, ["../.."]), "Dependency ../.. does not exist in the repo."),
    ],
)
def test_what_is_not_in_the_clone_is_refused(repository: Path, tmp_path: Path, paths: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        git_clone_repo({"repo": URL}, *paths)
    assert not list((tmp_path / "tmp").iterdir()), "a clone that failed is removed"


@pytest.mark.parametrize("name", ["branch", "commit"])
def test_no_option_of_git_is_taken_for_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="it would be an option of git"):
        git_clone_repo({"repo": URL, name: "--upload-pack=touch /tmp/x"}, "train.py")


@pytest.mark.parametrize("repo", ["--upload-pack=x", "ext::sh -c x", "/tmp/repo", "file:///tmp/repo"])
def test_only_the_schemes_of_v2_are_taken(repo: str) -> None:
    with pytest.raises(ValueError, match="Unsupported URL scheme"):
        git_clone_repo({"repo": repo}, "train.py")


def test_a_failed_clone_says_what_git_says_and_no_password(repository: Path) -> None:
    with pytest.raises(CloneFailed, match="invalid reference: gone|pathspec 'gone'") as failed:
        git_clone_repo({"repo": URL, "branch": "gone", "token": "s3cret"}, "train.py")
    assert "s3cret" not in str(failed.value)


@pytest.mark.parametrize(
    ("config", "user", "password"),
    [
        ({"token": "s3cret"}, "x-access-token", "s3cret"),
        ({"username": "me", "password": "a b'\"$(x)"}, "me", "a b'\"$(x)"),
        ({"repo": "https://me:s3cret@example.com/team/repo.git"}, "me", "s3cret"),
    ],
    ids=["token", "password", "address"],
)
def test_credentials_reach_git_by_its_environment_alone(
    repository: Path, monkeypatch: pytest.MonkeyPatch, config: dict[str, str], user: str, password: str
) -> None:
    seen = []
    real = subprocess.run

    def run(command: list[str], **how: Any) -> Any:
        seen.append(command)
        asked = real(
            ["git", "credential", "fill"],
            input="protocol=https\nhost=example.com\n\n",
            env=how["env"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"username={user}\npassword={password}\n" in asked.stdout
        other = real(
            ["git", "credential", "fill"],
            input="protocol=https\nhost=elsewhere.com\n\n",
            env={**how["env"], "GIT_ASKPASS": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert password not in other.stdout
        return real(command, **how)

    monkeypatch.setattr(subprocess, "run", run)
    git_clone_repo({"repo": URL, **config}, "train.py")
    assert seen
    assert not any("s3cret" in word or "$(x)" in word for command in seen for word in command)


def test_credentials_that_do_not_matter_are_said(repository: Path) -> None:
    with pytest.warns(UserWarning, match="Using token for authentication"):
        git_clone_repo({"repo": URL, "token": "t", "username": "u", "password": "p"}, "train.py")
    with pytest.warns(UserWarning, match="Credentials provided in git config will be ignored"):
        git_clone_repo({"repo": URL, "username": "u"}, "train.py")


def test_an_estimator_sends_what_was_cloned_and_keeps_no_clone(repository: Path, tmp_path: Path) -> None:
    world = World("sagewright")
    estimator = world.estimator(
        entry_point="train.py", git_config={"repo": URL, "branch": "next"}, dependencies=["lib"]
    )
    for name in ("one", "two"):
        estimator.fit(wait=False, job_name=name)
        assert world.aws.archive(f"{name}/source/sourcedir.tar.gz") == {
            "lib/a.py": "A = 1",
            "train.py": "print('next')",
        }
    assert not list((tmp_path / "tmp").iterdir())


def test_a_link_out_of_the_repository_is_not_sent(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("of the machine")
    os.symlink(tmp_path / "outside.txt", repository / "src" / "data.txt")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "link")
    world = World("sagewright")
    with pytest.raises(ValueError, match="leads out of the repository"):
        world.train(entry_point="deep.py", source_dir="src", git_config={"repo": URL})
    assert not world.aws.writes()
