"""The tags of what is made: those given, those of a Studio project, those of the configuration (`contract.md` 9.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sagewright.config.values import with_tags

Tag = dict[str, Any]

_PROJECT_FILE = ".sagemaker-code-config"  # Studio puts it into the folder of a project's code


def all_tags(tags: Sequence[Tag] | None, session: Any, path: str) -> list[Tag] | None:
    """Return tags with those of the project that the program lies in and those of the configuration behind them.

    Args:
        path: Where the configuration holds them: `SageMaker.TrainingJob.Tags`.
    """
    return with_tags(with_project_tags(tags), session, path)


def with_project_tags(tags: Sequence[Tag] | None) -> list[Tag] | None:
    """Return tags with those of the project that the program lies in behind them, if it lies in one."""
    own = None if tags is None else list(tags)
    project = _project_tags(Path.cwd())
    return [*(own or ()), *(tag for tag in project if tag not in (own or ()))] if project else own


def _project_tags(folder: Path) -> list[Tag]:
    for above in (folder, *folder.parents):
        if above != above.parent and (above / _PROJECT_FILE).exists():
            return _tags_in(above / _PROJECT_FILE)
    return []


def _tags_in(file: Path) -> list[Tag]:
    """Return the tags that a project's file stands for; none if it is not such a file."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        values = found["sagemakerProjectId"], found["sagemakerProjectName"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [
        {"Key": key, "Value": value}
        for key, value in zip(("sagemaker:project-id", "sagemaker:project-name"), values, strict=True)
    ]
