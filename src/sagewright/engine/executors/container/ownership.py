"""Whose files are in a folder that a container shares with this machine.

Root in a container may be root outside, or the user who runs the engine, or a user that an image has chosen. So
everybody may write below `/opt/ml` (the folder above it is closed to all but its owner), and an ordinary user gets back
what another has written.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sagewright.engine.executors.container import engines
from sagewright.engine.planning.document import Container


def open_to_all(folder: Path) -> None:
    """Let everybody read and write a folder and all in it."""
    _allow(str(folder), 0o777)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            _allow(os.path.join(parent, name), 0o777)
        for name in files:
            _allow(os.path.join(parent, name), 0o666)


def take_back(container: Container, ml: Path) -> None:
    """Make a folder's files ours, in another container of the image, where they are somebody else's.

    An image that has no `chown` leaves them as they are: what can be read of them is stored.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0 or all(entry.lstat().st_uid == user for entry in ml.rglob("*")):
        return
    import docker.errors

    with (
        contextlib.suppress(docker.errors.DockerException, OSError),
        contextlib.closing(engines.connect(container.engine)) as client,
    ):
        client.containers.run(
            container.image,
            ["-R", f"{user}:{group}", "/opt/ml"],
            entrypoint=["chown"],
            user="0",
            volumes={str(ml): {"bind": "/opt/ml", "mode": "rw"}},
            security_opt=["label=disable"],
            network_mode="none",
            remove=True,
        )


def _allow(path: str, mode: int) -> None:
    if not os.path.islink(path):
        os.chmod(path, os.stat(path).st_mode | mode)
