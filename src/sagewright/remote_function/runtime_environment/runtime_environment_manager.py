"""What a function's job has installed: written down by the caller, installed in the job (v2's own path).

The job runs this file as it is, with the Python of its image, which may be 3.8: it imports nothing but the standard
library, and uses nothing of a later Python.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

CONDA_ENVIRONMENT_FILE = "remote_function_conda_env.txt"
DEFAULT_CONDA_ENVIRONMENT = "sagemaker-runtime-env"
AUTO_CAPTURE, SNAPSHOT = "auto_capture", "env_snapshot.yml"


class RuntimeEnvironmentError(Exception):
    """A job could not be prepared."""

    def __init__(self, message: object) -> None:
        self.message = message
        super().__init__(message)


class _UTCFormatter(logging.Formatter):
    """Writes times in UTC."""

    converter = time.gmtime  # type: ignore[assignment]  # as the documentation of `logging` has it


def get_logger() -> logging.Logger:
    """Return the logger `sagemaker.remote_function`, which writes to stderr with the time, in UTC."""
    found = logging.getLogger("sagemaker.remote_function")
    if not found.handlers:
        found.setLevel(logging.INFO)
        handler = logging.StreamHandler()
        handler.setFormatter(_UTCFormatter("%(asctime)s %(name)s %(levelname)-8s %(message)s"))
        found.addHandler(handler)
        found.propagate = False
    return found


logger = logging.getLogger("sagemaker.remote_function")


class _DependencySettings:
    """Which file of the workspace says what to install."""

    def __init__(self, dependency_file: str | None = None) -> None:
        self.dependency_file = dependency_file

    def to_string(self) -> str:
        """Return it as JSON."""
        return json.dumps({"dependency_file": self.dependency_file})

    @staticmethod
    def from_string(dependency_settings_string: str | None) -> _DependencySettings | None:
        """Return what JSON says; None of None."""
        if dependency_settings_string is None:
            return None
        return _DependencySettings(json.loads(dependency_settings_string).get("dependency_file"))

    @staticmethod
    def from_dependency_file_path(dependency_file_path: str | None) -> _DependencySettings:
        """Return the settings of a caller's argument."""
        if dependency_file_path is None:
            return _DependencySettings()
        return _DependencySettings(
            SNAPSHOT if dependency_file_path == AUTO_CAPTURE else os.path.basename(dependency_file_path)
        )


