"""Training one model on all hosts of a job."""

from sagewright.engine.algorithms.xgboost.for_scripts import rabit_run
from sagewright.engine.script_mode.job import wait_for_hosts as wait_hostname_resolution
from sagewright.engine.script_mode.libraries import absent

__all__ = ["rabit_run", "wait_hostname_resolution"]

__getattr__ = absent("sagemaker_xgboost_container.distributed", "use `xgboost.collective`.")
