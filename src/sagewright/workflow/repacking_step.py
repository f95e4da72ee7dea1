"""The training step that packs a script into a model's archive, which is there only when a pipeline runs."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.inputs import TrainingInput
from sagewright.s3 import parse_s3_url
from sagewright.sklearn import SKLearn
from sagewright.vocabulary.archives import extract_safely
from sagewright.vocabulary.homes import without_homes
from sagewright.workflow.training_step import TrainingStep

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

FRAMEWORK_VERSION = "1.2-1"
INSTANCE_TYPE = "ml.m5.large"
REPACK_SCRIPT = "_repack_model.py"
REPACK_SCRIPT_LAUNCHER = "_repack_script_launcher.sh"

# A launcher of the shell: were the entry point Python, the container would install the requirements that are to be
# packed only.
_LAUNCH = """#!/bin/bash
python _repack_model.py \\
  --dependencies "${SM_HP_DEPENDENCIES}" \\
  --inference_script "${SM_HP_INFERENCE_SCRIPT}" \\
  --model_archive "${SM_HP_MODEL_ARCHIVE}" \\
  --source_dir "${SM_HP_SOURCE_DIR}"
"""


class RepackModelStep(TrainingStep):
    """Packs a script into a model's archive.

    Args:
        name: Of the step.
        model_data: The archive, which an earlier step makes.
        entry_point, source_dir, dependencies: What is packed.
        **kwargs: Of the `SKLearn` estimator whose job does it.
    """

    def __init__(
        self,
        name: str,
        sagemaker_session: Any,
        role: Any,
        model_data: Any,
        entry_point: str,
        display_name: str | None = None,
        description: str | None = None,
        source_dir: str | None = None,
        dependencies: Sequence[str] | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
        subnets: Any = None,
        security_group_ids: Any = None,
        **kwargs: Any,
    ) -> None:
        self._entry_point, self._source_dir = entry_point, source_dir
        self.sagemaker_session, self.role = sagemaker_session, role
        packer = SKLearn(
            framework_version=kwargs.pop("framework_version", None) or FRAMEWORK_VERSION,
            instance_type=kwargs.pop("instance_type", None) or INSTANCE_TYPE,
            entry_point=REPACK_SCRIPT_LAUNCHER,
            source_dir=source_dir,
            dependencies=dependencies,
            sagemaker_session=sagemaker_session,
            role=role,
            hyperparameters={
                "inference_script": os.path.basename(entry_point),
                "model_archive": model_data,
                "dependencies": " ".join(dependencies) if dependencies else None,
                "source_dir": source_dir,
            },
            subnets=subnets,
            security_group_ids=security_group_ids,
            **kwargs,
        )
        packer.disable_profiler = True
        with warnings.catch_warnings():  # of the outdated way to make a training step, which is ours here
            warnings.simplefilter("ignore", DeprecationWarning)
            super().__init__(
                name,
                estimator=packer,
                display_name=display_name,
                description=description,
                inputs=TrainingInput(model_data),
                depends_on=depends_on,
                retry_policies=retry_policies,
            )

    @property
    def arguments(self) -> Any:
        """The request of the job that packs."""
        assert self.estimator is not None
        with self._sources() as folder:
            given, self.estimator.source_dir = self.estimator.source_dir, folder
            try:
                return super().arguments
            finally:
                self.estimator.source_dir = given

    @contextmanager
    def _sources(self) -> Iterator[str]:
        """Give a folder, or the S3 URI of an archive, with what is packed and the script that packs it."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(scratch, "code")
            if self._source_dir is None:
                os.makedirs(folder)
                shutil.copy2(self._entry_point, os.path.join(folder, os.path.basename(self._entry_point)))
            elif self._source_dir.lower().startswith("s3://"):
                self._add_to_archive(self._source_dir, folder)
                yield self._source_dir
                return
            else:
                shutil.copytree(self._source_dir, folder, ignore=without_homes())
            _add_packer(folder)
            yield folder

    def _add_to_archive(self, uri: str, folder: str) -> None:
        """Put the script that packs into an archive in S3, in its place."""
        from sagewright.source_code.upload import encryption

        bucket, key = parse_s3_url(uri)
        session, file = self.sagemaker_session, f"{folder}.tar.gz"
        session.s3_client.download_file(bucket, key, file)
        os.makedirs(folder)
        with tarfile.open(file) as archive:
            extract_safely(archive, Path(folder))
        _add_packer(folder)
        with tarfile.open(file, "w:gz") as archive:
            archive.add(folder, arcname=".")
        session.s3_client.upload_file(file, bucket, key, ExtraArgs=encryption(session, bucket, None))


def _add_packer(folder: str) -> None:
    shutil.copyfile(Path(__file__).with_name(REPACK_SCRIPT), os.path.join(folder, REPACK_SCRIPT))
    Path(folder, REPACK_SCRIPT_LAUNCHER).write_text(_LAUNCH, newline="\n")  # the container's shell knows no other
