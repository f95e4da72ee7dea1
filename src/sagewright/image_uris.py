"""URIs of Amazon's images (`contract.md` 9.10)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sagewright.arguments import check_instances, suggesting
from sagewright.image_tags import GRAVITON_FAMILIES, family_of, plain_tag, tag_of, transformers_tag_prefix
from sagewright.jumpstart.absent import refuse_model
from sagewright.vocabulary.suggestions import hint
from sagewright.workflow.parameter_defaults import override_pipeline_parameter_var

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")

Table = Mapping[str, Any]

HUGGING_FACE = "huggingface"
GRAVITON_FRAMEWORKS = frozenset({"tensorflow", "pytorch", "xgboost", "sklearn"})
# Their tags end in a part that the caller may choose.
FREE_CONTAINER_VERSION = frozenset({HUGGING_FACE, "pytorch-smp", "spark"})
NEURON_SDK_REPOSITORIES = frozenset(
    {"pytorch-training-neuron", "pytorch-training-neuronx", "huggingface-vllm-inference-neuronx"}
    | {"huggingface-pytorch-inference-neuron", "huggingface-pytorch-inference-neuronx"}
)
_PRICING = "https://aws.amazon.com/sagemaker/pricing"


@override_pipeline_parameter_var
@suggesting
def retrieve(
    framework: str,
    region: str,
    version: str | None = None,
    py_version: str | None = None,
    instance_type: InstanceType | None = None,
    accelerator_type: str | None = None,
    image_scope: str | None = None,
    container_version: str | None = None,
    distribution: Any = None,
    base_framework_version: str | None = None,
    training_compiler_config: Any = None,
    model_id: str | None = None,
    model_version: str | None = None,
    hub_arn: str | None = None,
    tolerate_vulnerable_model: bool = False,
    tolerate_deprecated_model: bool = False,
    sdk_version: str | None = None,
    inference_tool: str | None = None,
    serverless_inference_config: Any = None,
    sagemaker_session: Any = None,
    config_name: str | None = None,
    model_type: Any = None,
) -> str:
    """Return the URI of an image.

    Args:
        framework: A framework or an algorithm, for example `pytorch` or `linear-learner`.
        version: Needed where there are several; for `huggingface` that of transformers.
        py_version: For example `py310`; needed where there are several.
        instance_type: Decides between images for CPUs, GPUs and other processors.
        accelerator_type: An Elastic Inference accelerator; then the scope is `eia`.
        image_scope: `training`, `inference`, ...; needed where the images differ.
        container_version: The last part of the tag, for the few frameworks that leave it open.
        base_framework_version: Of `huggingface`, for example `pytorch2.1`.
        sdk_version: Of Neuron's SDK, where images come with several; None: the newest.
        inference_tool: `neuron` or `neuronx`; None: as the instance type asks for.
        serverless_inference_config: Given: images for CPUs.

    Raises:
        FileNotFoundError: There is no such framework.
        ValueError: There is no image with these properties; the message names the properties that there are.
        NotImplementedError: A JumpStart model is asked for.

    Example:
        >>> from sagewright import image_uris
        >>> image_uris.retrieve("linear-learner", "us-east-1")
        '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1'
    """
    if model_id is not None or model_version is not None:
        refuse_model("image_uris.retrieve", "getting specs for JumpStart models", model_id, model_version)
    if not (training_compiler_config and framework in (HUGGING_FACE, "pytorch")):
        inference_tool = _inference_tool(framework, inference_tool, instance_type)
    name = _table_name(framework, inference_tool, bool(training_compiler_config))
    scope = image_scope
    if name != f"{framework}-training-compiler":
        scope = _scope(framework, instance_type, image_scope)
        _check_processor_framework(framework, instance_type)
    table = _table_for_scope(name, scope, accelerator_type)

    asked_version = version
    version = _version(version, table, framework, image_scope)
    images: Table = table["versions"][table.get("version_aliases", {}).get(version, version)]
    if framework == HUGGING_FACE:
        images = _of_base_framework(images, base_framework_version)
    py_version = _py_version(py_version, images, framework)
    images = images.get(py_version or "") or images

    account = _account(images["registries"], region)
    processor = _processor(
        instance_type, table.get("processors") or images.get("processors"), serverless_inference_config
    )
    repository: str = images["repository"]
    container = _container_version(container_version, images, processor, sdk_version)
    if framework == HUGGING_FACE:
        prefix = transformers_tag_prefix(table, repository, asked_version, version, base_framework_version or "")
    else:
        prefix = images.get("tag_prefix", version)
    if repository == f"{framework}-inference-graviton":
        container = f"{container}-sagemaker"
    _check_not_deprecated(framework, instance_type, version)
    _check_container_version(container_version, images, framework, version)
    _check_graviton_scope(framework, scope, instance_type)
    tag = plain_tag(prefix, inference_tool or processor, py_version, container)
    tag = tag_of(framework, version, scope, tag, instance_type, distribution, processor)
    return _uri(account, region, f"{repository}:{tag}" if tag else repository)


@override_pipeline_parameter_var
@suggesting
def get_training_image_uri(
    region: str,
    framework: str,
    framework_version: str | None = None,
    py_version: str | None = None,
    image_uri: str | None = None,
    distribution: Any = None,
    compiler_config: Any = None,
    tensorflow_version: str | None = None,
    pytorch_version: str | None = None,
    instance_type: InstanceType | None = None,
) -> str:
    """Return `image_uri`, or else the URI of a framework's training image.

    Args:
        framework_version: For `huggingface` that of transformers; then one of `tensorflow_version` and
            `pytorch_version` names the base.
    """
    if image_uri:
        return image_uri
    logger.info("image_uri is not presented, retrieving image_uri based on instance_type, framework etc.")
    container_version, base = None, None
    if tensorflow_version is not None or pytorch_version is not None:
        if _processor(instance_type, ["cpu", "gpu"]) == "gpu" and not compiler_config:
            container_version = "cu110-ubuntu18.04"
        base = f"pytorch{pytorch_version}" if tensorflow_version is None else f"tensorflow{tensorflow_version}"
    if _has_model_parallelism(distribution):
        framework = "pytorch-smp"
        container_version = _smp_container_version(framework_version or "", instance_type or "")
    return retrieve(
        framework,
        region,
        instance_type=instance_type,
        version=framework_version,
        py_version=py_version,
        image_scope="training",
        distribution=distribution,
        base_framework_version=base,
        container_version=container_version,
        training_compiler_config=compiler_config,
    )


def get_base_python_image_uri(region: str, py_version: str = "310") -> str:
    """Return the URI of the image with nothing but Python.

    Args:
        py_version: `310` or `38`.
    """
    images = config_for_framework("sagemaker-base-python")["versions"]["1.0"]
    return _uri(_account(images["registries"], region), region, f"{images['repository']}-{py_version}:1.0")


def config_for_framework(framework: str) -> dict[str, Any]:
    """Return a framework's table: scopes, versions, and for each its registries, repository and more.

    Raises:
        FileNotFoundError: There is no such framework; the message names the nearest.
    """
    from sagewright.vocabulary import image_tables

    try:
        return image_tables.table_of(framework)
    except KeyError:
        known = image_tables.frameworks()
        raise FileNotFoundError(f"There are no images of `{framework}`.{hint(framework, known)}") from None


# What table, what scope ---------------------------------------------------------------------------------------------


def _table_name(framework: str, inference_tool: str | None, compiled: bool) -> str:
    if framework not in (HUGGING_FACE, "pytorch"):
        return framework
    if compiled:
        return f"{framework}-training-compiler"
    return f"{framework}-{inference_tool}" if inference_tool in ("neuron", "neuronx") else framework


def _inference_tool(framework: str, asked: str | None, instance_type: str | None) -> str | None:
    if framework in (HUGGING_FACE, "pytorch") and not asked and family_of(instance_type).startswith(("inf", "trn")):
        return "neuron"
    return asked


def _scope(framework: str, instance_type: str | None, asked: str | None) -> str | None:
    if framework in GRAVITON_FRAMEWORKS and family_of(instance_type) in GRAVITON_FAMILIES:
        return "inference_graviton"
    # Their images for training and for inference are the same, though they have tables of their own.
    return "training" if asked is None and framework in ("xgboost", "sklearn") else asked


def _check_processor_framework(framework: str, instance_type: str | None) -> None:
    check_instances(None, instance_type)
    for kind, there, allowed in (
        ("Trainium", "trn" in (instance_type or ""), "pytorch"),
        ("Graviton", family_of(instance_type) in GRAVITON_FAMILIES, GRAVITON_FRAMEWORKS),
    ):
        if there and framework not in ({allowed} if isinstance(allowed, str) else allowed):
            names = allowed if isinstance(allowed, str) else ", ".join(sorted(allowed))
            raise ValueError(
                f"Unsupported framework: {framework}. Supported framework(s) for {kind} instances: {names}."
            )


def _check_graviton_scope(framework: str, scope: str | None, instance_type: str | None) -> None:
    family = family_of(instance_type)
    if framework in ("xgboost", "sklearn") and scope == "inference_graviton" and family:
        _check(family, GRAVITON_FAMILIES, "instance type")


@cache
def _read_once(read: Callable[[str], Table], framework: str) -> Table:
    """Return a framework's table, which nobody changes here: making a copy takes ten times what is asked of it."""
    return read(framework)


