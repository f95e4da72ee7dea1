"""What becomes of an image that runs as it is, in a container; the engine itself is tried in `tests/e2e`."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace

import pytest

from sagewright import settings
from sagewright.engine.engine import Engine
from sagewright.engine.executors.container import engines, ownership
from sagewright.engine.executors.inline import reserve
from sagewright.engine.images import mappings
from sagewright.engine.images.mappings import ImageMapping
from sagewright.engine.operations.sagemaker.images import checked_image, pinned
from sagewright.engine.parts import Caller
from sagewright.engine.planning.document import Container, ExecutionPlan, HostDocument, Server
from sagewright.engine.planning.serving import plan_instance
from sagewright.engine.planning.training import plan_attempt
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import training_request

ENGINE = {"DOCKER_HOST": "unix:///run/some.sock"}
MEANING = {"train_command": ["train"], "serve_command": ["serve"], "engine": ENGINE, "pull": "never"}


@pytest.fixture
def parts():
    return Engine.in_memory().parts


@pytest.fixture
def answering(monkeypatch):
    monkeypatch.setattr(engines, "find", lambda environ: ENGINE)


def caller(executor="process", **environment):
    return Caller("123456789012", "us-east-1", "arn", "u", environment=environment, executor=executor)


def planned(environment=None, hyperparameters=None, variables=None, **specification):
    """Return the document of the only host of a job with an image of somebody's own."""
    algorithm = {"TrainingImage": "r/own:1", "TrainingInputMode": "File", **specification}
    request = training_request(
        AlgorithmSpecification=algorithm,
        HyperParameters=hyperparameters,
        Environment={"A": "b", **(variables or {})},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    body = {"request": request, "image": MEANING, "execution_id": "tr-1", "region": "eu-west-1"}
    (document,) = plan_attempt(body, {"PATH": "/bin", "PYTHONPATH": "/x", **(environment or {})}, 0).hosts
    return document


def test_an_unknown_image_runs_itself_where_an_engine_answers(parts, answering):
    image = checked_image(parts, "r/own:1", caller(SAGEWRIGHT_PULL="never"))
    assert pinned(image) == MEANING
    assert not checked_image(parts, "python:3", caller()).engine
    assert checked_image(parts, "python:3", caller("container")).engine == ENGINE


def test_a_mapping_stands_before_a_container(parts, answering):
    mappings.put(parts.state, ImageMapping("r/*", ["mine"]))
    for executor in ("process", "container"):
        assert list(checked_image(parts, "r/own:1", caller(executor)).train_command) == ["mine"]


@pytest.mark.parametrize(("library", "said"), [(True, "start Docker or Podman"), (False, "pip install")])
def test_without_an_engine_the_executor_container_says_what_is_missing(parts, monkeypatch, library, said):
    monkeypatch.setattr(engines, "has_library", lambda: library)
    with pytest.raises(ApiError, match=said):
        checked_image(parts, "python:3", caller("container", DOCKER_HOST="unix:///no/such.sock"))


def test_an_engine_that_is_named_and_does_not_answer_is_none():
    assert engines.find({"DOCKER_HOST": "unix:///no/such.sock"}) is None


def test_a_container_takes_the_requests_variables_and_not_the_submitters():
    document = planned({"SAGEWRIGHT_MEMORY_MIB": "64"})
    assert document.command == ["train"]
    assert document.environment["A"] == "b"
    assert document.environment["AWS_REGION"] == "eu-west-1"
    assert not {"PATH", "PYTHONPATH", settings.HOME.variable} & set(document.environment)
    assert document.memory_bytes == 64 << 20
    assert document.container == Container("r/own:1", ENGINE, None, "never", 2)
    assert HostDocument.from_json(document.to_json()).container == document.container


def test_an_entry_point_replaces_the_images_and_arguments_replace_train():
    arguments = planned(ContainerArguments=["fit"])
    assert (arguments.command, arguments.container.entry_point) == (["fit"], None)
    alone = planned(ContainerEntrypoint=["run"])
    assert (alone.command, alone.container.entry_point) == ([], ["run"])
    both = planned(ContainerEntrypoint=["run"], ContainerArguments=["fit"])
    assert (both.command, both.container.entry_point) == (["fit"], ["run"])


def test_a_scripts_archive_is_brought_along():
    place = "/opt/ml/input/sourcedir/sourcedir.tar.gz"
    hyperparameters = {"sagemaker_program": '"t.py"', "sagemaker_submit_directory": '"s3://bucket/a/sourcedir.tar.gz"'}
    document = planned(hyperparameters=hyperparameters)
    assert [(fetch.bucket, fetch.prefix, fetch.path) for fetch in document.fetches][1:] == [
        ("bucket", "a/sourcedir.tar.gz", "input/sourcedir")
    ]
    told = json.loads(document.files["input/config/hyperparameters.json"])
    assert told == {"sagemaker_program": '"t.py"', "sagemaker_submit_directory": json.dumps(place)}

    by_variable = planned(variables={"SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/a/sourcedir.tar.gz"})
    assert by_variable.environment["SAGEMAKER_SUBMIT_DIRECTORY"] == place
    here = planned(hyperparameters={"sagemaker_submit_directory": '"/opt/ml/input/data/code/sourcedir.tar.gz"'})
    assert len(here.fetches) == 1


def test_a_server_is_a_container_too():
    definition = {"Image": "r/own:1", "Environment": {"A": "b"}}
    variant = {"name": "v", "containers": [{"name": "primary", "definition": definition, "image": MEANING}]}
    (document,) = plan_instance("e", {"region": "eu-west-1"}, variant, "ep-1", {"PATH": "/bin"}).hosts
    assert (document.command, document.container) == (["serve"], Container("r/own:1", ENGINE, pull="never"))
    assert "PATH" not in document.environment


def test_only_hosts_that_must_be_found_get_a_network():
    plain = HostDocument("algo-1", [], {}, {}, [], "g", "s")
    assert not engines.needs_network(plain)
    assert engines.needs_network(HostDocument("algo-1", [], {}, {}, [], "g", "s", addresses={"algo-1": "10.0.0.1"}))
    isolated = HostDocument("algo-1", [], {}, {}, [], "g", "s", server=Server(), network_isolation=True)
    assert engines.needs_network(isolated)


def test_a_container_does_not_run_in_the_calling_interpreter(parts, tmp_path):
    document = HostDocument("algo-1", ["train"], {}, {}, [], "g", "s", container=Container("r/own:1", ENGINE))
    with pytest.raises(ApiError, match="cannot run in the calling interpreter"):
        reserve(replace(parts, home=tmp_path), ExecutionPlan("tr-1", "python3", [document]))


def test_every_user_of_a_container_may_write_below_its_folder(tmp_path):
    (tmp_path / "model").mkdir(mode=0o700)
    (tmp_path / "model/file").touch(mode=0o600)
    outside = tmp_path.parent / "outside"
    outside.touch(mode=0o600)
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "dangling").symlink_to("nowhere")

    ownership.open_to_all(tmp_path)
    assert stat.S_IMODE(os.stat(tmp_path / "model").st_mode) == 0o777
    assert stat.S_IMODE(os.stat(tmp_path / "model/file").st_mode) == 0o666
    assert stat.S_IMODE(os.stat(outside).st_mode) == 0o600
