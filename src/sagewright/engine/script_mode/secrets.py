"""What of a job must not stand in its log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sagewright.engine.script_mode.facts import Facts

MASK = "***"

# Whole words of a name: `api_token` is secret, `max_tokens` and `tokenizer` are not.
_WORDS = frozenset(
    {"secret", "secrets", "token", "password", "passwd", "pwd", "passphrase", "credential", "credentials"}
)
_PAIRS = frozenset({"api key", "access key", "private key", "secret key", "auth key"})
_RUNS = frozenset({"apikey", "accesskey", "privatekey", "secretkey", "authtoken"})
_BOUNDARY = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


def is_secret(name: str) -> bool:
    """Tell whether a value of this name had better not be shown."""
    words = [word.lower() for word in _BOUNDARY.split(name) if word]
    pairs = {" ".join(pair) for pair in pairwise(words)}
    return bool(_PAIRS & pairs or (_WORDS | _RUNS) & set(words))


def masked(facts: Facts) -> Facts:
    """Return the facts as a log may show them: all that is derived from them is then without secrets too."""
    return facts._replace(hyperparameters=_masked(facts.hyperparameters), reserved=_masked(facts.reserved))


def _masked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MASK if is_secret(name) and value else value for name, value in values.items()}
