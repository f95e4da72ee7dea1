"""A model behind a server on this machine (v2's own path).

v2 starts a container of Docker here. Here the embedded engine serves it, as it does an endpoint on the target `local`:
the same image's functions, without a container, whatever the target in force is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.exceptions import UnexpectedStatusException
from sagewright.serve.mode.in_process_mode import loaded
from sagewright.serve.packing.upload import upload_archive
from sagewright.serve.utils.exceptions import LocalDeepPingException, LocalModelLoadException
from sagewright.vocabulary.names import unique_name_from_base

if TYPE_CHECKING:
    from sagewright.predictor import PredictorBase
    from sagewright.serve.builder.schema_builder import SchemaBuilder
    from sagewright.serve.spec.inference_spec import InferenceSpec
    from sagewright.serve.utils.types import ModelServer
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.serve")

_NOT_ANSWERED = (
    "Container did not pass the ping health check. Please increase container_timeout_seconds or review your inference "
    "code."
)
_SHORTEST_S, _LONGEST_S = 60, 3600  # that an endpoint can be told to wait for its server


@shows
class LocalContainerMode:
    """Serves a model on this machine and asks it there.

    Args:
        session: The builder's, which is not asked; the server is the embedded engine's.
        model_path: The folder of the model, with the code that serves it.
        env_vars: Of the server.
    """

    def __init__(
        self,
        model_server: ModelServer,
        inference_spec: InferenceSpec | None,
        schema_builder: SchemaBuilder,
        session: Session | None,
        model_path: str | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> None:
        self.model_server, self.inference_spec, self.schema_builder = model_server, inference_spec, schema_builder
        self.session, self.model_path, self.env_vars = session, model_path, dict(env_vars or {})
        self._served: Any = None

    def load(self, model_path: str | None = None) -> Any:
        """Return the model, as `inference_spec` loads it."""
        return loaded(self.inference_spec, model_path or self.model_path)

    def prepare(self) -> None:
        """Nothing has to be prepared."""

    def create_server(
        self,
        image: str,
        container_timeout_seconds: int,
        secret_key: str | None,
        predictor: PredictorBase,
        env_vars: Mapping[str, str] | None = None,
        model_path: str | None = None,
        jumpstart: bool = False,
    ) -> None:
        """Serve the model in place of one that is served already, and ask it its sample.

        Args:
            container_timeout_seconds: How long the server may take to load the model.
            secret_key: Not needed any more.

        Raises:
            LocalModelLoadException: The server does not come up.
            LocalDeepPingException: The model does not answer its sample.
        """
        self.destroy_server()
        self._serve(
            image, container_timeout_seconds, env_vars or self.env_vars, Path(model_path or self.model_path or "")
        )
        try:
            predictor.predict(self.schema_builder.sample_input)
        except Exception as error:
            self.destroy_server()
            raise LocalDeepPingException(f"{_NOT_ANSWERED}\n{type(error).__name__}: {error}") from error

    def _serve(self, image: str, timeout_s: int, env_vars: Mapping[str, str], folder: Path) -> None:
        from sagewright.local.local_session import LocalSession
        from sagewright.model import Model

        session = LocalSession()
        name = unique_name_from_base("model-builder")
        model = Model(
            image,
            upload_archive(session, folder, None, image),
            session.expand_role("SagewrightExecutionRole"),
            env=env_vars,
            name=name,
            sagemaker_session=session,
        )
        self._served = model
        try:
            model.deploy(
                *(1, "local"),
                endpoint_name=name,
                container_startup_health_check_timeout=min(max(timeout_s, _SHORTEST_S), _LONGEST_S),
            )
        except UnexpectedStatusException as error:
            self.destroy_server()
            raise LocalModelLoadException(str(error)) from error

    def invoke(self, body: Any, content_type: str, accept: str) -> bytes:
        """Return the answer's body.

        Raises:
            RuntimeError: Nothing is served any more.
            ClientError: `ModelError`, where the model answers with an error.
        """
        if self._served is None:
            raise RuntimeError("Unable to send request to the local container server\nhint: deploy it again.")
        answer = self._served.sagemaker_session.sagemaker_runtime_client.invoke_endpoint(
            EndpointName=self._served.name, Body=body, ContentType=content_type, Accept=accept
        )
        content: bytes = answer["Body"].read()
        return content

    def destroy_server(self) -> None:
        """End the server, and take away what it served."""
        model, self._served = self._served, None
        if model is None:
            return
        session = model.sagemaker_session
        session.delete_endpoint(model.name)
        session.delete_endpoint_config(model.name)
        model.delete_model()
