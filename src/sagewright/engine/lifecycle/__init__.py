"""The state machines as tables. Pure; nobody else sets a status."""
