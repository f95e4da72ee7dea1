"""`sagewright images`: what image URIs mean on this machine."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright import targets

if TYPE_CHECKING:
    from sagewright.engine.images import Image
    from sagewright.engine.images.mappings import ImageMapping
    from sagewright.engine.parts import Parts

PLACE = "/opt/program"


def add_to(commands: Any) -> None:
    """Add the group."""
    group = commands.add_parser("images", help="say what image URIs mean here")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_map(actions)
    listing = actions.add_parser("list", help="list the mapped images")
    listing.set_defaults(function=list_mappings)
    for name, function, said in (
        ("unmap", unmap, "forget what an image was mapped to"),
        ("show", show, "show what an image means"),
    ):
        parser = actions.add_parser(name, help=said)
        parser.add_argument("uri", metavar="URI")
        parser.set_defaults(function=function)


def _add_map(actions: Any) -> None:
    parser = actions.add_parser(
        "map",
        help="run commands of yours in place of an image",
        description="Run commands in place of an image. No shell reads them: they are split into words, `{python}` "
        "stands for the job's interpreter and `{port}` for the port to serve on.",
    )
    parser.add_argument("uri", metavar="URI", help="an image; without a tag: every tag; with `*`: whatever matches")
    training = parser.add_mutually_exclusive_group()
    training.add_argument(
        "--command", dest="train", metavar="COMMAND", help="what trains, as `docker run IMAGE train` would"
    )
    training.add_argument(
        "--scripts",
        action="store_true",
        help="run the script that a job brings, as an image with Amazon's toolkit would",
    )
    parser.add_argument("--serve", metavar="COMMAND", help="what serves, as `docker run IMAGE serve` would")
    parser.add_argument("--dir", metavar="FOLDER", help="the program's folder, in which the commands start")
    parser.add_argument("--at", metavar="PATH", default=PLACE, help=f"where the program sees that folder ({PLACE})")
    parser.add_argument("--env", metavar="NAME=VALUE", action="append", default=[], help="a variable, as ENV would set")
    parser.add_argument(
        "--port",
        type=int,
        metavar="PORT",
        help="the port the server binds whatever SAGEMAKER_BIND_TO_PORT says; it gets a network of its own",
    )
    parser.set_defaults(function=map_image)


def map_image(options: argparse.Namespace) -> int:
    """Map an image."""
    from sagewright.engine.images import SCRIPT_MODE, mappings

    mapping = mappings.ImageMapping(
        options.uri,
        SCRIPT_MODE if options.scripts else shlex.split(options.train or ""),
        shlex.split(options.serve or ""),
        os.path.abspath(os.path.expanduser(options.dir)) if options.dir else "",
        options.at,
        dict(_variable(text) for text in options.env),
        options.port,
    )
    mappings.check(mapping)
    mappings.put(_parts().state, mapping)
    _print(mapping)
    return 0


def unmap(options: argparse.Namespace) -> int:
    """Forget a mapping.

    Raises:
        ValueError: There is none.
    """
    from sagewright.engine.images import mappings

    if not _home().is_dir() or not mappings.remove(_parts().state, options.uri):
        raise ValueError(f"the image `{options.uri}` is not mapped\nhint: see sagewright images list")
    return 0


def list_mappings(_: argparse.Namespace) -> int:
    """Print the mappings; a home that is not there has none."""
    from sagewright.engine.images import mappings

    if _home().is_dir():
        for mapping in mappings.all_of(_parts().state):
            _print(mapping)
    return 0


def show(options: argparse.Namespace) -> int:
    """Print what an image means; 1: nothing here."""
    from sagewright.engine.operations.sagemaker.images import checked_image
    from sagewright.vocabulary.errors import ApiError

    try:
        image = checked_image(_parts(), options.uri)
    except ApiError as error:
        raise ValueError(error.message) from None
    print(f"image      {image.uri}")
    print(f"means      {_meaning(image)}")
    print(f"train      {shlex.join(image.train_command) or 'nothing: give a ContainerEntrypoint'}")
    print(f"serve      {shlex.join(image.serve_command) or 'nothing'}")
    if image.folder:
        print(f"folder     {image.folder} at {image.place}")
    return 0


def _meaning(image: Image) -> str:
    if image.engine:
        return f"the image itself, in a container of {image.engine['DOCKER_HOST']}"
    return "a mapping of yours" if image.is_own else f"`{image.name}` of this engine"


def _print(mapping: ImageMapping) -> None:
    print(mapping.pattern)
    for word, command in (("train", mapping.train_command), ("serve", mapping.serve_command)):
        if command:
            print(f"  {word}    {shlex.join(command)}")
    if mapping.folder:
        print(f"  folder   {mapping.folder} at {mapping.place}")
    for name, value in mapping.environment.items():
        print(f"  env      {name}={value}")
    if mapping.port:
        print(f"  port     {mapping.port}")


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError(f"`{text}` sets no variable\nhint: write --env NAME=VALUE")
    return name, value


def _home() -> Path:
    home = targets.current().home
    if home is None:
        raise ValueError(
            "images are mapped on the target `local` only\n"
            "hint: for a shared engine, do it on its machine, with its home and without SAGEWRIGHT_TARGET"
        )
    return home


def _parts() -> Parts:
    from sagewright.engine.engine import engine_of

    return engine_of(_home()).parts
