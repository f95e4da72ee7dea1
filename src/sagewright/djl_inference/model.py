"""Models that DJL's images serve (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sagewright.djl_inference.djl_predictor import DJLPredictor
from sagewright.model import Model
from sagewright.vocabulary.variables import as_text

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

_DEFAULT_FRAMEWORK = "djl-lmi"


class DJLModel(Model):
    """A model, most often a large language model, that an image of DJL serves.

    Args:
        model_id: The model's name on the Hugging Face hub, or the S3 URI of its files, not packed.
        engine: The server's engine; None: as `task` asks for.
        djl_version, djl_framework: Of the image: `djl-lmi` if none is named.
        task: What the model is for, as the hub names it; `text-embedding` is served by `OnnxRuntime`.
        dtype: Of the weights.
        tensor_parallel_degree: How many accelerators a model is spread over; None: all.
        min_workers, max_workers: Processes that serve; None: as the server finds right.
        job_queue_size: Requests that wait; None: 1000.
        parallel_loading: Load several processes at once.
        model_loading_timeout, prediction_timeout: Seconds; None: 240 and 120.
        huggingface_hub_token: For models of the hub that are not open to all.
        **kwargs: As for `Model`.

    Raises:
        ValueError: The model is named twice, or there is no such image.

    Example:
        >>> from sagewright.djl_inference import DJLModel
        >>> model = DJLModel("org/model", role="role", tensor_parallel_degree=2)
        >>> model.env
        {'HF_MODEL_ID': 'org/model', 'OPTION_ENGINE': 'Python', 'TENSOR_PARALLEL_DEGREE': '2'}
    """

    def __init__(
        self,
        model_id: str | None = None,
        engine: str | None = None,
        djl_version: str = "latest",
        djl_framework: str | None = None,
        task: str | None = None,
        dtype: str | None = None,
        tensor_parallel_degree: int | None = None,
        min_workers: int | None = None,
        max_workers: int | None = None,
        job_queue_size: int | None = None,
        parallel_loading: bool = False,
        model_loading_timeout: int | None = None,
        prediction_timeout: int | None = None,
        predictor_cls: Callable[..., Any] | None = DJLPredictor,
        huggingface_hub_token: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(predictor_cls=predictor_cls, **kwargs)
        if model_id is not None and self.model_data is not None:
            raise ValueError("both model_id and model_data are provided. Please only provide one of them")
        self.model_id, self.engine, self.task, self.dtype = model_id, engine or _engine(task), task, dtype
        self.djl_version, self.djl_framework = djl_version, djl_framework
        self.tensor_parallel_degree = tensor_parallel_degree
        self.min_workers, self.max_workers, self.job_queue_size = min_workers, max_workers, job_queue_size
        self.parallel_loading = parallel_loading
        self.model_loading_timeout, self.prediction_timeout = model_loading_timeout, prediction_timeout
        self.hub_token = huggingface_hub_token
        self.env = self._server_env()
        if self.image_uri is None:
            self.djl_framework = djl_framework or _DEFAULT_FRAMEWORK
            self.image_uri = self.serving_image_uri(self._session().boto_region_name)

    def serving_image_uri(
        self,
        region_name: str,
        instance_type: InstanceType | None = None,
        accelerator_type: str | None = None,
        serverless_inference_config: Any = None,
    ) -> str:
        """Return the image that serves."""
        if self.image_uri:
            return self.image_uri
        from sagewright import image_uris

        return image_uris.retrieve(
            self.djl_framework or _DEFAULT_FRAMEWORK,
            region_name,
            version=self.djl_version,
            instance_type=instance_type,
            accelerator_type=accelerator_type,
            image_scope="inference",
            serverless_inference_config=serverless_inference_config,
        )

    def package_for_edge(self, **_: Any) -> Any:  # type: ignore[override]  # v2's
        """Raise: no edge device runs models of DJL."""
        raise NotImplementedError("DJLModels do not support Sagemaker Edge")

    def compile(self, **_: Any) -> Any:  # type: ignore[override]  # v2's
        """Raise: SageMaker Neo compiles no models of DJL."""
        raise NotImplementedError("DJLModels do not currently support compilation with SageMaker Neo")

    def transformer(self, **_: Any) -> Any:  # type: ignore[override]  # v2's
        """Raise: batch transform takes no models of DJL."""
        raise NotImplementedError("DJLModels do not currently support Batch Transform inference jobs")

    def right_size(self, **_: Any) -> Any:  # type: ignore[override]  # v2's
        """Raise: the Inference Recommender takes no models of DJL."""
        raise NotImplementedError("DJLModels do not currently support Inference Recommendation Jobs")

    def _server_env(self) -> dict[str, str]:
        """Return the variables that tell the server what to serve; those given as `env` weigh more."""
        asked: Mapping[str, Any] = {
            "HF_MODEL_ID": self.model_id,
            "HF_TASK": self.task,
            "OPTION_DTYPE": self.dtype,
            "SERVING_MIN_WORKERS": self.min_workers,
            "SERVING_MAX_WORKERS": self.max_workers,
            "SERVING_JOB_QUEUE_SIZE": self.job_queue_size,
            "OPTION_PARALLEL_LOADING": self.parallel_loading,
            "OPTION_MODEL_LOADING_TIMEOUT": self.model_loading_timeout,
            "OPTION_PREDICT_TIMEOUT": self.prediction_timeout,
            "HF_TOKEN": self.hub_token,
            "OPTION_ENGINE": self.engine,
        }
        found = dict(self.env)
        for name, value in asked.items():
            if value:
                found.setdefault(name, as_text(value))
        degrees = ("TENSOR_PARALLEL_DEGREE", "OPTION_TENSOR_PARALLEL_DEGREE")
        if self.tensor_parallel_degree is not None and not all(name in found for name in degrees):
            found["TENSOR_PARALLEL_DEGREE"] = as_text(self.tensor_parallel_degree)
        return found


def _engine(task: str | None) -> str:
    return "OnnxRuntime" if task == "text-embedding" else "Python"
