"""What the hosts of a training job's request must be beyond the shapes of the service model (`contract.md` 1.1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.parts import Params
from sagewright.engine.planning.hosts import MOST_HOSTS, groups_of, host_names
from sagewright.vocabulary.errors import validation_error
from sagewright.vocabulary.instance_types import instance


def check_resources(resources: Mapping[str, Any]) -> None:
    """Check a `ResourceConfig`.

    Raises:
        ApiError: `ValidationException`.
    """
    groups = resources.get("InstanceGroups") or ()
    if groups:
        for member in ("InstanceType", "InstanceCount"):
            if member in resources:
                raise validation_error(f"ResourceConfig.{member} and ResourceConfig.InstanceGroups exclude each other.")
        names = [group["InstanceGroupName"] for group in groups]
        for name in names:
            if names.count(name) > 1:
                raise validation_error(f"The instance group name `{name}` is used more than once.")
    _check_types(resources)
    count = len(host_names(resources))
    if count < 1:
        raise validation_error("ResourceConfig asks for no instance.")
    if count > MOST_HOSTS:
        raise validation_error(
            f"ResourceConfig asks for {count} instances; this engine runs at most {MOST_HOSTS} hosts for one job."
        )


def _check_types(resources: Mapping[str, Any]) -> None:
    """Check that it is known what the types stand for: a job whose demand nobody knows could never be started."""
    for group in groups_of(resources):
        try:
            instance(group.instance_type)
        except ValueError:
            raise validation_error(
                f"The instance type `{group.instance_type}` is not built yet: what it stands for is not known here.\n"
                "hint: name another one, for example ml.m5.large."
            ) from None


def check_warm_pool(params: Params) -> None:
    """Check that a job that leaves a warm pool can.

    Raises:
        ApiError: `ValidationException`.
    """
    if not params["ResourceConfig"].get("KeepAlivePeriodInSeconds"):
        return
    for member, present in (
        ("EnableManagedSpotTraining", params.get("EnableManagedSpotTraining")),
        ("ResourceConfig.InstanceGroups", params["ResourceConfig"].get("InstanceGroups")),
    ):
        if present:
            raise validation_error(f"ResourceConfig.KeepAlivePeriodInSeconds and {member} exclude each other.")


def check_channel_groups(params: Params) -> None:
    """Check that channels name instance groups of the job.

    Raises:
        ApiError: `ValidationException`.
    """
    known = {group["InstanceGroupName"] for group in params["ResourceConfig"].get("InstanceGroups") or ()}
    for channel in params.get("InputDataConfig") or ():
        source = channel["DataSource"].get("S3DataSource") or {}
        for name in source.get("InstanceGroupNames") or ():
            if name not in known:
                raise validation_error(
                    f"The channel `{channel['ChannelName']}` names the instance group `{name}`, "
                    "which ResourceConfig.InstanceGroups does not hold."
                )
