"""What registers models and compiles them."""

from __future__ import annotations

from tests.parity.gaps import Differs, Gap

GAPS: dict[str, Gap] = {
    "*.model.*Model.register": Differs(
        "takes what `Model.register` takes, in its order; the first 14 arguments are in v2's"
    ),
}
