"""What an estimator's arguments become when it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.job import add_channel, channels_of
from sagewright.requests.training import TrainingSpec, s3_channel, supports_debugger

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase

Document = dict[str, Any]


def spec_of(estimator: EstimatorBase, inputs: Any, job_name: str, experiment_config: Document | None) -> TrainingSpec:
    """Return all that a training job of this estimator is made of.

    Raises:
        ValueError: The inputs are none, or two channels have one name.
    """
    session = estimator.sagemaker_session
    channels = channels_of(inputs)
    if estimator.model_uri:
        content_type = "application/x-sagemaker-model"
        channel = s3_channel(
            estimator.model_uri, distribution="FullyReplicated", content_type=content_type, input_mode="File"
        )
        add_channel(channels, {"ChannelName": estimator.model_channel_name, **channel})
    if estimator.output_path is None:
        prefix = session.default_bucket_prefix
        estimator.output_path = f"s3://{session.default_bucket()}/{prefix + '/' if prefix else ''}"
    has_debugger = supports_debugger(session.boto_region_name)
    return TrainingSpec(
        name=job_name,
        role=session.expand_role(estimator.role),
        image_uri=estimator.training_image_uri(),
        output_path=estimator.output_path,
        input_mode=estimator.input_mode,
        channels=channels,
        hyperparameters=estimator.hyperparameters(),
        instance_count=estimator.instance_count,
        instance_type=estimator.instance_type,
        instance_groups=[group._to_request_dict() for group in estimator.instance_groups or ()] or None,
        volume_size_gib=estimator.volume_size,
        volume_kms_key=estimator.volume_kms_key,
        keep_alive_period_s=estimator.keep_alive_period_in_seconds,
        training_plan=estimator.training_plan,
        instance_placement=estimator.instance_placement_config,
        max_run_s=estimator.max_run,
        max_wait_s=estimator.max_wait,
        use_spot_instances=estimator.use_spot_instances,
        output_kms_key=estimator.output_kms_key,
        compress_output=not estimator.disable_output_compression,
        subnets=estimator.subnets,
        security_group_ids=estimator.security_group_ids,
        tags=estimator.tags,
        metric_definitions=estimator.metric_definitions,
        enable_sagemaker_metrics=estimator.enable_sagemaker_metrics,
        encrypt_traffic=estimator.encrypt_inter_container_traffic,
        network_isolation=estimator.enable_network_isolation(),
        checkpoint_s3_uri=estimator.checkpoint_s3_uri,
        checkpoint_local_path=estimator.checkpoint_local_path,
        environment=estimator.environment,
        max_retry_attempts=estimator.max_retry_attempts,
        container_entry_point=estimator.container_entry_point,
        container_arguments=estimator.container_arguments,
        repository_access_mode=estimator.training_repository_access_mode,
        repository_credentials_provider_arn=estimator.training_repository_credentials_provider_arn,
        infra_check=estimator.enable_infra_check,
        remote_debug=estimator._enable_remote_debug,
        session_tag_chaining=estimator._enable_session_tag_chaining,
        experiment_config=experiment_config,
        debug_output=estimator.output_path if has_debugger and estimator.debugger_hook_config is not False else None,
        profiler_output=estimator.output_path if has_debugger else None,
        disable_profiler=estimator.disable_profiler and has_debugger,
    )
