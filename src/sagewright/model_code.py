"""The code that serves a model: uploaded beside it, or packed into its archive (`contract.md` 9.6).

v2 packs the code of most frameworks into a copy of the model's archive: it fetches the archive, unpacks it, packs it
again and uploads it. The embedded engine has no need of that: it takes the archive as it is and the code beside it,
so deploying a large model costs an upload of a few kilobytes. On AWS the request and the archive are v2's.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sagewright.deferring import defers
from sagewright.s3 import parse_s3_url, s3_path_join
from sagewright.source_code import UploadedCode
from sagewright.vocabulary.names import base_name_from_image, name_from_base
from sagewright.vocabulary.variables import as_text, is_variable

if TYPE_CHECKING:
    from sagewright.model import Model

logger = logging.getLogger("sagemaker")

INSIDE = "/opt/ml/model/code"  # where the code lies that came in the model's archive


def code_place(model: Model, image_uri: str) -> tuple[str, str]:
    """Return bucket and prefix of a model's code: `code_location`, or the default bucket; then the model's name."""
    unnamed = f"model_code/{int(time.time())}" if is_variable(image_uri) else None
    name = model.name or unnamed or name_from_base(base_name_from_image(image_uri))
    if model.code_location:
        bucket, prefix = parse_s3_url(model.code_location)
        return bucket, s3_path_join(prefix, name)
    session = model._session()
    return session.default_bucket(), s3_path_join(session.default_bucket_prefix or "", name)


def upload_model_code(model: Model, image_uri: str, *, repack: bool) -> None:
    """Upload a model's code; with `repack` as part of the model's archive, except where the engine serves.

    Sets the model's `uploaded_code` and, where it is repacked, `repacked_model_data`.
    """
    from sagewright.source_code.upload import upload_code  # archives cost imports

    model.uploaded_code = None
    if repack and model.entry_point is not None and is_variable(model.model_data):
        if repacks_in_run(model, image_uri):
            # Whatever the run packs, it puts the code into the archive.
            model.repacked_model_data = model.model_data  # type: ignore[assignment]  # a variable
            model.uploaded_code = UploadedCode(model.model_data, os.path.basename(model.entry_point))  # type: ignore[arg-type]
        return
    repack = repack and not model._session()._asks_engine()
    if model.entry_point is None or (repack and model.model_data is None):
        return
    if not repack and _is_in_the_archive(model):
        model.uploaded_code = UploadedCode(INSIDE, model.entry_point)
        return
    bucket, prefix = code_place(model, image_uri)
    with _source(model) as (entry_point, source_dir, dependencies, repository):
        if not repack:
            model.uploaded_code = upload_code(
                *(model._session(), bucket, prefix, entry_point, source_dir, dependencies),
                kms_key=model.model_kms_key,
                within=repository,
            )
        elif isinstance(model.model_data, dict):
            logger.warning("ModelDataSource currently doesn't support model repacking")
        else:
            destination = f"s3://{bucket}/{prefix}/model.tar.gz"
            _repack(model, destination, entry_point, source_dir, dependencies)
            model.uploaded_code = UploadedCode(destination, os.path.basename(entry_point))
            model.repacked_model_data = destination


def repacks_in_run(model: Model, image_uri: str) -> bool:
    """Let a pipeline's run pack a model's code into an archive that will be there by then.

    Returns:
        False where no pipeline would do it; it is told to the user.
    """
    session = model._session()
    context = session.context if defers(session) else None
    if context is None or not hasattr(context, "need_runtime_repack"):
        logger.warning(
            "The model_data is a Pipeline variable of type %s, which should be used under `PipelineSession` and "
            "leverage `ModelStep` to create or register model. Otherwise some functionalities e.g. runtime repack may "
            "be missing. For more, see: https://sagemaker.readthedocs.io/en/stable/"
            "amazon_sagemaker_model_building_pipeline.html#model-step",
            type(model.model_data),
        )
        return False
    bucket, prefix = code_place(model, image_uri)
    context.need_runtime_repack.add(id(model))
    context.runtime_repack_output_prefix = s3_path_join("s3://", bucket, prefix)
    return True


def script_variables(model: Model) -> dict[str, str]:
    """Return the environment variables that tell the container which code serves."""
    script, folder = model.env.get("SAGEMAKER_PROGRAM", ""), model.env.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    if model.uploaded_code:
        script, folder = model.uploaded_code.script_name, model.uploaded_code.s3_prefix
        # The engine fetches the code itself, so that an isolated server has it, too.
        if model.repacked_model_data or (model.enable_network_isolation() and not model._session()._asks_engine()):
            folder = INSIDE
    elif model.entry_point is not None:
        script, source = model.entry_point, model.source_dir
        if source is not None:
            folder = source if is_variable(source) or source.startswith("s3://") else f"file://{source}"
    return {
        "SAGEMAKER_PROGRAM": script,
        "SAGEMAKER_SUBMIT_DIRECTORY": folder,
        "SAGEMAKER_CONTAINER_LOG_LEVEL": as_text(model.container_log_level),
        "SAGEMAKER_REGION": model._session().boto_region_name,
    }


def _is_in_the_archive(model: Model) -> bool:
    """Tell whether a script is none of this machine's, so that it can only lie in the model's archive."""
    is_named_alone = not (model.source_dir or model.git_config or model.dependencies)
    return is_named_alone and model._session()._asks_engine() and not os.path.exists(str(model.entry_point))


def repack_with_code(model: Model, destination: str) -> None:
    """Put the model's archive with its code at another place."""
    with _source(model) as (entry_point, source_dir, dependencies, _):
        _repack(model, destination, entry_point, source_dir, dependencies)


def _repack(model: Model, destination: str, script: str, folder: str | None, dependencies: list[str]) -> None:
    from sagewright.source_code.repacking import repack_model

    repack_model(
        *(model._session(), str(model.model_data), destination, script, folder, dependencies),
        kms_key=model.model_kms_key,
    )


@contextmanager
def _source(model: Model) -> Iterator[tuple[str, str | None, list[str], str | None]]:
    entry_point, dependencies = str(model.entry_point), list(model.dependencies)
    if not model.git_config:
        yield entry_point, model.source_dir, dependencies, None
        return
    from sagewright.git_utils import cloned

    with cloned(model.git_config, entry_point, model.source_dir, dependencies) as paths:
        yield paths["entry_point"], paths["source_dir"], paths["dependencies"], paths["repository"]
