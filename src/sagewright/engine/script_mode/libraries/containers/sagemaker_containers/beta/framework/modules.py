"""Nothing of this is needed to train; scripts import it by its name."""

from sagewright.engine.script_mode.libraries import absent

__getattr__ = absent("sagemaker_containers.beta.framework.modules", "it is not needed to train.")
