"""What an estimator's arguments become when it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright import targets
from sagewright.deferring import step_in_building
from sagewright.estimator.debugging import debugging_of, uploaded_rules
from sagewright.estimator.staging import script_hyperparameters, source_of, upload_source
from sagewright.inputs import TrainingInput
from sagewright.job import add_channel, channels_of, checked_uri
from sagewright.local_data import uploaded
from sagewright.preflight import Finding, Flight, Source, run
from sagewright.requests.training import TrainingSpec, s3_channel, training_request
from sagewright.s3 import s3_path_join
from sagewright.vocabulary.names import base_name_from_image
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase

Document = dict[str, Any]


def submission_of(
    estimator: EstimatorBase, inputs: Any, job_name: str, experiment_config: Document | None, *, is_named: bool
) -> Document:
    """Upload an estimator's code and local data; return the request of its training job.

    Args:
        is_named: The user chose the job's name.

    Raises:
        ValueError: The inputs are none, two channels have one name, the code is not what it should be, or preflight
            found something. Nothing has been uploaded where the request would be refused.
    """
    return training_request(prepared(estimator, inputs, job_name, experiment_config, is_named=is_named))


def prepared(
    estimator: EstimatorBase,
    inputs: Any,
    job_name: str,
    experiment_config: Document | None = None,
    *,
    is_named: bool = False,
    tried: Document | None = None,
) -> TrainingSpec:
    """Upload an estimator's code and local data; return all that a training job of it is made of.

    Args:
        tried: Members of the spec with which preflight looks at it: of a tuning job those of one of its jobs.

    Raises:
        ValueError: As for `submission_of`.
    """
    with source_of(estimator) as source:
        spec = spec_of(estimator, inputs, job_name, experiment_config)
        if step_in_building() is None:  # what a step reads, the steps before it make
            run(_flight(estimator, spec._replace(**(tried or {})), source, is_named))
        _upload_code(estimator, source, job_name)
    session, channels = estimator.sagemaker_session, list(spec.channels)
    if source is not None and estimator.enable_network_isolation():
        channel = s3_channel(str(estimator.code_uri), distribution="FullyReplicated")
        add_channel(channels, {"ChannelName": estimator.code_channel_name, **channel})
    place = _input_place(estimator, spec)
    channels = [uploaded(session, channel, place) for channel in channels]
    return spec._replace(
        channels=channels,
        hyperparameters=estimator.hyperparameters(),
        debug_rules=uploaded_rules(session, spec.debug_rules),
        profiler_rules=uploaded_rules(session, spec.profiler_rules),
    )


def upload_code(estimator: EstimatorBase, job_name: str) -> None:
    """Upload the code of an estimator that has some; its hyperparameters name it from then on."""
    with source_of(estimator) as source:
        _upload_code(estimator, source, job_name)


def _upload_code(estimator: EstimatorBase, source: Source | None, job_name: str) -> None:
    if source is None:
        return
    code = estimator.uploaded_code = upload_source(estimator, source, job_name)
    estimator._add_script_hyperparameters(script_hyperparameters(estimator, code, job_name))
    if estimator.enable_network_isolation():
        estimator.code_uri = code.s3_prefix


def preflight(estimator: EstimatorBase, inputs: Any, job_name: str, *, is_named: bool) -> list[Finding]:
    """Return what may go otherwise than is meant in a job of this estimator.

    Raises:
        ValueError: The job could not be submitted, or would fail.
    """
    with source_of(estimator) as source:
        return run(_flight(estimator, spec_of(estimator, inputs, job_name, None), source, is_named))


def _flight(estimator: EstimatorBase, spec: TrainingSpec, source: Source | None, is_named: bool) -> Flight:
    from sagewright.vocabulary.image_tables import framework_of

    return Flight(
        request=training_request(spec),
        session=estimator.sagemaker_session,
        is_local=targets.current().home is not None or getattr(estimator.sagemaker_session, "local_mode", False),
        source=source,
        image=framework_of(str(spec.image_uri)),
        is_named=is_named,
    )


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
            checked_uri(estimator.model_uri),
            distribution="FullyReplicated",
            content_type=content_type,
            input_mode="File",
        )
        add_channel(channels, {"ChannelName": estimator.model_channel_name, **channel})
    output_path = estimator._s3_output_path()
    algorithm_arn = getattr(estimator, "algorithm_arn", None)  # of an AlgorithmEstimator, which has no image
    return TrainingSpec(
        name=job_name,
        role=session.expand_role(estimator.role),
        image_uri=None if algorithm_arn else estimator.training_image_uri(),
        algorithm_arn=algorithm_arn,
        output_path=output_path,
        input_mode=_input_mode(estimator, inputs),
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
        **debugging_of(estimator, output_path, job_name),
    )


def _input_mode(estimator: EstimatorBase, inputs: Any) -> str:
    """Return the job's input mode: that of its one channel, where it has one."""
    alone = inputs.config.get("InputMode") if isinstance(inputs, TrainingInput) else None
    return alone or estimator.input_mode


def _input_place(estimator: EstimatorBase, spec: TrainingSpec) -> str:
    """Return the S3 URI below which data go that are on this machine."""
    session, place = estimator.sagemaker_session, spec.output_path
    if is_variable(place):
        place = s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "")
    return s3_path_join(place, _base(estimator), "input")


def _base(estimator: EstimatorBase) -> str:
    """Return a name that the jobs of this estimator share: below it lies the data that was uploaded for them."""
    return estimator.base_job_name or base_name_from_image(estimator.training_image_uri())
