"""The built-in algorithm XGBoost: what AWS's container does when no script is given (`contract.md` 7.3).

The work is the library's; here stands what surrounds it: hyperparameters, channels, the log, checkpoints, serving.
"""
