"""The step that runs a notebook (v2's own path)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright import vpc_utils
from sagewright.arguments import nearest_of, suggests
from sagewright.config import paths
from sagewright.config.values import resolved
from sagewright.execution_role import get_execution_role
from sagewright.requests.notebook_jobs import NotebookJob, job_prefix, notebook_job_request
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.utils import Tags, format_tags, name_from_base
from sagewright.vocabulary.homes import without_homes
from sagewright.vocabulary.variables import is_variable
from sagewright.workflow.base_step import ConfigurableRetryStep, Step, StepTypeEnum
from sagewright.workflow.execution_variables import ExecutionVariables
from sagewright.workflow.functions import Join
from sagewright.workflow.properties import Properties, PropertiesByName
from sagewright.workflow.utilities import load_step_compilation_context

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
_TWO_DAYS_S = 2 * 24 * 60 * 60
# What the step is described by -> where that stands in the description of its training job.
_PROPERTIES = {
    "ComputingJobName": "TrainingJobName",
    "ComputingJobStatus": "TrainingJobStatus",
    "NotebookJobInputLocation": "InputDataConfig[0].DataSource.S3DataSource.S3Uri",
    "NotebookJobOutputLocationPrefix": "OutputDataConfig.S3OutputPath",
    "InputNotebookName": "Environment['SM_INPUT_NOTEBOOK_NAME']",
    "OutputNotebookName": "Environment['SM_OUTPUT_NOTEBOOK_NAME']",
}


@suggests
class NotebookJobStep(ConfigurableRetryStep):
    """Runs a notebook.

    The notebook, the script and the dependencies go to `<s3_root_uri>/<pipeline>/<step>/input-<time>`; the notebook
    that was run comes to `<s3_root_uri>/<pipeline>/<run's ID>/<step>/<job>/output`.

    Args:
        input_notebook: A file on this machine.
        image_uri: The image that runs it, in the session's region.
        kernel_name: One of the image's kernels.
        name: Of the step; None: made of the notebook's name and the time.
        notebook_job_name: What the names of its training jobs begin with; None: made as `name` is.
        role: None: the configuration's, else the one that this program runs with.
        s3_root_uri: None: the configuration's, else the session's default bucket and prefix.
        parameters: What the notebook is run with.
        environment_variables: Of its container.
        initialization_script: A file on this machine that is sourced before the notebook runs.
        s3_kms_key, volume_kms_key: Keys of what is stored, and of the volume.
        volume_size: GiB.
        max_retry_attempts: How often the job is tried again after a failure of the service.
        max_runtime_in_seconds: Of each try.
        additional_dependencies: Files and folders on this machine that the notebook finds beside it.
        retry_policies: When the step is tried again.
        depends_on: Steps that have to end before.

    Raises:
        TypeError: A file, a name or the S3 URI is a pipeline's variable: they are needed before a pipeline runs.

    Example:
        >>> from sagewright.workflow.notebook_job_step import NotebookJobStep
        >>> image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/notebooks:1"
        >>> step = NotebookJobStep("prices.ipynb", image, "python3", name="Prices")
        >>> step.properties.ComputingJobName.expr
        {'Get': 'Steps.Prices.TrainingJobName'}
    """

    def __init__(
        self,
        input_notebook: str,
        image_uri: str,
        kernel_name: str,
        name: str | None = None,
        display_name: str | None = None,
        description: str | None = None,
        notebook_job_name: str | None = None,
        role: str | None = None,
        s3_root_uri: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        environment_variables: Mapping[str, Any] | None = None,
        initialization_script: str | None = None,
        s3_kms_key: Any = None,
        instance_type: Any = "ml.m5.large",
        volume_size: Any = 30,
        volume_kms_key: Any = None,
        encrypt_inter_container_traffic: Any = True,
        security_group_ids: Sequence[Any] | None = None,
        subnets: Sequence[Any] | None = None,
        max_retry_attempts: int = 1,
        max_runtime_in_seconds: int = _TWO_DAYS_S,
        tags: Tags = None,
        additional_dependencies: Sequence[str] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        _check_known_now(
            input_notebook=input_notebook,
            name=name,
            notebook_job_name=notebook_job_name,
            s3_root_uri=s3_root_uri,
            initialization_script=initialization_script,
        )
        if input_notebook and not (name and notebook_job_name):
            derived = name_from_base(job_prefix(os.path.basename(input_notebook)))
            name, notebook_job_name = name or derived, notebook_job_name or derived
        super().__init__(name or "", StepTypeEnum.TRAINING, display_name, description, depends_on, retry_policies)
        self.input_notebook, self.image_uri, self.kernel_name = input_notebook, image_uri, kernel_name
        self.notebook_job_name, self.role, self.s3_root_uri = notebook_job_name, role, s3_root_uri
        self.parameters, self.environment_variables = parameters, environment_variables
        self.initialization_script, self.additional_dependencies = initialization_script, additional_dependencies
        self.s3_kms_key, self.volume_kms_key = s3_kms_key, volume_kms_key
        self.instance_type, self.volume_size = instance_type, volume_size
        self.encrypt_inter_container_traffic = encrypt_inter_container_traffic
        self.security_group_ids, self.subnets = security_group_ids, subnets
        self.max_retry_attempts, self.max_runtime_in_seconds = max_retry_attempts, max_runtime_in_seconds
        self.tags = tags
        named = {member: Properties(self.name, path, step=self) for member, path in _PROPERTIES.items()}
        self._properties = PropertiesByName(self.name, named, self)

    @property
    def depends_on(self) -> Any:
        """The steps that have to end before; `add_depends_on` adds to them."""
        return self._depends_on

    @depends_on.setter
    def depends_on(self, depends_on: Sequence[Any] | None) -> None:
        raise ValueError("Cannot set depends_on for a NotebookJobStep. Use add_depends_on instead to extend the list.")

    @property
    def properties(self) -> Any:
        """What the job will have made: `NotebookJobOutputLocationPrefix`, `OutputNotebookName`, `ComputingJobName`."""
        return self._properties

    @property
    def arguments(self) -> Any:
        """The request of the training job that runs the notebook, whose files it uploads.

        Raises:
            ValueError: No pipeline is being built, a file is missing, or a name, the image, the kernel, the role or
                the S3 URI is not what it has to be; the message names all of them.
        """
        context = load_step_compilation_context()
        if context is None:
            raise ValueError(
                "The arguments of a NotebookJobStep are made where its pipeline is built.\n"
                "hint: `Pipeline(..., steps=[step]).definition()`."
            )
        session = context.sagemaker_session
        role, root = self._role(session), self._root(session)
        self._check(session.boto_region_name, role, root)
        key = resolved(self.s3_kms_key, session, paths.NOTEBOOK_JOB_S3_KMS_KEY_ID)
        source = s3_path_join(root, context.pipeline_name, self.name, name_from_base("input"))
        _upload(list(self._files()), source, key, session)
        run = ExecutionVariables.PIPELINE_EXECUTION_ID
        return notebook_job_request(
            NotebookJob(
                name=str(self.notebook_job_name),
                notebook=os.path.basename(self.input_notebook),
                script=os.path.basename(self.initialization_script) if self.initialization_script else None,
                kernel=self.kernel_name,
                image=self.image_uri,
                region=session.boto_region_name,
                role=role,
                source=source,
                output=Join("/", [root, context.pipeline_name, run, self.name]),
                instance_type=self.instance_type,
                volume_size=self.volume_size,
                max_retry_attempts=self.max_retry_attempts,
                max_runtime_s=self.max_runtime_in_seconds,
                encrypts_traffic=self.encrypt_inter_container_traffic,
                output_key=key,
                volume_key=resolved(self.volume_kms_key, session, paths.NOTEBOOK_JOB_VOLUME_KMS_KEY_ID),
                vpc_config=self._vpc_config(session),
                environment=self.environment_variables,
                parameters=self.parameters,
                tags=format_tags(self.tags) or (),
            )
        )

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition, having uploaded its files."""
        return super().to_request()

    def _role(self, session: Any) -> Any:
        role = resolved(self.role, session, paths.NOTEBOOK_JOB_ROLE_ARN)
        return session.expand_role(role) if role else get_execution_role(session)

    def _root(self, session: Any) -> Any:
        root = resolved(self.s3_root_uri, session, paths.NOTEBOOK_JOB_S3_ROOT_URI)
        return root or s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix)

    def _vpc_config(self, session: Any) -> Any:
        subnets = resolved(self.subnets, session, paths.NOTEBOOK_JOB_VPC_CONFIG_SUBNETS)
        groups = resolved(self.security_group_ids, session, paths.NOTEBOOK_JOB_VPC_CONFIG_SECURITY_GROUP_IDS)
        return vpc_utils.sanitize(vpc_utils.to_dict(subnets, groups))

    def _files(self) -> Iterator[str]:
        yield self.input_notebook
        if self.initialization_script:
            yield self.initialization_script
        yield from self.additional_dependencies or ()

    def _check(self, region: str, role: Any, root: Any) -> None:
        wrong = list(self._wrong(region))
        if not role:
            wrong.append(f"The IAM role is '{role}' and no default role can be found.")
        if not root:
            wrong.append(f"The s3_root_uri is '{root}' and no default s3_root_uri can be found.")
        if wrong:
            raise ValueError("Validation Errors: \n  - " + "\n  - ".join(wrong))

    def _wrong(self, region: str) -> Iterator[str]:
        job, notebook, script, image = (
            self.notebook_job_name,
            self.input_notebook,
            self.initialization_script,
            self.image_uri,
        )
        if not job or not _NAME.fullmatch(job):
            yield (
                f"Notebook Job Name({job}) is not valid. Valid name should start with letters and contain only "
                "letters, numbers, hyphens, and underscores."
            )
        if not notebook or not os.path.isfile(notebook):
            yield f"The required input notebook ({notebook}) is not a valid file."
        if script and not os.path.isfile(script):
            yield f"The initialization script ({script}) is not a valid file."
        for path in self.additional_dependencies or ():
            if not os.path.exists(path):
                yield f"The path ({path}) specified in additional dependencies does not exist."
        if not is_variable(image) and (not image or region not in image):
            yield (
                f"The image uri (specified as {image}) is required and should be hosted in same region of the session "
                f"({region})."
            )
        if not self.kernel_name:
            yield "The kernel name is required."


def _check_known_now(**given: Any) -> None:
    for name, value in given.items():
        if is_variable(value):
            raise TypeError(
                f"`{name}` of a NotebookJobStep cannot be a pipeline's variable: files are uploaded before a pipeline "
                "runs.\nhint: give text; `parameters` and `environment_variables` may hold variables."
            )


def _upload(files: Sequence[str], place: str, key: Any, session: Any) -> None:
    """Upload files and folders side by side.

    Raises:
        ValueError: Two have one name.
    """
    import shutil
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        for path in files:
            target = os.path.join(folder, os.path.basename(os.path.abspath(path)))
            if os.path.exists(target):
                raise ValueError(
                    f"Two files of a NotebookJobStep are called `{os.path.basename(target)}`; they lie side by side.\n"
                    "hint: rename one of them, or put it into a folder."
                )
            if os.path.isdir(path):
                shutil.copytree(path, target, ignore=without_homes())
            else:
                shutil.copy2(path, target)
        S3Uploader.upload(folder, place, key, session)


__all__ = ["ConfigurableRetryStep", "NotebookJobStep", "Step"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
