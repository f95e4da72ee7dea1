"""What becomes of a built model's `deploy` and `register`."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from sagewright.deserializers import JSONDeserializer, TorchTensorDeserializer
from sagewright.enums import EndpointType
from sagewright.serializers import NumpySerializer, TorchTensorSerializer
from sagewright.serve.builder.recipes import bring
from sagewright.serve.detection import is_amazons
from sagewright.serve.hardware import warn_of_mismatch
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.utils.predictors import LocalPredictor, translators

if TYPE_CHECKING:
    from sagewright.model import Model
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")

# The first arguments of `Model.deploy`, which may be given by their place.
_BY_PLACE = ("initial_instance_count", "instance_type", "serializer", "deserializer")


def as_built(builder: ModelBuilder, model: Model) -> Model:
    """Return a model whose `deploy` and `register` know of its builder's mode and schema."""
    model.mode, model.modes = builder.mode, builder.modes  # type: ignore[attr-defined]  # v2's, for users to see
    model.deploy = partial(deploy_built, builder, model)  # type: ignore[method-assign]
    model.register = partial(register_built, builder, model)  # type: ignore[method-assign]
    return model


def deploy_built(
    builder: ModelBuilder,
    model: Model,
    /,
    *args: Any,
    container_timeout_in_second: int = 300,
    instance_type: str | None = None,
    initial_instance_count: int | None = None,
    mode: Mode | None = None,
    **kwargs: Any,
) -> Any:
    """Deploy a built model where its mode, or another one, says.

    Args:
        container_timeout_in_second: How long a server on this machine may take to come up.
        mode: None: the builder's.
        **kwargs: As for `Model.deploy`.

    Raises:
        TypeError: More is given by place than the number and the type of instances and what carries data.
    """
    if len(args) > len(_BY_PLACE):
        raise TypeError(
            f"deploy() takes {len(_BY_PLACE)} arguments by their place, and {len(args)} are given\n"
            f"hint: those are {', '.join(_BY_PLACE)}; name the others."
        )
    given: dict[str, Any] = {"initial_instance_count": initial_instance_count, "instance_type": instance_type}
    given |= dict(zip(_BY_PLACE, args, strict=False))
    if mode is not None and mode != builder.mode:
        change_mode(builder, model, mode)
    if builder.mode != Mode.SAGEMAKER_ENDPOINT:
        return _deploy_here(builder, container_timeout_in_second)
    if isinstance(model.image_uri, str) and is_amazons(model.image_uri):
        warn_of_mismatch(model.image_uri, given["instance_type"], builder.model_server)
    return deploy_on_endpoint(builder, model, {**given, **kwargs})


