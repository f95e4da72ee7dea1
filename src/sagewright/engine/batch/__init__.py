"""The batch engine of transform jobs: objects in, requests to a model server, objects out (`contract.md` 3.2)."""
