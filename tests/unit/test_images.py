"""What an image URI means: built-in, mapped by the user, or nothing."""

from __future__ import annotations

import pytest

from sagewright import cli
from sagewright.engine.engine import Engine
from sagewright.engine.executors import containers
from sagewright.engine.images import mappings, resolve
from sagewright.engine.images.mappings import ImageMapping
from sagewright.engine.operations.sagemaker.images import checked_image, pinned
from sagewright.engine.planning.document import HostDocument, Server
from sagewright.vocabulary.errors import ApiError

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture
def parts():
    return Engine.in_memory().parts


def commands_of(parts, uri):
    return list(checked_image(parts, uri).train_command)


def test_a_mapping_means_its_tag_or_every_tag_or_all_that_match(parts):
    for pattern, word in (("r/mine:1", "one"), ("r/mine", "any"), ("r/*", "star"), ("r/o*", "longer")):
        mappings.put(parts.state, ImageMapping(pattern, [word]))

    assert commands_of(parts, "r/mine:1") == ["one"]
    assert commands_of(parts, "r/mine:2") == ["any"]
    assert commands_of(parts, "r/mine@sha256:00") == ["any"]
    assert commands_of(parts, "r/yours:1") == ["star"]
    assert commands_of(parts, "r/other") == ["longer"]
    with pytest.raises(ApiError, match="not one that this engine can run"):
        checked_image(parts, "s/mine:1")


def test_an_algorithm_that_is_missing_is_named(parts):
    with pytest.raises(ApiError, match="the algorithm `kmeans` is not built into it yet") as caught:
        checked_image(parts, f"{REGISTRY}/kmeans:1")
    assert "hint: built-in algorithms here are linear-learner, " in str(caught.value)


def test_a_port_is_no_tag():
    assert mappings.without_tag("localhost:5000/name") == "localhost:5000/name"
    assert mappings.without_tag("localhost:5000/a/name:1") == "localhost:5000/a/name"


def test_naming_a_built_in_outright_replaces_it_and_a_pattern_does_not(parts):
    uri = f"{REGISTRY}/linear-learner:1"
    mappings.put(parts.state, ImageMapping("*", ["mine"]))
    assert not checked_image(parts, uri).is_own

    mappings.put(parts.state, ImageMapping(f"{REGISTRY}/linear-learner", ["mine"]))
    assert commands_of(parts, uri) == ["mine"]


def test_what_a_resource_keeps_says_the_same_later(parts):
    mapping = ImageMapping("r/mine", ["a"], ["b"], environment={"X": "1"}, port=8080)
    mappings.put(parts.state, mapping)
    image = checked_image(parts, "r/mine:1")
    mappings.remove(parts.state, "r/mine")

    assert resolve("r/mine:1", pinned(image)) == image
    assert (image.serve_command, image.environment, image.port) == (["b"], {"X": "1"}, 8080)
    assert pinned(resolve("python:3")) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pattern": "two words"}, "not an image URI"),
        ({"train_command": ()}, "a command that trains"),
        ({"folder": "/no/such"}, "there is no folder"),
        ({"place": "/opt/ml"}, "not a place"),
        ({"place": "/srv/x"}, "not a place"),
        ({"port": 70000}, "not a port"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(parts, changes, said):
    with pytest.raises(ValueError, match=said):
        mappings.put(parts.state, ImageMapping(**{"pattern": "x", "train_command": ("x",), **changes}))
    assert mappings.all_of(parts.state) == []


def test_an_unknown_image_is_told_every_way_out(parts):
    with pytest.raises(ApiError) as caught:
        checked_image(parts, f"{REGISTRY}/linear-lerner:1")
    for word in ("did you mean `linear-learner`", "built-in algorithms", "ContainerEntrypoint", "images map"):
        assert word in caught.value.message


def test_the_port_takes_its_place_in_a_command():
    document = HostDocument("algo-1", ["{python}", "--bind=127.0.0.1:{port}"], {}, {}, [], "g", "s", server=Server())
    environment = {"SAGEMAKER_BIND_TO_PORT": "4711"}
    assert containers.command_of(document, "py", environment) == ["py", "--bind=127.0.0.1:4711"]


def test_the_command_line_maps_shows_lists_and_forgets(home, tmp_path, capsys):
    assert cli.main(["images", "list"]) == 0
    assert not home.exists()
    folder = str(tmp_path)
    arguments = ["--command", "python 'my train'", "--serve", "python serve", "--dir", folder, "--env", "A=b=c"]
    assert cli.main(["images", "map", "r/mine", *arguments]) == 0
    told = capsys.readouterr().out
    assert told.splitlines() == [
        "r/mine",
        "  train    python 'my train'",
        "  serve    python serve",
        f"  folder   {folder} at /opt/program",
        "  env      A=b=c",
    ]
    assert cli.main(["images", "list"]) == 0
    assert capsys.readouterr().out == told
    assert cli.main(["images", "show", "r/mine:7"]) == 0
    assert "a mapping of yours" in capsys.readouterr().out
    assert cli.main(["images", "unmap", "r/mine"]) == 0
    assert cli.main(["images", "unmap", "r/mine"]) == 2
    assert cli.main(["images", "show", "r/mine:7"]) == 2
    assert "images map" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["x", "--env", "A", "--command", "y"], ["x"], ["x", "--command", "y", "--dir", "/no/such"]]
)
def test_the_command_line_refuses_what_cannot_work(home, arguments, capsys):
    assert cli.main(["images", "map", *arguments]) == 2
    assert capsys.readouterr().err.startswith("sagewright: ")
    assert not home.exists()


def test_on_aws_nothing_is_mapped(monkeypatch, capsys):
    monkeypatch.setenv("SAGEWRIGHT_TARGET", "aws")
    assert cli.main(["images", "list"]) == 2
    assert "target `local` only" in capsys.readouterr().err
