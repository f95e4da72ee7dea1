"""Whether an invocation is captured, and where its line goes."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Mapping
from typing import Any

from sagewright.engine.hosting.asking import Invocation
from sagewright.engine.hosting.capture import spool
from sagewright.engine.hosting.capture.lines import Exchange, Side, capture_line
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.parts import Parts
from sagewright.vocabulary.s3_uris import split_s3_uri

log = logging.getLogger(__name__)


def is_drawn(config: Mapping[str, Any]) -> bool:
    """Draw whether an invocation belongs to the sample."""
    return bool(random.random() * 100 < config["InitialSamplingPercentage"])  # noqa: S311 - no secret


def capture(
    parts: Parts,
    place: tuple[str, str, str],
    config: Mapping[str, Any],
    time: float,
    invocation: Invocation,
    answer: Answer | None,
) -> None:
    """Note an invocation down. Never raises: the answer is the caller's, whatever becomes of its copy.

    Args:
        place: The endpoint's scope and name, and the variant's.
        time: When it began (unix seconds).
        answer: None: the model answered with an error.
    """
    try:
        line = capture_line(config, _exchange(time, invocation, answer))
        if line is None or parts.home is None:
            return
        destination = split_s3_uri(config["DestinationS3Uri"])
        if spool.add(parts.home, *place, destination, time, line):
            parts.ring()  # there may be no steward
    except Exception:  # the border to what nobody waits for
        log.warning("an invocation of endpoint %s is not captured", place[1], exc_info=True)


def _exchange(time: float, invocation: Invocation, answer: Answer | None) -> Exchange:
    headers = invocation.headers
    return Exchange(
        event_id=str(uuid.uuid4()),
        time=time,
        input=Side(headers.get("Content-Type"), invocation.body),
        output=None if answer is None else Side(answer.headers.get("content-type"), answer.body),
        inference_id=headers.get("X-Amzn-SageMaker-Inference-Id"),
        custom_attributes=headers.get("X-Amzn-SageMaker-Custom-Attributes"),
    )
