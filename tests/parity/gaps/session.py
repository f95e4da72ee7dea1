"""What a session can be asked."""

from __future__ import annotations

from tests.parity.gaps import Gap, Refused

GAPS: dict[str, Gap] = {
    "session.LogState": Refused("it is the state of v2's own loop over a log, which nothing takes or returns"),
}
