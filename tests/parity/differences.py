"""Where we differ from genuine v2: on purpose, and not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A scenario in which ours does something else.

    Attributes:
        why: The reason.
        ours: What ours shows instead of what was recorded: `calls`, `outcome`, `raises`, `message`, `printed`.
    """

    why: str
    ours: dict[str, Any]


_DIGEST = "v2 keeps `@sha256` of an image's digest, which no job's name may have"
_ALLOW_PICKLE = "Please set the param allow_pickle=True to deserialize pickle objects in NumpyDeserializer"

DIFFERENCES: dict[str, Difference] = {
    "formats.csv_of_a_number": Difference(
        "the message names the matter",
        {"raises": "ValueError", "message": "Unable to handle input format: <class 'int'>"},
    ),
    "formats.libsvm": Difference(
        "lists of lines are taken as well, as v2's documentation says",
        {"outcome": ["1 1:2", "1 1:2\n0 2:3", "0 1:1"], "raises": None, "message": None},
    ),
    "formats.read_numpy_that_is_pickled": Difference("the message is one line", {"message": _ALLOW_PICKLE}),
    "naming.base_of_an_image": Difference(_DIGEST, {"outcome": ["linear-learner", "c", "name", "name", "name"]}),
    "frameworks.tensorflow_by_mirrored_workers_of_an_old_version": Difference(
        "nothing is uploaded for a job that is refused", {"calls": []}
    ),
    "refusals.fit_on_a_number_in_a_channel": Difference(
        "v2 names a type, `file_input`, that there is not",
        {"message": "Cannot format input 7. Expecting one of str, TrainingInput or FileSystemInput"},
    ),
    "refusals.fit_with_unknown_logs": Difference(
        "v2 starts the job, and shows what it would show without the word",
        {
            "calls": [],
            "outcome": None,
            "raises": "ValueError",
            "message": "`logs` takes All, None, Training, Rules, True or False, not `Everything`",
            "printed": "",
        },
    ),
}

# Scenarios whose subject is not built yet. The mark is strict: once it is built, it has to go.
NOT_BUILT: dict[str, str] = {}

# Callables that ours declares differently, by reason. `*` stands for any name.
OTHER_SIGNATURES: dict[str, str] = {
    "estimator.*.compile_model": "not built: takes anything, raises NotImplementedError",
    "tensorflow.*Model.deploy": "takes what `Model` takes",
    "huggingface.*Model.deploy": "takes what `Model` takes",
    "*[!c]Predictor.__init__": "the default serializers are None, so that predictors don't share one",
    "tensorflow.TensorFlowPredictor.predict": "takes what `Predictor.predict` takes",
    **dict.fromkeys(
        [f"model.Model.{name}" for name in ("attach", "compile", "package_for_edge", "right_size", "tune")],
        "not built: takes anything, raises NotImplementedError",
    ),
    "*.register": "not built: takes anything, raises NotImplementedError",
    "image_uris.retrieve": "defaults that stand for JumpStart's session and model type are None",
    "s3.S3Uploader.upload_string_as_file_body": "the URI has to be given",
}

# Public methods of v2 that ours does not have yet.
_METHODS_NOT_BUILT = {
    "estimator.Estimator": """
        get_app_url prepare_workflow_for_training
    """,
    "estimator.EstimatorBase": """
        get_app_url prepare_workflow_for_training
    """,
    "model.ModelPackage": """
        add_inference_specification update_inference_specification update_model_card
    """,
    "transformer.Transformer": """
        transform_with_monitoring
    """,
    "session.Session": """
        auto_ml batch_get_record compile_model create_auto_ml_v2 create_bucket_for_not_exist_error
        create_feature_group create_group create_hub create_hub_content_reference
        create_inference_recommendations_job create_model_package_from_containers create_monitoring_schedule
        create_presigned_mlflow_tracking_server_url create_tuning_job delete_feature_group delete_hub
        delete_hub_content_reference delete_monitoring_schedule delete_record delete_resource_group
        describe_auto_ml_job describe_auto_ml_job_v2 describe_feature_group describe_feature_metadata
        describe_hub describe_hub_content describe_monitoring_schedule describe_processing_job
        describe_training_plan describe_tuning_job download_athena_query_result
        expected_bucket_owner_id_bucket_check general_bucket_check_if_user_has_permission
        get_most_recently_created_approved_model_package get_query_execution get_record get_resource_group_query
        get_tagging_resources get_train_request list_candidates list_feature_groups list_group_resources
        list_hub_content_versions list_hub_contents list_hubs list_monitoring_alert_history
        list_monitoring_alerts list_monitoring_executions list_training_plans logs_for_auto_ml_job
        logs_for_processing_job package_model_for_edge process put_record search
        start_monitoring_schedule start_query_execution stop_monitoring_schedule stop_processing_job
        stop_tuning_job tune update_feature_group update_feature_metadata
        update_monitoring_alert update_monitoring_schedule wait_for_athena_query wait_for_auto_ml_job
        wait_for_compilation_job wait_for_edge_packaging_job wait_for_inference_recommendations_job
        wait_for_optimization_job wait_for_processing_job wait_for_tuning_job
        was_processing_job_successful
    """,
}
METHODS_NOT_BUILT: frozenset[str] = frozenset(
    f"{owner}.{method}" for owner, methods in _METHODS_NOT_BUILT.items() for method in methods.split()
)
