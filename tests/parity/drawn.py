"""Values of every kind that JSON has, drawn by the dice: what hyperparameters may be."""

from __future__ import annotations

import random
from typing import Any

# What is easily taken for something else.
ODD: list[Any] = [
    "", " ", "true", "null", "None", "1", "1.0", "1e3", "-0", "[1]", '{"a": 1}', '"quoted"', "a'b", "\\n", "\n", "\t",
    "--flag", "$(false)", "%s", "ü 漢 🙂", "\u2028", "/opt/ml", "s3://bucket/x", True, False, None, 0, -0.0, 1.0, 1,
    2**53 + 1, -(2**63), 1e-320, 1.7976931348623157e308, 0.1, [], {}, [[]], [None], {"": ""}, {"a": {"b": [1, "1"]}},
]  # fmt: skip


def values(seed: int, count: int = 90) -> dict[str, Any]:
    """Return hyperparameters: the odd ones, and others by the dice, the same for each seed."""
    dice = random.Random(seed)
    drawn = [_value(dice, 3) for _ in range(count - len(ODD))]
    return {f"p{number}": value for number, value in enumerate([*ODD, *drawn])}


def _value(dice: random.Random, depth: int) -> Any:
    kind = dice.randrange(7 if depth else 5)
    if kind == 0:
        return dice.choice([True, False, None])
    if kind == 1:
        return dice.randint(-(10 ** dice.randint(1, 25)), 10 ** dice.randint(1, 25))
    if kind == 2:
        return dice.uniform(-1, 1) * 10.0 ** dice.randint(-200, 200)
    if kind in (3, 4):
        codes = [dice.choice([dice.randint(32, 126), dice.randint(160, 0xD7FF)]) for _ in range(dice.randint(0, 12))]
        return "".join(map(chr, codes))
    items = [_value(dice, depth - 1) for _ in range(dice.randint(0, 6))]
    return items if kind == 5 else {f"k{number}": item for number, item in enumerate(items)}
