"""Built-in algorithms: their hyperparameters, channels and content types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sagewright.preflight.findings import Finding, did_you_mean
from sagewright.preflight.flight import Flight
from sagewright.vocabulary.suggestions import nearest


class Algorithm(NamedTuple):
    """What of a built-in algorithm can be told before it runs."""

    parse: Callable[[Mapping[str, str]], Any]
    channels: Sequence[str]
    content_types: Sequence[str]


def check(flight: Flight) -> Iterator[Finding]:
    """Find what a built-in algorithm would refuse; nothing where the image runs a script."""
    algorithm = _algorithm_of(flight)
    if algorithm is None:
        return
    yield from _hyperparameters(flight.hyperparameters, algorithm)
    yield from _channels(flight.channels, algorithm)


def _algorithm_of(flight: Flight) -> Algorithm | None:
    if flight.image is None or runs_script(flight):
        return None
    if flight.image.framework == "linear-learner":
        from sagewright.vocabulary import linear_learner_hyperparameters as linear_learner

        content_types = ("text/csv", "application/x-recordio-protobuf")
        return Algorithm(linear_learner.parse_hyperparameters, ("train", "validation", "test"), content_types)
    if flight.image.framework == "xgboost":
        from sagewright.vocabulary import xgboost

        channels = ("train", "validation", "code")
        return Algorithm(xgboost.parse_hyperparameters, channels, tuple(xgboost.CONTENT_TYPES))
    return None


def runs_script(flight: Flight) -> bool:
    """Tell whether a script of the user's runs, here or in S3 already."""
    return (
        flight.source is not None
        or "sagemaker_program" in flight.hyperparameters
        or "SAGEMAKER_PROGRAM" in flight.environment
        or "ContainerEntrypoint" in flight.request["AlgorithmSpecification"]
    )


def _hyperparameters(given: Mapping[str, str], algorithm: Algorithm) -> Iterator[Finding]:
    from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter

    try:
        algorithm.parse(given)
    except InvalidHyperparameter as error:
        what, _, hint = str(error).partition("\nhint: ")
        yield Finding("hyperparameters", what, hint or None)


def _channels(given: Mapping[str, Any], algorithm: Algorithm) -> Iterator[Finding]:
    free = [name for name in algorithm.channels if name not in given]
    for name, channel in given.items():
        if name not in algorithm.channels and name != "model":
            known = ", ".join(f"`{other}`" for other in algorithm.channels if other != "code")
            meant = did_you_mean(nearest(name, free))
            yield Finding(f"channel `{name}`", f"the algorithm has no such channel; it has {known}.", meant)
        yield from _content_type(name, channel.get("ContentType"), algorithm)
    if "train" not in given:
        yield Finding("`inputs`", "the algorithm needs a channel `train`.", 'give it as fit({"train": ...}).')


def _content_type(channel: str, given: str | None, algorithm: Algorithm) -> Iterator[Finding]:
    name = (given or "").split(";")[0].strip().lower()
    if name and name not in algorithm.content_types and not name.startswith("application/x-sagemaker-model"):
        known = ", ".join(f"`{other}`" for other in algorithm.content_types)
        where = f"channel `{channel}`, `content_type`"
        yield Finding(where, f"`{given}` is not one of {known}.", did_you_mean(nearest(name, algorithm.content_types)))