def _table_for_scope(name: str, scope: str | None, accelerator_type: str | None) -> Table:
    table = _read_once(config_for_framework, name)
    if accelerator_type:
        _check_accelerator(accelerator_type)
        if scope not in ("eia", "inference"):
            logger.warning("Elastic inference is for inference only. Ignoring image scope: %s.", scope)
        scope = "eia"
    scopes: list[str] = table.get("scope", list(table))
    if len(scopes) == 1:
        if scope and scope != scopes[0]:
            logger.warning("Defaulting to only supported image scope: %s. Ignoring image scope: %s.", scopes[0], scope)
        scope = scopes[0]
    if not scope and "scope" in table and set(scopes) == {"training", "inference"}:
        logger.info("Same images used for training and inference. Defaulting to image scope: %s.", scopes[0])
        scope = scopes[0]
    _check(scope, scopes, "image scope")
    part: Table = table if "scope" in table else table[str(scope)]
    return part


def _check_accelerator(accelerator_type: str) -> None:
    if not accelerator_type.startswith("ml.eia") and accelerator_type != "local_sagemaker_notebook":
        raise ValueError(
            f"Invalid SageMaker Elastic Inference accelerator type: {accelerator_type}. "
            "See https://docs.aws.amazon.com/sagemaker/latest/dg/ei.html"
        )


