"""The errors of invocations (`contract.md` 2.6)."""

from __future__ import annotations

from sagewright.engine.hosting.faults import SHOWN_CHARACTERS, ModelFault
from sagewright.engine.parts import Caller
from sagewright.vocabulary.errors import ApiError


def refused(message: str, error_code: str | None = None) -> ApiError:
    """Return the answer to a request that is wrong.

    Args:
        error_code: What AWS's answers carry beside the message.
    """
    return ApiError("ValidationError", message, members={"ErrorCode": error_code} if error_code else None)


def no_such_endpoint(caller: Caller, name: str, status: str | None = None) -> ApiError:
    """Return the answer for an endpoint that is missing, or in a status in which it takes no requests."""
    hint = "" if status is None else f"\nhint: it is in status {status}."
    return refused(f"Endpoint {name} of account {caller.account} not found.{hint}", "NO_SUCH_ENDPOINT")


def model_error(caller: Caller, group: str, fault: ModelFault) -> ApiError:
    """Return the answer for what a container did wrong, whose lines are in the log group."""
    see = (
        f"See https://{caller.region}.console.aws.amazon.com/cloudwatch/home?region={caller.region}"
        f"#logEventViewer:group={group} in account {caller.account} for more information."
    )
    by_client = 400 <= fault.status < 500
    return ApiError(
        "ModelError",
        fault.told(see),
        424,
        {
            "OriginalStatusCode": fault.status,
            "OriginalMessage": fault.text[:SHOWN_CHARACTERS],
            "LogStreamArn": f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
            "ErrorCode": "CLIENT_ERROR_FROM_MODEL" if by_client else "SERVER_ERROR_FROM_MODEL",
        },
    )
