"""The estimator of any image (`contract.md` 9.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.estimator.base import VPC_CONFIG_DEFAULT, EstimatorBase
from sagewright.estimator.staging import as_json
from sagewright.utils import Tags

if TYPE_CHECKING:
    from sagewright.model import Model
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


class Estimator(EstimatorBase):
    """Trains with any image.

    Args:
        image_uri: The image that trains, and that serves what was trained.
        role: The ARN, or the name, of the role that jobs run with.
        instance_count, instance_type: The machines; on the target `local` a share of this one. The type `local` is
            this machine itself on every target (v2's local mode).
        volume_size: GiB.
        max_run: Seconds after which the job is stopped.
        max_wait: Seconds after which it is given up, with `use_spot_instances`.
        input_mode: `File`, `Pipe` or `FastFile`.
        output_path: The S3 URI below which the model and other output go; None: the default bucket. With the
            instance type `local` also a `file://` URI of a folder.
        base_job_name: What jobs are called, before the timestamp.
        hyperparameters: See `set_hyperparameters`.
        model_uri: A model to start from, as the channel `model_channel_name`.
        metric_definitions: `{"Name", "Regex"}`; group 1 of each match in the log is a value.
        environment: Environment variables of the job.
        max_retry_attempts: How often the job starts over when its host dies.
        entry_point: A script that the image's script mode starts; a path in `source_dir`, if there is one.
        source_dir: The script's folder, which goes along whole; or the S3 URI of an archive of it.
        dependencies: Files and folders that go along beside it.
        git_config: A repository in which all these lie: `repo`, `branch`, `commit`, and credentials.
        code_location: The S3 URI below which the code goes; None: the bucket of `output_path`.
        include_ignored_files: Send what git ignores and what looks like secrets, too (ours; v2 always does).
        debug: Run jobs in this process, so that `breakpoint()` and debuggers work in their code (ours; only on this
            machine: `docs/howto/debugging.md`).
        container_entry_point, container_arguments: What runs in place of the image's own program.

    Raises:
        TypeError: An argument that there is not; the message names the nearest.
        ValueError: There is no role.

    Example:
        >>> from sagewright.estimator import Estimator
        >>> image = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
        >>> estimator = Estimator(image, "role", 1, "ml.m5.large")
        >>> estimator.set_hyperparameters(predictor_type="regressor")
        >>> estimator.hyperparameters()
        {'predictor_type': 'regressor'}
    """

    def __init__(
        self,
        image_uri: str,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        keep_alive_period_in_seconds: int | None = None,
        volume_size: int = 30,
        volume_kms_key: str | None = None,
        max_run: int = 86400,
        input_mode: str = "File",
        output_path: str | None = None,
        output_kms_key: str | None = None,
        base_job_name: str | None = None,
        sagemaker_session: Session | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        tags: Tags = None,
        subnets: Sequence[str] | None = None,
        security_group_ids: Sequence[str] | None = None,
        model_uri: str | None = None,
        model_channel_name: str = "model",
        metric_definitions: Sequence[Document] | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        use_spot_instances: bool = False,
        max_wait: int | None = None,
        checkpoint_s3_uri: str | None = None,
        checkpoint_local_path: str | None = None,
        enable_network_isolation: bool | None = None,
        rules: Any = None,
        debugger_hook_config: Any = None,
        tensorboard_output_config: Any = None,
        enable_sagemaker_metrics: bool | None = None,
        profiler_config: Any = None,
        disable_profiler: bool = False,
        environment: Mapping[str, str] | None = None,
        max_retry_attempts: int | None = None,
        source_dir: str | None = None,
        git_config: Document | None = None,
        container_log_level: int = 20,
        code_location: str | None = None,
        entry_point: str | None = None,
        dependencies: Sequence[str] | None = None,
        instance_groups: Sequence[Any] | None = None,
        training_repository_access_mode: str | None = None,
        training_repository_credentials_provider_arn: str | None = None,
        container_entry_point: Sequence[str] | None = None,
        container_arguments: Sequence[str] | None = None,
        disable_output_compression: bool = False,
        enable_infra_check: bool | None = None,
        enable_remote_debug: bool | None = None,
        enable_session_tag_chaining: bool | None = None,
        training_plan: str | None = None,
        instance_placement_config: Document | None = None,
        include_ignored_files: bool = False,
        debug: bool = False,
        **kwargs: Any,
    ) -> None:
        self.image_uri = image_uri
        super().__init__(
            role,
            instance_count,
            instance_type,
            keep_alive_period_in_seconds,
            volume_size,
            volume_kms_key,
            max_run,
            input_mode,
            output_path,
            output_kms_key,
            base_job_name,
            sagemaker_session,
            tags,
            subnets,
            security_group_ids,
            model_uri,
            model_channel_name,
            metric_definitions,
            encrypt_inter_container_traffic,
            use_spot_instances,
            max_wait,
            checkpoint_s3_uri,
            checkpoint_local_path,
            rules,
            debugger_hook_config,
            tensorboard_output_config,
            enable_sagemaker_metrics,
            enable_network_isolation,
            profiler_config,
            disable_profiler,
            environment,
            max_retry_attempts,
            source_dir,
            git_config,
            hyperparameters,
            container_log_level,
            code_location,
            entry_point,
            dependencies,
            instance_groups,
            training_repository_access_mode,
            training_repository_credentials_provider_arn,
            enable_infra_check,
            container_entry_point,
            container_arguments,
            disable_output_compression,
            enable_remote_debug,
            enable_session_tag_chaining,
            training_plan,
            instance_placement_config,
            include_ignored_files,
            debug,
            **kwargs,
        )

        self.set_hyperparameters(**self._hyperparameters)

    def training_image_uri(self) -> str:
        """Return the image that trains."""
        return self.image_uri

    def set_hyperparameters(self, **kwargs: Any) -> None:
        """Set hyperparameters, beside those set before; values become text when the job is submitted.

        With a `source_dir` they become JSON, as script mode reads them.
        """
        self._hyperparameters.update(as_json(kwargs) if self.source_dir else kwargs)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters."""
        return self._hyperparameters

    def create_model(
        self,
        role: str | None = None,
        image_uri: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        vpc_config_override: Any = VPC_CONFIG_DEFAULT,
        **kwargs: Any,
    ) -> Model:
        """Return a model of what was trained.

        Args:
            role: None: the estimator's.
            image_uri: None: the image that has trained.
            predictor_cls: None: `Predictor`.
            **kwargs: Go to `Model`.
        """
        kwargs.setdefault("enable_network_isolation", self.enable_network_isolation())
        from sagewright.model import Model  # what serves is for those who have trained
        from sagewright.predictor import Predictor

        return Model(
            image_uri or self.training_image_uri(),
            self.model_data,
            role or self.role,
            vpc_config=self.get_vpc_config(vpc_config_override),
            sagemaker_session=self.sagemaker_session,
            predictor_cls=predictor_cls or Predictor,
            **kwargs,
        )
