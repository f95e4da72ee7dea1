"""The feature store: groups of features, their records, and data sets of them (`contract.md` section 5)."""
