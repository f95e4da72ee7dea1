"""Packs a script into a model's archive. It runs in a container, alone, as the training job of a pipeline's step."""

from __future__ import annotations

import argparse
import os
import shutil
import tarfile
from pathlib import PurePosixPath

CODE = "/opt/ml/code"
DATA = "/opt/ml/input/data/training"
MODEL = "/opt/ml/model"
OWN = ("_repack_model.py", "_repack_script_launcher.sh")


def repack(inference_script: str, model_archive: str, dependencies: str = "", source_dir: str = "") -> None:
    """Put a model's files and its code where the job's model is packed.

    Args:
        model_archive: The archive, by its path or URI; it lies in the channel `training`.
        dependencies: Paths with spaces between them; they go to `code/lib`.
        source_dir: Where the script's folder came from; empty: the script came alone.
    """
    with tarfile.open(os.path.join(DATA, model_archive.rsplit("/", maxsplit=1)[-1])) as archive:
        _extract(archive)
    code = os.path.join(MODEL, "code")
    if source_dir:
        shutil.rmtree(code, ignore_errors=True)
        shutil.copytree(CODE, code, ignore=shutil.ignore_patterns(*OWN))
    else:
        os.makedirs(code, exist_ok=True)
        shutil.copy2(os.path.join(CODE, inference_script), code)
    for dependency in dependencies.split():
        _add_dependency(os.path.join(CODE, dependency), os.path.join(code, "lib"))


def _add_dependency(path: str, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    if os.path.isfile(path):
        shutil.copy2(path, folder)
    else:  # what lay in a folder lies beside the script now
        shutil.copytree(CODE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OWN))


def _extract(archive: tarfile.TarFile) -> None:
    if hasattr(tarfile, "data_filter"):
        archive.extractall(MODEL, filter="data")
        return
    for member in archive:
        path = PurePosixPath(member.name)
        if not (member.isfile() or member.isdir()) or path.is_absolute() or ".." in path.parts:
            raise tarfile.TarError(f"member `{member.name}` is not a plain file inside the archive")
        archive.extract(member, MODEL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--inference_script", default="inference.py")
    parser.add_argument("--dependencies", default="")
    parser.add_argument("--source_dir", default="")
    parser.add_argument("--model_archive", default="model.tar.gz")
    given = parser.parse_args()
    repack(given.inference_script, given.model_archive, given.dependencies, given.source_dir)
