from __future__ import annotations

import pytest

from sagewright.engine.hosting import gates


@pytest.fixture
def home(tmp_path):
    (tmp_path / "executions" / "one").mkdir(parents=True)
    return tmp_path


def test_an_instance_is_not_stopped_while_it_is_asked(home):
    gates.make(home, "one")
    with gates.through(home, "one"), gates.through(home, "one"):
        assert not gates.shut(home, "one")
    assert gates.shut(home, "one")


def test_nobody_asks_an_instance_that_is_to_be_stopped(home):
    gates.make(home, "one")
    assert gates.shut(home, "one")
    with pytest.raises(gates.Shut), gates.through(home, "one"):
        pytest.fail("the block has run")
    assert gates.shut(home, "one")


def test_an_execution_that_has_gone_has_no_gate(home):
    gates.make(home, "two")
    with pytest.raises(gates.Shut), gates.through(home, "two"):
        pytest.fail("the block has run")
    assert gates.shut(home, "two")


def test_without_a_home_there_are_no_gates():
    with gates.through(None, "one"):
        assert gates.shut(None, "one")
