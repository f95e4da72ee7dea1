"""The files that go to the container with a model: they stand alone, since no container has this package."""