def deploy_on_endpoint(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> Any:
    """Deploy a built model on an endpoint of the target."""
    arguments.setdefault("endpoint_logging", True)
    for name, own in (
        ("inference_component_name", builder.inference_component_name),
        ("resources", builder.resource_requirements),
    ):
        if own:
            arguments.setdefault(name, own)
    model.role = arguments.pop("role", model.role)
    if builder._recipe.settle:
        builder._recipe.settle(builder, model, arguments)
    predictor = type(model).deploy(model, **arguments)
    if builder._recipe.is_plain:
        predictor.serializer, predictor.deserializer = plain_translators(builder)
    return predictor


def plain_translators(builder: ModelBuilder) -> tuple[Any, Any]:
    """Return what makes requests and reads answers of servers that say of themselves what they answer."""
    serializer, deserializer = client_translators(builder)
    return serializer, getattr(builder.schema_builder, "_output_deserializer", None) or deserializer


def change_mode(builder: ModelBuilder, model: Model, mode: Mode) -> None:
    """Bring a built model to where another mode runs it.

    Raises:
        ValueError: There is no such mode.
    """
    if not isinstance(mode, Mode):
        raise ValueError(f"Mode {mode} is not supported!\nhint: one of {', '.join(mode.name for mode in Mode)}.")
    logger.warning("Deploying in %s Mode, overriding existing configurations set for %s mode", mode, builder.mode)
    builder.mode = model.mode = mode  # type: ignore[attr-defined]
    data = bring(builder)
    if mode == Mode.SAGEMAKER_ENDPOINT:
        model.model_data, model.image_uri = data, builder.image_uri
        model.env.update(builder.env_vars)


def deploy_as(
    builder: ModelBuilder,
    config: Any,
    endpoint_name: str | None,
    instance_type: str | None,
    initial_instance_count: int | None,
    update_endpoint: bool | None,
    more: dict[str, Any],
) -> Any:
    """Deploy a builder's model in the way that a configuration's class stands for.

    Raises:
        ValueError: There is no such way.
    """
    model = builder.built_model
    named = {"endpoint_name": endpoint_name, "update_endpoint": update_endpoint, **more}
    sized = {
        "instance_type": instance_type or builder.instance_type,
        "initial_instance_count": initial_instance_count,
    }
    kind = type(config).__name__
    if config is None:
        return model.deploy(**sized, **named)
    if kind == "ServerlessInferenceConfig":
        return model.deploy(serverless_inference_config=config, **named)
    if kind == "AsyncInferenceConfig":
        return model.deploy(async_inference_config=config, **sized, **named)
    if kind == "BatchTransformInferenceConfig":
        return model.transformer(
            instance_count=config.instance_count, instance_type=config.instance_type, output_path=config.output_path
        )
    if kind == "ResourceRequirements":
        if update_endpoint:
            raise ValueError("Currently update_endpoint is supported for single model endpoints")
        return model.deploy(
            **sized,
            **named,
            mode=Mode.SAGEMAKER_ENDPOINT,
            endpoint_type=EndpointType.INFERENCE_COMPONENT_BASED,
            resources=config,
            role=builder.role_arn,
        )
    raise ValueError(f"Deployment Options not supported: `inference_config` is a `{kind}`.")


def register_built(builder: ModelBuilder, model: Model, /, *args: Any, **kwargs: Any) -> Any:
    """Put a built model into the registry, with the types of its schema; see `Model.register`."""
    serializer, deserializer = client_translators(builder)
    if "content_types" not in kwargs and not args:
        kwargs["content_types"] = _types(serializer.CONTENT_TYPE)
    if "response_types" not in kwargs and len(args) < 2:
        kwargs["response_types"] = _types(deserializer.ACCEPT)
    return type(model).register(model, *args, **kwargs)


def client_translators(builder: ModelBuilder) -> tuple[Any, Any]:
    """Return what makes requests and what reads answers: the types that are given weigh more than the schema.

    Raises:
        ValueError: Nothing says what they are.
    """
    serializer: Any = {"application/x-npy": NumpySerializer, "tensor/pt": TorchTensorSerializer}.get(
        builder.content_type or ""
    )
    deserializer: Any = {"application/json": JSONDeserializer, "tensor/pt": TorchTensorDeserializer}.get(
        builder.accept_type or ""
    )
    if builder.schema_builder is None and not (serializer and deserializer):
        what = "deserialize" if serializer else "serialize"
        raise ValueError(f"Cannot {what}. Try providing a SchemaBuilder if not present.")
    own: Any = translators(builder.schema_builder) if builder.schema_builder else (None, None)
    return serializer() if serializer else own[0], deserializer() if deserializer else own[1]


def _deploy_here(builder: ModelBuilder, timeout_s: int) -> LocalPredictor:
    """Let this machine serve a built model."""
    mode = builder.modes[str(builder.mode)]
    predictor = LocalPredictor(mode, *client_translators(builder))
    if builder.mode == Mode.IN_PROCESS:
        mode.create_server(predictor)
    else:
        mode.create_server(builder.image_uri, timeout_s, None, predictor)
    return predictor


def _types(names: Any) -> list[str]:
    return names.split() if isinstance(names, str) else list(names)
