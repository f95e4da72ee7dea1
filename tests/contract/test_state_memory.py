"""The memory state store keeps the contract."""

from __future__ import annotations

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.state.memory import MemoryStateStore
from sagewright.testing.state import StateStoreContract


class TestMemoryStateStore(StateStoreContract):
    @pytest.fixture
    def store(self, clock: FakeClock) -> MemoryStateStore:
        return MemoryStateStore(clock)
