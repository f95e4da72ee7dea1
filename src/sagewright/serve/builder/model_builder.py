"""`ModelBuilder` (v2's own path)."""

from __future__ import annotations

import logging
import os
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import refused, suggests
from sagewright.serve.builder import deploying, orchestration
from sagewright.serve.builder.arguments import checked, copied
from sagewright.serve.builder.building import build_single
from sagewright.serve.builder.serve_settings import _ServeSettings
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.compute_resource_requirements import ResourceRequirements
    from sagewright.serve.builder.schema_builder import SchemaBuilder
    from sagewright.serve.spec.inference_spec import InferenceSpec
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.serve")

Document = dict[str, Any]

_NO_BENCHMARKS = "the measures are those of JumpStart's catalogue, of which this package has nothing"


@suggests
class ModelBuilder:
    """Packs a model with the code that serves it, finds its image, and makes a `Model` that can be deployed.

    Args:
        model_path: The folder in which it is packed, or the S3 URI of a trained model's files; None: a new folder.
        role_arn: The role of the endpoint.
        name: Of the model; None: one that is unique.
        mode: Where it runs, see `Mode`; `build` and `deploy` can change it.
        shared_libs: Paths of shared libraries that the model links with.
        dependencies: What the server has to install: `{"auto": True, "requirements": "requirements.txt", "custom":
            ["package==1"]}`, see `docs/howto/model_builder.md`.
        env_vars: The server's environment variables.
        log_level: Of the logger `sagemaker.serve`, from `build` on.
        content_type, accept_type: `application/x-npy`, `tensor/pt` or `application/json`, in place of what the schema
            tells.
        s3_model_data_url: The S3 URI below which the packed model goes; None: the session's default bucket.
        instance_type: Decides between images for CPUs and GPUs, and is what `ModelBuilder.deploy` asks for.
        schema_builder: What the model is asked and answers.
        model: A model object of PyTorch, XGBoost, TensorFlow or scikit-learn; an estimator that has been trained; or
            the name of a model of the Hugging Face hub.
        inference_spec: Loads and asks the model, in place of `model`.
        image_uri: None: the one of AWS's that fits the model.
        model_server: What answers requests in the image; needed where that is none of AWS's.
        model_metadata: `MLFLOW_MODEL_PATH`, `MLFLOW_TRACKING_ARN`, `HF_TASK`.
        inference_component_name, resource_requirements: Of a model that shares the instances of an endpoint.
        modelbuilder_list: Builders of which each becomes an inference component of one endpoint.

    Example:
        >>> import numpy as np
        >>> from sagewright.serve import InferenceSpec, Mode, ModelBuilder, SchemaBuilder
        >>> class Doubling(InferenceSpec):
        ...     def load(self, model_dir):
        ...         return 2
        ...
        ...     def invoke(self, input_object, model):
        ...         return model * input_object
        >>> schema = SchemaBuilder(np.array([1.0]), np.array([2.0]))
        >>> builder = ModelBuilder(inference_spec=Doubling(), schema_builder=schema, mode=Mode.IN_PROCESS)
        >>> builder.build().deploy().predict(np.array([3.0])).tolist()
        [6.0]
    """

    model_path: str | None = None
    role_arn: str | None = None
    sagemaker_session: Session | None = None
    mode: Mode = Mode.SAGEMAKER_ENDPOINT
    log_level: int | None = logging.DEBUG
    content_type: str | None = None
    accept_type: str | None = None
    s3_model_data_url: str | None = None
    instance_type: str | None = "ml.c5.xlarge"
    schema_builder: SchemaBuilder | None = None
    model: Any = None
    inference_spec: InferenceSpec | None = None
    image_uri: str | None = None
    image_config: Document | None = None
    vpc_config: Document | None = None
    model_server: ModelServer | None = None
    model_metadata: Document | None = None
    model_version: str | None = None
    inference_component_name: str | None = None
    modelbuilder_list: Sequence[ModelBuilder] | None = None
    resource_requirements: ResourceRequirements | None = None

    def __init__(
        self,
        model_path: str | None = None,
        role_arn: str | None = None,
        sagemaker_session: Session | None = None,
        name: str | None = None,
        mode: Mode = Mode.SAGEMAKER_ENDPOINT,
        shared_libs: Sequence[str] | None = None,
        dependencies: Mapping[str, Any] | None = None,
        env_vars: Mapping[str, str] | None = None,
        log_level: int | None = logging.DEBUG,
        content_type: str | None = None,
        accept_type: str | None = None,
        s3_model_data_url: str | None = None,
        instance_type: str | None = "ml.c5.xlarge",
        schema_builder: SchemaBuilder | None = None,
        model: Any = None,
        inference_spec: InferenceSpec | None = None,
        image_uri: str | None = None,
        image_config: Document | None = None,
        vpc_config: Document | None = None,
        model_server: ModelServer | None = None,
        model_metadata: Document | None = None,
        model_version: str | None = None,
        inference_component_name: str | None = None,
        modelbuilder_list: Sequence[ModelBuilder] | None = None,
        resource_requirements: ResourceRequirements | None = None,
    ) -> None:
        self.model_path = str(model_path) if model_path else _new_folder()
        self.role_arn, self.sagemaker_session = role_arn, sagemaker_session
        self.name = name or f"model-name-{uuid.uuid1().hex}"
        self.mode, self.model_server = mode, model_server
        self.shared_libs = list(shared_libs or ()) if not isinstance(shared_libs, str) else shared_libs
        self.dependencies = copied("dependencies", dependencies, {"auto": False})
        self.env_vars, self.log_level = copied("env_vars", env_vars, {}), log_level
        self.content_type, self.accept_type = content_type, accept_type
        self.s3_model_data_url, self.instance_type = s3_model_data_url, instance_type
        self.schema_builder, self.model, self.inference_spec = schema_builder, model, inference_spec
        self.image_uri, self.image_config, self.vpc_config = image_uri, image_config, vpc_config
        self.model_metadata = copied("model_metadata", model_metadata, {}) or None
        self.model_version = model_version
        self.inference_component_name, self.resource_requirements = inference_component_name, resource_requirements
        self.modelbuilder_list = modelbuilder_list
        self.modes: dict[str, Any] = {}
        self.built_model: Any = None
        self.deployables: Document | None = None
        self._recipe: Any = None
        self._is_mlflow = False
        checked(self)

    def build(
        self, mode: Mode | None = None, role_arn: str | None = None, sagemaker_session: Session | None = None
    ) -> Any:
        """Pack the model, upload it where it goes to an endpoint, and return what can be deployed.

        Args:
            mode, role_arn, sagemaker_session: In place of the builder's.

        Returns:
            A `Model`, whose `deploy` takes `mode`, too; the builder itself where it has several models.

        Raises:
            ValueError: Arguments contradict each other, or no image fits.
        """
        self.mode, self.role_arn = mode or self.mode, role_arn or self.role_arn
        if self.log_level is not None:
            logger.setLevel(self.log_level)
        self.sagemaker_session = sagemaker_session or self.sagemaker_session
        self._session()
        if orchestration.is_several(self):
            return orchestration.build_all(self)
        return build_single(self)

    def deploy(
        self,
        endpoint_name: str | None = None,
        container_timeout_in_second: int = 300,
        instance_type: str | None = None,
        initial_instance_count: int | None = 1,
        inference_config: Any = None,
        update_endpoint: bool | None = False,
        custom_orchestrator_instance_type: str | None = None,
        custom_orchestrator_initial_instance_count: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Deploy what `build` has made.

        Args:
            instance_type: None: the builder's.
            inference_config: A `ServerlessInferenceConfig`, `AsyncInferenceConfig`, `BatchTransformInferenceConfig`
                or `ResourceRequirements`; None: instances that answer at once.
            update_endpoint: Let the endpoint of that name serve the model in place of what it serves.
            **kwargs: As for `Model.deploy`.

        Returns:
            What asks the model; for batch transform what runs its jobs; of several models a list.

        Raises:
            ValueError: Nothing has been built.
        """
        if self.deployables is not None:
            return orchestration.deploy_all(
                self,
                endpoint_name,
                container_timeout_in_second,
                instance_type,
                initial_instance_count,
                custom_orchestrator_instance_type,
                custom_orchestrator_initial_instance_count,
                kwargs,
            )
        if self.built_model is None:
            raise ValueError("Model needs to be built before deploying\nhint: builder.build() returns it.")
        return deploying.deploy_as(
            self, inference_config, endpoint_name, instance_type, initial_instance_count, update_endpoint, kwargs
        )

    def set_tracking_arn(self, arn: str) -> None:
        """Ask an MLflow server of SageMaker's for models.

        Raises:
            ImportError: `sagemaker_mlflow` is not installed.
        """
        from sagewright.serve.model_format.mlflow.paths import track

        self.model_metadata = {**(self.model_metadata or {}), **track(arn)}

    optimize = refused(
        "ModelBuilder.optimize", "it compiles and quantizes models with programs that Amazon's optimization jobs run"
    )
    save = refused("ModelBuilder.save", "it is v2's experiment of another form of packed models; `build` packs them")
    validate = refused("ModelBuilder.validate", "it reads what `ModelBuilder.save` has written")
    display_benchmark_metrics = refused("ModelBuilder.display_benchmark_metrics", _NO_BENCHMARKS)
    get_deployment_config = refused("ModelBuilder.get_deployment_config", _NO_BENCHMARKS)
    list_deployment_configs = refused("ModelBuilder.list_deployment_configs", _NO_BENCHMARKS)
    set_deployment_config = refused("ModelBuilder.set_deployment_config", _NO_BENCHMARKS)

    def _settings(self) -> _ServeSettings:
        """Return what was given, with the configuration's values in place of what was left out."""
        return _ServeSettings(
            self.role_arn, self.s3_model_data_url, self.instance_type, self.env_vars, self.sagemaker_session
        )

    def _session(self) -> Session:
        if self.sagemaker_session is None:
            from sagewright.session import Session

            self.sagemaker_session = Session()
        return self.sagemaker_session

    def _get_predictor(self, endpoint_name: str, sagemaker_session: Session, component_name: str | None = None) -> Any:
        """Return what asks an endpoint; models call it when they are deployed."""
        from sagewright.predictor import Predictor

        serializer, deserializer = deploying.client_translators(self)
        return Predictor(endpoint_name, sagemaker_session, serializer, deserializer, component_name)

    def _get_tensorflow_predictor(self, endpoint_name: str, sagemaker_session: Session) -> Any:
        """Return what asks an endpoint of TensorFlow Serving."""
        from sagewright.serve.builder.saved_model_builder import tensorflow_predictor

        return tensorflow_predictor(self, endpoint_name, sagemaker_session)

    def _get_triton_predictor(
        self, endpoint_name: str, sagemaker_session: Session, component_name: str | None = None
    ) -> Any:
        """Return what asks an endpoint of Triton."""
        from sagewright.serve.builder.triton_builder import triton_predictor

        return triton_predictor(self, endpoint_name, sagemaker_session, component_name)


def _new_folder() -> str:
    return os.path.join(tempfile.gettempdir(), f"sagemaker-model-builder-{uuid.uuid4().hex}")


__all__ = ["Mode", "ModelBuilder", "ModelServer"]
