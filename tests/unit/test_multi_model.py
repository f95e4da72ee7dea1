from __future__ import annotations

import io
import json
import os
import tarfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.hosting import gates
from sagewright.engine.hosting.connections import close_all
from sagewright.engine.hosting.later import flush
from sagewright.engine.hosting.multi_model import asking
from sagewright.engine.hosting.multi_model.places import model_of
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import invoke, put_endpoint, response, serving

DEFINITION = {"Image": "i", "Mode": "MultiModel", "ModelDataUrl": "s3://bucket/models/"}


@dataclass
class Server:
    """A multi-model server as the contract has it; its models answer with the text in their file."""

    ml: Path
    room: int = 100
    loaded: dict[str, str] = field(default_factory=dict)
    may_load: threading.Event = field(default_factory=threading.Event)
    loads: list[str] = field(default_factory=list)

    def __call__(self, got):
        if got.path == "/models" and got.method == "POST":
            return self._load(json.loads(got.body))
        if got.path.startswith("/models?") or got.path == "/models":
            return self._list(got.path.partition("=")[2])
        name, _, rest = got.path.removeprefix("/models/").partition("/")
        if name not in self.loaded:
            return response(b"not loaded", 404)
        if got.method == "DELETE":
            del self.loaded[name]
        if rest == "invoke":
            if got.body == b"404":
                return response(b"of its own", 404)
            return response(f"{self.loaded[name]} {got.headers['x-amzn-sagemaker-target-model']}".encode())
        return response(b"{}")

    def _load(self, asked):
        name = asked["model_name"]
        assert asked["url"] == f"/opt/ml/models/{name}/model"
        if name in self.loaded:
            return response(b"", 409)
        if len(self.loaded) >= self.room:
            return response(b"full", 507)
        assert self.may_load.wait(10)
        self.loads.append(name)
        text = (self.ml / "models" / name / "model" / "text").read_text()
        if text == "broken":
            return response(b"it does not load", 500)
        self.loaded[name] = text
        return response()

    def _list(self, token):
        names = sorted(self.loaded)  # one a page
        first = int(token or 0)
        page: dict[str, Any] = {"models": [{"modelName": n, "modelUrl": "u"} for n in names[first : first + 1]]}
        if first + 1 < len(names):
            page["nextPageToken"] = str(first + 1)
        return response(json.dumps(page).encode())


