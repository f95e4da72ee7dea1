"""The handlers of `gateway.app.HANDLERS`, one file each."""
