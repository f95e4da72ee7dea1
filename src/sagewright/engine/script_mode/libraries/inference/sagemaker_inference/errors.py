"""The toolkit's errors, each with its HTTP status."""

from sagewright.engine.model_server.errors import InferenceError as BaseInferenceToolkitError
from sagewright.engine.model_server.errors import UnsupportedFormat as UnsupportedFormatError
from sagewright.engine.script_mode.libraries import absent

__all__ = ["BaseInferenceToolkitError", "ClientError", "GenericInferenceToolkitError", "UnsupportedFormatError"]


class ClientError(Exception):
    """The client's fault."""


class GenericInferenceToolkitError(BaseInferenceToolkitError):
    """Any error, with the status that is wanted."""

    def __init__(self, status_code: int, message: str = "Invalid Request", phrase: str = "") -> None:
        super().__init__(status_code, message, phrase)


__getattr__ = absent("sagemaker_inference.errors", "pip install sagemaker-inference")
