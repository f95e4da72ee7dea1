"""What a `DeploymentConfig` may ask for (`contract.md` 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.lifecycle.deployment import policy_of
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.errors import validation_error

_PERCENT = {"CanarySize": (1, 50), "LinearStepSize": (10, 50), "MaximumBatchSize": (5, 50)}


def check_deployment(parts: Parts, caller: Caller, config: Mapping[str, Any] | None) -> None:
    """Check a deployment configuration.

    Raises:
        ApiError: `ValidationException`: it says too little or too much, or cannot be honoured.
    """
    if not config:
        return
    for name in policy_of(config).alarms:
        if parts.state.get("alarm", caller.scope, name) is None:
            raise validation_error(f"Could not find the alarm `{name}` of AutoRollbackConfiguration.")
    rolling, policy = config.get("RollingUpdatePolicy"), config.get("BlueGreenUpdatePolicy")
    if rolling and policy:
        raise validation_error("A DeploymentConfig has a BlueGreenUpdatePolicy or a RollingUpdatePolicy, not both.")
    if rolling:
        _check_size("MaximumBatchSize", rolling["MaximumBatchSize"])
    if policy:
        _check_routing(policy["TrafficRoutingConfiguration"])


def check_fit(config: Mapping[str, Any] | None, old: Sequence[Mapping[str, Any]], new: Sequence[Any]) -> None:
    """Check that old and new variants can take traffic side by side, where the deployment goes in steps.

    Raises:
        ApiError: `ValidationException`: they cannot.
    """
    if policy_of(config).size is None:
        return
    if any(variant.get("serverless") for variant in (*old, *new)):
        raise validation_error("A serverless endpoint is updated all at once: leave the DeploymentConfig out.")
    if _alike(old) != _alike(new):
        raise validation_error(
            "A deployment in steps needs variants of the same names, whose models are served in the same way (a "
            "single model, several models, or containers in a series).\nhint: use ALL_AT_ONCE."
        )


def _alike(variants: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        variant["name"]: (
            variant["mode"],
            bool(variant.get("shadow")),
            _names(variant) if variant["mode"] == "Direct" else None,
        )
        for variant in variants
    }


def _names(variant: Mapping[str, Any]) -> list[str]:
    return [container["name"] for container in variant["containers"]]


def _check_routing(routing: Mapping[str, Any]) -> None:
    sizes = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
    needed = sizes.get(routing["Type"])
    for member in sizes.values():
        if (member in routing) != (member == needed):
            verb = "needs a" if member == needed else "takes no"
            raise validation_error(f"A TrafficRoutingConfiguration of type {routing['Type']} {verb} {member}.")
    if needed:
        _check_size(needed, routing[needed])


def _check_size(member: str, size: Mapping[str, Any]) -> None:
    least, most = _PERCENT[member]
    if size["Type"] == "CAPACITY_PERCENT" and not least <= size["Value"] <= most:
        raise validation_error(f"{member} of {size['Value']} percent is not between {least} and {most} percent.")
