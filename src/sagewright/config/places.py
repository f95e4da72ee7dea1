"""Where v2's configuration files lie (`contract.md` 9.3)."""

from __future__ import annotations

import os
import sys

NAME = "config.yaml"
ADMIN, USER = "SAGEMAKER_ADMIN_CONFIG_OVERRIDE", "SAGEMAKER_USER_CONFIG_OVERRIDE"


def admin_file() -> str:
    """Return where the file of a machine's administrator lies if no variable says where."""
    if sys.platform == "darwin":
        folder = "/Library/Application Support/sagemaker"
    elif sys.platform == "win32":
        folder = os.path.join(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), "sagemaker", "sagemaker")
    else:
        folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
        folder = os.path.join(os.path.expanduser(folders[0]), "sagemaker")
    return os.path.join(folder, NAME)


def user_file() -> str:
    """Return where a user's file lies if no variable says where."""
    if sys.platform == "darwin":
        folder = os.path.expanduser("~/Library/Application Support/sagemaker")
    elif sys.platform == "win32":
        above = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
        folder = os.path.join(above, "sagemaker", "sagemaker")
    else:
        above = os.environ.get("XDG_CONFIG_HOME", "").strip() or "~/.config"
        folder = os.path.join(os.path.expanduser(above), "sagemaker")
    return os.path.join(folder, NAME)


def local_mode_file() -> str:
    """Return where the file of local mode lies."""
    return os.path.join(os.path.expanduser("~"), ".sagemaker", NAME)


def places() -> list[tuple[str, bool]]:
    """Return where defaults are looked for, those that prevail last, and whether a file must be there."""
    return [
        (os.environ[variable], True) if variable in os.environ else (default(), False)
        for variable, default in ((ADMIN, admin_file), (USER, user_file))
    ]
