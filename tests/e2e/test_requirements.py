"""What scripts require is installed once, beside what the interpreter has, and never half (no network anywhere)."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest

from tests.e2e.conftest import wait_until
from tests.e2e.scripts import run, submit

CODE = "import sw_probe, shutil; print('probe', sw_probe.VERSION, bool(shutil.which('sw-probe')))"
OFFLINE = "--no-index\n--find-links wheels\n"


@cache
def wheel(version: str = "1.0") -> dict[str, bytes]:
    """Return a wheel of the package `sw_probe`, as a file of the code."""
    buffer, info = io.BytesIO(), f"sw_probe-{version}.dist-info"
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("sw_probe.py", f"VERSION = {version!r}\ndef main(): print('script', VERSION)\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: sw-probe\nVersion: {version}\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/entry_points.txt", "[console_scripts]\nsw-probe = sw_probe:main\n")
        file.writestr(f"{info}/RECORD", "")
    return {f"wheels/sw_probe-{version}-py3-none-any.whl": buffer.getvalue()}


def files(code: str = CODE, requirements: str = f"{OFFLINE}sw-probe\n", version: str = "1.0") -> dict[str, str | bytes]:
    return {"train.py": code, "requirements.txt": requirements, **wheel(version)}


def installed(cloud, name: str) -> bool:
    return any("Installing dependencies from requirements.txt" in line for line in cloud.log(name))


def overlays(home):
    return [folder for folder in (home / "overlays").iterdir() if folder.is_dir()]


def test_requirements_are_installed_once_and_found_with_their_scripts(cloud, home):
    code = f"{CODE}\nimport subprocess; subprocess.run(['sw-probe'], check=True)\nimport numpy; print('numpy too')"
    for name in ("first", "second"):
        job = run(cloud, name, files(code))
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert cloud.log(name)[-4:-1] == ["probe 1.0 True", "script 1.0", "numpy too"]
    assert installed(cloud, "first")
    assert not installed(cloud, "second")
    assert len(overlays(home)) == 1
    with pytest.raises(ImportError):
        __import__("sw_probe")


def test_two_jobs_at_a_time_install_once(cloud, home):
    names = ("one", "two")
    for name in names:
        submit(cloud, name, files())
    assert [cloud.end_of(name)["TrainingJobStatus"] for name in names] == ["Completed", "Completed"]
    assert [installed(cloud, name) for name in names].count(True) == 1
    assert len(overlays(home)) == 1


def test_what_is_there_already_is_not_installed(cloud, home):
    text = "# nothing new\nnumpy>=1.20\nno-such-package; python_version < '3'\n"
    job = run(cloud, "satisfied", files("import numpy", text))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert not (home / "overlays").exists()


def test_what_cannot_be_installed_fails_the_job_and_leaves_nothing(cloud, home):
    job = run(cloud, "bad", files(requirements=f"{OFFLINE}no-such-package-anywhere\n"))
    reason = job["FailureReason"]
    assert reason.startswith("AlgorithmError: InstallRequirementsError:\nExitCode 1\n")
    assert "No matching distribution found for no-such-package-anywhere" in reason
    assert '-m pip install -r requirements.txt"' in reason
    assert overlays(home) == []


def test_an_isolated_job_cannot_fetch_and_says_so(cloud):
    job = run(cloud, "isolated", files(requirements="no-such-package-anywhere\n"), EnableNetworkIsolation=True)
    assert "cannot be fetched: the job has EnableNetworkIsolation" in job["FailureReason"]
    job = run(cloud, "local", files(), EnableNetworkIsolation=True)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")


def test_an_installation_that_is_interrupted_is_done_again(cloud, home):
    run(cloud, "whole", files())
    (folder,) = overlays(home)
    (folder / "complete").unlink()
    (folder / "half").write_text("of an installation")
    job = run(cloud, "again", files())
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert installed(cloud, "again")
    assert not (folder / "half").exists()


def test_code_with_a_setup_is_installed_and_run_as_a_module(cloud):
    pytest.importorskip("setuptools", reason="the code's package is built with setuptools")
    setup = (
        "from setuptools import setup\n"
        "setup(name='trainer', version='1', py_modules=['train'], install_requires=['sw-probe'])"
    )
    code = (
        "import __main__, sys\nfrom importlib.metadata import version\n"
        "print(version('trainer'), __main__.__spec__.name, sys.argv[1:])"
    )
    content: dict[str, str | bytes] = {"train.py": code, "setup.py": setup, "requirements.txt": OFFLINE, **wheel()}
    job = run(cloud, "package", content, hyperparameters={"a": 1})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert "1 train ['-a', '1']" in cloud.log("package")


def test_a_stop_during_an_installation_is_heard(cloud, home):
    setup = "import time; print('building', flush=True); time.sleep(60)"
    submit(cloud, "stopped", {"train.py": "", "setup.py": setup, "pyproject.toml": "[build-system]\nrequires = []\n"})
    wait_until(lambda: installing(cloud) or None)
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.end_of("stopped")["TrainingJobStatus"] == "Stopped"
    assert overlays(home) == []


def installing(cloud) -> bool:
    return any("Processing" in line for line in cloud.log("stopped"))
