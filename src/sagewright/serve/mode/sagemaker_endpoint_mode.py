"""A model on an endpoint of the target (v2's own path): its files in S3, and what its server has to be told."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.serve.mode.in_process_mode import loaded
from sagewright.serve.packing.upload import uncompressed, upload_archive, upload_files
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.spec.inference_spec import InferenceSpec
    from sagewright.session import Session

Document = dict[str, Any]

CODE = "/opt/ml/model/code"
_ARCHIVED = (ModelServer.TORCHSERVE, ModelServer.TENSORFLOW_SERVING, ModelServer.SMD)


@shows
class SageMakerEndpointMode:
    """Brings a model's files to S3.

    Args:
        inference_spec: Loads the model, for `load`.
        model_server: Says in which form the files go there.
    """

    def __init__(self, inference_spec: InferenceSpec | None, model_server: ModelServer | None) -> None:
        self.inference_spec, self.model_server = inference_spec, model_server

    def load(self, model_path: str) -> Any:
        """Return the model, as `inference_spec` loads it."""
        return loaded(self.inference_spec, model_path)

    def prepare(
        self,
        model_path: str,
        secret_key: str | None,
        s3_model_data_url: str | None = None,
        sagemaker_session: Session | None = None,
        image: str | None = None,
        jumpstart: bool = False,
        should_upload_artifacts: bool = False,
    ) -> tuple[Any, dict[str, str]]:
        """Upload a model's files; return them as the data of a model, and the server's variables.

        Args:
            model_path: The folder, or the S3 URI of what is there already.
            secret_key: Not needed any more.
            s3_model_data_url: Where they go; None: the session's default bucket.
            should_upload_artifacts: Upload them for servers that else fetch the model themselves.

        Raises:
            ValueError: There is no such server.
        """
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        server = self.model_server
        if server in _ARCHIVED:
            data: Any = _archived(sagemaker_session, model_path, s3_model_data_url, image)
            return data, script_environment(sagemaker_session.boto_region_name, server)
        if server == ModelServer.TRITON:
            data = _archived(sagemaker_session, f"{model_path}/model_repository", s3_model_data_url, image)
            return data, _TRITON | {"LOCAL_PYTHON": platform.python_version()}
        if not isinstance(server, ModelServer):
            raise ValueError(f"{server} model server is not supported")
        wants = should_upload_artifacts or server == ModelServer.DJL_SERVING
        data = (
            _as_files(sagemaker_session, model_path, s3_model_data_url, image) if wants or _is_s3(model_path) else None
        )
        if server == ModelServer.MMS:
            has_code = (Path(model_path) / "code" / "inference.py").is_file()
            return data, script_environment(sagemaker_session.boto_region_name, server) if has_code else {}
        return data, dict(_CACHES[server])


def script_environment(region: str, server: ModelServer | None) -> dict[str, str]:
    """Return the variables that tell a server which code answers."""
    if server == ModelServer.SMD:
        code = {"SAGEMAKER_INFERENCE_CODE_DIRECTORY": CODE, "SAGEMAKER_INFERENCE_CODE": "inference.handler"}
        return {**code, "SAGEMAKER_REGION": region, "LOCAL_PYTHON": platform.python_version()}
    return {
        "SAGEMAKER_SUBMIT_DIRECTORY": CODE,
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_REGION": region,
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "10",
        "LOCAL_PYTHON": platform.python_version(),
    }


def _archived(session: Session, path: str, place: str | None, image: str | None) -> str:
    return path if _is_s3(path) else upload_archive(session, Path(path), place, image)


def _as_files(session: Session, path: str, place: str | None, image: str | None) -> Document:
    return uncompressed(path) if _is_s3(path) else upload_files(session, Path(path), place, image)


def _is_s3(path: str) -> bool:
    return path.startswith("s3://")


_TRITON = {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "model", "TRITON_MODEL_DIR": "/opt/ml/model/model"}
_HUB = {"HF_HOME": "/opt/ml/model/", "HUGGINGFACE_HUB_CACHE": "/opt/ml/model/"}
# Where servers that fetch models from the Hugging Face hub keep them.
_CACHES = {
    ModelServer.TGI: _HUB,
    ModelServer.TEI: _HUB,
    ModelServer.DJL_SERVING: {
        "SERVING_OPTS": "-Dai.djl.logging.level=debug",
        "TRANSFORMERS_CACHE": "/opt/ml/model/",
        **_HUB,
    },
}
