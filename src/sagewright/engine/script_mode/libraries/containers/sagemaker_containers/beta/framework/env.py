"""The job, by the name of its class in this library."""

from sagewright.engine.script_mode.job import Environment as TrainingEnv
from sagewright.engine.script_mode.libraries import absent

__all__ = ["TrainingEnv"]

__getattr__ = absent("sagemaker_containers.beta.framework.env", "it is not needed to train.")
