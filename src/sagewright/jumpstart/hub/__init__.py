"""Private hubs of JumpStart's models: not built, see `sagewright.jumpstart.absent`."""
