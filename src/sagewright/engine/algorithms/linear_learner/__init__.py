"""Linear learner: linear regression, and binary and multiclass classification (`contract.md` 7.2).

An equivalent of Amazon's algorithm behind the same hyperparameters, metrics and answers, not a replica of its numbers.
"""