# What versions ------------------------------------------------------------------------------------------------------


def _version(asked: str | None, table: Table, framework: str, image_scope: str | None) -> str:
    versions, aliases = list(table["versions"]), list(table.get("version_aliases", {}))
    if len(versions) == 1 and asked not in aliases:
        only: str = versions[0]
        if asked not in (None, only, "latest"):
            logger.warning("There is one version of %s, %s; ignoring version: %s.", framework, only, asked)
        return only
    version = asked or _newest(_read_once(config_for_framework, framework), image_scope)
    _check(version, [*versions, *aliases], f"{framework} version")
    return str(version)


def _newest(table: Table, image_scope: str | None) -> str | None:
    """Return the newest version where v2 finds one; the tables list versions up or down."""
    part: Any = table.get(image_scope or "") or {}
    newest: str | None = part.get("version_aliases", {}).get("latest") if isinstance(part, dict) else None
    if newest:
        return newest
    if "versions" not in table:
        table = part if "versions" in part else table.get("processing", {})
    versions: list[str] = list(table.get("versions", ()))
    if not versions or (len(versions) > 1 and "latest" in (versions[0], versions[-1])):
        return None
    return max((versions[0], versions[-1]), key=_numbers)


def _numbers(version: str) -> list[int]:
    import re

    numbers = [int(number) for number in re.findall(r"\d+", version)]
    while numbers and numbers[-1] == 0:  # 0.11 and 0.11.0 are one
        numbers.pop()
    return numbers


def _of_base_framework(images: Table, base: str | None) -> Table:
    whole = images.get("version_aliases", {}).get(base, base)
    _check(whole, [name for name in images if name != "version_aliases"], "base framework")
    chosen: Table = images[whole]
    return chosen


def _py_version(asked: str | None, images: Table, framework: str) -> str | None:
    known: list[str] = images.get("py_versions", []) if "repository" in images else list(images)
    if not known:
        if asked:
            logger.info("Ignoring unnecessary Python version: %s.", asked)
        return None
    if asked is None and framework == "spark":
        return None
    if asked is None and len(known) == 1:
        logger.info("Defaulting to only available Python version: %s", known[0])
        return known[0]
    _check(asked, known, "Python version")
    return asked