class RuntimeEnvironmentManager:
    """Writes down what the caller has installed, and installs it in the job."""

    def snapshot(self, dependencies: str | None = None) -> str | None:
        """Return the path of the file of dependencies.

        Args:
            dependencies: A path; `auto_capture`: the active conda environment is written down; None: there are none.

        Raises:
            ValueError: There is no such file, or it is of no kind that is known; no conda environment is active.
        """
        if dependencies is None:
            return None
        if dependencies == AUTO_CAPTURE:
            return self._capture_from_local_runtime()
        if not dependencies.endswith((".txt", ".yml", ".yaml")):
            raise ValueError(f'Invalid dependencies provided: "{dependencies}"')
        if not os.path.isfile(dependencies):
            raise ValueError(f'No dependencies file named "{dependencies}" was found.')
        return dependencies

    def bootstrap(
        self,
        local_dependencies_file: str,
        client_python_version: str,
        conda_env: str | None = None,
    ) -> None:
        """Install what a file says, into the job's Python or into a conda environment.

        Raises:
            RuntimeEnvironmentError: It cannot be installed.
        """
        if local_dependencies_file.endswith(".txt"):
            if conda_env:
                self._in_conda(f"run -n {conda_env} pip install -r {local_dependencies_file}")
                self._write_conda_env_to_file(conda_env)
            else:
                self._install_requirements_txt(local_dependencies_file)
        elif local_dependencies_file.endswith((".yml", ".yaml")):
            if conda_env:
                self._in_conda(f"env update -n {conda_env} --file {local_dependencies_file}")
            else:
                conda_env = DEFAULT_CONDA_ENVIRONMENT
                self._in_conda(f"env create -n {conda_env} --file {local_dependencies_file}")
                self._validate_python_version(client_python_version, conda_env)
            self._write_conda_env_to_file(conda_env)

    def run_pre_exec_script(self, pre_exec_script_path: str) -> None:
        """Run the commands that come before the function, if there are any.

        Raises:
            RuntimeEnvironmentError: One of them fails.
        """
        if not os.path.isfile(pre_exec_script_path):
            logger.info("'%s' does not exist. Assuming no pre-execution commands to run", pre_exec_script_path)
            return
        logger.info("Running pre-execution commands in '%s'", pre_exec_script_path)
        code, told = _run(["/bin/bash", "-eu", pre_exec_script_path], os.path.dirname(pre_exec_script_path))
        if code:
            raise RuntimeEnvironmentError(f"Encountered error while running pre-execution commands. Reason: {told}")

    def change_dir_permission(self, dirs: list[str], new_permission: str) -> None:
        """Change the permissions of folders as the superuser.

        Raises:
            RuntimeEnvironmentError: They cannot be changed.
        """
        try:
            code, told = _run(["sudo", "chmod", "-R", new_permission, *dirs])
        except FileNotFoundError as error:
            raise RuntimeEnvironmentError(
                f"Failed to change directory permissions due to: {error}. Please contact the image owner to install "
                "'sudo' in the job container and provide sudo privilege to the container user."
            ) from error
        if code:
            raise RuntimeEnvironmentError(f"Failed to change directory permissions due to: {told}")

    def _capture_from_local_runtime(self) -> str:
        name, prefix = os.getenv("CONDA_DEFAULT_ENV"), os.getenv("CONDA_PREFIX")
        if not (name or prefix):
            raise ValueError("No conda environment seems to be active.")
        if name == "base":
            logger.warning(
                "We recommend using an environment other than base to "
                "isolate your project dependencies from conda dependencies"
            )
        path = os.path.join(os.getcwd(), SNAPSHOT)
        exported = subprocess.run(
            [self._get_conda_exe(), "env", "export", "-p", str(prefix), "--no-builds"],
            check=False,
            capture_output=True,
        )
        if exported.returncode:
            raise RuntimeEnvironmentError(exported.stderr.decode(errors="replace"))
        with open(path, "wb") as file:
            file.write(exported.stdout)
        return path

    def _install_requirements_txt(self, path: str) -> None:
        """Install what a list names; pip is not asked where all of it is there already."""
        with open(path, errors="replace") as file:
            if _is_satisfied(file.read()):
                logger.info("All that '%s' names is installed", path)
                return
        if not sys.executable:
            raise RuntimeEnvironmentError("Failed to retrieve the path for the Python executable binary")
        _run_shell_cmd([*_installer(), "-r", path])

    def _in_conda(self, arguments: str) -> None:
        _run_shell_cmd([self._get_conda_exe(), *arguments.split(" ")])

    def _write_conda_env_to_file(self, env_name: str) -> None:
        with open(os.path.join(os.getcwd(), CONDA_ENVIRONMENT_FILE), "w") as file:
            file.write(env_name)

    def _get_conda_exe(self) -> str:
        for name in ("mamba", "conda"):
            if shutil.which(name):
                return name
        raise ValueError("Neither conda nor mamba is installed on the image")

    def _python_version_in_conda_env(self, env_name: str) -> str:
        code, told = _run([self._get_conda_exe(), "run", "-n", env_name, "python", "--version"])
        if code or "Python " not in told:
            raise RuntimeEnvironmentError(told)
        return ".".join(told.split("Python ")[1].split(".")[:2])

    def _current_python_version(self) -> str:
        return "{}.{}".format(*sys.version_info[:2])

    def _current_sagemaker_pysdk_version(self) -> str:
        return metadata.version("sagemaker")

    def _validate_python_version(
        self,
        client_python_version: str,
        conda_env: str | None = None,
    ) -> None:
        """Check that the job has the caller's Python: what one pickles, another may not read.

        Raises:
            RuntimeEnvironmentError: It has another one.
        """
        found = self._python_version_in_conda_env(conda_env) if conda_env else self._current_python_version()
        if client_python_version.strip() != found.strip():
            raise RuntimeEnvironmentError(
                f"Python version found in the container is '{found}' which does not match python version "
                f"'{client_python_version}' on the local client. Please make sure that the python version used in the "
                "training container is same as the local python version."
            )

    def _validate_sagemaker_pysdk_version(self, client_sagemaker_pysdk_version: str | None) -> None:
        """Warn where the job has another `sagemaker` than the caller."""
        try:
            found = self._current_sagemaker_pysdk_version()
        except metadata.PackageNotFoundError:
            return
        if client_sagemaker_pysdk_version and client_sagemaker_pysdk_version != found:
            logger.warning(
                "Inconsistent sagemaker versions found: sagemaker python sdk version found in the container is '%s' "
                "which does not match the '%s' on the local client. Please make sure that the sagemaker version used "
                "in the training container is the same as the local sagemaker version in case of unexpected behaviors.",
                found,
                client_sagemaker_pysdk_version,
            )


