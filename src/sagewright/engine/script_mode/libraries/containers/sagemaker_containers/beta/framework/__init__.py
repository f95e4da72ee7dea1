"""What scripts that serve as well import at their top."""

from sagewright.engine.script_mode.libraries import absent

__getattr__ = absent("sagemaker_containers.beta.framework", "it is not needed to train; leave the import out.")
