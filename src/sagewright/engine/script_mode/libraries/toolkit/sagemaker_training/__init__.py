"""What a script may ask of its job; see `sagewright.engine.script_mode.libraries`."""

from sagewright.engine.script_mode.libraries import absent

__getattr__ = absent("sagemaker_training", "pip install sagemaker-training")
