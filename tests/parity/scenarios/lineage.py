"""Lineage: artifacts, actions, contexts, how they are associated, and what is found of them."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import THE_TIME, Refusal
from tests.parity.world import World

ARNS = "arn:aws:sagemaker:us-east-1:123456789012"
ARTIFACT, ACTION, CONTEXT = f"{ARNS}:artifact/a", f"{ARNS}:action/deploy", f"{ARNS}:context/endpoint"
COMPONENT, JOB = f"{ARNS}:experiment-trial-component/job-1", f"{ARNS}:training-job/job-1"


def artifact_created(world: World) -> Any:
    _answering(world)
    made = world["lineage.artifact.Artifact"].create(
        "data",
        "s3://bucket/data",
        [{"SourceIdType": "S3ETag", "Value": "e"}],
        "DataSet",
        {"k": "v"},
        [{"Key": "team", "Value": "prices"}],
        world.session(),
    )
    return [made.artifact_arn, made.artifact_name, made.source.source_uri]


def artifact_created_with_little(world: World) -> Any:
    _answering(world)
    return (
        world["lineage.artifact.Artifact"]
        .create(source_uri="s3://bucket/data", artifact_type="DataSet", sagemaker_session=world.session())
        .artifact_arn
    )


def artifact_loaded_changed_and_deleted(world: World) -> Any:
    _answering(world)
    artifact = world["lineage.artifact.Artifact"].load(ARTIFACT, world.session())
    told = [artifact.artifact_name, artifact.source.source_uri, artifact.creation_time, artifact.properties]
    artifact.artifact_name = "other"
    artifact.properties = {"k": "w"}
    artifact.properties_to_remove = ["old"]
    artifact.save()
    told.append(artifact.set_tag({"Key": "k", "Value": "v"}))
    told.append(artifact.set_tags({"l": "w"}))
    told.append(artifact.s3_uri_artifacts("s3://bucket/data")["ArtifactSummaries"][0]["ArtifactName"])
    artifact.delete(disassociate=True)
    return told


def artifact_that_is_not(world: World) -> None:
    _answering(world, DescribeArtifact=Refusal("ResourceNotFound", "no such artifact"))
    world["lineage.artifact.Artifact"].load(ARTIFACT, world.session())


def listed(world: World) -> Any:
    summary = {"ArtifactArn": ARTIFACT, "ArtifactName": "data", "Source": {"SourceUri": "s3://bucket/data"}}
    pages = [{"ArtifactSummaries": [summary], "NextToken": "t"}, {"ArtifactSummaries": [summary]}]
    _answering(world, ListArtifacts=pages)
    session = world.session()
    artifacts = world["lineage.artifact.Artifact"].list(
        "s3://bucket/data", "DataSet", THE_TIME, THE_TIME, "CreationTime", "Ascending", 3, sagemaker_session=session
    )
    actions = world["lineage.action.Action"].list("s3://x", "Approval", sagemaker_session=session)
    contexts = world["lineage.context.Context"].list("s3://x", "Endpoint", sagemaker_session=session)
    associations = world["lineage.association.Association"].list(
        ARTIFACT, ACTION, "DataSet", "Action", "Produced", sagemaker_session=session
    )
    return [
        [[one.artifact_name, one.source.source_uri, one.artifact_type] for one in artifacts],
        [[one.action_name, one.status] for one in actions],
        [[one.context_name, one.context_type] for one in contexts],
        [[one.source_arn, one.destination_arn, one.association_type] for one in associations],
        [params for operation, params in world.aws.calls if operation.startswith("List")],
    ]


def action(world: World) -> Any:
    _answering(world)
    made = world["lineage.action.Action"].create(
        "deploy",
        "s3://x",
        "type",
        "ModelDeployment",
        "what",
        "Completed",
        {"k": "v"},
        sagemaker_session=world.session(),
    )
    made.status = "Failed"
    made.save()
    loaded = world["lineage.action.Action"].load("deploy", world.session())
    loaded.delete()
    return [made.action_arn, loaded.status, loaded.source.source_uri]


def context(world: World) -> Any:
    _answering(world)
    made = world["lineage.context.Context"].create(
        "endpoint", "s3://x", "type", "Endpoint", "what", {"k": "v"}, sagemaker_session=world.session()
    )
    made.description = "other"
    made.save()
    loaded = world["lineage.context.Context"].load("endpoint", world.session())
    loaded.delete(disassociate=True)
    return [made.context_arn, loaded.properties]


def association(world: World) -> Any:
    _answering(world)
    made = world["lineage.association.Association"].create(ARTIFACT, ACTION, "Produced", world.session())
    made.set_tag({"Key": "k", "Value": "v"})
    made.set_tags([{"Key": "k", "Value": "v"}])
    made.delete()
    return [made.source_arn, made.destination_arn, made.association_type]


def searched(world: World) -> Any:
    _answering(world)
    query = world["lineage.query.LineageQuery"](world.session())
    entities, sources = world["lineage.query.LineageEntityEnum"], world["lineage.query.LineageSourceEnum"]
    kind, things = world["lineage.query.LineageFilter"], ([entities.ARTIFACT, "Action"], [sources.MODEL, "Word"])
    wanted = kind(*things, properties={"k": "v"})
    everything = query.query([ARTIFACT])
    some = query.query([ARTIFACT], world["lineage.query.LineageQueryDirectionEnum"].ASCENDANTS, False, wanted, 3)
    return [
        [[edge.source_arn, edge.destination_arn, edge.association_type] for edge in everything.edges],
        [[one.arn, one.lineage_entity, one.lineage_source] for one in some.vertices],
        everything.startarn,
        str(everything.edges[0]),
        kind(*things, THE_TIME, THE_TIME, THE_TIME, THE_TIME)._to_request_dict(),
        world.aws.asked("QueryLineage"),
    ]


def artifacts_that_two_accounts_share(world: World) -> Any:
    other = ARTIFACT.replace("123456789012", "210987654321")
    edges = [
        {"SourceArn": ARTIFACT, "DestinationArn": other, "AssociationType": "SameAs"},
        {"SourceArn": other, "DestinationArn": ACTION, "AssociationType": "Produced"},
    ]
    vertices = [{"Arn": arn, "Type": "Model", "LineageType": "Artifact"} for arn in (ARTIFACT, other)]
    _answering(world, QueryLineage={"Edges": edges, "Vertices": vertices})
    found = world["lineage.query.LineageQuery"](world.session()).query([ARTIFACT])
    return [[[edge.source_arn, edge.destination_arn] for edge in found.edges], [one.arn for one in found.vertices]]


def found_things(world: World) -> Any:
    _answering(world)
    told = []
    for arn, entity, source in (
        (ARTIFACT, "Artifact", "Model"),
        (ARTIFACT, "Artifact", "DataSet"),
        (ARTIFACT, "Artifact", "Image"),
        (ARTIFACT, "Artifact", None),
        (ACTION, "Action", "Approval"),
        (CONTEXT, "Context", "Endpoint"),
        (CONTEXT, "Context", "ModelGroup"),
        (COMPONENT, "TrialComponent", "TrainingJob"),
    ):
        vertex = world["lineage.query.Vertex"](arn, entity, source, world.session())
        told.append(type(vertex.to_lineage_object()).__name__)
    return told


def something_else_that_is_found(world: World) -> None:
    world["lineage.query.Vertex"](ARTIFACT, "Trial", None, world.session()).to_lineage_object()


def around_a_model(world: World) -> Any:
    _answering(world)
    model = world["lineage.artifact.ModelArtifact"].load(ARTIFACT, world.session())
    return [
        [one.destination_arn for one in model.endpoints()],
        [type(one).__name__ for one in model.endpoint_contexts()],
        [type(one).__name__ for one in model.dataset_artifacts()],
        model.training_job_arns(),
        model.pipeline_execution_arn(),
        world.aws.asked("QueryLineage"),
    ]


def around_a_data_set(world: World) -> Any:
    summary = {"SourceArn": ARTIFACT, "DestinationArn": COMPONENT}
    _answering(world, ListAssociations={"AssociationSummaries": [summary]})
    data = world["lineage.artifact.DatasetArtifact"].load(ARTIFACT, world.session())
    return [
        [one.destination_arn for one in data.trained_models()],
        len(data.endpoint_contexts()),
        len(data.upstream_datasets()),
        len(data.downstream_datasets()),
        world.aws.asked("QueryLineage"),
    ]


def around_an_endpoint(world: World) -> Any:
    _answering(world)
    endpoint = world["lineage.context.EndpointContext"].load("endpoint", world.session())
    directions = world["lineage.query.LineageQueryDirectionEnum"]
    return [
        [one.destination_arn for one in endpoint.models()],
        len(endpoint.models_v2()),
        len(endpoint.dataset_artifacts()),
        endpoint.training_job_arns(),
        len(endpoint.processing_jobs()),
        len(endpoint.transform_jobs()),
        len(endpoint.trial_components()),
        len(endpoint.actions(directions.BOTH)),
        endpoint.pipeline_execution_arn(),
        world.aws.asked("QueryLineage"),
    ]


def around_an_approval(world: World) -> Any:
    _answering(world)
    approval = world["lineage.action.ModelPackageApprovalAction"].load("approve", world.session())
    approval.model_package()
    return [
        len(approval.datasets()),
        len(approval.endpoints()),
        len(approval.artifacts()),
        world.aws.asked("DescribeModelPackage"),
        world.aws.asked("QueryLineage"),
    ]


def around_a_job(world: World) -> Any:
    _answering(world)
    job = world["lineage.lineage_trial_component.LineageTrialComponent"].load("job-1", world.session())
    told = [job.pipeline_execution_arn(), len(job.dataset_artifacts()), len(job.models())]
    return [*told, world.aws.asked("QueryLineage")]


def tables(world: World) -> Any:
    far = f"s3://bucket/{'long/' * 12}data"
    known = {"SourceType": "DataSet", "DestinationType": "Endpoint", "AssociationType": "Produced"}
    summaries = [
        {"SourceArn": ARTIFACT, "DestinationArn": COMPONENT, **known},
        {"SourceArn": ACTION, "SourceName": "deploy", "DestinationArn": CONTEXT, **known},
    ]
    artifact = {"ArtifactArn": ARTIFACT, "Source": {"SourceUri": far}}
    _answering(world, ListAssociations={"AssociationSummaries": summaries}, DescribeArtifact=artifact)
    show = world["lineage.visualizer.LineageTableVisualizer"](world.session()).show
    step = {"Metadata": {"TrainingJob": {"Arn": JOB}}}
    registered = {"Metadata": {"RegisterModel": {"Arn": f"{ARNS}:model-package/prices/1"}}}
    return [
        show(trial_component_name="job-1").to_dict("records"),
        len(show(training_job_name="job")),
        len(show(processing_job_name="job")),
        len(show(pipeline_execution_step=step)),
        len(show(pipeline_execution_step=registered)),
        len(show(model_package_arn="package")),
        len(show(endpoint_arn="endpoint")),
        [len(show(**{name: ARTIFACT})) for name in ("artifact_arn", "context_arn", "actions_arn")],
        show(),
    ]


def _answering(world: World, **changes: Any) -> None:
    source = {"SourceUri": "s3://bucket/data", "SourceTypes": []}
    summary = {"SourceArn": ARTIFACT, "DestinationArn": ACTION, "AssociationType": "Produced"}
    edges = [{"SourceArn": ARTIFACT, "DestinationArn": ACTION, "AssociationType": "Produced"}]
    vertices = [
        {"Arn": COMPONENT, "LineageType": "TrialComponent", "Type": "TrainingJob"},
        {"Arn": COMPONENT, "LineageType": "TrialComponent", "Type": "TrainingJob"},
    ]
    component = {"TrialComponentArn": COMPONENT, "TrialComponentName": "job-1", "Source": {"SourceArn": JOB}}
    tag = {"Key": "sagemaker:pipeline-execution-arn", "Value": "execution"}
    described = {"Source": {"SourceUri": "arn:x/package/1"}, "Properties": {"k": "v"}, "Status": "Completed"}
    world.aws.answers.update(
        {
            "CreateArtifact": {"ArtifactArn": ARTIFACT},
            "DescribeArtifact": {
                "ArtifactArn": ARTIFACT,
                "ArtifactName": "data",
                "Source": source,
                "Properties": {"k": "v"},
                "CreationTime": THE_TIME,
            },
            "ListArtifacts": {"ArtifactSummaries": [{"ArtifactArn": ARTIFACT, "ArtifactName": "data"}]},
            "CreateAction": {"ActionArn": ACTION},
            "DescribeAction": {"ActionArn": ACTION, "ActionName": "deploy", **described},
            "ListActions": {"ActionSummaries": [{"ActionName": "deploy", "Status": "Completed"}]},
            "CreateContext": {"ContextArn": CONTEXT},
            "DescribeContext": {"ContextArn": CONTEXT, "ContextName": "endpoint", "Properties": {"k": "v"}},
            "ListContexts": {"ContextSummaries": [{"ContextName": "endpoint", "ContextArn": CONTEXT}]},
            "AddAssociation": {"SourceArn": ARTIFACT, "DestinationArn": ACTION},
            "ListAssociations": {"AssociationSummaries": [summary]},
            "QueryLineage": {"Edges": [*edges, *edges], "Vertices": vertices},
            "DescribeTrialComponent": component,
            "ListTrialComponents": {"TrialComponentSummaries": [component]},
            "AddTags": {"Tags": [{"Key": "k", "Value": "v"}]},
            "ListTags": {"Tags": [tag]},
            "DescribeModelPackage": {"ModelPackageArn": "package"},
            **changes,
        }
    )
