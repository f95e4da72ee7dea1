"""What serving scripts import of the containers' toolkit; see `sagewright.engine.script_mode.libraries`."""

from sagewright.engine.script_mode.libraries import absent

INSTEAD = "pip install sagemaker-inference"

__getattr__ = absent("sagemaker_inference", INSTEAD)
