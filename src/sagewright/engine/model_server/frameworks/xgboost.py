"""XGBoost with a script: requests become a `DMatrix`. Source: aws/sagemaker-xgboost-container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagewright.engine.model_server.frameworks import generic
from sagewright.engine.model_server.handlers import Defaults


def model_fn(model_dir: str) -> Any:
    """Load the model as the algorithm's server does; the container itself leaves that to the script."""
    from sagewright.engine.algorithms.xgboost.container import import_library

    import_library()
    from sagewright.engine.algorithms.abc import CustomerError
    from sagewright.engine.algorithms.xgboost.model_file import NAME, load

    places = [Path(model_dir) / NAME, *sorted(Path(model_dir).glob("*"))]
    found = [path for path in places if path.is_file() and not path.name.startswith(".")]
    if not found:
        raise CustomerError(f"There is no model in {model_dir}.\nhint: leave a file `{NAME}`, or write a model_fn.")
    return load(found[0])


def input_fn(data: Any, content_type: str) -> Any:
    """Return the rows as a `DMatrix`."""
    import xgboost as xgb

    from sagewright.engine.model_server.decoding import LIBSVM, LIBSVM_TOO, decode
    from sagewright.vocabulary.content_types import CSV, parse_content_type

    name = parse_content_type(content_type).name
    if name not in (CSV, LIBSVM, LIBSVM_TOO):
        found = decode(data, content_type)
        return xgb.DMatrix(found.reshape(1, -1) if getattr(found, "ndim", 2) == 1 else found)
    from sagewright.engine.algorithms.xgboost import requests
    from sagewright.engine.model_server.errors import Undecodable

    body = data.encode() if isinstance(data, str) else data
    try:
        return xgb.DMatrix(requests.decode(body, content_type))
    except requests.Unreadable as error:
        raise Undecodable(content_type, error) from None


def predict_fn(data: Any, model: Any) -> Any:
    """Return the model's predictions; of a matrix to a booster without looking at the features' names."""
    import xgboost as xgb

    if isinstance(model, xgb.Booster):
        matrix = data if isinstance(data, xgb.DMatrix) else xgb.DMatrix(data)
        return model.predict(matrix, validate_features=False)
    return generic.predict_fn(data, model)


DEFAULTS = Defaults(model_fn, input_fn, predict_fn, generic.output_fn)
