"""SageMaker on your own machines: everything that executes."""
