"""AutoML: Amazon chooses algorithm, features and hyperparameters (`contract.md` 3.4)."""
