"""What would be sent, for people to read or for a program: one JSON document a line."""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sagewright import settings


class Teller:
    """Writes each request down: on stdout, or into the file that `SAGEWRIGHT_DRY_RUN` names."""

    def __init__(self) -> None:
        asked = settings.DRY_RUN.read()
        self._file = None if asked in ("", "1") else Path(asked)
        self._lock, self._requests = threading.Lock(), 0
        if self._file is None:
            atexit.register(self._say_at_the_end, os.getpid())

    def tell(self, service: str, operation: str, region: str, params: Mapping[str, Any]) -> None:
        """Write a request down."""
        document = plain(params)
        with self._lock:
            self._requests += 1
            if self._file is None:
                print(f"{service} {operation} {json.dumps(document, indent=2)}", flush=True)  # noqa: T201
                return
            line = {"service": service, "operation": operation, "region": region, "params": document}
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def _say_at_the_end(self, process: int) -> None:
        if os.getpid() == process:
            print(  # noqa: T201
                f"sagewright: dry run: {self._requests} requests, none was sent; their answers were made up from them",
                file=sys.stderr,
            )


def plain(value: Any) -> Any:
    """Return params as JSON holds them; of bodies only their size."""
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>"
    return value.isoformat() if isinstance(value, date) else f"<{getattr(value, 'name', None) or 'a stream'}>"
