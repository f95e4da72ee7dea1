"""Finding a resource of hosting by its name."""

from __future__ import annotations

from sagewright.engine.abc import Record
from sagewright.engine.parts import Caller, Parts
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error


def find_record(parts: Parts, caller: Caller, kind: str, name: str, called: str = "") -> Record:
    """Return the record of a resource.

    Args:
        kind: Of the record, as in its ARN.
        called: What the service calls the kind; empty: the kind's own words.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    record = parts.state.get(kind, caller.scope, name)
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, kind, name)
        raise validation_error(f'Could not find {called or kind.replace("-", " ")} "{arn}".')
    return record
