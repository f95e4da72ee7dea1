"""The toolkit's former name; see `sagewright.engine.script_mode.libraries`."""

from sagewright.engine.script_mode.job import Environment
from sagewright.engine.script_mode.libraries import absent


def training_env() -> Environment:
    """Return the job."""
    return Environment()


__getattr__ = absent("sagemaker_containers", "import `sagemaker_training`, by which the library goes today.")
