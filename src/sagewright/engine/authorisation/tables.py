"""From an operation to what it asks for: the room of its service, and the roles that it hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sagewright.engine.authorisation.asked import Asked, Asking, Known, Params, Place
from sagewright.engine.authorisation.iam import asked_of_iam, asked_of_sts
from sagewright.engine.authorisation.observing import asked_of_cloudwatch, asked_of_logs
from sagewright.engine.authorisation.others import asked_of_others
from sagewright.engine.authorisation.passing import passed_roles
from sagewright.engine.authorisation.s3 import asked_of_s3
from sagewright.engine.authorisation.sagemaker import asked_of_sagemaker

_ROOMS: Mapping[str, Asking] = {
    "s3": asked_of_s3,
    "sagemaker": asked_of_sagemaker,
    "sagemaker-runtime": asked_of_sagemaker,
    "sagemaker-metrics": asked_of_sagemaker,
    "sagemaker-featurestore-runtime": asked_of_sagemaker,
    "iam": asked_of_iam,
    "sts": asked_of_sts,
    "logs": asked_of_logs,
    "cloudwatch": asked_of_cloudwatch,
}


def everything_asked(service: str, operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return all that must be allowed before an operation may begin.

    Args:
        service, operation: botocore's names.
        params: In botocore's Python form.
    """
    room = _ROOMS.get(service)
    if room is None:
        own = asked_of_others(service, operation, params, place, known)
    else:
        own = room(operation, params, place, known)
    return [*own, *passed_roles(service, operation, params)]
