"""What a function's job reads: the scripts that call it, its workspace, and what a Spark application is given.

In a pipeline the scripts and the workspace are uploaded once for all of its functions, and dependencies for each.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from sagewright.deferring import StepContext, step_in_building
from sagewright.remote_function.custom_file_filter import copy_workdir
from sagewright.remote_function.dependencies import Dependencies
from sagewright.remote_function.entry_points import driver_of
from sagewright.remote_function.settings import _JobSettings
from sagewright.requests.remote import (
    SPARK_APPLICATION,
    STEP_DEPENDENCIES_CHANNEL,
    WORKSPACE_CHANNEL,
    SparkFiles,
    channel,
)
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.vocabulary.remote_functions import DRIVER, RUNTIME_CHANNEL

logger = logging.getLogger("sagemaker.remote_function")

Document = dict[str, Any]

WORKSPACE = "sagemaker_remote_function_workspace"  # the folder in the archive, and in the job
PRE_EXECUTION_SCRIPT = "pre_exec.sh"
SCRIPTS = ("bootstrap_runtime_environment.py", "mpi_utils_remote.py", "runtime_environment_manager.py")


def upload_channels(settings: _JobSettings, s3_base_uri: str, dependencies: Dependencies) -> list[Document]:
    """Upload what a job reads; return the documents of its channels."""
    step = step_in_building()
    found = [channel(RUNTIME_CHANNEL, _upload_scripts(settings, s3_base_uri, step))]
    if step is None:
        return [*found, channel(WORKSPACE_CHANNEL, _upload_workspace(settings, s3_base_uri, dependencies))]
    found.append(channel(STEP_DEPENDENCIES_CHANNEL, _upload_step(settings, s3_base_uri, dependencies, step)))
    if settings.include_local_workdir:
        uri = _upload_workspace_of_pipeline(settings, s3_base_uri, step)
        found.append(channel(step.pipeline_build_time or "", uri))
    return found


def upload_spark(settings: _JobSettings, s3_base_uri: str) -> SparkFiles | None:
    """Upload what a Spark application is given; None: the function is none."""
    spark = settings.spark_config
    if spark is None:
        return None
    return SparkFiles(
        jars=_upload_spark_files(spark.submit_jars, "sm_rf_spark_jars", settings, s3_base_uri),
        py_files=_upload_spark_files(spark.submit_py_files, "sm_rf_spark_py_files", settings, s3_base_uri),
        files=_upload_spark_files(spark.submit_files, "sm_rf_spark_data_files", settings, s3_base_uri),
        configuration=_upload_spark_configuration(spark.configuration, settings, s3_base_uri),
        event_logs=spark.spark_event_logs_uri,
    )


def _upload_scripts(settings: _JobSettings, s3_base_uri: str, step: StepContext | None) -> str:
    place = s3_path_join(s3_base_uri, RUNTIME_CHANNEL)
    if step is not None and not step.upload_runtime_scripts:
        return place
    source = Path(__file__).parent / "runtime_environment"
    with tempfile.TemporaryDirectory() as folder:
        driver = driver_of(bool(settings.spark_config), settings.use_torchrun, settings.use_mpirun)
        Path(folder, DRIVER).write_bytes(driver.encode())  # as they are: a shell reads no carriage returns
        for name in (*SCRIPTS, *((SPARK_APPLICATION,) if settings.spark_config else ())):
            shutil.copy2(source / name, folder)
        uri = _upload(folder, place, settings)
    if step is not None:
        step.upload_runtime_scripts = False
    return uri


def _upload_workspace(settings: _JobSettings, s3_base_uri: str, dependencies: Dependencies) -> str:
    with tempfile.TemporaryDirectory() as folder:
        workspace = _workspace(settings, folder)
        _put_in(workspace, settings, dependencies)
        return _upload_archive(folder, s3_path_join(s3_base_uri, WORKSPACE_CHANNEL), settings)


def _upload_workspace_of_pipeline(settings: _JobSettings, s3_base_uri: str, step: StepContext) -> str:
    place = s3_path_join(s3_base_uri, WORKSPACE_CHANNEL, step.pipeline_build_time or "")
    if not step.upload_workspace:
        return place
    with tempfile.TemporaryDirectory() as folder:
        _workspace(settings, folder)
        uri = _upload_archive(folder, place, settings)
    step.upload_workspace = False
    return uri


def _upload_step(settings: _JobSettings, s3_base_uri: str, dependencies: Dependencies, step: StepContext) -> str:
    place = s3_path_join(s3_base_uri, step.step_name, step.pipeline_build_time or "", STEP_DEPENDENCIES_CHANNEL)
    with tempfile.TemporaryDirectory() as folder:
        _put_in(Path(folder), settings, dependencies)
        uri = _upload(folder, place, settings)
    logger.info("Successfully uploaded dependencies and pre execution scripts to '%s'", uri)
    return uri


def _workspace(settings: _JobSettings, folder: str) -> Path:
    """Make the folder that goes into the archive, with the working folder's files if they shall go along."""
    workspace = Path(folder, "workspace", WORKSPACE)
    if settings.include_local_workdir:
        copy_workdir(str(workspace), settings.custom_file_filter)
        logger.info("Copied user workspace to '%s'", workspace)
    workspace.mkdir(parents=True, exist_ok=True)
    return workspace


def _put_in(folder: Path, settings: _JobSettings, dependencies: Dependencies) -> None:
    """Put dependencies, and what runs before the function, into a folder."""
    dependencies.copy_to(folder)
    script = folder / PRE_EXECUTION_SCRIPT
    if settings.pre_execution_commands:
        script.write_bytes("".join(f"{command}\n" for command in settings.pre_execution_commands).encode())
    elif settings.pre_execution_script:
        shutil.copy2(settings.pre_execution_script, script)


def _upload_archive(folder: str, place: str, settings: _JobSettings) -> str:
    path = shutil.make_archive(os.path.join(folder, "workspace"), "zip", os.path.join(folder, "workspace"))
    uri = _upload(path, place, settings)
    logger.info("Successfully uploaded workdir to '%s'", uri)
    return uri


def _upload_spark_files(paths: Sequence[str] | None, name: str, settings: _JobSettings, s3_base_uri: str) -> str | None:
    """Upload those files that are on this machine; return the S3 URIs of all, with commas between them."""
    if not paths:
        return None
    found = []
    for path in paths:
        scheme = urlparse(path).scheme
        if scheme in ("s3", "s3a"):
            found.append(path)
        elif scheme in ("", "file"):
            if not os.path.isfile(path):
                raise ValueError(f"submit_deps path {path} is not a valid local file.")
            found.append(_upload(path, s3_path_join(s3_base_uri, name), settings))
    return ",".join(found)


def _upload_spark_configuration(configuration: Any, settings: _JobSettings, s3_base_uri: str) -> str | None:
    if not configuration:
        return None
    return S3Uploader.upload_string_as_file_body(
        body=json.dumps(configuration),
        desired_s3_uri=s3_path_join(s3_base_uri, "sm_rf_spark_conf", "configuration.json"),
        kms_key=settings.s3_kms_key,
        sagemaker_session=settings.sagemaker_session,
    )


def _upload(path: str, place: str, settings: _JobSettings) -> str:
    return S3Uploader.upload(path, place, settings.s3_kms_key, settings.sagemaker_session)