def _container_version(asked: str | None, images: Table, processor: str | None, sdk: str | None) -> str | None:
    container: str | None = images["container_version"][processor] if images.get("container_version") else asked
    if images["repository"] in NEURON_SDK_REPOSITORIES:
        return f"{sdk or max(images['sdk_versions'])}-{container}"
    return container


def _check_container_version(asked: str | None, images: Table, framework: str, version: str) -> None:
    repository: str = images["repository"]
    if asked is None or images.get("container_version") or framework in FREE_CONTAINER_VERSION:
        return
    if repository != f"{framework}-inference-graviton" and "neuron" not in repository:
        raise ValueError(
            f"container_version '{asked}' is not supported for framework '{framework}' version '{version}'. "
            "The resulting image tag would not correspond to a published image. container_version is an image tag "
            "build component (for example a CUDA/OS suffix), not a Deep Learning Containers release version; omit it "
            "and pass the full framework version instead."
        )


def _has_model_parallelism(distribution: Any) -> bool:
    """Tell whether torch's launcher and the model-parallel library are asked for together."""
    if distribution is None or "torch_distributed" not in distribution or "smdistributed" not in distribution:
        return False
    parallel = distribution["smdistributed"].get("modelparallel")
    return parallel is not None and bool(parallel.get("enabled", True))


def _smp_container_version(version: str, instance_type: str) -> str:
    if "2.5" in version:
        return "cu124"
    return "cu121" if "p5" in instance_type or any(old in version for old in ("2.1", "2.2", "2.3", "2.4")) else "cu118"


# What machine -------------------------------------------------------------------------------------------------------


def _processor(instance_type: str | None, available: Sequence[str] | None, serverless: Any = None) -> str | None:
    if not available:
        logger.info("Ignoring unnecessary instance type: %s.", instance_type)
        return None
    if len(available) == 1 and not instance_type:
        logger.info("Defaulting to only supported image scope: %s.", available[0])
        return available[0]
    if serverless is not None:
        logger.info("Defaulting to CPU type when using serverless inference")
        return "cpu"
    if not instance_type:
        raise ValueError(f"Empty SageMaker instance type. For options, see: {_PRICING}/instance-types")
    processor = _processor_of(instance_type, available)
    _check(processor, available, "processor")
    return processor


def _processor_of(instance_type: str, available: Sequence[str]) -> str:
    if instance_type.startswith("local"):
        return "cpu" if instance_type == "local" else "gpu"
    if instance_type.startswith("neuron"):
        return "neuron"
    family = family_of(instance_type)
    if not family:
        raise ValueError(
            f"Invalid SageMaker instance type: {instance_type}. For options, see: {_PRICING}/instance-types"
            + (f"\nhint: did you mean `ml.{instance_type.partition('.')[2]}`?" if instance_type.count(".") == 2 else "")
        )
    if family in available:  # some old images are made for one family
        return family
    return {"inf": "inf", "trn": "trn"}.get(family[:3]) or ("gpu" if family[0] in "gp" else "cpu")


def _check_not_deprecated(framework: str, instance_type: str | None, version: str) -> None:
    limits = {"pytorch": [1, 13], "tensorflow": [2, 12]}
    if family_of(instance_type) == "p2" and framework in limits and _numbers(version) >= limits[framework]:
        raise ValueError(
            "P2 instances have been deprecated for sagemaker jobs starting PyTorch 1.13 and TensorFlow 2.12"
            f"For information about supported instance types please refer to {_PRICING}/"
        )


# Where --------------------------------------------------------------------------------------------------------------


def _account(registries: Mapping[str, str], region: str) -> str:
    _check(region, registries, "region")
    return registries[region]


def _uri(account: str, region: str, repository: str) -> str:
    from sagewright.vocabulary.image_tables import registry_host

    return f"{registry_host(account, region)}/{repository}"


def _check(value: str | None, known: Iterable[str], what: str) -> None:
    known = list(known)
    if value not in known:
        raise ValueError(
            f"Unsupported {what}: {value}. You may need to upgrade your SDK version (pip install -U sagemaker) for "
            f"newer {what}s. Supported {what}(s): {', '.join(known)}.{hint(value, known) if value else ''}"
        )
