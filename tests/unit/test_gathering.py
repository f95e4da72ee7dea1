"""The last of several hosts to end stores what all have left."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from sagewright.engine.executors.process import gathering
from sagewright.engine.executors.process.folder import HostFolder

HOSTS = ["algo-1", "algo-2"]


@pytest.fixture
def folders(tmp_path):
    found = [HostFolder(tmp_path / host) for host in HOSTS]
    for folder in found:
        folder.path.mkdir()
    return found


def leave(folders, *endings):
    """Let each host end; return what the store was given each time, None where it was not called."""
    calls = []
    for folder, ending in zip(folders, endings, strict=True):
        store = Mock(return_value={"model": "uri"})
        assert gathering.leave(folder, HOSTS, ending, store) == ({"model": "uri"} if store.called else {})
        calls.append(store.call_args.args if store.called else None)
    return calls


def test_only_the_last_stores(folders):
    assert leave(folders, "done", "done") == [None, ([folder.ml for folder in folders], False)]


@pytest.mark.parametrize("endings", [("failed", "done"), ("done", "failed"), ("failed", "idle")])
def test_one_failure_makes_all_fail(folders, endings):
    assert leave(folders, *endings)[1] == ([folder.ml for folder in folders], True)


def test_a_host_stopped_before_it_ran_does_not_keep_the_others_work_back(folders):
    assert leave(folders, "done", "idle")[1] == ([folder.ml for folder in folders], False)


def test_hosts_stopped_before_they_ran_leave_nothing(folders):
    assert leave(folders, "idle", "idle") == [None, None]


def test_whoever_is_killed_while_he_stores_leaves_it_undone_and_the_next_does_it(folders):
    assert leave(folders[:1], "done") == [None]
    with pytest.raises(KeyboardInterrupt):
        gathering.leave(folders[1], HOSTS, "done", Mock(side_effect=KeyboardInterrupt))
    assert leave(folders[1:], "done")[0] is not None
    assert leave(folders[1:], "done") == [None]
