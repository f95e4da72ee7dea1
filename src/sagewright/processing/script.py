"""Processors that run a script of the user's."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from sagewright.arguments import suggests
from sagewright.deferring import code_place_of_step, runnable_by_pipeline
from sagewright.processing.data import ProcessingInput, ProcessingOutput, RunArgs
from sagewright.processing.processor import Processor
from sagewright.processing.staging import refuse_where_none_runs
from sagewright.s3 import S3Uploader
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

INPUT_FOLDER = "/opt/ml/processing/input"
OUTDATED = "`get_run_args` is outdated, and steps made with it are not cached well: call `run` with a PipelineSession."


@suggests
class ScriptProcessor(Processor):
    """Runs processing jobs of a script, in an image that can run it.

    Args:
        command: What runs the script: `["python3"]`.
        **: As for `Processor`.

    Example:
        >>> from sagewright.processing import ScriptProcessor
        >>> role = "arn:aws:iam::123456789012:role/Role"
        >>> processor = ScriptProcessor(role, "my-image:1", ["python3"], 1, "ml.m5.large")
        >>> processor.command
        ['python3']
    """

    def __init__(
        self,
        role: str | None = None,
        image_uri: Any = None,
        command: Sequence[str] | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
    ) -> None:
        self._code_input_name = "code"
        self.command: Any = command
        super().__init__(
            role=role,
            image_uri=image_uri,
            instance_count=instance_count,
            instance_type=instance_type,
            volume_size_in_gb=volume_size_in_gb,
            volume_kms_key=volume_kms_key,
            output_kms_key=output_kms_key,
            max_runtime_in_seconds=max_runtime_in_seconds,
            base_job_name=base_job_name,
            sagemaker_session=sagemaker_session,
            env=env,
            tags=tags,
            network_config=network_config,
        )

    def get_run_args(
        self,
        code: str,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
    ) -> RunArgs:
        """Return arguments for a pipeline's processing step; outdated: call `run` with a `PipelineSession`."""
        logger.warning(OUTDATED)
        return RunArgs(code, inputs, outputs, arguments)

    @runnable_by_pipeline
    def run(  # type: ignore[override]  # the script comes first, as in v2
        self,
        code: str,
        inputs: Sequence[ProcessingInput] | None = None,
        outputs: Sequence[ProcessingOutput] | None = None,
        arguments: Sequence[Any] | None = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        experiment_config: Document | None = None,
        kms_key: str | None = None,
    ) -> Any:
        """Run a script as a processing job.

        Args:
            code: A file here, or the S3 URI of one.
            **: As for `Processor.run`.

        Raises:
            ValueError: There is no such file.
            UnexpectedStatusException: The job has failed.
        """
        self._run(
            self._normalize_args(
                job_name=job_name, arguments=arguments, inputs=inputs, outputs=outputs, code=code, kms_key=kms_key
            ),
            experiment_config,
            wait=wait,
            logs=logs,
        )

    def _with_code(
        self, inputs: Sequence[ProcessingInput] | None, code: Any, kms_key: str | None
    ) -> Sequence[ProcessingInput] | None:
        name = self._code_input_name
        self._set_entrypoint(f"{INPUT_FOLDER}/{name}/{os.path.basename(urlparse(code).path)}".rstrip("/"))
        uri = self._code_uri(code, kms_key)
        return [*(inputs or ()), ProcessingInput(uri, f"{INPUT_FOLDER}/{name}", name)]

    def _set_entrypoint(self, script: str) -> None:
        if not self.command:
            raise ValueError("`command` is needed: what runs the script.\nhint: for example command=['python3'].")
        self.entrypoint = [*self.command, script]

    def _code_uri(self, code: str, kms_key: str | None) -> str:
        """Return the S3 URI of a script, having uploaded it where it is here.

        Raises:
            ValueError: There is no such file, or it lies where nobody can fetch it.
        """
        url = urlparse(code)
        if url.scheme == "s3":
            return code
        if url.scheme not in ("", "file"):
            raise ValueError(
                f"code {code} url scheme {url.scheme} is not recognized. Please pass a file path or S3 url"
            )
        path = unquote(url.path)
        if not os.path.exists(path):
            raise ValueError(f"code {code} wasn't found. Please make sure that the file exists.{_V2S_END}")
        if not os.path.isfile(path):
            raise ValueError(f"code {code} must be a file, not a directory. Please pass a path to a file.{_V2S_END}")
        refuse_where_none_runs(self)
        return S3Uploader.upload(path, self._code_place(), kms_key, self.sagemaker_session)

    def _code_place(self) -> str:
        session, name = self.sagemaker_session, self._code_input_name
        return code_place_of_step(session, name) or self._job_place("input", name)


_V2S_END = "\n                    "  # who compares messages gets v2's
