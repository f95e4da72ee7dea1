"""The process that speaks HTTP: it answers pings by itself, and has workers answer requests."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagewright.engine.model_server.listening import Server
from sagewright.engine.model_server.models import CannotLoad, Models
from sagewright.engine.model_server.pool import Pool
from sagewright.engine.model_server.processes import Launch, LoadFailed
from sagewright.engine.model_server.settings import Settings, place_of
from sagewright.engine.model_server.wire import Request, Response, error_response, port_of
from sagewright.engine.script_mode.faults import write_failure
from sagewright.engine.script_mode.images import difference
from sagewright.engine.script_mode.journal import Journal
from sagewright.vocabulary.script_mode import IMAGE_VERSIONS
from sagewright.vocabulary.serving import FRAMEWORK

PING_S = 0.5  # that a ping waits for a model that is being loaded: so its end is not missed for long
FAILED = 1  # the exit code of a server whose model cannot be loaded
SINGLE = "model"  # the name of the only model


def main(arguments: list[str]) -> int:
    """Do what `docker run IMAGE serve` would; return the exit code."""
    if arguments != ["serve"]:
        sys.stderr.write(f"usage: serve, not `{' '.join(arguments)}`\n")
        return 2
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    try:
        settings = Settings.of(os.environ)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return Front(base, os.environ, settings).serve()


class Front:
    """The server of a container."""

    def __init__(self, base: Path, environment: Mapping[str, str], settings: Settings) -> None:
        self._base, self._environment, self._settings = base, environment, settings
        self._journal = Journal(settings.log_level, "sagemaker-inference-toolkit")
        self._is_ready, self._failure = threading.Event(), ""
        self._server = Server(self.answer, port_of(environment), settings.largest_body_bytes)
        self._pool: Pool | None = None
        self._models: Models | None = None

    def serve(self) -> int:
        """Serve until SIGTERM, or until there is no model to serve; return the exit code."""
        self._server.stop_on_sigterm()
        if self._settings.is_multi_model:
            self._models = Models(
                self._load,
                lambda url: place_of(self._base, url),
                self._settings.most_models,
                self._settings.memory_bytes,
            )
            self._is_ready.set()
            self._say_serving()
        else:
            self._pool = self._pool_of(SINGLE, self._base / "model", self._give_up)
            threading.Thread(target=self._start, args=(self._pool,), daemon=True).start()
        if line := difference(self._environment, "The model is served"):
            self._journal.warning(line)
        self._server.serve()
        for served in (self._pool, self._models):
            if served and self._failure:
                getattr(served, "kill", served.close)()
            elif served:
                served.close()
        return FAILED if self._failure else 0

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        method, path = request.method, request.path.partition("?")[0]
        if path == "/ping" and method == "GET":
            return Response(200) if self._is_ready.wait(PING_S) else Response(503)
        if path == "/execution-parameters" and method == "GET":
            return Response(200, json.dumps(self._parameters()).encode())
        if self._models is not None:
            return self._models.answer(request)
        if path == "/invocations" and method == "POST" and self._pool is not None:
            return self._pool.answer(request)
        return error_response(404, f"There is no {method} {path} here.")

    def _start(self, pool: Pool) -> None:
        try:
            pool.start()
        except LoadFailed as error:
            self._give_up(str(error))
            return
        self._is_ready.set()
        self._say_serving()

    def _say_serving(self) -> None:
        self._journal.info(f"Serving on port {self._server.port}")

    def _give_up(self, why: str) -> None:
        self._failure = why
        self._journal.error(f"The model cannot be served: {why}")
        write_failure(self._base, f"The model cannot be served: {why}")
        self._server.stop()

    def _parameters(self) -> dict[str, Any]:
        """Return what a transform job may ask of this server at a time."""
        own = self._pool.facts.get("execution_parameters") if self._pool else None
        limit = self._environment.get("SAGEMAKER_MAX_PAYLOAD_IN_MB")
        return own or {
            "MaxConcurrentTransforms": self._settings.most_workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": int(limit) if limit and limit.isdigit() else 6,
        }

    def _load(self, name: str, folder: Path) -> Pool:
        pool = self._pool_of(name, folder, self._journal.error)
        try:
            pool.start()
        except LoadFailed as error:
            raise CannotLoad(500, f"{error}\n{error.trace}".strip()) from None
        return pool

    def _pool_of(self, name: str, folder: Path, give_up: Any) -> Pool:
        setup = {
            "framework": self._environment.get(FRAMEWORK, ""),
            "model_name": name,
            "model_dir": str(folder),
            "base": str(self._base),
            "log_level": self._settings.log_level,
            "default_accept": self._settings.default_accept,
        }
        environment = {name: value for name, value in self._environment.items() if name != IMAGE_VERSIONS}
        environment["SM_MODEL_DIR"] = str(folder)
        launch = Launch(setup, environment, self._settings.timeout_s, self._settings.memory_bytes)
        return Pool(launch, self._settings.most_workers, self._journal, give_up)
