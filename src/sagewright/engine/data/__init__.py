"""Getting a job's input data to it: which objects, in which order, as files or as named pipes (`contract.md` 1.8)."""
