"""An endpoint's variants: as its record keeps them, and as `DescribeEndpoint` shows them (`contract.md` 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
        ApiError: `ValidationException`: a model is missing.
    """
    shadows = config.get("ShadowProductionVariants") or []
    return [
        *(_variant(parts, caller, variant) for variant in config["ProductionVariants"]),
        *({**_variant(parts, caller, variant), "shadow": True} for variant in shadows),
    ]


def _variant(parts: Parts, caller: Caller, variant: Mapping[str, Any]) -> dict[str, Any]:
    model = find_model(parts, caller, variant["ModelName"]).body
    return {
        "name": variant["VariantName"],
        "model": variant["ModelName"],
        "weight": variant["InitialVariantWeight"],
        "count": variant.get("InitialInstanceCount", 1),
        "mode": mode_of_model(model),
        "containers": containers_of_model(model),
        "network_isolation": model["request"]["EnableNetworkIsolation"],
        "startup_s": variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        "download_s": variant.get("ModelDataDownloadTimeoutInSeconds"),
        "serverless": variant.get("ServerlessConfig"),
        "routing": variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM"),
        "scaling": variant.get("ManagedInstanceScaling"),
        "resolved_at": parts.clock.now(),
    }


def summaries(body: Body, since: float, *, shadow: bool) -> list[Result]:
    """Return what `DescribeEndpoint` shows of the production or of the shadow variants.

    Args:
        since: When the endpoint came into its status (unix seconds).
    """
    return [_summary(body, v, since) for v in body["variants"] if bool(v.get("shadow")) == shadow]


def _summary(body: Body, variant: Mapping[str, Any], since: float) -> Result:
    images = [container["definition"]["Image"] for container in variant["containers"]]
    summary: Result = {
        "VariantName": variant["name"],
        "DeployedImages": [
            {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": variant["resolved_at"]}
            for image in images
        ],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": variant["weight"],
        **_capacity(body, variant),
        "ManagedInstanceScaling": variant.get("scaling"),
        "RoutingConfig": {"RoutingStrategy": variant["routing"]}
        if variant.get("routing", "RANDOM") != "RANDOM"
        else None,
    }
    if body["endpoint_status"] in ("Creating", "Deleting"):
        summary["VariantStatus"] = [{"Status": body["endpoint_status"], "StartTime": since}]
    return {name: value for name, value in summary.items() if value is not None}


def _capacity(body: Body, variant: Mapping[str, Any]) -> Result:
    if variant.get("serverless"):
        return {"CurrentInstanceCount": 0, "CurrentServerlessConfig": variant["serverless"]}
    ready = sum(1 for instance in body["instances"][variant["name"]] if instance.get("addresses"))
    return {"CurrentInstanceCount": ready, "DesiredInstanceCount": variant["count"]}
