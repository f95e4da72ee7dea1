"""The server's settings, by the toolkit's names."""

from __future__ import annotations

import os

from sagewright.engine.model_server.code import DEFAULT_PROGRAM
from sagewright.engine.model_server.settings import CONTAINER_BASE, Settings
from sagewright.engine.script_mode.libraries import absent

base_dir = os.environ.get("SAGEMAKER_BASE_DIR", CONTAINER_BASE)
model_dir = os.environ.get("SM_MODEL_DIR") or os.path.join(base_dir, "model")
code_dir = os.path.join(model_dir, "code")


class Environment:
    """The server's settings."""

    def __init__(self) -> None:
        settings = Settings.of(os.environ)
        self.module_name = (os.environ.get("SAGEMAKER_PROGRAM") or DEFAULT_PROGRAM).removesuffix(".py")
        self.model_server_timeout = int(settings.timeout_s)
        self.model_server_workers = os.environ.get("SAGEMAKER_MODEL_SERVER_WORKERS")
        self.default_accept = settings.default_accept
        self.inference_http_port = self.http_port = os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080")
        self.safe_port_range = self.port_range = os.environ.get("SAGEMAKER_SAFE_PORT_RANGE")


__getattr__ = absent("sagemaker_inference.environment", "pip install sagemaker-inference")
