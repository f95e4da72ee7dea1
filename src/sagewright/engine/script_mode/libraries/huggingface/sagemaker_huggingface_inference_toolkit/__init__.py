"""What serving scripts import of the Transformers images; see `sagewright.engine.script_mode.libraries`."""

from sagewright.engine.script_mode.libraries import absent

__getattr__ = absent("sagemaker_huggingface_inference_toolkit", "pip install sagemaker-huggingface-inference-toolkit")
