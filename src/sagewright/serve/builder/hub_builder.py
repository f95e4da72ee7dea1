"""Models of the Hugging Face hub, which their servers fetch by name: TGI, TEI, DJL and Transformers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright import image_uris, instance_types_gpu_info
from sagewright.djl_inference import DJLModel
from sagewright.huggingface import HuggingFaceModel
from sagewright.huggingface.llm_utils import get_huggingface_llm_image_uri
from sagewright.serve.builder.named_models import attention_heads, described_by_hub
from sagewright.serve.builder.recipes import Recipe
from sagewright.serve.builder.script_builder import pack_script
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.packing.folder import model_folder
from sagewright.serve.utils.types import ModelServer
from sagewright.vocabulary.suggestions import hint

if TYPE_CHECKING:
    from sagewright.model import Model
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")

_CACHE = {"HF_HOME": "/tmp", "HUGGINGFACE_HUB_CACHE": "/tmp"}  # noqa: S108 - in the container, where it can be written
_SENTENCES = (
    'For {server}, sample input must be of {{"inputs": str, "parameters": dict}}, '
    'sample output must be of [{{"generated_text": str,}}]'
)


# What is packed -------------------------------------------------------------------------------------------------------


def _pack_generation(builder: ModelBuilder) -> None:
    check_sentences(builder, "tgi")
    _name_model(builder)
    builder.image_uri = builder.image_uri or get_huggingface_llm_image_uri("huggingface", builder._session())
    builder.env_vars.setdefault("DTYPE", "bfloat16")


def _pack_embeddings(builder: ModelBuilder) -> None:
    _name_model(builder)
    builder.image_uri = builder.image_uri or image_uris.retrieve(
        "huggingface-tei",
        builder._session().boto_region_name,
        image_scope="inference",
        instance_type=builder.instance_type,
    )


def _pack_djl(builder: ModelBuilder) -> None:
    check_sentences(builder, "djl-serving")
    _name_model(builder)
    builder.image_uri = builder.image_uri or image_uris.retrieve(
        "djl-lmi", builder._session().boto_region_name, version="latest", image_scope="inference"
    )
    builder.env_vars.setdefault("TENSOR_PARALLEL_DEGREE", "max")
    builder.env_vars.setdefault("OPTION_DTYPE", "bf16")


def _pack_transformers(builder: ModelBuilder) -> None:
    if builder.inference_spec:
        pack_script(builder)
        named = builder.inference_spec.get_model()
        if named:
            builder.env_vars["HF_MODEL_ID"] = named
        return
    _name_model(builder)
    task = (builder.model_metadata or {}).get("HF_TASK")
    if task and builder._session()._asks_engine():
        builder.env_vars.setdefault("HF_TASK", str(task))  # the engine asks no hub for it


def _name_model(builder: ModelBuilder) -> None:
    (model_folder(str(builder.model_path)) / "code").mkdir(exist_ok=True)
    builder.env_vars["HF_MODEL_ID"] = builder.model


def check_sentences(builder: ModelBuilder, server: str) -> None:
    """Check that samples are what servers of language models are asked and answer.

    Raises:
        ValueError: They are not.
    """
    schema: Any = builder.schema_builder
    asked, answered = getattr(schema, "sample_input", None), getattr(schema, "sample_output", None)
    is_asked = isinstance(asked, dict) and {"inputs", "parameters"} <= asked.keys()
    is_list = isinstance(answered, list) and bool(answered) and isinstance(answered[0], dict)
    if not (is_asked and is_list and "generated_text" in answered[0]):  # type: ignore[index]
        raise ValueError(_SENTENCES.format(server=server))


# What is made ---------------------------------------------------------------------------------------------------------


def _make_named(builder: ModelBuilder, data: Any) -> Model:
    """Return a model whose server fetches it."""
    return HuggingFaceModel(
        builder._settings().role_arn, data, image_uri=builder.image_uri, env=builder.env_vars, **_shared(builder)
    )


def _make_djl(builder: ModelBuilder, data: Any) -> Model:
    model = DJLModel(
        builder.model,
        role=builder._settings().role_arn,
        image_uri=builder.image_uri,
        env=builder.env_vars,
        huggingface_hub_token=builder.env_vars.get("HF_TOKEN"),
        **_shared(builder),
    )
    model.model_data = data
    return model


def _make_transformers(builder: ModelBuilder, data: Any) -> Model:
    if builder.image_uri:
        return _make_named(builder, data)
    tags = described_by_hub(builder).get("tags") or ()
    base = "pytorch" if "pytorch" in tags else "tensorflow" if {"keras", "tensorflow"} & set(tags) else None
    if base is None:
        raise ValueError("PySDK model unable to be created, try overriding image_uri")
    version, base_version, python = _newest(base)
    model = HuggingFaceModel(
        builder._settings().role_arn,
        data,
        transformers_version=version,
        py_version=python,
        env=builder.env_vars,
        pytorch_version=base_version if base == "pytorch" else None,
        tensorflow_version=base_version if base == "tensorflow" else None,
        **_shared(builder),
    )
    instance_type = "local" if builder.mode == Mode.LOCAL_CONTAINER else builder.instance_type
    model.image_uri = builder.image_uri = model.serving_image_uri(builder._session().boto_region_name, instance_type)
    return model


def _newest(base: str) -> tuple[str, str, str]:
    """Return the newest version of Transformers with images, of the framework below it, and of Python."""
    versions = image_uris.config_for_framework("huggingface")["inference"]["versions"]
    newest = max(versions, key=_numbers)
    bases = [name for name in versions[newest] if name.startswith(base)]
    if not bases:
        raise ValueError(f"There is no image of Transformers {newest} on {base}.{hint(base, list(versions[newest]))}")
    chosen = max(bases, key=_numbers)
    return newest, chosen[len(base) :], versions[newest][chosen]["py_versions"][-1]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in version).split()]


def _shared(builder: ModelBuilder) -> dict[str, Any]:
    return {
        "sagemaker_session": builder.sagemaker_session,
        "image_config": builder.image_config,
        "vpc_config": builder.vpc_config,
        "name": builder.name,
    }


# What is known when it is deployed ------------------------------------------------------------------------------------


def _settle_generation(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> None:
    _settle_embeddings(builder, model, arguments)
    if "NUM_SHARD" not in model.env:
        shards = shards_on(builder, arguments["instance_type"])
        model.env.update(NUM_SHARD=str(shards), SHARDED="true" if shards > 1 else "false")


def _settle_embeddings(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> None:
    _settle_plain(builder, model, arguments)
    if not arguments.get("instance_type"):
        raise ValueError("Instance type must be provided when deploying to SageMaker Endpoint mode.")
    model.env.update(_CACHE)


def _settle_djl(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> None:
    _settle_embeddings(builder, model, arguments)
    model.env["TRANSFORMERS_CACHE"] = _CACHE["HF_HOME"]


def _settle_transformers(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> None:
    _settle_plain(builder, model, arguments)
    if not arguments.get("serverless_inference_config"):
        arguments["instance_type"] = arguments.get("instance_type") or builder.instance_type


def _settle_plain(builder: ModelBuilder, model: Model, arguments: dict[str, Any]) -> None:
    timeout_s = arguments.get("model_data_download_timeout")
    if timeout_s:
        model.env["MODEL_LOADING_TIMEOUT"] = str(timeout_s)
    if not arguments.get("serverless_inference_config"):
        arguments["initial_instance_count"] = arguments.get("initial_instance_count") or 1


def shards_on(builder: ModelBuilder, instance_type: str) -> int:
    """Return over how many GPUs of an instance a model is spread: the most that its heads can be divided by.

    Raises:
        ValueError: The instance has no GPU, or the hub does not tell of the model.
    """
    known = instance_types_gpu_info.retrieve(builder._session().boto_region_name)
    gpus = int((known.get(instance_type) or {}).get("Count") or 0)
    if not gpus:
        raise ValueError(
            f"Unable to determine the GPUs of the instance type `{instance_type}`.\n"
            "hint: TGI needs instances with GPUs, such as ml.g5.xlarge; or give `env_vars` NUM_SHARD and SHARDED."
        )
    heads = attention_heads(builder.model, builder.env_vars.get("HUGGING_FACE_HUB_TOKEN"))
    return next((count for count in range(gpus, 1, -1) if heads and heads % count == 0), 1)


TGI = Recipe(ModelServer.TGI, _pack_generation, _make_named, _settle_generation, is_plain=True)
TEI = Recipe(ModelServer.TEI, _pack_embeddings, _make_named, _settle_embeddings, is_plain=True)
DJL_SERVING = Recipe(ModelServer.DJL_SERVING, _pack_djl, _make_djl, _settle_djl, is_plain=True)
TRANSFORMERS = Recipe(ModelServer.MMS, _pack_transformers, _make_transformers, _settle_transformers, is_plain=True)
