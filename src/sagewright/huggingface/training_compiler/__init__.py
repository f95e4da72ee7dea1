"""The SageMaker Training Compiler (v2's own path)."""
