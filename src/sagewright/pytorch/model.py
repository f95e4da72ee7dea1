"""Serving with PyTorch (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.deserializers import BaseDeserializer, NumpyDeserializer
from sagewright.distribution import release
from sagewright.fw_utils import python_deprecation_warning, validate_version_or_image_args
from sagewright.model import FrameworkModel
from sagewright.predictor import Predictor
from sagewright.pytorch.defaults import LATEST_PY2_VERSION
from sagewright.serializers import BaseSerializer, NumpySerializer

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


class PyTorchPredictor(Predictor):
    """Asks a served model of PyTorch, with arrays."""

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


class PyTorchModel(FrameworkModel):
    """A model that a script serves in an image of PyTorch.

    Args:
        model_data: The S3 URI of `model.tar.gz`.
        entry_point: The script; its functions `model_fn`, `input_fn`, `predict_fn`, `output_fn` serve.
        framework_version, py_version: For example `2.3.0` and `py311`; needed without `image_uri`.
        model_server_workers: Processes of the server; None: one for each CPU.
        **kwargs: As for `FrameworkModel` and `Model`.
    """

    _framework_name: ClassVar[str] = "pytorch"
    _registers_version: ClassVar[bool] = True

    def __init__(
        self,
        model_data: str | Document | None,
        role: str | None = None,
        entry_point: str | None = None,
        framework_version: str | None = "1.3",
        py_version: str | None = None,
        image_uri: str | None = None,
        predictor_cls: Callable[..., Any] | None = PyTorchPredictor,
        model_server_workers: int | None = None,
        **kwargs: Any,
    ) -> None:
        validate_version_or_image_args(framework_version, py_version, image_uri)
        warn_of_python_2(py_version)
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
        """Return the container of `CreateModel`, having packed the code into the model's archive.

        Raises:
            ValueError: Nothing tells which image serves.
        """
        if self.image_uri is None and instance_type is None and serverless_inference_config is None:
            raise ValueError("Must supply either an instance type (for choosing CPU vs GPU) or an image URI.")
        image_uri = self.image_uri or self.serving_image_uri(
            self._session().boto_region_name, instance_type, accelerator_type, serverless_inference_config
        )
        # Images before 1.2 fetch the code themselves.
        is_packed = self.framework_version is None or release(self.framework_version) >= (1, 2)
        return self._served_by_script(
            image_uri, self.model_server_workers, repack=is_packed, terms=self._terms(accept_eula, model_reference_arn)
        )

    def serving_image_uri(
        self,
        region_name: str,
        instance_type: InstanceType | None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
    ) -> str:
        """Return the image that serves."""
        from sagewright import image_uris

        return image_uris.retrieve(
            self._framework_name,
            region_name,
            version=self.framework_version,
            py_version=self.py_version,
            instance_type=instance_type,
            accelerator_type=accelerator_type,
            image_scope="inference",
            serverless_inference_config=serverless_inference_config,
        )


def warn_of_python_2(py_version: str | None) -> None:
    """Say that Python 2 has no new images."""
    if py_version == "py2":
        logger.warning(python_deprecation_warning("pytorch", LATEST_PY2_VERSION))
