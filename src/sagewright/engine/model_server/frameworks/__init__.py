"""What each framework's image does where a user's module has no function of its own."""

from __future__ import annotations

import importlib

from sagewright.engine.model_server.handlers import Defaults
from sagewright.vocabulary.serving import FRAMEWORKS


def defaults_of(framework: str) -> Defaults:
    """Return a framework's functions; its library is imported when they are called."""
    module = importlib.import_module(f"{__name__}.{framework if framework in FRAMEWORKS else 'generic'}")
    defaults: Defaults = module.DEFAULTS
    return defaults
