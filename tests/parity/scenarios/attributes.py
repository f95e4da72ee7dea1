"""Attributes of what the service keeps, names at other paths, and estimators prepared for others' workflows."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import THE_TIME
from tests.parity.scenarios.lineage import ACTION, ARTIFACT, CONTEXT
from tests.parity.world import World

_KINDS = {
    "lineage.action.Action": "action_arn action_name action_type description status source properties "
    "properties_to_remove tags creation_time created_by last_modified_time last_modified_by",
    "lineage.artifact.Artifact": "artifact_arn artifact_name artifact_type source properties tags creation_time "
    "created_by last_modified_time last_modified_by",
    "lineage.context.Context": "context_arn context_name context_type properties tags creation_time created_by "
    "last_modified_time last_modified_by",
    "lineage.association.Association": "source_arn destination_arn",
    "lineage.lineage_trial_component.LineageTrialComponent": "trial_component_name trial_component_arn display_name "
    "source status start_time end_time creation_time created_by last_modified_time last_modified_by parameters "
    "input_artifacts output_artifacts metrics parameters_to_remove input_artifacts_to_remove "
    "output_artifacts_to_remove tags",
    "experiments.Experiment": "experiment_name display_name description tags",
}


def attributes_before_the_service_is_asked(world: World) -> Any:
    return {
        path: [
            [getattr(thing, name) for name in names.split()] for thing in (world[path], world[path](world.session()))
        ]
        for path, names in _KINDS.items()
    }


def attributes_of_an_answer(world: World) -> Any:
    session, by = world.session(), {"UserProfileName": "ada"}
    action = world["lineage.action.Action"](session, status="Failed").with_boto(
        {"ActionArn": ACTION, "Source": {"SourceUri": "s3://b/m", "SourceType": "t"}, "CreatedBy": by}
    )
    artifact = world["lineage.artifact.Artifact"].from_boto(
        {"ArtifactArn": ARTIFACT, "Source": {"SourceUri": "s3://b/d", "SourceTypes": []}, "CreationTime": THE_TIME},
        sagemaker_session=session,
    )
    context = world["lineage.context.Context"](session, context_name="c").with_boto(
        {"ContextArn": CONTEXT, "Properties": {"k": "v"}}
    )
    association = world["lineage.association.Association"](session).with_boto(
        {"SourceArn": ARTIFACT, "DestinationArn": CONTEXT}
    )
    return [
        [action.action_arn, action.status, action.source.source_uri, action.source.source_type, action.created_by],
        [artifact.artifact_arn, artifact.source.source_uri, artifact.creation_time, artifact.artifact_name],
        [context.context_arn, context.context_name, context.properties],
        [association.source_arn, association.destination_arn],
        type(action).to_boto({"action_name": "a", "properties_to_remove": ["x"], "status": None}),
        type(context).from_boto(None),
    ]


def experiment_of_an_answer(world: World) -> Any:
    kind = world["experiments.Experiment"]
    found = kind.from_boto({"ExperimentName": "e", "DisplayName": "E"}, sagemaker_session=world.session())
    again = kind(world.session(), experiment_name="e", description="d").with_boto({"Description": "new"})
    return [
        [found.experiment_name, found.display_name, found.description],
        [again.experiment_name, again.description],
        kind.to_boto({"experiment_name": "e", "description": None}),
    ]


def names_at_other_paths(world: World) -> Any:
    return [
        world["deserializers.DeferredError"] is world["utils.DeferredError"],
        world["s3.determine_bucket_and_prefix"] is world["s3_utils.determine_bucket_and_prefix"],
        world["local.local_session.file_input"] is world["local.file_input"],
        world["warn_v2_deprecation"] is world["deprecations.warn_v2_deprecation"],
        world["local.local_session.file_input"]("file:///data", "text/csv").config,
        [[tag.name, tag.value] for tag in world["enums.Tag"]],
    ]


def prepared_for_another_workflow(world: World) -> Any:
    estimator = world.estimator(hyperparameters={"a": 1})
    estimator.prepare_workflow_for_training("mine")
    return [estimator._current_job_name, estimator.hyperparameters()]


def script_prepared_for_another_workflow(world: World) -> Any:
    estimator = world.framework("sklearn.SKLearn", image_uri="left out", framework_version="1.2-1")
    estimator.prepare_workflow_for_training(job_name="mine")
    return [estimator._current_job_name, estimator.hyperparameters(), sorted(world.aws.stored)]


def prepared_without_a_name(world: World) -> Any:
    estimator = world.estimator(base_job_name="prices")
    estimator.prepare_workflow_for_training()
    return estimator._current_job_name
