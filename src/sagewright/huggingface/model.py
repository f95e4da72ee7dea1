"""Serving with Transformers (v2's own path)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.deserializers import BaseDeserializer, JSONDeserializer
from sagewright.fw_utils import validate_version_or_image_args
from sagewright.model import FrameworkModel
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, JSONSerializer

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


class HuggingFacePredictor(Predictor):
    """Asks a served model of Transformers, with JSON."""

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        component_name: str | None = None,
    ) -> None:
        super().__init__(
            endpoint_name,
            sagemaker_session,
            serializer or JSONSerializer(),
            deserializer or JSONDeserializer(),
            component_name,
        )


class HuggingFaceModel(FrameworkModel):
    """A model that an image of Transformers serves.

    Args:
        model_data: The S3 URI of `model.tar.gz`; None: the image fetches the model that `env` names.
        entry_point: A script that serves in place of the image's own.
        transformers_version, py_version: For example `4.37.0` and `py310`; needed without `image_uri`.
        tensorflow_version, pytorch_version: One of them; needed without `image_uri`.
        model_server_workers: Processes of the server; None: one for each CPU.
        **kwargs: As for `FrameworkModel` and `Model`.
    """

    _framework_name: ClassVar[str] = "huggingface"

    def __init__(
        self,
        role: str | None = None,
        model_data: str | Document | None = None,
        entry_point: str | None = None,
        transformers_version: str | None = None,
        tensorflow_version: str | None = None,
        pytorch_version: str | None = None,
        py_version: str | None = None,
        image_uri: str | None = None,
        predictor_cls: Callable[..., Any] | None = HuggingFacePredictor,
        model_server_workers: int | None = None,
        **kwargs: Any,
    ) -> None:
        validate_version_or_image_args(transformers_version, py_version, image_uri)
        if image_uri is None:
            check_one_base(pytorch_version, tensorflow_version)
        if py_version == "py2":
            raise ValueError("py2 is not supported with HuggingFace images")
        super().__init__(model_data, image_uri, role, entry_point, predictor_cls=predictor_cls, **kwargs)
        self.framework_version, self.py_version = transformers_version, py_version
        self.tensorflow_version, self.pytorch_version = tensorflow_version, pytorch_version
        self.model_server_workers = model_server_workers

    def prepare_container_def(  # type: ignore[override]  # the order is v2's
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        inference_tool: str | None = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> Document:
        """Return the container of `CreateModel`, having packed the code into the model's archive.

        Raises:
            ValueError: Nothing tells which image serves.
        """
        if self.image_uri is None and instance_type is None and serverless_inference_config is None:
            raise ValueError("Must supply either an instance type (for choosing CPU vs GPU) or an image URI.")
        region = self._session().boto_region_name
        image_uri = self.image_uri or self.serving_image_uri(
            region, instance_type, accelerator_type, serverless_inference_config, inference_tool
        )
        return self._served_by_script(
            image_uri,
            self.model_server_workers,
            repack=True,
            image_config=self.image_config,
            terms=self._terms(accept_eula, model_reference_arn),
        )

    def _framework_in_registry(self) -> str:
        return "pytorch" if self.tensorflow_version is None else "tensorflow"

    def serving_image_uri(
        self,
        region_name: str,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        inference_tool: str | None = None,
    ) -> str:
        """Return the image that serves."""
        from sagewright import image_uris

        base = f"tensorflow{self.tensorflow_version}" if self.tensorflow_version else f"pytorch{self.pytorch_version}"
        if inference_tool is None and (instance_type or "").startswith("ml.inf"):
            inference_tool = "neuron" if str(instance_type).startswith("ml.inf1") else "neuronx"
        return image_uris.retrieve(
            self._framework_name,
            region_name,
            version=self.framework_version,
            py_version=self.py_version,
            instance_type=instance_type,
            accelerator_type=accelerator_type,
            image_scope="inference",
            base_framework_version=base,
            serverless_inference_config=serverless_inference_config,
            inference_tool=inference_tool,
        )


def fetch_framework_and_framework_version(
    tensorflow_version: str | None, pytorch_version: str | None
) -> tuple[str, str | None]:
    """Return the framework below Transformers, and its version."""
    return ("pytorch", pytorch_version) if tensorflow_version is None else ("tensorflow", tensorflow_version)


def check_one_base(pytorch_version: str | None, tensorflow_version: str | None) -> str:
    """Return the version of the framework below Transformers.

    Raises:
        ValueError: There is none, or there are two.
    """
    both = "Specify only" if pytorch_version and tensorflow_version else "Specify either"
    if (pytorch_version is None) == (tensorflow_version is None):
        state = "not None" if pytorch_version is not None else "None"
        raise ValueError(
            f"tensorflow_version and pytorch_version are both {state}. {both} tensorflow_version or pytorch_version."
        )
    return str(tensorflow_version or pytorch_version)
