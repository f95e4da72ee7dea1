"""`ModelBuilder`: what its schema finds out, and what it asks AWS for each model server."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from unittest import mock

from tests.parity.recording import ROLE
from tests.parity.world import World

ACCOUNT = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
PYTORCH = f"{ACCOUNT}/pytorch-inference:2.3.0-cpu-py311-ubuntu20.04-sagemaker"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
TEI = f"{ACCOUNT}/tei:2.0.1-tei1.2.3-cpu-py310-ubuntu22.04"
TGI = f"{ACCOUNT}/huggingface-pytorch-tgi-inference:2.4.0-tgi2.3.1-gpu-py311-cu124-ubuntu22.04"
TRANSFORMERS = f"{ACCOUNT}/huggingface-pytorch-inference:2.1.0-transformers4.37.0-cpu-py310-ubuntu22.04"
SENTENCE = ({"inputs": "a sentence", "parameters": {}}, [{"generated_text": "an answer"}])


# What samples tell ----------------------------------------------------------------------------------------------------


def schema_of_json(world: World) -> Any:
    return _told(world, {"inputs": "x"}, [1, 2])


def schema_of_text(world: World) -> Any:
    return _told(world, "a question", "an answer")


def schema_of_bytes(world: World) -> Any:
    return _told(world, b"raw", b"raw")


def schema_of_arrays(world: World) -> Any:
    import numpy as np

    return _told(world, np.array([[1.0, 2.0]]), np.array([1]))


def schema_of_frames(world: World) -> Any:
    import pandas as pd

    return _told(world, pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1]}))


def schema_of_a_file(world: World) -> Any:
    world.files(picture_png="abc")
    return _told(world, "picture.png", {"label": "cat"})


def schema_of_what_cannot_be_sent(world: World) -> Any:
    return _told(world, {1, 2}, "x")


def schema_of_what_cannot_be_answered(world: World) -> Any:
    return _told(world, "x", {1, 2})


def schema_with_translators(world: World) -> Any:
    translator = _words(world)("text/words", "text/answers")
    schema = world["serve.SchemaBuilder"](["a"], ["b"], input_translator=translator, output_translator=translator)
    given = (schema.custom_input_translator.CONTENT_TYPE, schema.custom_output_translator.ACCEPT)
    return [schema.generate_marshalling_map(), given, translator.serialize(["a", "b"])]


def schema_with_a_translator_that_fails(world: World) -> Any:
    base: Any = _words(world)

    class Broken(base):  # type: ignore[misc]  # a class of the SDK that plays
        def deserialize_payload_from_stream(self, stream: Any) -> Any:
            raise OSError("broken")

    return world["serve.SchemaBuilder"](["a"], ["b"], input_translator=Broken())


def translators_default_types(world: World) -> Any:
    translator = _words(world)()
    return [translator.CONTENT_TYPE, translator.ACCEPT]


def words(world: World) -> Any:
    kinds = (world["serve.Mode"], world["serve.ModelServer"], world["serve.utils.types.HardwareType"])
    return [[(str(member), member.value) for member in kind] for kind in kinds]


def errors_say_what_they_are_told(world: World) -> Any:
    names = ("LocalDeepPingException", "LocalModelLoadException", "TaskNotFoundException")
    return [str(world[f"serve.utils.exceptions.{name}"]("words")) for name in names]


# With scripts ---------------------------------------------------------------------------------------------------------


def a_class_deployed(world: World) -> Any:
    with _machine(world):
        model = _builder(world).build()
        predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_logging=False)
        return [model.env, predictor.content_type, predictor.accept, type(model).__name__]


def a_class_with_all_that_a_model_takes(world: World) -> Any:
    with _machine(world):
        _builder(
            world,
            env_vars={"A": "1"},
            vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            image_config={"RepositoryAccessMode": "Vpc"},
            s3_model_data_url="s3://models/place",
            content_type="tensor/pt",
            accept_type="tensor/pt",
        ).build().deploy(
            initial_instance_count=2,
            instance_type="ml.m5.large",
            endpoint_name="endpoint",
            tags=[{"Key": "a", "Value": "b"}],
            wait=False,
            endpoint_logging=False,
        )


def a_class_in_an_image_of_ones_own(world: World) -> Any:
    with _machine(world):
        server = world["serve.ModelServer"].TORCHSERVE
        _builder(world, image_uri=OWN, model_server=server).build().create("ml.m5.large")


def a_booster_finds_its_image(world: World) -> Any:
    import numpy as np
    import xgboost

    with _machine(world):
        rows = np.arange(8.0).reshape(-1, 2)
        booster = xgboost.train({}, xgboost.DMatrix(rows, rows[:, 0]), 1)
        model = _builder(world, model=booster, inference_spec=None, image_uri=None).build()
        model.create("ml.m5.large")
        return model.env


def a_class_registered(world: World) -> Any:
    with _machine(world):
        world.aws.answers["Search"] = {"Results": []}
        world.aws.answers["ListModelPackageGroups"] = {"ModelPackageGroupSummaryList": []}
        model = _builder(world).build()
        package = model.register(model_package_group_name="group", approval_status="Approved")
        return package.model_package_arn


def a_builder_deploys(world: World) -> Any:
    with _machine(world):
        builder = _builder(world)
        builder.build()
        builder.deploy(endpoint_name="endpoint")


def a_builder_deploys_serverless(world: World) -> Any:
    with _machine(world):
        builder = _builder(world, image_uri=XGBOOST)
        builder.build()
        config = world["serverless.ServerlessInferenceConfig"](2048, 3)
        builder.deploy(endpoint_name="endpoint", inference_config=config)


def a_builder_deploys_asynchronous(world: World) -> Any:
    with _machine(world):
        builder = _builder(world)
        builder.build()
        config = world["async_inference.AsyncInferenceConfig"](output_path="s3://bucket/answers")
        builder.deploy(endpoint_name="endpoint", inference_config=config)


def a_builder_makes_a_transformer(world: World) -> Any:
    with _machine(world):
        builder = _builder(world)
        builder.build()
        kind = "batch_inference.batch_transform_inference_config.BatchTransformInferenceConfig"
        config = world[kind](instance_count=1, instance_type="ml.m5.large", output_path="s3://bucket/out")
        made = builder.deploy(inference_config=config)
        return [made.model_name, made.instance_type, made.output_path]


def builders_of_components(world: World) -> Any:
    with _machine(world):
        needs = world["compute_resource_requirements.ResourceRequirements"](
            requests={"memory": 512, "num_cpus": 1, "copies": 1}, limits={}
        )
        one = _builder(world, resource_requirements=needs, inference_component_name="component")
        world.aws.answers["DescribeInferenceComponent"] = _missing_component()
        all_of_them = world["serve.ModelBuilder"](
            modelbuilder_list=[one], role_arn=ROLE, sagemaker_session=world.session()
        ).build()
        all_of_them.deploy(endpoint_name="endpoint", instance_type="ml.m5.large", initial_instance_count=1, wait=False)


def an_orchestrator(world: World) -> Any:
    import numpy as np

    base: Any = world["serve.spec.inference_base.CustomOrchestrator"]

    class Asking(base):  # type: ignore[misc]  # a class of the SDK that plays
        def handle(self, data: Any, context: Any = None) -> Any:
            return data

    with _machine(world):
        schema = world["serve.SchemaBuilder"](np.ones(1), np.ones(1))
        builder = _builder(world, inference_spec=Asking(), image_uri=None, schema_builder=schema)
        all_of_them = builder.build()
        [predictor] = all_of_them.deploy(endpoint_name="unused", endpoint_logging=False)
        return [builder.built_model.env, predictor.content_type]


def role_and_place_of_the_configuration(world: World) -> Any:
    with _machine(world):
        modules = {"Serve": {"RoleArn": ROLE, "S3ModelDataUri": "s3://configured/place"}}
        config = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": modules}}}
        session = world.session(sagemaker_config=config)
        _builder(world, role_arn=None, sagemaker_session=session).build().create("ml.m5.large")


# Refusals -------------------------------------------------------------------------------------------------------------


def refuses_a_model_and_a_class(world: World) -> Any:
    with _machine(world):
        _builder(world, model=object()).build()


def refuses_an_image_of_ones_own_without_a_server(world: World) -> Any:
    with _machine(world):
        try:
            _builder(world, image_uri=OWN).build()
        except ValueError as error:
            return str(error).partition("{")[0]  # what follows is a set
        return None


def refuses_to_deploy_what_is_not_built(world: World) -> Any:
    with _machine(world):
        _builder(world).deploy()


def refuses_without_a_schema(world: World) -> Any:
    with _machine(world):
        model = _builder(world, schema_builder=None).build()
        model.register(model_package_group_name="group")


def refuses_a_list_of_what_is_no_component(world: World) -> Any:
    with _machine(world):
        world["serve.ModelBuilder"](modelbuilder_list=[_builder(world)], sagemaker_session=world.session()).build()


# Models of the hub ----------------------------------------------------------------------------------------------------


def text_embeddings_inference(world: World) -> Any:
    with _machine(world, {"pipeline_tag": "feature-extraction"}):
        schema = world["serve.SchemaBuilder"](json.dumps({"inputs": ["a"]}), [[1, 2]])
        builder = _named(world, image_uri=TEI, schema_builder=schema, env_vars={"A": "1"})
        model = builder.build()
        predictor = model.deploy(initial_instance_count=1, instance_type="ml.g5.xlarge", endpoint_logging=False)
        return [predictor.content_type, list(predictor.accept), type(model).__name__]


def text_generation_inference(world: World) -> Any:
    with _machine(world, {"pipeline_tag": "text-generation"}):
        model = _named(world, image_uri=TGI).build()
        model.deploy(initial_instance_count=1, instance_type="ml.g5.12xlarge", endpoint_logging=False)
        return type(model).__name__


def djl_serving(world: World) -> Any:
    with _machine(world):
        server = world["serve.ModelServer"].DJL_SERVING
        model = _named(world, model_server=server, env_vars={"HF_TOKEN": "t"}).build()
        model.deploy(initial_instance_count=1, instance_type="ml.g5.12xlarge", endpoint_logging=False)
        return type(model).__name__


def multi_model_server(world: World) -> Any:
    with _machine(world):
        server = world["serve.ModelServer"].MMS
        model = _named(world, image_uri=TRANSFORMERS, model_server=server).build()
        model.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_logging=False)
        return type(model).__name__


def transformers_find_their_image(world: World) -> Any:
    with _machine(world, {"pipeline_tag": "fill-mask", "tags": ["pytorch"]}):
        schema = world["serve.SchemaBuilder"]({"inputs": "x"}, [{"score": 1.0}])
        return _named(world, schema_builder=schema).build().prepare_container_def("ml.m5.large")


def a_task_brings_its_schema(world: World) -> Any:
    with _machine(world, {"pipeline_tag": "text-classification", "tags": ["pytorch"]}):
        builder = _named(world, schema_builder=None, image_uri=TRANSFORMERS, env_vars={"A": "1"})
        builder.build()
        return [builder.schema_builder.sample_input, builder.schema_builder.sample_output]


# Triton ---------------------------------------------------------------------------------------------------------------


def triton_serves_a_module_of_pytorch(world: World) -> Any:
    import torch

    def exported(f: Any, **_: Any) -> None:
        with open(f, "wb") as file:
            file.write(b"onnx")

    with _machine(world), mock.patch("torch.onnx.export", exported), mock.patch.dict("sys.modules", _triton_client()):
        schema = world["serve.SchemaBuilder"](torch.ones(1, 2), torch.ones(1, 1))
        server = world["serve.ModelServer"].TRITON
        builder = _named(world, model=torch.nn.Linear(2, 1), schema_builder=schema, model_server=server)
        builder.secret_key = None  # which v2 asks for and nobody sets
        model = builder.build()
        model.name = "model"  # which v2 does not hand on
        predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_logging=False)
        return predictor.serializer.serialize(torch.ones(1, 2))


def triton_of_its_own_image(world: World) -> Any:
    import numpy as np
    import torch

    with _machine(world), mock.patch("torch.onnx.export"), mock.patch.dict("sys.modules", _triton_client()):
        schema = world["serve.SchemaBuilder"](np.ones((1, 2)), np.ones(1))
        server, model = world["serve.ModelServer"].TRITON, torch.nn.Linear(2, 1)
        image = f"{ACCOUNT}/sagemaker-tritonserver:24.01-py3"
        builder = _named(world, model=model, schema_builder=schema, model_server=server, image_uri=image)
        builder.secret_key = None
        return builder.build().prepare_container_def("ml.g5.xlarge")


# How ------------------------------------------------------------------------------------------------------------------


def _told(world: World, sample_input: Any, sample_output: Any) -> Any:
    schema = world["serve.SchemaBuilder"](sample_input, sample_output)
    sent, answered = schema.input_serializer.serialize(sample_input), schema.output_serializer.serialize(sample_output)
    return [
        schema.generate_marshalling_map(),
        [schema.input_serializer.CONTENT_TYPE, schema.input_deserializer.ACCEPT, schema.output_deserializer.ACCEPT],
        [sent, answered],
    ]


def _words(world: World) -> Any:
    base: Any = world["serve.CustomPayloadTranslator"]

    class Words(base):  # type: ignore[misc]  # a class of the SDK that plays
        def serialize_payload_to_bytes(self, payload: Any) -> bytes:
            return " ".join(payload).encode()

        def deserialize_payload_from_stream(self, stream: Any) -> Any:
            return stream.read().decode().split()

    return Words


def _builder(world: World, **changes: Any) -> Any:
    import numpy as np

    base: Any = world["serve.InferenceSpec"]

    class Doubling(base):  # type: ignore[misc]  # a class of the SDK that plays
        def load(self, model_dir: str) -> Any:
            return 2

        def invoke(self, input_object: Any, model: Any) -> Any:
            return input_object

    given: dict[str, Any] = {
        "inference_spec": Doubling(),
        "schema_builder": world["serve.SchemaBuilder"](np.array([1.0]), np.array([1.0])),
        "image_uri": PYTORCH,
        "role_arn": ROLE,
        "name": "model",
        "model_path": "model",
        **changes,
    }
    given.setdefault("sagemaker_session", world.session())
    return world["serve.ModelBuilder"](**given)


def _named(world: World, **changes: Any) -> Any:
    named = {"schema_builder": world["serve.SchemaBuilder"](*SENTENCE), "model": "org/model", "image_uri": None}
    given = {**named, **changes}
    return _builder(world, inference_spec=None, **given)


def _triton_client() -> dict[str, Any]:
    """Return modules that v2 wants to be able to import, and does not use to deploy."""
    return {"tritonclient": mock.Mock(), "tritonclient.http": mock.Mock()}


def _missing_component() -> Any:
    from tests.parity.recording import Refusal

    return Refusal("ValidationException", "Could not find inference component")


@contextlib.contextmanager
def _machine(world: World, metadata: Any = None) -> Iterator[None]:
    """Stand for the machine, the hub and JumpStart: a Python that is known, answers without a network, no catalogue."""
    config = {"num_attention_heads": 8}

    def asked(request: Any, **_: Any) -> Any:
        url = request if isinstance(request, str) else request.full_url
        return io.BytesIO(json.dumps(metadata if "/api/models/" in url else config).encode())

    world.aws.answers["DescribeInstanceTypes"] = {"InstanceTypes": [{}]}
    with contextlib.ExitStack() as patches:
        put = patches.enter_context
        put(mock.patch("platform.python_version", return_value="3.11.7"))
        put(mock.patch("boto3.session.Session", return_value=world.aws.boto_session()))
        put(mock.patch("urllib.request.urlopen", asked))
        if world.package == "sagemaker":  # asks Amazon's buckets for JumpStart's catalogue
            room = importlib.import_module("sagemaker.serve.builder.jumpstart_builder")
            put(mock.patch.object(room.model_uris, "retrieve", mock.Mock(side_effect=KeyError)))
            builder = world["serve.ModelBuilder"]
            put(mock.patch.object(builder, "_retrieve_hugging_face_model_mapping", return_value={}))
        logging.disable(logging.CRITICAL)  # of which v2 prints some
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
            world.aws.calls[:] = [call for call in world.aws.calls if call[0] != "FilterLogEvents"]
