"""See `framework`."""
