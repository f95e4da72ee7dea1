"""The shared engine: an HTTP server in front of the gateway, and the steward beside it (`sagewright up`)."""