def _installer() -> list[str]:
    """Return the command that installs: pip's, or uv's where the interpreter has no pip."""
    uv = shutil.which("uv")
    if uv and importlib.util.find_spec("pip") is None:
        return [uv, "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install"]


def _run_shell_cmd(command: list[str]) -> None:
    """Run a command, and log what it says.

    Raises:
        RuntimeEnvironmentError: It fails.
    """
    shown = " ".join(command)
    logger.info("Running command: '%s' in the dir: '%s' ", shown, os.getcwd())
    code, told = _run(command)
    if code:
        raise RuntimeEnvironmentError(f"Encountered error while running command '{shown}'. Reason: {told}")
    logger.info("Command %s ran successfully", shown)


def _run(command: list[str], folder: str | None = None) -> Any:
    """Run a command, and log what it writes as it does; return its exit code, and what it has written of errors.

    What it writes to stderr is read by a thread: a command that fills one pipe while the other is read would wait.
    """
    import threading

    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    errors: list[str] = []
    thread = threading.Thread(target=_log, args=(process.stderr, _warn, errors))
    thread.start()
    output: list[str] = []
    _log(process.stdout, logger.info, output)
    thread.join()
    return process.wait(), "".join(errors) or "".join(output)


def _log(pipe: Any, log: Callable[[str], None], lines: list[str]) -> None:
    with pipe:
        for line in iter(pipe.readline, b""):
            text = line.decode("utf-8", "replace")
            lines.append(text)
            log(text.rstrip("\n"))


def _warn(line: str) -> None:
    logger.log(logging.ERROR if "ERROR:" in line else logging.WARNING, line)


def _is_satisfied(text: str) -> bool:
    """Tell whether all that a list of requirements names is installed; False where in doubt."""
    requirement_class = _requirement_class()
    lines = [line.partition(" #")[0].strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    return requirement_class is not None and all(_is_met(line, requirement_class) for line in wanted)


def _is_met(line: str, requirement_class: Any) -> bool:
    try:
        requirement = requirement_class(line)
    except ValueError:  # an option, a path, an address
        return False
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url or requirement.extras:
        return False
    try:
        return bool(requirement.specifier.contains(metadata.version(requirement.name), prereleases=True))
    except metadata.PackageNotFoundError:
        return False


def _requirement_class() -> Any:
    for name in ("packaging.requirements", "pip._vendor.packaging.requirements"):
        try:
            return __import__(name, fromlist=["Requirement"]).Requirement
        except ImportError:
            continue
    return None
