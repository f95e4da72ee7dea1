"""Images and descriptions of large language models (v2's own path)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

_BACKENDS: dict[str, dict[str, Any]] = {
    "huggingface": {"framework": "huggingface-llm", "image_scope": "inference"},
    "huggingface-neuronx": {
        "framework": "huggingface-llm-neuronx",
        "image_scope": "inference",
        "inference_tool": "neuronx",
    },
    "huggingface-vllm-neuronx": {
        "framework": "huggingface-vllm-neuronx",
        "image_scope": "inference",
        "inference_tool": "neuronx",
    },
    "huggingface-tei": {"framework": "huggingface-tei", "image_scope": "inference"},
    "huggingface-tei-cpu": {"framework": "huggingface-tei-cpu", "image_scope": "inference"},
    "lmi": {"framework": "djl-deepspeed"},
}
_LMI_VERSION = "0.24.0"
_HUB, _HUB_TIMEOUT_S = "https://huggingface.co/api/models", 60


def get_huggingface_llm_image_uri(
    backend: str, session: Session | None = None, region: str | None = None, version: str | None = None
) -> str:
    """Return the image that serves language models.

    Args:
        backend: `huggingface` (TGI), `huggingface-neuronx`, `huggingface-vllm-neuronx`, `huggingface-tei`,
            `huggingface-tei-cpu` or `lmi` (DJL).
        session, region: Whose region the image lies in; None: that of a new session.
        version: None: the newest known; for `lmi` 0.24.0.

    Raises:
        ValueError: There is no such backend, or no such version.

    Example:
        >>> from sagewright.huggingface import get_huggingface_llm_image_uri
        >>> get_huggingface_llm_image_uri("lmi", region="us-east-1")
        '763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.24.0-deepspeed0.10.0-cu118'
    """
    from sagewright import image_uris

    if backend not in _BACKENDS:
        from sagewright.vocabulary.suggestions import hint

        raise ValueError(f"Unsupported backend: {backend}{hint(backend, list(_BACKENDS))}")
    if region is None:
        region = _region(session)
    return image_uris.retrieve(
        region=region, version=version or (_LMI_VERSION if backend == "lmi" else None), **_BACKENDS[backend]
    )


def get_huggingface_model_metadata(model_id: str, hf_hub_token: str | None = None) -> dict[str, Any]:
    """Return what the Hugging Face hub says of a model; asks the hub.

    Raises:
        ValueError: There is no such model, it is not open to all, or the hub does not answer.
    """
    if not model_id:
        raise ValueError("Model ID is empty. Please provide a valid Model ID.")
    found = _asked_of_hub(model_id, hf_hub_token)
    if not found:
        raise ValueError(f"Did not find model metadata for the following HuggingFace Model ID {model_id}")
    return found


def download_huggingface_model_metadata(model_id: str, model_local_path: str, hf_hub_token: str | None = None) -> None:
    """Fetch a model from the Hugging Face hub into a folder, which is made.

    Raises:
        ImportError: `huggingface_hub` is not installed.
    """
    import importlib.util
    import os

    if not importlib.util.find_spec("huggingface_hub"):
        raise ImportError("Unable to import huggingface_hub, check if huggingface_hub is installed")
    hub: Any = importlib.import_module("huggingface_hub")
    os.makedirs(model_local_path, exist_ok=True)
    logger.info("Downloading model %s from Hugging Face Hub to %s", model_id, model_local_path)
    hub.snapshot_download(repo_id=model_id, local_dir=model_local_path, token=hf_hub_token)


def _asked_of_hub(model_id: str, token: str | None) -> dict[str, Any] | None:
    import json
    import urllib.error
    import urllib.parse
    import urllib.request

    url = f"{_HUB}/{urllib.parse.quote(model_id)}"
    request = urllib.request.Request(  # noqa: S310 - the scheme is ours
        url, headers={"Authorization": f"Bearer {token}"} if token else {}
    )
    try:
        with urllib.request.urlopen(request, timeout=_HUB_TIMEOUT_S) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise ValueError(
                "Trying to access a gated/private HuggingFace model without valid credentials. Please provide a "
                "HUGGING_FACE_HUB_TOKEN in env_vars"
            ) from None
        logger.warning("%s answers: %s", url, error)
    except (OSError, ValueError) as error:
        logger.warning("%s does not answer: %s", url, error)
    return None


def _region(session: Session | None) -> str:
    if session is None:
        from sagewright.session import Session

        session = Session()
    return session.boto_region_name
