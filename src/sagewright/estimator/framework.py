"""The base of the frameworks' estimators: a script of the user's, run by an image that knows the framework."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import renamed, suggests
from sagewright.distribution import Job, checked_distribution, family_of
from sagewright.estimator.base import EstimatorBase
from sagewright.estimator.staging import as_json, check_variables
from sagewright.estimator.transforming import ScriptTransforming
from sagewright.source_code import UploadedCode
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


@suggests
class Framework(ScriptTransforming, EstimatorBase):
    """Trains with a script, in a framework's image. Frameworks are classes below this one.

    Args:
        entry_point: The script; a path in `source_dir`, if there is one.
        source_dir: Its folder, which goes along whole; or the S3 URI of an archive of it.
        hyperparameters: Values of any type that JSON has; the script gets them as arguments.
        image_uri: None: the framework's image of the version asked for.
        dependencies: Files and folders that go along beside the script.
        git_config: A repository in which all these lie.
        code_location: The S3 URI below which the code goes; None: the bucket of `output_path`.
        **kwargs: As for `EstimatorBase`; see `Estimator`.

    Raises:
        ValueError: The entry point is no local file, or there is no role.
    """

    _framework_name: ClassVar[str] = ""

    distribution: Mapping[str, Any] | None = None
    framework_version: str | None = None
    py_version: str | None = None
    tensorflow_version: str | None = None  # below Transformers
    pytorch_version: str | None = None
    compiler_config: Any = None

    def __init__(
        self,
        entry_point: str,
        source_dir: str | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        container_log_level: int = 20,
        code_location: str | None = None,
        image_uri: str | None = None,
        dependencies: Sequence[str] | None = None,
        enable_network_isolation: bool | None = None,
        git_config: Document | None = None,
        checkpoint_s3_uri: str | None = None,
        checkpoint_local_path: str | None = None,
        enable_sagemaker_metrics: bool | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.update(renamed(kwargs))
        image_uri = kwargs.pop("image_uri", image_uri)
        check_variables(entry_point, source_dir, git_config, enable_network_isolation)
        if isinstance(entry_point, str) and entry_point.startswith("s3://"):
            raise ValueError(f"Invalid entry point script: {entry_point}. Must be a path to a local file.")
        super().__init__(
            entry_point=entry_point,
            source_dir=source_dir,
            hyperparameters=hyperparameters,
            container_log_level=container_log_level,
            code_location=code_location,
            dependencies=dependencies,
            enable_network_isolation=enable_network_isolation,
            git_config=git_config,
            checkpoint_s3_uri=checkpoint_s3_uri,
            checkpoint_local_path=checkpoint_local_path,
            enable_sagemaker_metrics=enable_sagemaker_metrics,
            **kwargs,
        )
        self.image_uri = image_uri

    def training_image_uri(self, region: str | None = None) -> str:
        """Return the image that trains, in the session's region or another."""
        if self.image_uri is not None:
            return self.image_uri
        from sagewright import image_uris  # costs the tables of all images

        return image_uris.get_training_image_uri(
            region or self.sagemaker_session.boto_region_name,
            self._framework_name,
            framework_version=self.framework_version,
            py_version=self.py_version,
            distribution=self.distribution,
            compiler_config=self.compiler_config,
            tensorflow_version=self.tensorflow_version,
            pytorch_version=self.pytorch_version,
            instance_type=self._main_instance_type(),
        )

    def set_hyperparameters(self, **kwargs: Any) -> None:
        """Set hyperparameters, beside those set before; they become JSON twice, as in v2: text keeps its quotes."""
        self._hyperparameters.update(as_json(kwargs))

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters, each as JSON."""
        return as_json(self._hyperparameters)

    @classmethod
    def attach(
        cls, training_job_name: str, sagemaker_session: Session | None = None, model_channel_name: str = "model"
    ) -> Self:
        """Return an estimator for a job that was started elsewhere, when the job has ended.

        Raises:
            ValueError: The job ran another framework's image, or no script.
            UnexpectedStatusException: The job has failed.
        """
        estimator = super().attach(training_job_name, sagemaker_session, model_channel_name)
        estimator.uploaded_code = UploadedCode(str(estimator.source_dir), str(estimator.entry_point))
        return estimator

    @classmethod
    def _prepare_init_params_from_job_description(
        cls, job_details: Document, model_channel_name: str | None = None
    ) -> Document:
        arguments = super()._prepare_init_params_from_job_description(job_details, model_channel_name)
        decoded = {name: _decoded(name, value) for name, value in arguments["hyperparameters"].items()}
        if "sagemaker_program" not in decoded:
            raise ValueError(
                f"Training job {job_details['TrainingJobName']} has no script of its own: it was not started by a "
                "framework's estimator.\nhint: attach to it with `Estimator.attach`."
            )
        return {
            **arguments,
            "hyperparameters": decoded,
            "entry_point": decoded["sagemaker_program"],
            "source_dir": decoded.get("sagemaker_submit_directory"),
            "container_log_level": decoded.get("sagemaker_container_log_level", 20),
        }

    @classmethod
    def _attached_to_image(cls, arguments: Document, image_name: str, job_name: str) -> Document:
        """Return arguments in which the versions stand that an image's name holds, instead of the image.

        Raises:
            ValueError: The image is another framework's.
        """
        from sagewright.fw_utils import framework_name_from_image, framework_version_from_tag

        image_uri = arguments.pop("image_uri")
        framework, py_version, tag, _ = framework_name_from_image(image_uri)
        arguments["framework_version"] = None if tag is None else framework_version_from_tag(tag)
        arguments["py_version"] = py_version
        if framework is None:
            arguments["image_uri"] = image_uri
        elif framework != image_name:
            raise ValueError(f"Training job: {job_name} didn't use image for requested framework")
        return arguments

    def _check_distribution(self, given: Mapping[str, Any] | None, framework: str, version: str | None) -> None:
        """Set `distribution` to what was given, once it is known to go with the job; {} for None."""
        job = self._job_to_distribute(framework, version)
        self.distribution = {} if given is None else checked_distribution(given, self.instance_groups, job)

    def _job_to_distribute(self, framework: str, version: str | None) -> Job:
        return Job(framework, version, self.py_version, self.image_uri, self.instance_type, self.entry_point)

    def _compiler_hyperparameters(self) -> dict[str, Any]:
        """Return what tells the image's compiler to compile, each as JSON; {} where it is not asked for."""
        return as_json(self.compiler_config._to_hyperparameter_dict()) if self.compiler_config else {}

    def _group_types(self) -> list[str]:
        return [group.instance_type for group in self.instance_groups or ()]

    def _model_arguments(self, given: Document) -> Document:
        """Return the arguments that a model of what was trained has, whatever the framework; those given weigh more."""
        own = {
            "name": given.get("name") or self._new_name(),
            "image_uri": self.image_uri,
            "container_log_level": self.container_log_level,
            "code_location": self.code_location,
            "sagemaker_session": self.sagemaker_session,
        }
        return {**own, **{name: value for name, value in given.items() if name != "name"}}

    def _add_script_hyperparameters(self, hyperparameters: dict[str, Any]) -> None:
        self._hyperparameters.update(hyperparameters)

    def _hook_config(self) -> Any:
        """Return the debugger's hook, which does not go together with checkpoints of several hosts."""
        config = super()._hook_config()
        if not (self.checkpoint_s3_uri and self.checkpoint_local_path and config is not False):
            return config
        if self._framework_name not in ("mxnet", "pytorch", "tensorflow"):
            return config
        if is_variable(self.instance_count):
            logger.warning(
                "SMDebug does not currently support distributed training jobs with checkpointing enabled. Therefore, "
                "to allow parameterized instance_count and allow to change it to any values in execution time, the "
                "debugger_hook_config is disabled."
            )
            return False
        if (self.instance_count or 0) > 1 or self.distribution is not None:
            logger.info("SMDebug Does Not Currently Support Distributed Training Jobs With Checkpointing Enabled")
            return False
        return config

    def _model_source_dir(self) -> str | None:
        return None if self.uploaded_code is None else self.uploaded_code.s3_prefix

    def _model_entry_point(self) -> str | None:
        return self.entry_point if self.uploaded_code is None else self.uploaded_code.script_name

    def _main_instance_type(self) -> str | None:
        """Return the type of the instances; of several groups the first with GPUs, else the first.

        Raises:
            ValueError: There are no instances.
        """
        if self.instance_type is not None:
            return self.instance_type
        if not isinstance(self.instance_groups, list) or not self.instance_groups:
            raise ValueError(
                "instance_groups must be set if instance_type is not set and instance_groups must be a list."
            )
        types: list[str] = [group.instance_type for group in self.instance_groups]
        return next((name for name in types if family_of(name)[:1] in ("g", "p")), types[0])


def _decoded(name: str, value: str) -> Any:
    if name == "_tuning_objective_metric":
        return value.strip('"')
    try:
        return json.loads(value)
    except ValueError:  # set by somebody who is no framework's estimator
        return value
