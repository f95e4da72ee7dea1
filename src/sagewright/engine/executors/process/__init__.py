"""Executions as process trees on this machine.

    steward --orders--> launcher --forks--> host (one per host of an execution)
                                             └─ program (the user's code, in a namespace of its own)

The host does all the work of `planning.document.HostDocument` and leaves what it has done in its folder; the steward
reads it there. Nobody but the host writes into the folder after it has started.
"""
