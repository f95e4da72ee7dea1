"""Models that are only named: those of the Hugging Face hub, and JumpStart's, which are refused."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

from sagewright.jumpstart.absent import refuse
from sagewright.serve.builder.schema_builder import SchemaBuilder
from sagewright.serve.utils.exceptions import TaskNotFoundException
from sagewright.serve.utils.task import retrieve_local_schemas
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder
    from sagewright.serve.builder.recipes import Recipe

logger = logging.getLogger("sagemaker.serve")

# How the names in JumpStart's catalogue begin; none of them has an owner before a slash.
_JUMPSTARTS = re.compile(
    r"^(huggingface|meta|pytorch|tensorflow|model|mxnet|catboost|lightgbm|xgboost|sklearn|autogluon|stabilityai"
    r"|deepseek|openai|jumpstart|mistral|nvidia)-[^/]+$"
)
_SERVERS = {"text-generation": ModelServer.TGI, "sentence-similarity": ModelServer.TEI}
_SERVERS["feature-extraction"] = ModelServer.TEI
_HUB, _HUB_TIMEOUT_S = "https://huggingface.co", 60


def recipe_of_named(builder: ModelBuilder) -> Recipe:
    """Return the recipe of a model that is named: of its server, or of the one that its task asks for.

    Raises:
        NotImplementedError: It is one of JumpStart's.
        TaskNotFoundException: Nothing tells what it is asked and answers.
    """
    from sagewright.serve.builder.servers import recipe_of

    if _JUMPSTARTS.match(builder.model):
        refuse("ModelBuilder", builder.model)
    if builder.model_server is not None:
        return recipe_of(builder, builder.model_server)
    task = task_of(builder)
    if builder.schema_builder is None and task is not None:
        builder.schema_builder = schema_of_task(task)
    return recipe_of(builder, _SERVERS.get(task or "", ModelServer.MMS))


def task_of(builder: ModelBuilder) -> str | None:
    """Return a model's task: what the builder says, or else what the hub does."""
    given = (builder.model_metadata or {}).get("HF_TASK")
    if given:
        return str(given)
    found = described_by_hub(builder).get("pipeline_tag")
    return None if found is None else str(found)


def described_by_hub(builder: ModelBuilder) -> dict[str, Any]:
    """Return what the hub says of a model; it is asked.

    Raises:
        ValueError: The hub does not answer, or has no such model.
    """
    from sagewright.huggingface.llm_utils import get_huggingface_model_metadata

    try:
        return get_huggingface_model_metadata(builder.model, builder.env_vars.get("HUGGING_FACE_HUB_TOKEN"))
    except ValueError as error:
        raise ValueError(
            f"{error}\nhint: to build without the hub, give `model_metadata={{'HF_TASK': ...}}` and `image_uri`."
        ) from error


def schema_of_task(task: str) -> SchemaBuilder:
    """Return the schema of a task of the hub's.

    Raises:
        TaskNotFoundException: It is not known.
    """
    try:
        return SchemaBuilder(*retrieve_local_schemas(task))
    except ValueError as error:
        raise TaskNotFoundException(
            f"HuggingFace Schema builder samples for {task} could not be found locally or via remote.\n"
            "hint: give the builder a `schema_builder`."
        ) from error


def attention_heads(model: str, token: str | None) -> int | None:
    """Return how many heads a model of the hub has, as its `config.json` says; the hub is asked.

    Raises:
        ValueError: The hub does not answer, or has no such model.
    """
    config = _config(model, token)
    names = ("n_head", "n_heads", "num_head", "num_heads", "num_attention_heads")
    return next((config[name] for name in names if config.get(name)), None)


def _config(model: str, token: str | None) -> dict[str, Any]:
    import urllib.parse
    import urllib.request

    url = f"{_HUB}/{urllib.parse.quote(model)}/raw/main/config.json"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme is ours
        with urllib.request.urlopen(request, timeout=_HUB_TIMEOUT_S) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except (OSError, ValueError) as error:
        raise ValueError(
            f"Did not find a config.json or model_index.json file in huggingface hub for {model}: {error}\n"
            "hint: to deploy without the hub, say in `env_vars` over how many GPUs the model is spread: "
            "NUM_SHARD and SHARDED for TGI, TENSOR_PARALLEL_DEGREE for DJL."
        ) from error
