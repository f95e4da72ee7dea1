"""Words for trying out spot interruptions; see `docs/howto/checkpoints-and-spot.md`."""

INTERRUPT_TAG = "sagewright:interrupt"  # to add it to a running spot job is to interrupt the job; it is not kept
INTERRUPT_VARIABLE = "SAGEWRIGHT_INTERRUPT_AFTER_S"  # of the job's environment: seconds, separated by commas
