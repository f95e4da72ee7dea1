"""From a stored request to what its hosts do: pure functions that take values and give values."""
