"""An endpoint's variants: as its record keeps them, and as `DescribeEndpoint` shows them (`contract.md` 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.lifecycle.deployment import policy_of
from sagewright.engine.operations.sagemaker.acting_roles import acting_model, check_may_store
from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.parts import Caller, Parts, Result
from sagewright.engine.planning.serving import containers_of_model, mode_of_model

Body = Mapping[str, Any]


def variants_of(parts: Parts, caller: Caller, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the variants that an endpoint of a configuration has, shadows last.

    What they serve is taken down now: configuration and models may be deleted or changed under it.

    Args:
        config: The request of the configuration.

    Raises:
        ApiError: `ValidationException`: a model is missing, or its role may not store what is captured.
    """
    shadows = config.get("ShadowProductionVariants") or []
    variants = [
        *(_variant(parts, caller, variant) for variant in config["ProductionVariants"]),
        *({**_variant(parts, caller, variant), "shadow": True} for variant in shadows),
    ]
    if capture := config.get("DataCaptureConfig"):
        check_may_store(parts, variants, capture["DestinationS3Uri"])
    return variants


def summaries(body: Body, *, shadow: bool) -> list[Result]:
    """Return what `DescribeEndpoint` shows of the production or of the shadow variants that take requests."""
    return [_summary(body, v, _told(body)) for v in body["variants"] if bool(v.get("shadow")) == shadow]


def pending(body: Body, created_at: float) -> Result | None:
    """Return what `DescribeEndpoint` shows of a deployment that is under way; None: there is none."""
    if body["endpoint_status"] == "Creating":
        new, name, since = body, body["request"]["EndpointConfigName"], created_at
    elif "new" in (update := body.get("update", {})):
        new, name, since = update["new"], update["new"]["request"]["EndpointConfigName"], update["started_at"]
    else:
        return None
    status = {"Status": _stage(body), "StartTime": since}
    groups = {
        group: [
            {**_summary(new, v, status), **_instance_type(v)}
            for v in new["variants"]
            if bool(v.get("shadow")) == shadow
        ]
        for group, shadow in (("ProductionVariants", False), ("ShadowProductionVariants", True))
    }
    return {
        "EndpointConfigName": name,
        "StartTime": since,
        **{g: variants for g, variants in groups.items() if variants},
    }


def _variant(parts: Parts, caller: Caller, variant: Mapping[str, Any]) -> dict[str, Any]:
    serverless = variant.get("ServerlessConfig")
    return {
        "name": variant["VariantName"],
        "model": variant.get("ModelName"),
        "weight": variant["InitialVariantWeight"],
        "count": variant.get("InitialInstanceCount", 1),
        **_served(parts, caller, variant.get("ModelName")),
        "instance_type": variant.get("InstanceType"),
        "startup_s": variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        "download_s": variant.get("ModelDataDownloadTimeoutInSeconds"),
        "volume_gb": variant.get("VolumeSizeInGB"),
        "serverless": serverless,
        "memory_bytes": serverless["MemorySizeInMB"] << 20 if serverless else None,
        "routing": variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM"),
        "scaling": variant.get("ManagedInstanceScaling"),
        "resolved_at": parts.clock.now(),
    }


def _served(parts: Parts, caller: Caller, name: str | None) -> dict[str, Any]:
    """Return what a variant serves; one without a model takes inference components, which have records of their own."""
    if name is None:
        return {"mode": "Components", "containers": [], "network_isolation": False}
    model = acting_model(parts, caller, find_model(parts, caller, name).body)
    return {
        "mode": mode_of_model(model),
        "containers": containers_of_model(model),
        "network_isolation": model["request"]["EnableNetworkIsolation"],
    }


def _summary(body: Body, variant: Mapping[str, Any], status: Mapping[str, Any] | None) -> Result:
    images = [container["definition"]["Image"] for container in variant["containers"]]
    routing = variant.get("routing", "RANDOM")
    summary: Result = {
        "VariantName": variant["name"],
        "DeployedImages": [
            {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": variant["resolved_at"]}
            for image in images
        ]
        or None,
        "CurrentWeight": variant["weight"],
        "DesiredWeight": variant["weight"],
        **_capacity(body, variant),
        "VariantStatus": [status] if status else None,
        "ManagedInstanceScaling": variant.get("scaling"),
        "RoutingConfig": {"RoutingStrategy": routing} if routing != "RANDOM" else None,
    }
    return {name: value for name, value in summary.items() if value is not None}


def _capacity(body: Body, variant: Mapping[str, Any]) -> Result:
    if variant.get("serverless"):
        return {"CurrentInstanceCount": 0, "CurrentServerlessConfig": variant["serverless"]}
    if not variant["containers"]:
        return {"CurrentInstanceCount": variant["count"], "DesiredInstanceCount": variant["count"]}
    ready = sum(1 for instance in body["instances"][variant["name"]] if instance.get("addresses"))
    return {"CurrentInstanceCount": ready, "DesiredInstanceCount": variant["count"]}


def _told(body: Body) -> Mapping[str, Any] | None:
    """Return the status of variants that take requests; None: they do, and nothing else is to be said."""
    status = body["endpoint_status"]
    if status in ("InService", "Failed"):
        return None
    status = "Updating" if status == "RollingBack" else status
    return {"Status": status, "StartTime": body.get("update", {}).get("started_at", body.get("since"))}


def _stage(body: Body) -> str:
    """Return how far new variants are."""
    update = body.get("update", {})
    if not update.get("step"):
        return "Creating"
    counts = {variant["name"]: variant["count"] for variant in update["new"]["variants"]}
    return "Baking" if policy_of(update["deployment"]).is_last(counts, update["step"]) else "ActivatingTraffic"


def _instance_type(variant: Mapping[str, Any]) -> Result:
    return {"InstanceType": variant["instance_type"]} if variant.get("instance_type") else {}
