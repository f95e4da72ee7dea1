"""The built-in algorithms. Each runs from `/opt/ml` alone, as its container would, and is started by module name."""
