"""Serving with scikit-learn (v2's own path)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.deserializers import BaseDeserializer, NumpyDeserializer
from sagewright.fw_utils import validate_version_or_image_args
from sagewright.model import FrameworkModel
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, NumpySerializer

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]


class SKLearnPredictor(Predictor):
    """Asks a served model of scikit-learn, with arrays."""

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
            serializer or NumpySerializer(),
            deserializer or NumpyDeserializer(),
            component_name,
        )


class SKLearnModel(FrameworkModel):
    """A model that a script serves in the image of scikit-learn.

    Args:
        model_data: The S3 URI of `model.tar.gz`.
        entry_point: The script; its functions `model_fn`, `input_fn`, `predict_fn`, `output_fn` serve.
        framework_version: For example `1.2-1`; needed without `image_uri`.
        model_server_workers: Processes of the server; None: one for each CPU.
        **kwargs: As for `FrameworkModel` and `Model`.
    """

    _framework_name: ClassVar[str] = "sklearn"

    def __init__(
        self,
        model_data: str | Document | None,
        role: str | None = None,
        entry_point: str | None = None,
        framework_version: str | None = None,
        py_version: str = "py3",
        image_uri: str | None = None,
        predictor_cls: Callable[..., Any] | None = SKLearnPredictor,
        model_server_workers: int | None = None,
        **kwargs: Any,
    ) -> None:
        validate_version_or_image_args(framework_version, py_version, image_uri)
        check_py_version(py_version)
        super().__init__(model_data, image_uri, role, entry_point, predictor_cls=predictor_cls, **kwargs)
        self.framework_version, self.py_version = framework_version, py_version
        self.model_server_workers = model_server_workers

    def prepare_container_def(
        self,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
        accept_eula: bool | None = None,
        model_reference_arn: str | None = None,
    ) -> Document:
        """Return the container of `CreateModel`, having uploaded the code.

        Raises:
            ValueError: An accelerator is asked for.
        """
        if accelerator_type:
            raise ValueError("Accelerator types are not supported for Scikit-Learn.")
        image_uri = self.image_uri or self.serving_image_uri(self._session().boto_region_name, instance_type)
        return self._served_by_script(
            image_uri,
            self.model_server_workers,
            repack=self.enable_network_isolation(),
            terms=self._terms(accept_eula, model_reference_arn),
        )

    def serving_image_uri(
        self, region_name: str, instance_type: str | None, serverless_inference_config: Any = None
    ) -> str:
        """Return the image that serves."""
        from sagewright import image_uris

        return image_uris.retrieve(
            self._framework_name,
            region_name,
            version=self.framework_version,
            py_version=self.py_version,
            instance_type=instance_type,
            serverless_inference_config=serverless_inference_config,
        )


def check_py_version(py_version: str | None) -> None:
    """Raise for another Python than 3.

    Raises:
        AttributeError: It is another.
    """
    if py_version and py_version != "py3":
        raise AttributeError("Scikit-learn image only supports Python 3. Please use 'py3' for py_version.")
