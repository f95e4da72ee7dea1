"""The table of a training job's life."""

import pytest

from sagewright.engine.lifecycle import training as lifecycle

PATH = ("Downloading", "Training", "Uploading", "Completed")


def walk(*steps):
    body = lifecycle.begin(0.0)
    for number, step in enumerate(steps, start=1):
        body = lifecycle.move(body, step, float(number))
    return body


def test_a_success_walks_the_documented_sequence_with_closed_times():
    transitions = walk(*PATH)["transitions"]
    assert [entry["Status"] for entry in transitions] == ["Starting", *PATH]
    assert [entry["EndTime"] for entry in transitions] == [1.0, 2.0, 3.0, 4.0, 4.0]
    assert transitions[3]["StatusMessage"] == "Uploading generated training model"


@pytest.mark.parametrize("end", sorted(lifecycle.ENDS))
def test_an_end_has_no_way_out(end):
    assert lifecycle.MOVES[end] == frozenset()


def test_every_state_can_reach_an_end():
    reached = set(lifecycle.ENDS)
    while True:
        more = {state for state, targets in lifecycle.MOVES.items() if targets & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(lifecycle.MOVES)


def test_every_state_has_a_primary_status_and_a_message():
    assert set(lifecycle.PRIMARY) == set(lifecycle.MESSAGES) == set(lifecycle.MOVES)


def test_an_illegal_move_is_refused_and_changes_nothing():
    body = walk("Downloading", "Training")
    with pytest.raises(lifecycle.IllegalMove, match="from Training to Stopped"):
        lifecycle.move(body, "Stopped", 9.0)
    assert body["secondary"] == "Training"


def test_the_time_limit_ends_as_stopped():
    body = walk("Downloading", "Training", "Stopping", "MaxRuntimeExceeded")
    assert lifecycle.primary(body) == "Stopped"
    assert lifecycle.is_over(body)
