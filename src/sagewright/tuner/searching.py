"""What of an estimator's hyperparameters a tuning job searches, and what it keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.estimator import EstimatorBase, Framework
from sagewright.parameter import CategoricalParameter, ParameterRange
from sagewright.vocabulary.variables import as_text

Document = dict[str, Any]
Ranges = Mapping[Any, Any]

# Hyperparameters that tell `attach` which class the estimator was of.
CLASS_NAME = "sagemaker_estimator_class_name"
CLASS_MODULE = "sagemaker_estimator_module"


def ranges_document(ranges: Ranges, estimator: EstimatorBase) -> Document:
    """Return ranges as a request has them, by their kind; a framework's lists hold JSON, as its hyperparameters do."""
    documents: Document = {f"{kind}ParameterRanges": [] for kind in ParameterRange.__all_types__}
    for name, value in ranges.items():
        if value is None:
            continue
        as_json = isinstance(value, CategoricalParameter) and isinstance(estimator, Framework)
        document = value.as_json_range(name) if as_json else value.as_tuning_range(name)
        documents[f"{value.__name__}ParameterRanges"].append(document)
    return documents


def first_of_ranges(ranges: Ranges, estimator: EstimatorBase) -> Document:
    """Return the hyperparameters of the job that has the first value of every range."""
    documents = ranges_document({name: ranges[name] for name in ranges if isinstance(name, str)}, estimator)
    listed = {one["Name"]: one["Values"][0] for one in documents.pop("CategoricalParameterRanges") if one["Values"]}
    return {**listed, **{one["Name"]: one["MinValue"] for kind in documents.values() for one in kind}}


def static_hyperparameters(estimator: EstimatorBase, ranges: Ranges | None, *, with_class: bool) -> Document:
    """Return the hyperparameters that all training jobs have.

    Args:
        with_class: Among them those that tell `attach` the estimator's class, which a framework's always has.
    """
    own = {str(name): as_text(value) for name, value in estimator.hyperparameters().items()}
    kept = {name: value for name, value in own.items() if name not in (ranges or {})}
    if with_class or isinstance(estimator, Framework):
        kept[CLASS_NAME] = json.dumps(type(estimator).__name__)
        kept[CLASS_MODULE] = json.dumps(public_module(type(estimator)))
    return kept


def chosen_by_service(static: Document, keep_static: Sequence[str] | None) -> tuple[Document, Document]:
    """Return what is kept, and what the service chooses ranges of.

    Raises:
        ValueError: What is to be kept is not there.
    """
    if not set(keep_static or ()) <= set(static):
        raise ValueError("Names in hyperparameters_to_keep_static must be members of estimator's hyperparameters.")
    kept = {name: value for name, value in static.items() if name in (keep_static or ())}
    return kept, {name: value for name, value in static.items() if name not in kept}


def public_module(owner: type) -> str:
    """Return the module that v2 has a class in: what it is known by wherever the job is attached to."""
    package, _, rest = owner.__module__.partition(".")
    if package != "sagewright":
        return owner.__module__
    return "sagemaker.estimator" if rest.startswith("estimator.") else f"sagemaker.{rest}"
