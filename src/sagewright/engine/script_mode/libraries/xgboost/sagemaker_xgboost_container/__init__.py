"""What XGBoost's image offers to scripts; see `sagewright.engine.script_mode.libraries`."""

from sagewright.engine.script_mode.libraries import absent

__getattr__ = absent("sagemaker_xgboost_container", "use `xgboost` itself; the image's own library is on no index.")
