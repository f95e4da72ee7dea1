"""botocore's models of the operations that the gateway reads and writes."""

from __future__ import annotations

import threading
from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

_known: dict[tuple[str, str], OperationModel] = {}
_lock = threading.Lock()


def remember(model: OperationModel) -> None:
    """Take over a model that a client in this process has loaded: parsing SageMaker's takes a tenth of a second."""
    _known[model.service_model.service_name, model.name] = model


def operation_model(service: str, operation: str) -> OperationModel:
    """Return the model of an operation.

    Raises:
        UnknownServiceError, OperationNotFoundError: botocore knows none.
    """
    key = (service, operation)
    if key not in _known:
        _known[key] = service_model(service).operation_model(operation)
    return _known[key]


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service."""
    with _lock:
        return ServiceModel(Loader(include_default_search_paths=True).load_service_model(service, "service-2"), service)