def archive(text, name="text"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        info = tarfile.TarInfo(name)
        info.size = len(text)
        file.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture
def place(house, tmp_path):
    house = replace(house, engine=Engine(replace(house.parts, home=tmp_path)))
    host = tmp_path / "executions" / "x-0" / "algo-1"
    (host / "ml" / "models").mkdir(parents=True)
    gates.make(tmp_path, "x-0")
    for letter in "abc":
        house.parts.objects.put("bucket", f"models/{letter}.tar.gz", archive(letter * 3))
    asking._loaded.clear()  # the tests' instances have the same name
    behaviour = Server(host / "ml")
    behaviour.may_load.set()
    yield house, behaviour, host
    close_all()


def put(house, server, **definition):
    containers = [{"name": "primary", "definition": {**DEFINITION, **definition}}]
    put_endpoint(house, server.address, variant={"mode": "MultiModel", "containers": containers})


def ask(house, model="a.tar.gz", body=b"1"):
    return invoke(house, body, TargetModel=model)["Body"].decode()


def error_of(house, *args, **more):
    with pytest.raises(ApiError) as caught:
        ask(house, *args, **more)
    return caught.value


def points(house, name):
    flush()
    dimensions = {"EndpointName": "e", "VariantName": "v"}
    return [datum.value for datum in house.parts.metrics.query("AWS/SageMaker", name, dimensions, 0, 1e12)]


def opaque(target, prefix="s3://bucket/models/"):
    return model_of({"ModelDataUrl": prefix}, target).name


def test_a_model_is_loaded_when_it_is_first_asked(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        assert ask(house) == "aaa a.tar.gz"
        assert ask(house, "b.tar.gz") == "bbb b.tar.gz"
        assert ask(house) == "aaa a.tar.gz"
    assert behaviour.loads == [opaque("a.tar.gz"), opaque("b.tar.gz")]
    assert points(house, "ModelCacheHit") == [0, 0, 1]
    assert points(house, "LoadedModelCount") == [1, 2]
    for name in ("ModelLoadingWaitTime", "ModelDownloadingTime", "ModelLoadingTime"):
        assert len(points(house, name)) == 2, name


def test_a_model_that_is_loaded_costs_one_request(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        ask(house)
        before = len(server.got)
        ask(house)
        assert len(server.got) == before + 1


def test_the_least_recently_used_goes_where_there_is_no_room(place):
    house, behaviour, host = place
    behaviour.room = 2
    with serving(behaviour) as server:
        put(house, server)
        for age, letter in enumerate("ab"):
            ask(house, f"{letter}.tar.gz")
            os.utime(host / "models" / opaque(f"{letter}.tar.gz"), (age, age))
        ask(house, "a.tar.gz")
        assert ask(house, "c.tar.gz") == "ccc c.tar.gz"
    assert set(behaviour.loaded.values()) == {"aaa", "ccc"}
    assert sorted(path.name for path in (host / "ml" / "models").iterdir()) == sorted(behaviour.loaded)
    assert len(points(house, "ModelUnloadingTime")) == 1


def test_no_more_are_loaded_than_the_setting_says(place, monkeypatch):
    house, behaviour, _ = place
    monkeypatch.setenv("SAGEWRIGHT_LOADED_MODELS", "1")
    with serving(behaviour) as server:
        put(house, server)
        for letter in "abc":
            ask(house, f"{letter}.tar.gz")
            assert list(behaviour.loaded.values()) == [letter * 3]


def test_models_go_until_the_server_fits_its_memory(place, monkeypatch):
    house, behaviour, host = place
    HostFolder(host).mark_started(os.getpid())
    with serving(behaviour) as server:
        put(house, server)
        for letter in "ab":
            ask(house, f"{letter}.tar.gz")
        monkeypatch.setenv("SAGEWRIGHT_MEMORY_MIB", "1")  # which this process has long had
        ask(house, "c.tar.gz")
    assert list(behaviour.loaded.values()) == ["ccc"]


def test_a_model_that_finds_no_room_at_all(place):
    house, behaviour, _ = place
    behaviour.room = 0
    with serving(behaviour) as server:
        put(house, server)
        error = error_of(house)
    assert (error.code, error.members["OriginalStatusCode"]) == ("ModelError", 507)


def test_without_a_cache_a_model_goes_after_each_call(place):
    house, behaviour, host = place
    with serving(behaviour) as server:
        put(house, server, MultiModelConfig={"ModelCacheSetting": "Disabled"})
        assert [ask(house), ask(house)] == ["aaa a.tar.gz"] * 2
    assert behaviour.loaded == {}
    assert list((host / "ml" / "models").iterdir()) == []
    assert len(behaviour.loads) == 2


def test_without_a_cache_many_at_once_are_all_answered(place):
    house, behaviour, _ = place
    answers = []
    with serving(behaviour) as server:
        put(house, server, MultiModelConfig={"ModelCacheSetting": "Disabled"})
        threads = [threading.Thread(target=lambda: answers.append(ask(house))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == ["aaa a.tar.gz"] * 8
    assert behaviour.loaded == {}


def test_a_server_that_was_replaced_is_given_its_models_again(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        ask(house)
        behaviour.loaded.clear()
        assert ask(house) == "aaa a.tar.gz"


def test_a_404_of_the_models_own_is_its_error(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        error = error_of(house, body=b"404")
    assert 'Received client error (404) from primary with message "of its own"' in error.message
    assert len(behaviour.loads) == 1
    assert [got.body for got in server.got if got.path.endswith("/invoke")] == [b"404"]  # sent once


def test_a_model_that_does_not_load_is_the_servers_error(place):
    house, behaviour, _ = place
    house.parts.objects.put("bucket", "models/d.tar.gz", archive("broken"))
    with serving(behaviour) as server:
        put(house, server)
        error = error_of(house, "d.tar.gz")
    assert 'Received server error (500) from primary with message "it does not load"' in error.message


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("none.tar.gz", "Failed to download model data(bucket: bucket, key: models/none.tar.gz). Please ensure"),
        ("plain.tar.gz", "Failed to extract model data(bucket: bucket, key: models/plain.tar.gz)."),
        ("hostile.tar.gz", "Failed to extract model data"),
    ],
)
def test_what_is_no_model_is_refused(place, target, said):
    house, behaviour, host = place
    house.parts.objects.put("bucket", "models/plain.tar.gz", b"no archive")
    house.parts.objects.put("bucket", "models/hostile.tar.gz", archive("x", "../../../out"))
    with serving(behaviour) as server:
        put(house, server)
        error = error_of(house, target)
    assert error.code == "ValidationError"
    assert said in error.message
    assert list((host / "ml" / "models").iterdir()) == []
    assert not (host / "out").exists()


def test_a_target_is_a_key_and_never_a_path_of_ours(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        assert "key: models/../../etc/passwd)" in error_of(house, "../../etc/passwd").message


def test_a_load_that_takes_long_is_not_waited_for_and_goes_on(place, monkeypatch):
    house, behaviour, _ = place
    behaviour.may_load.clear()
    monkeypatch.setenv("SAGEWRIGHT_INVOCATION_S", "0.2")
    with serving(behaviour) as server:
        put(house, server)
        error = error_of(house)
        assert (error.code, error.status) == ("ModelNotReadyException", 429)
        assert error_of(house).code == "ModelNotReadyException"  # it is locked
        behaviour.may_load.set()
        monkeypatch.delenv("SAGEWRIGHT_INVOCATION_S")
        assert ask(house) == "aaa a.tar.gz"
    assert len(behaviour.loads) == 1


def test_many_at_once_load_a_model_once(place):
    house, behaviour, _ = place
    behaviour.may_load.clear()
    answers = []
    with serving(behaviour) as server:
        put(house, server)
        threads = [threading.Thread(target=lambda: answers.append(ask(house))) for _ in range(8)]
        for thread in threads:
            thread.start()
        behaviour.may_load.set()
        for thread in threads:
            thread.join()
    assert answers == ["aaa a.tar.gz"] * 8
    assert len(behaviour.loads) == 1


def test_a_model_must_be_named(place):
    house, behaviour, _ = place
    with serving(behaviour) as server:
        put(house, server)
        with pytest.raises(ApiError, match="is missing a target model header"):
            invoke(house)


@pytest.mark.parametrize(
    ("prefix", "target", "key"),
    [
        ("s3://b/p/", "a/m.tar.gz", "p/a/m.tar.gz"),
        ("s3://b/p", "/m.tar.gz", "p/m.tar.gz"),
        ("s3://b", "m.tar.gz", "m.tar.gz"),
    ],
)
def test_where_a_model_lies(prefix, target, key):
    assert model_of({"ModelDataUrl": prefix}, target).key == key
