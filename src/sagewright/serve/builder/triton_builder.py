"""Models that NVIDIA's Triton serves: those of PyTorch and TensorFlow, written as ONNX."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.deserializers import JSONDeserializer
from sagewright.predictor import Predictor
from sagewright.serializers import JSONSerializer
from sagewright.serve.builder.recipes import Recipe, plain_model
from sagewright.serve.detection import framework_of_model
from sagewright.serve.packing.folder import model_folder
from sagewright.serve.utils.types import ModelServer
from sagewright.vocabulary.image_tables import registry_host

if TYPE_CHECKING:
    from sagewright.model import Model
    from sagewright.serve.builder.model_builder import ModelBuilder
    from sagewright.serve.builder.schema_builder import SchemaBuilder
    from sagewright.session import Session

logger = logging.getLogger("sagemaker.serve")

INPUT_NAME, OUTPUT_NAME = "input_1", "output_1"
_VERSION = "23.02"
# Whose account keeps the images of a region.
_ACCOUNTS = {
    "af-south-1": "774647643957",
    "ap-east-1": "110948597952",
    "ap-northeast-1": "941853720454",
    "ap-northeast-2": "151534178276",
    "ap-south-1": "763008648453",
    "ap-southeast-1": "324986816169",
    "ap-southeast-2": "355873309152",
    "ca-central-1": "464438896020",
    "cn-north-1": "472730292857",
    "cn-northwest-1": "474822919863",
    "eu-central-1": "746233611703",
    "eu-north-1": "601324751636",
    "eu-south-1": "966458181534",
    "eu-west-1": "802834080501",
    "eu-west-2": "205493899709",
    "eu-west-3": "254080097072",
    "me-south-1": "836785723513",
    "sa-east-1": "756306329178",
    "us-east-1": "785573368785",
    "us-east-2": "007439368137",
    "us-west-1": "710691900526",
    "us-west-2": "301217895009",
}
_GPU_FAMILIES = ("ml.g4dn", "ml.g5", "ml.p3", "ml.p3dn", "ml.p4", "ml.p4d", "ml.p4de", "local_gpu")


class TritonSerializer(JSONSerializer):
    """Arrays as Triton's requests.

    Args:
        input_serializer: Makes an array.
        dtype: Triton's name for its numbers.
    """

    def __init__(self, input_serializer: Any, dtype: str, content_type: str = "application/json") -> None:
        super().__init__(content_type)
        self.input_serializer, self.dtype = input_serializer, dtype

    def serialize(self, data: Any) -> Any:
        """Return the request's document."""
        array = self.input_serializer.serialize(data)
        tensor = {"name": INPUT_NAME, "shape": array.shape, "datatype": self.dtype, "data": array.tolist()}
        return super().serialize({"inputs": [tensor]})


def triton_translators(schema_builder: SchemaBuilder) -> tuple[Any, Any]:
    """Return what makes Triton's requests, and what reads its answers."""
    dtype = str(schema_builder._input_triton_dtype).rpartition("_")[2]
    return TritonSerializer(schema_builder.input_serializer, dtype), JSONDeserializer()


def _pack(builder: ModelBuilder) -> None:
    if builder.inference_spec:
        raise NotImplementedError(
            "`model_server=TRITON` with an InferenceSpec is not built into Sagewright: its images run that in a copy "
            "of a conda environment, which conda-pack makes.\n"
            "hint: give the model itself as `model`, or leave `model_server` out."
        )
    schema: Any = builder.schema_builder
    schema._update_serializer_deserializer_for_triton()
    schema._detect_dtype_for_triton()
    framework, _ = framework_of_model(builder.model)
    if framework not in _EXPORTS:
        raise ValueError(f"{framework} is not supported with Triton model server")
    builder.image_uri = builder.image_uri or _image(builder)
    place = model_folder(str(builder.model_path)) / "model_repository" / "model" / "1"
    place.mkdir(parents=True, exist_ok=True)
    try:
        _EXPORTS[framework](builder.model, schema.sample_input, place / "model.onnx")
    except ModuleNotFoundError as error:
        raise ImportError(
            f"Launching Triton with ModelBuilder for a {framework} model requires the module `{error.name}`.\n"
            f"hint: pip install {error.name}"
        ) from error


def _export_pytorch(model: Any, sample: Any, path: Path) -> None:
    from torch.onnx import export

    export(model=model, args=sample, f=str(path), input_names=[INPUT_NAME], output_names=[OUTPUT_NAME], verbose=False)


def _export_tensorflow(model: Any, sample: Any, path: Path) -> None:
    import tensorflow
    import tf2onnx

    signature = [tensorflow.TensorSpec(shape=sample.shape, name=INPUT_NAME)]
    tf2onnx.convert.from_keras(model=model, input_signature=signature, output_path=str(path))


_EXPORTS = {"pytorch": _export_pytorch, "tensorflow": _export_tensorflow}


def _image(builder: ModelBuilder) -> str:
    region = builder._session().boto_region_name
    if region not in _ACCOUNTS:
        raise ValueError(
            f"{region} is not supported for triton image. Please switch to the following region: {sorted(_ACCOUNTS)}"
        )
    family = str(builder.instance_type).rpartition(".")[0] or str(builder.instance_type)
    end = "" if family in _GPU_FAMILIES else "-cpu"
    host = registry_host(_ACCOUNTS[region], region)
    return f"{host}/sagemaker-tritonserver:{_VERSION}-py3{end}"


def _make(builder: ModelBuilder, data: Any) -> Model:
    return plain_model(builder, data, builder._get_triton_predictor)


def triton_predictor(
    builder: ModelBuilder, endpoint_name: str, session: Session, component_name: str | None = None
) -> Predictor:
    """Return what asks Triton."""
    schema: Any = builder.schema_builder
    return Predictor(endpoint_name, session, *triton_translators(schema), component_name)


TRITON = Recipe(ModelServer.TRITON, _pack, _make)
