"""A model in this process (v2's own path).

v2 starts a FastAPI server in a thread here, on a port that is always the same. Here nothing is started: `predict` makes
the request's bytes, and reads the answer's, so that what does not fit the schema shows before anything is deployed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.serve.packed.serving_runtime import Packed
from sagewright.serve.utils.exceptions import InProcessDeepPingException

if TYPE_CHECKING:
    from sagewright.predictor import PredictorBase
    from sagewright.serve.builder.schema_builder import SchemaBuilder
    from sagewright.serve.spec.inference_spec import InferenceSpec
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.serve")


@shows
class InProcessMode:
    """Loads a model into this process and asks it there.

    Args:
        model: A model object; None: `inference_spec` loads it.
        model_path: The folder that `inference_spec` loads it from.
    """

    def __init__(
        self,
        model: Any,
        inference_spec: InferenceSpec | None,
        schema_builder: SchemaBuilder,
        session: Session | None,
        model_path: str | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> None:
        self.model, self.inference_spec, self.schema_builder = model, inference_spec, schema_builder
        self.session, self.model_path, self.env_vars = session, model_path, dict(env_vars or {})
        self._packed: Packed | None = None
        self._ask: Any = None

    def load(self, model_path: str | None = None) -> Any:
        """Return the model, as `inference_spec` loads it."""
        return loaded(self.inference_spec, model_path or self.model_path)

    def prepare(self) -> None:
        """Nothing has to be prepared."""

    def create_server(self, predictor: PredictorBase) -> None:
        """Load the model, and ask it its sample.

        Raises:
            InProcessDeepPingException: It does not answer.
        """
        subject = self.inference_spec if self.inference_spec is not None else self.model
        if isinstance(subject, str):
            subject = _pipeline(subject, self.env_vars.get("HF_TASK"))
        self._packed = Packed(subject, self.schema_builder, environment=self.env_vars)
        self._ask = self._packed.load(self.model_path or "")
        try:
            answer = predictor.predict(self.schema_builder.sample_input)
        except Exception as error:
            raise InProcessDeepPingException(_NOT_ANSWERED + f"\n{type(error).__name__}: {error}") from error
        if answer is None:
            raise InProcessDeepPingException(_NOT_ANSWERED)

    def invoke(self, body: Any, content_type: str, accept: str) -> bytes:
        """Return the answer's body.

        Raises:
            RuntimeError: The model has been let go, or was never loaded.
        """
        if self._packed is None:
            raise RuntimeError(
                "Unable to send request to the local server: Connection refused.\nhint: deploy it again."
            )
        answer: bytes = self._packed.encode(self._ask(self._packed.decode(body, content_type)), accept)
        return answer

    def destroy_server(self) -> None:
        """Let the model go."""
        self._packed = self._ask = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the loaded model here."""
        return {**self.__dict__, "_packed": None, "_ask": None}


def loaded(inference_spec: Any, model_path: str | None) -> Any:
    """Return what `inference_spec` loads from a folder.

    Raises:
        ValueError: There is no such folder.
    """
    path = Path(model_path or "")
    if not model_path or not path.exists():
        raise ValueError("model_path does not exist")
    if not path.is_dir():
        raise ValueError("model_path is not a valid directory")
    return inference_spec.load(str(path))


def _pipeline(name: str, task: str | None) -> Any:
    """Return what asks a model of the Hugging Face hub, which Transformers fetches or has.

    Raises:
        ModuleNotFoundError: Transformers is not installed.
    """
    try:
        from transformers import pipeline
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"The model `{name}` is loaded with Transformers, which is not installed.\nhint: pip install transformers",
            name=error.name,
        ) from None
    ask = pipeline(task, model=name)

    def asked(data: Any) -> Any:
        is_wrapped = isinstance(data, dict) and "inputs" in data
        return ask(data["inputs"], **(data.get("parameters") or {})) if is_wrapped else ask(data)

    return asked


_NOT_ANSWERED = "Ping health check did not pass. Please review your inference code."
