"""Reading a channel as the image's own algorithm does."""

from sagewright.engine.algorithms.xgboost.for_scripts import get_content_type, get_dmatrix
from sagewright.engine.script_mode.libraries import absent

__all__ = ["get_content_type", "get_dmatrix"]

__getattr__ = absent("sagemaker_xgboost_container.data_utils", "use `xgboost.DMatrix`.")
