"""Names that the engine and its clients know without asking."""

from __future__ import annotations

# The role that every engine has from the beginning: whom its user's own process acts as.
EXECUTION_ROLE = "SagewrightExecutionRole"
