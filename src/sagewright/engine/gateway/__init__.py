"""AWS's protocols in front of `Engine.call`; knows no SageMaker semantics."""
