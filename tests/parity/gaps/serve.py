"""`ModelBuilder`."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

_OWN_FOLDER = Differs("each builder has a folder of its own, where v2's share one; dicts and lists left out are None")

GAPS: dict[str, Gap] = {
    "serve.builder.model_builder.ModelBuilder.__init__": _OWN_FOLDER,
    "serve.builder.model_builder.ModelBuilder.model_path": _OWN_FOLDER,
    "serve.builder.model_builder.ModelBuilder.deploy": Differs(
        "names what it takes, which v2's reporting of use hides"
    ),
}
