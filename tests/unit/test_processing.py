"""Processing jobs beyond what v2's records show: the script that unpacks code, slips, and the engine's answer."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagewright.dataset_definition import S3Input
from sagewright.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput, Processor, ScriptProcessor
from sagewright.processing.bootstrap import FOLDER, bootstrap_script
from sagewright.session import Session
from sagewright.sklearn import SKLearn, SKLearnProcessor

ROLE = "arn:aws:iam::123456789012:role/Role"
ARN = "arn:aws:codeartifact:us-east-1:123456789012:repository/domain/repository"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Return a folder that holds an archive of code, as a job finds it."""
    folder, source = tmp_path / "code", tmp_path / "source"
    folder.mkdir()
    source.mkdir()
    (source / "my run.sh").write_text('echo "got $# arguments, the second: $2"; exit ${1}\n')
    with tarfile.open(folder / "sourcedir.tar.gz", "w:gz") as archive:
        archive.add(source / "my run.sh", "my run.sh")
    return folder


def _run(code: Path, *arguments: str, more: str = "") -> subprocess.CompletedProcess[str]:
    script = bootstrap_script(["bash"], "my run.sh", more or None).replace(FOLDER, str(code))
    return subprocess.run(["bash", "-c", script, "runproc.sh", *arguments], capture_output=True, text=True, check=False)


def test_the_script_unpacks_the_code_and_hands_arguments_on(code: Path) -> None:
    done = _run(code, "0", "two words")
    assert (done.stdout, done.returncode) == ("got 2 arguments, the second: two words\n", 0)


def test_a_failure_of_the_code_is_the_jobs(code: Path) -> None:
    assert _run(code, "7").returncode == 7


def test_an_archive_that_is_broken_fails_the_job(code: Path) -> None:
    (code / "sourcedir.tar.gz").write_bytes(b"no archive")
    done = _run(code, "0")
    assert done.returncode != 0
    assert "arguments" not in done.stdout


def test_requirements_are_installed_before_the_code_runs(
    code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("pip", "python", "aws"):
        (commands / name).write_text(f'#!/bin/bash\necho "{name} $@"\n')
        (commands / name).chmod(0o755)
    (code / "requirements.txt").write_text("numpy")
    monkeypatch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
    lines = _run(code, "0", more=ARN).stdout.splitlines()
    assert lines == [
        "aws codeartifact login --tool pip --domain domain --domain-owner 123456789012 --repository repository "
        "--region us-east-1",
        "pip uninstall --yes typing",
        "python -m pip install -r requirements.txt",
        "got 1 arguments, the second: ",
    ]


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket", f"{ARN}; rm -rf /", f"{ARN}\nreboot"])
def test_what_is_no_arn_gets_into_no_script(arn: str) -> None:
    with pytest.raises(ValueError, match="invalid CodeArtifact repository arn"):
        bootstrap_script(["python"], "run.py", arn)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: ProcessingInput("s3://b/x", "/x", s3_data_type="Prefix"), "S3Prefix"),
        (lambda: ProcessingInput("s3://b/x", "/x", s3_input_mode="file"), "File"),
        (lambda: ProcessingInput("s3://b/x", "/x", s3_data_distribution_type="Sharded"), "ShardedByS3Key"),
        (lambda: ProcessingInput("s3://b/x", "/x", s3_compression_type="gzip"), "Gzip"),
        (lambda: ProcessingOutput("/x", s3_upload_mode="EndOfTheJob"), "EndOfJob"),
        (lambda: S3Input("s3://b/x", s3_input_mode="Pip"), "Pipe"),
    ],
)
def test_a_wrong_word_is_refused_where_it_is_written(make: Any, word: str) -> None:
    with pytest.raises(ValueError, match=f"hint: did you mean `{word}`"):
        make()


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(TypeError, match="did you mean `instance_count`"):
        Processor(ROLE, "image", instance_counts=1)  # type: ignore[call-arg]


def test_an_input_without_a_place_is_refused() -> None:
    processor = Processor(ROLE, "image:1", 1, "ml.m5.large", sagemaker_session=_session())
    with pytest.raises(ValueError, match="`input-1` needs a `source` and a `destination`"):
        processor.run([ProcessingInput("s3://b/x")])


def test_a_script_without_a_command_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text("print(1)")
    processor = ScriptProcessor(ROLE, "image:1", None, 1, "ml.m5.large", sagemaker_session=_session())
    with pytest.raises(ValueError, match="`command` is needed"):
        processor.run(str(script))


def test_the_engine_says_that_it_runs_no_processing_jobs_yet() -> None:
    processor = Processor(ROLE, "image:1", 1, "ml.m5.large", sagemaker_session=_session())
    with pytest.raises(ClientError, match="CreateProcessingJob` is not built into the Sagewright engine yet"):
        processor.run(wait=False, logs=False)
    assert processor.latest_job is None


def test_nothing_is_uploaded_for_a_job_that_the_engine_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text("print(1)")
    session = _session()
    run: dict[str, Any] = {
        "sagemaker_session": session,
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "role": ROLE,
    }
    script = ScriptProcessor(image_uri="image:1", command=["python3"], **run)
    framework = SKLearnProcessor("1.2-1", **run)
    several = FrameworkProcessor(SKLearn, "1.2-1", **run)
    before = session.list_s3_files(session.default_bucket(), "")
    for processor in (script, framework, several):
        with pytest.raises(ClientError, match="CreateProcessingJob` is not built into the Sagewright engine yet"):
            processor.run(str(tmp_path / "run.py"), wait=False, logs=False)
    assert session.list_s3_files(session.default_bucket(), "") == before


def test_local_mode_takes_a_session_of_its_own() -> None:
    processor = Processor(ROLE, "image:1", 1, "local", sagemaker_session=_session())
    assert processor.sagemaker_session.local_mode


def test_processors_are_copied_and_pickled_with_their_session() -> None:
    processor = ScriptProcessor(ROLE, "image:1", ["python3"], 1, "ml.m5.large", sagemaker_session=_session())
    for other in (copy.deepcopy(processor), pickle.loads(pickle.dumps(processor))):
        assert (other.command, other.role, repr(other)) == (["python3"], ROLE, repr(processor))


def _session() -> Session:
    return Session(default_bucket="bucket-of-processing")
