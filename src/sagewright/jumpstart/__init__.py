"""JumpStart, Amazon's catalogue of models: its names are here, and refuse to be used, with the reason."""
