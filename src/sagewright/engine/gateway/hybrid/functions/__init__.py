"""Lambda: moto keeps the records, and Python functions run here, each invocation in a process of its own."""
