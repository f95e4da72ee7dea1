"""Answers requests with an orchestrator that `ModelBuilder` has packed, in images of SageMaker Distribution.

It goes to the container as `code/inference.py`, and runs there with `serving_runtime.py` beside it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # this file is imported by its path

from serving_runtime import read_checked, unpickled

_orchestrator, _ = unpickled(read_checked(Path(__file__).resolve().parent))


async def handler(request: Any) -> Any:
    """Return the orchestrator's answer to a request."""
    answer = _orchestrator.handle(request.body)
    return await answer if asyncio.iscoroutine(answer) else answer
