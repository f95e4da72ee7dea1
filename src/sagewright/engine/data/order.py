"""Which of a channel's things a host gets, and in which order. Pure.

Things are objects, or the lines of an augmented manifest; they are numbered from 0 in the order of the listing.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence


def own_numbers(count: int, share: int, shares: int, seed: int | None = None, epoch: int = 0) -> Sequence[int]:
    """Return the numbers of a host's things, in order.

    Without a seed every `shares`-th one, for ever. With a seed all of them are shuffled, anew in each epoch and alike
    on every host, before they are dealt out: what one host gets in an epoch another one may get in the next.

    Args:
        count: Of all things.
        share: This host's number among those that share, from 0.
        shares: How many share; 1: this host gets everything.
    """
    if seed is None:
        return range(share, count, shares)
    numbers = array("Q", range(count))
    random.Random(f"{seed}/{epoch}").shuffle(numbers)  # noqa: S311 - an order, no secret
    return numbers[share::shares]
