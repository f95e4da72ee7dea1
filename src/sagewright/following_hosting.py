"""Following endpoints, inference components and model packages until they are ready (`contract.md` 9.6)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sagewright.exceptions import CapacityError, UnexpectedStatusException
from sagewright.following import TROUBLESHOOTING, Pace

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

HOSTING_TROUBLESHOOTING = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-troubleshooting.html"
MARKS = {
    "Creating": "-",
    "Updating": "-",
    "InService": "!",
    "Failed": "*",
    "OutOfService": "x",
    "RollingBack": "<",
    "Deleting": "o",
}

Description = Mapping[str, Any]


@contextmanager
def troubleshooting(page: str) -> Iterator[None]:
    """Name the page of AWS's guide when something does not go well."""
    try:
        yield
    except Exception:
        logger.error(
            "Please check the troubleshooting guide for common errors: %s#sagemaker-python-sdk-troubleshooting-%s",
            *(TROUBLESHOOTING, page),
        )
        raise


def wait_for_endpoint(session: Session, endpoint: str, poll: float, *, live_logging: bool = False) -> Description:
    """Wait until an endpoint's status is no longer on its way, with a character for each look, or with its log.

    Raises:
        UnexpectedStatusException: It is not in service.
    """
    log = _LiveLog(session, endpoint) if live_logging else None

    def look() -> Description:
        description: Description = session.sagemaker_client.describe_endpoint(EndpointName=endpoint)
        if log is None:
            _mark(description["EndpointStatus"])
        else:
            log.show()
        return description

    description = _look_until(look, "EndpointStatus", ("Creating", "Updating"), poll)
    if log is None:
        print()  # noqa: T201
    elif description["EndpointStatus"] == "InService":
        logger.info("Created endpoint with name %s", endpoint)
    reason = description.get("FailureReason")
    _check(
        description["EndpointStatus"],
        "InService",
        f"Error hosting endpoint {endpoint}: {description['EndpointStatus']}. Reason: {reason}. Try changing the "
        f"instance type or reference the troubleshooting page {HOSTING_TROUBLESHOOTING}",
    )
    return description


def wait_for_inference_component(session: Session, name: str, poll: float) -> Description:
    """Wait until a component's status is no longer on its way, with a character for each look.

    Raises:
        UnexpectedStatusException: It is not in service.
    """

    def look() -> Description:
        description = session.describe_inference_component(name)
        _mark(description["InferenceComponentStatus"])
        return description

    description = _look_until(look, "InferenceComponentStatus", ("Creating", "Updating", "Deleting"), poll)
    print()  # noqa: T201
    reason = description.get("FailureReason")
    because = f": {reason}" if reason else ""
    _check(
        description["InferenceComponentStatus"], "InService", f"Error creating inference component '{name}'{because}"
    )
    return description


def wait_for_model_package(session: Session, name: str, poll: float) -> Description:
    """Wait until a model package is complete or has failed, with a dot for each look.

    Raises:
        UnexpectedStatusException: It has failed.
    """

    def look() -> Description:
        description: Description = session.sagemaker_client.describe_model_package(ModelPackageName=name)
        print(".", end="", flush=True)  # noqa: T201
        return description

    description = _look_until(look, "ModelPackageStatus", ("InProgress", "Pending"), poll)
    print()  # noqa: T201
    status, reason = description["ModelPackageStatus"], description.get("FailureReason")
    _check(status, "Completed", f"Error creating model package {name}: {status} Reason: {reason}")
    return description


def _look_until(
    look: Callable[[], Description], member: str, on_their_way: tuple[str, ...], poll: float
) -> Description:
    pace = Pace(poll, shortest_s=0.05)
    while (description := look())[member] in on_their_way:
        pace.wait()
    return description


def _mark(status: str) -> None:
    print(MARKS.get(status, "?"), end="", flush=True)  # noqa: T201


def _check(status: str, wanted: str, message: str) -> None:
    if status != wanted:
        kind = CapacityError if "CapacityError" in message else UnexpectedStatusException
        raise kind(message, [wanted], status)


class _LiveLog:
    """What the variant `AllTraffic` of an endpoint logs, shown as it grows."""

    def __init__(self, session: Session, endpoint: str) -> None:
        self._session, self._group = session, f"/aws/sagemaker/Endpoints/{endpoint}"
        self._shown: set[str] = set()
        self._since_ms = 0
        self._can_read = True

    def show(self) -> None:
        """Log the lines that are new."""
        from botocore.exceptions import ClientError

        if not self._can_read:
            return
        try:
            for event in self._events():
                self._show(event)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":  # it has logged nothing yet
                self._can_read = False
                logger.warning("Failed to enable live logging: %s. Fallback to default logging...", error)

    def _events(self) -> Iterator[Mapping[str, Any]]:
        pages = self._session.logs_client.get_paginator("filter_log_events").paginate(
            logGroupName=self._group, logStreamNamePrefix="AllTraffic/", startTime=self._since_ms
        )
        for page in pages:
            yield from page["events"]

    def _show(self, event: Mapping[str, Any]) -> None:
        if event["eventId"] not in self._shown:
            self._shown.add(event["eventId"])
            self._since_ms = max(self._since_ms, event["timestamp"])
            logger.info(event["message"])
