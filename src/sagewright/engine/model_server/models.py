"""Models that come and go: the `/models` API of a server of many models (`contract.md` 2.7)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs, unquote

from sagewright.engine.model_server.wire import Request, Response, error_response

PAGE = 100  # models of a listing
SPARE_BYTES = 64 << 20  # of the machine's memory that no model shall take


class Loaded(Protocol):
    """A model that answers."""

    def answer(self, request: Request) -> Response:
        """Answer a request, as `/invocations` would."""
        ...

    def close(self) -> None:
        """Let the model go."""
        ...

    def resident_bytes(self) -> int:
        """Return how much memory it holds; 0: that is not known."""
        ...


class CannotLoad(Exception):
    """A model cannot be loaded.

    Args:
        status: HTTP status.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Entry(NamedTuple):
    url: str
    loaded: Loaded | None  # None: it is being loaded


class Models:
    """The loaded models by name.

    Args:
        load: Loads the model of a name that lies in a folder; raises `CannotLoad`.
        place: Makes a path of this machine of one of the container's.
        most: Models at a time; 0: as many as the memory holds.
        memory_bytes: That all models may hold together; 0: as much as the machine has.
    """

    def __init__(
        self,
        load: Callable[[str, Path], Loaded],
        place: Callable[[str], Path],
        most: int = 0,
        memory_bytes: int = 0,
    ) -> None:
        self._load, self._place, self._most, self._memory_bytes = load, place, most, memory_bytes
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Response:
        """Answer a request of the API."""
        path, _, query = request.path.partition("?")
        words = [unquote(word) for word in path.split("/")[1:]]
        method = request.method
        if words == ["models"] and method == "GET":
            return self._list(parse_qs(query))
        if words == ["models"] and method == "POST":
            return self._begin(request.body)
        if len(words) == 2 and words[0] == "models" and method in ("GET", "DELETE"):
            return self._describe(words[1]) if method == "GET" else self._unload(words[1])
        if len(words) == 3 and (words[0], words[2]) == ("models", "invoke") and method == "POST":
            return self._invoke(words[1], request)
        return error_response(404, f"There is no {method} {path} here.")

    def close(self) -> None:
        """Let all models go."""
        with self._lock:
            entries, self._entries = self._entries, {}
        for entry in entries.values():
            if entry.loaded:
                entry.loaded.close()

    def _list(self, query: Mapping[str, list[str]]) -> Response:
        token = query.get("next_page_token", ["0"])[0]
        if not (token.isascii() and token.isdigit()):
            return error_response(400, f"next_page_token=`{token}` is none of this server's.")
        start = int(token)
        with self._lock:
            known = [(name, entry.url) for name, entry in sorted(self._entries.items()) if entry.loaded]
        page: dict[str, Any] = {
            "models": [{"modelName": name, "modelUrl": url} for name, url in known[start : start + PAGE]]
        }
        if start + PAGE < len(known):
            page["nextPageToken"] = str(start + PAGE)
        return _document(page)

    def _begin(self, body: bytes) -> Response:
        try:
            document = json.loads(body)
            name, url = document["model_name"], document["url"]
        except (ValueError, KeyError, TypeError):
            return error_response(400, 'The body must be {"model_name": ..., "url": ...}.')
        if not (isinstance(name, str) and name and isinstance(url, str)):
            return error_response(400, "`model_name` and `url` must be texts.")
        folder = self._place(url)
        if not folder.is_dir():
            return error_response(404, f"There is no model in `{url}`.")
        with self._lock:
            if name in self._entries:
                return error_response(409, f"Model {name} is already loaded.")
            if why := self._has_no_room():
                return error_response(507, why)
            self._entries[name] = _Entry(url, None)
        return self._finish(name, url, folder)

    def _finish(self, name: str, url: str, folder: Path) -> Response:
        try:
            loaded = self._load(name, folder)
        except BaseException as error:
            with self._lock:
                self._entries.pop(name, None)
            if not isinstance(error, CannotLoad):
                raise
            return error_response(error.status, str(error))
        with self._lock:
            self._entries[name] = _Entry(url, loaded)
        return _document({"status": f"Model {name} is loaded"})

    def _has_no_room(self) -> str | None:
        """Return why no further model can be loaded; None: one can."""
        if self._most and len(self._entries) >= self._most:
            return f"{len(self._entries)} models are loaded, and no more may be (SAGEMAKER_MAX_MODELS)."
        held = [entry.loaded.resident_bytes() for entry in self._entries.values() if entry.loaded]
        need = max(held, default=0) + SPARE_BYTES
        if self._memory_bytes and held and sum(held) + need > self._memory_bytes:
            return f"The loaded models hold {sum(held)} of the instance's {self._memory_bytes} bytes of memory."
        free = available_bytes()
        if free is not None and held and free < need:
            return f"This machine has {free} bytes of memory left, too little for another model."
        return None

    def _find(self, name: str) -> _Entry | Response:
        with self._lock:
            entry = self._entries.get(name)
        if entry is None or entry.loaded is None:
            return error_response(404, f"Model {name} is not loaded.")
        return entry

    def _describe(self, name: str) -> Response:
        entry = self._find(name)
        if isinstance(entry, Response):
            return entry
        return _document({"modelName": name, "modelUrl": entry.url})

    def _unload(self, name: str) -> Response:
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None and entry.loaded is not None:
                del self._entries[name]
        if entry is None or entry.loaded is None:
            return error_response(404, f"Model {name} is not loaded.")
        entry.loaded.close()
        return _document({"status": f"Model {name} is unloaded"})

    def _invoke(self, name: str, request: Request) -> Response:
        entry = self._find(name)
        if isinstance(entry, Response):
            return entry
        assert entry.loaded is not None
        return entry.loaded.answer(request)


def available_bytes() -> int | None:
    """Return how much memory the machine has left; None: it does not tell."""
    try:
        with open("/proc/meminfo") as file:
            line = next(line for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1]) * 1024


def _document(document: Mapping[str, Any]) -> Response:
    return Response(200, json.dumps(document).encode())
