from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def preflight_only_warns(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fits go on, for the recorder has no data and knows every job already; v2 has no preflight."""
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "warn")
