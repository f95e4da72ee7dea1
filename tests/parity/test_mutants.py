"""The comparison of requests notices every small wrong. `make parity-mutants` tries 200, MUTANTS=n another number."""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import cache
from typing import Any

from tests.parity.differences import DIFFERENCES, NEEDS
from tests.parity.mutants import CHANGES, mutants
from tests.parity.scenarios import SCENARIOS
from tests.parity.test_recorded import RECORDED, faults
from tests.parity.world import play

COUNT = int(os.environ.get("MUTANTS", "30"))
MUTABLE = [
    (topic, name)
    for topic, scenarios in RECORDED.items()
    for name, recorded in scenarios.items()
    if recorded["calls"] and f"{topic}.{name}" not in {**DIFFERENCES, **NEEDS}
]


def test_every_mutant_of_a_request_is_noticed() -> None:
    dice = random.Random(COUNT)
    missed, tried = [], Counter[str]()
    for topic, name in [dice.choice(MUTABLE) for _ in range(COUNT)]:
        recorded = RECORDED[topic][name]
        mutant = next(mutants(recorded["calls"], dice))
        tried[mutant.change] += 1
        assert faults({**recorded}, _ours(topic, name)) == []
        if not faults({**recorded, "calls": mutant.calls}, _ours(topic, name)):
            missed.append(mutant)
    assert missed == []
    assert set(tried) == set(CHANGES)


@cache
def _ours(topic: str, name: str) -> dict[str, Any]:
    return play(SCENARIOS[topic][name], "sagewright")
