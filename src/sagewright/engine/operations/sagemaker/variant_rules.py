"""What the variants of an endpoint configuration must be, and what goes with what (`contract.md` 2.4, 2.9 to 2.12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.topic_rules import unreachable
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.engine.planning.serving import mode_of_model
from sagewright.vocabulary.errors import validation_error

Variant = Mapping[str, Any]
_ROUTING = ("RANDOM", "LEAST_OUTSTANDING_REQUESTS")
_MEMORY_MB = (1024, 2048, 3072, 4096, 5120, 6144)
_SHADOWS = "ShadowProductionVariants"


def check_config(parts: Parts, caller: Caller, params: Params) -> None:
    """Check an endpoint configuration.

    Raises:
        ApiError: `ValidationException` where a model is missing, or a variant cannot be served here.
    """
    refuse(_unbuilt(params))
    production, shadows = params["ProductionVariants"], params.get(_SHADOWS) or []
    _check_names([*production, *shadows])
    for group, variants in (("productionVariants", production), ("shadowProductionVariants", shadows)):
        for number, variant in enumerate(variants, start=1):
            _check_variant(variant, f"{group}.{number}.member")
    models = [find_model(parts, caller, v["ModelName"]).body for v in (*production, *shadows) if "ModelName" in v]
    if len(models) < len(production) + len(shadows):
        _check_for_components(params, models)
    if any(variant.get("ServerlessConfig") for variant in (*production, *shadows)):
        _check_serverless(params, models)
    if params.get("AsyncInferenceConfig"):
        _check_asynchronous(params, models)
    if shadows:
        _check_shadows(production, shadows, models)


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    for member in ("ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig"):
        yield member, params.get(member)
    for group in ("ProductionVariants", _SHADOWS):
        for number, variant in enumerate(params.get(group) or (), start=1):
            for member, present in _unbuilt_of_variant(variant):
                yield f"{group}.{number}.{member}", present


def _unbuilt_of_variant(variant: Variant) -> Iterator[tuple[str, Any]]:
    strategy = variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM")
    yield f"RoutingConfig.RoutingStrategy {strategy}", strategy not in _ROUTING
    for member in (
        "AcceleratorPartitionLayouts",
        "AcceleratorType",
        "CapacityReservationConfig",
        "CoreDumpConfig",
        "EnableSSMAccess",
        "InstancePools",
    ):
        yield member, variant.get(member)


def _check_names(variants: Sequence[Variant]) -> None:
    names = [variant["VariantName"] for variant in variants]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise validation_error(f"The variant name `{twice}` is used more than once.")


def _check_variant(variant: Variant, path: str) -> None:
    serverless = variant.get("ServerlessConfig")
    for member in ("ModelName",) if serverless else ("InstanceType", "InitialInstanceCount"):
        if member not in variant:
            name = member[0].lower() + member[1:]
            raise validation_error(
                f"1 validation error detected: Value null at '{path}.{name}' failed to satisfy constraint: "
                "Member must not be null"
            )
    if serverless:
        _check_serverless_variant(variant, serverless)
    if (scaling := variant.get("ManagedInstanceScaling", {})).get("Status") == "ENABLED":
        check_bounds(variant["VariantName"], scaling, variant.get("InitialInstanceCount", 1))


def check_bounds(variant: str, scaling: Mapping[str, Any], count: int) -> None:
    """Check a variant's instance count against the bounds of its `ManagedInstanceScaling`.

    Raises:
        ApiError: `ValidationException`: it lies outside.
    """
    least, most = scaling.get("MinInstanceCount", 1), scaling.get("MaxInstanceCount")
    if most is not None and least > most:
        raise validation_error(f"The MinInstanceCount of variant `{variant}` is greater than its MaxInstanceCount.")
    if count < least or (most is not None and count > most):
        raise validation_error(
            f"{count} instances of variant `{variant}` lie outside of its ManagedInstanceScaling: {least} to "
            f"{'any number' if most is None else most}."
        )


def _check_serverless_variant(variant: Variant, serverless: Mapping[str, Any]) -> None:
    name = variant["VariantName"]
    for member in ("InstanceType", "InitialInstanceCount", "ManagedInstanceScaling", "VolumeSizeInGB"):
        if member in variant:
            raise validation_error(f"Variant `{name}` has a ServerlessConfig and so can have no {member}.")
    if serverless["MemorySizeInMB"] not in _MEMORY_MB:
        sizes = ", ".join(map(str, _MEMORY_MB))
        raise validation_error(
            f"Variant `{name}` asks for {serverless['MemorySizeInMB']} MB; MemorySizeInMB is one of {sizes}."
        )
    check_concurrency(name, serverless)


def check_concurrency(variant: str, serverless: Mapping[str, Any]) -> None:
    """Check a variant's `ServerlessConfig`.

    Raises:
        ApiError: `ValidationException`: it asks for more provisioned concurrency than there may be.
    """
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        raise validation_error(f"The ProvisionedConcurrency of variant `{variant}` is greater than its MaxConcurrency.")


def _check_serverless(params: Params, models: Sequence[Mapping[str, Any]]) -> None:
    """Check what serverless inference does not go with (`contract.md` 2.10)."""
    _exclude(
        "Serverless inference",
        {
            "several variants": len(models) > 1,
            "an AsyncInferenceConfig": params.get("AsyncInferenceConfig"),
            "data capture": params.get("DataCaptureConfig", {}).get("EnableCapture"),
            "multi-model containers": any(mode_of_model(model) == "MultiModel" for model in models),
            "models of several containers": any(len(model["images"]) > 1 for model in models),
            "a VpcConfig": params.get("VpcConfig") or any(model["request"].get("VpcConfig") for model in models),
            "network isolation": any(model["request"]["EnableNetworkIsolation"] for model in models),
        },
    )


def _check_asynchronous(params: Params, models: Sequence[Mapping[str, Any]]) -> None:
    output = params["AsyncInferenceConfig"]["OutputConfig"]
    if not output.get("S3OutputPath"):
        raise validation_error("AsyncInferenceConfig.OutputConfig needs an S3OutputPath.")
    topics = output.get("NotificationConfig", {})
    if reason := unreachable((topics.get("SuccessTopic"), topics.get("ErrorTopic"))):
        raise validation_error(reason)
    _exclude(
        "Asynchronous inference",
        {
            "shadow variants": params.get(_SHADOWS),
            "multi-model containers": any(mode_of_model(model) == "MultiModel" for model in models),
            "models of mode Direct": any(mode_of_model(model) == "Direct" for model in models),
        },
    )
    refuse([("DataCaptureConfig with AsyncInferenceConfig", params.get("DataCaptureConfig", {}).get("EnableCapture"))])


def _check_shadows(production: Sequence[Variant], shadows: Sequence[Variant], models: Sequence[Any]) -> None:
    """Check shadow variants (`contract.md` 2.12)."""
    if len(production) > 1 or len(shadows) > 1:
        raise validation_error("An endpoint with a shadow variant has exactly one of them, and one production variant.")
    _exclude(
        "A shadow variant",
        {
            "multi-model containers": any(mode_of_model(model) == "MultiModel" for model in models),
            "models of several containers": any(len(model["images"]) > 1 for model in models),
        },
    )


def _check_for_components(params: Params, models: Sequence[Any]) -> None:
    """Check a configuration whose variants take inference components (`contract.md` 2.14)."""
    if models:
        raise validation_error("Either all variants have a ModelName or none: those without take inference components.")
    if not params.get("ExecutionRoleArn"):
        raise validation_error("Variants without a ModelName need an ExecutionRoleArn of the endpoint configuration.")
    _exclude(
        "A variant for inference components",
        {"an AsyncInferenceConfig": params.get("AsyncInferenceConfig"), "shadow variants": params.get(_SHADOWS)},
    )


def _exclude(what: str, others: Mapping[str, Any]) -> None:
    for other, present in others.items():
        if present:
            raise validation_error(f"{what} does not go with {other}.")
