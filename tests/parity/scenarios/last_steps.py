"""Steps that make endpoints and inference components, and that record lineage."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.scenarios.pipelines import _defined, _parameter, _quiet, _session, _step
from tests.parity.world import World


def _config(world: World, session: Any, **changes: Any) -> Any:
    arguments = {"model_name": "model", "initial_instance_count": 1, "instance_type": "ml.m5.large", **changes}
    return session.create_endpoint_config("config", **arguments)


def _reference(world: World, *arguments: Any, **more: Any) -> Any:
    return world["workflow.lineage_step.LineageEntityReference"](*arguments, **more)


def _association(world: World, *arguments: Any, **more: Any) -> Any:
    return world["workflow.lineage_step.LineageAssociation"](*arguments, **more)


def _action(world: World, session: Any, name: Any = "training-run", **changes: Any) -> Any:
    arguments = {"source_uri": "s3://bucket/run", "source_type": "S3ETag", "action_type": "ModelTraining", **changes}
    return world["lineage.action.Action"].create(action_name=name, sagemaker_session=session, **arguments)


def _artifact(world: World, session: Any, name: Any = "trained-model", **changes: Any) -> Any:
    arguments = {"source_uri": "s3://bucket/model.tar.gz", "artifact_type": "Model", **changes}
    return world["lineage.artifact.Artifact"].create(artifact_name=name, sagemaker_session=session, **arguments)


def _context(world: World, session: Any, name: Any = "endpoint", **changes: Any) -> Any:
    arguments = {"source_uri": "arn:aws:x", "context_type": "Endpoint", **changes}
    return world["lineage.context.Context"].create(context_name=name, sagemaker_session=session, **arguments)


def _refusals(*calls: Any) -> Any:
    found = []
    for call in calls:
        try:
            found.append(call())
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is recorded
            found.append([type(error).__name__, str(error).partition("\nhint:")[0]])
    return found


@_quiet
def an_endpoint(world: World) -> Any:
    session = _session(world)
    retry = world["workflow.retry.StepRetryPolicy"]([world["workflow.retry.StepExceptionTypeEnum"].THROTTLING])
    cache = _step(world, "steps.CacheConfig", True, "P30D")
    config = _step(
        world,
        "endpoint_step.EndpointConfigStep",
        "Config",
        _config(world, session, tags=[{"Key": "a", "Value": "b"}], kms_key="key"),
        display_name="shown",
        description="said",
        cache_config=cache,
        retry_policies=[retry],
    )
    endpoint = session.create_endpoint("endpoint", config.properties.EndpointConfigName, tags={"c": "d"})
    made = _step(
        world,
        "endpoint_step.EndpointStep",
        "Endpoint",
        endpoint,
        display_name="shown",
        description="said",
        depends_on=[config],
        cache_config=cache,
    )
    component = session.create_inference_component(
        "component",
        made.properties.EndpointName,
        "AllTraffic",
        {"ModelName": "model", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}},
        tags={"e": "f"},
    )
    last = _step(
        world,
        "inference_component_step.InferenceComponentStep",
        "Component",
        component,
        display_name="shown",
        description="said",
        depends_on=["Endpoint"],
    )
    return _defined(world, config, made, last, sagemaker_session=session)


@_quiet
def an_endpoint_of_variables(world: World) -> Any:
    session = _session(world)
    text, count = _parameter(world, "String", "Text", "ml.m5.large"), _parameter(world, "Integer", "Count", 1)
    config = session.create_endpoint_config(text, text, count, text, kms_key=text, volume_size=count)
    component = session.create_inference_component(text, text, text, {"ModelName": text}, {"CopyCount": count})
    steps = (
        _step(world, "endpoint_step.EndpointConfigStep", "Config", config),
        _step(world, "endpoint_step.EndpointStep", "Endpoint", session.create_endpoint(text, text)),
        _step(world, "inference_component_step.InferenceComponentStep", "Component", component),
    )
    return _defined(world, *steps, parameters=[text, count], sagemaker_session=session)


@_quiet
def an_endpoint_for_components(world: World) -> Any:
    session = _session(world)
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    config = session.create_endpoint_config("config", production_variants=[variant], role=ROLE)
    step = _step(world, "endpoint_step.EndpointConfigStep", "Config", config)
    return _defined(world, step, sagemaker_session=session)


@_quiet
def properties_of_endpoints(world: World) -> Any:
    session = _session(world)
    config = _step(world, "endpoint_step.EndpointConfigStep", "Config", _config(world, session))
    made = _step(world, "endpoint_step.EndpointStep", "Endpoint", session.create_endpoint("endpoint", "config"))
    component = session.create_inference_component("component", "endpoint", "AllTraffic", {"ModelName": "model"})
    last = _step(world, "inference_component_step.InferenceComponentStep", "Component", component)
    found = (
        config.properties.EndpointConfigArn,
        config.properties.ProductionVariants[0].ModelName,
        made.properties.EndpointStatus,
        last.properties.InferenceComponentStatus,
    )
    return [value.expr for value in found], [step.step_type.value for step in (config, made, last)]


@_quiet
def endpoints_of_other_calls(world: World) -> Any:
    session = _session(world)
    config, endpoint = _config(world, session), session.create_endpoint("endpoint", "config")
    return _refusals(
        lambda: _step(world, "endpoint_step.EndpointConfigStep", "A", endpoint),
        lambda: _step(world, "endpoint_step.EndpointStep", "A", config),
        lambda: _step(world, "inference_component_step.InferenceComponentStep", "A", config),
        lambda: _step(world, "endpoint_step.EndpointStep", "A", "endpoint"),
    )


@_quiet
def what_comes_from_what(world: World) -> Any:
    session = _session(world)
    text = _parameter(world, "String", "Text")
    step = _step(
        world,
        "lineage_step.LineageStep",
        "Record",
        actions=[_action(world, session, properties={"a": "b"}), _action(world, session, text, description="said")],
        artifacts=_artifact(world, session, tags=[{"Key": "a", "Value": "b"}]),
        contexts=(_context(world, session),),
        associations=[
            _association(
                world,
                source=_reference(world, "training-run", "Action"),
                destination=_reference(world, "trained-model", "Artifact"),
                association_type="Produced",
            ),
            _association(world, _reference(world, arn="arn:aws:data"), _reference(world, name=text, type="Action")),
        ],
        display_name="shown",
        description="said",
        depends_on=["First"],
    )
    first = _step(world, "fail_step.FailStep", "First", error_message="no")
    after = _step(world, "fail_step.FailStep", "After", error_message=step.properties.ArtifactArns["trained-model"])
    return _defined(world, first, step, after, parameters=[text], sagemaker_session=session)


@_quiet
def what_lineage_knows_of_itself(world: World) -> Any:
    session = _session(world)
    action, artifact = _action(world, session), _artifact(world, session)
    step = _step(world, "lineage_step.LineageStep", "Record", actions=action, artifacts=[artifact])
    properties = step.properties
    arns = (
        properties.ActionArns["training-run"],
        properties.ArtifactArns["trained-model"],
        properties.ContextArns["x"],
        properties.Associations,
    )
    are_same = step.actions == [action], step.artifacts == [artifact], step.contexts == [], step.associations == []
    return [value.expr for value in arns], are_same, step.step_type.value


@_quiet
def an_association_alone(world: World) -> Any:
    ends = _reference(world, arn="arn:aws:a"), _reference(world, arn="arn:aws:b")
    return _defined(
        world, _step(world, "lineage_step.LineageStep", "Record", associations=[_association(world, *ends)])
    )


@_quiet
def an_association_is_kept_too(world: World) -> Any:
    session = _session(world)
    kept = world["lineage.association.Association"].create("arn:aws:a", "arn:aws:b", "Produced", session)
    return kept.caller_name, kept.args


@_quiet
def lineage_that_is_wrong(world: World) -> Any:
    session = _session(world)
    action = _action(world, session)
    here, there = _reference(world, "training-run", "Action"), _reference(world, arn="arn:aws:b")
    other = _reference(world, "training-run", "Artifact")
    step = "lineage_step.LineageStep"
    return _refusals(
        lambda: _step(world, step, "A"),
        lambda: _step(world, step, "A", artifacts=action),
        lambda: _step(world, step, "A", actions=["action"]),
        lambda: _step(world, step, "A", actions=action, associations=["a"]),
        lambda: _step(world, step, "A", actions=action, associations=[_association(world, here, other)]),
        lambda: _step(world, step, "A", associations=[_association(world, here, there)]),
        lambda: _association(world, "arn:aws:a", there),
        lambda: _association(world, there, "arn:aws:a"),
        lambda: _reference(world),
        lambda: _reference(world, "name"),
        lambda: _reference(world, type="Action"),
        lambda: _reference(world, "name", "Action", "arn:aws:a"),
        lambda: _reference(world, "name", "Model"),
    )


@_quiet
def a_session_of_no_pipeline_makes_them(world: World) -> Any:
    session = world.session()
    world.aws.answers["CreateAction"] = {"ActionArn": "arn:aws:action"}
    _config(world, session)
    session.create_endpoint("endpoint", "config", wait=False)
    component = session.create_inference_component("c", "endpoint", "AllTraffic", {"ModelName": "model"}, wait=False)
    return component, _action(world, session).action_arn


@_quiet
def retries_are_checked(world: World) -> Any:
    policy = world["workflow.retry.RetryPolicy"]()
    return _refusals(
        lambda: policy.validate_backoff_rate(None, -1),
        lambda: policy.validate_interval_seconds(None, -1),
        lambda: policy.validate_max_attempts(None, 21),
        lambda: policy.validate_expire_after_mins(None, 14401),
        lambda: policy.validate_max_attempts(None, 20),
    )


@_quiet
def documents_are_put_as_expressions(world: World) -> Any:
    text = _parameter(world, "String", "Text")
    output = world["workflow.callback_step.CallbackOutput"]("answer")
    other = world["workflow.lambda_step.LambdaOutput"]("answer")
    interpolate = world["workflow.pipeline.interpolate"]
    arguments = {"a": 1}
    world["workflow.pipeline.update_args"](arguments, b=None, c=2)
    document = {"a": [text, {"b": output}], "c": other, "d": ("e", 1)}
    return interpolate(document, {"answer": "Ask"}, {"answer": "Call"}, "prices"), arguments


@_quiet
def what_transforms_run_on(world: World) -> Any:
    config = world["batch_inference.batch_transform_inference_config.BatchTransformInferenceConfig"]
    made = config(instance_count="2", instance_type="ml.m5.large", output_path="s3://bucket/out")
    again = config(instance_count=2, instance_type="ml.m5.large", output_path="s3://bucket/out")
    return made.instance_count, made.instance_type, made.output_path, made == again
