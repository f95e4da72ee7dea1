"""The scripts that prepare a function's job; they run in the job, without this package (v2's own path)."""
