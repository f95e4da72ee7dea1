"""What a session can be asked, and lineage."""

from __future__ import annotations

from tests.parity.gaps import Gap, Refused

GAPS: dict[str, Gap] = {
    **dict.fromkeys(
        ("lineage.artifact.DatasetArtifact.Context", "lineage.artifact.ModelArtifact.Context"),
        Refused("it is an import in the body of v2's class: `lineage.context.Context`"),
    ),
    "session.LogState": Refused("it is the state of v2's own loop over a log, which nothing takes or returns"),
}
