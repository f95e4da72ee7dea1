"""How drift of data is measured (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import suggests

CHI_SQUARED_METHOD = "ChiSquared"
L_INFINITY_METHOD = "LInfinity"


@suggests
class DataQualityDistributionConstraints:
    """How distributions are compared.

    Args:
        categorical_drift_method: `LInfinity` or `ChiSquared`; None: the first.
    """

    def __init__(self, categorical_drift_method: str | None = None) -> None:
        self.categorical_drift_method = categorical_drift_method

    def __repr__(self) -> str:
        return f"DataQualityDistributionConstraints({self.categorical_drift_method!r})"

    @staticmethod
    def valid_distribution_constraints(distribution_constraints: DataQualityDistributionConstraints | None) -> bool:
        """Tell whether the method is one that there is; None is as well."""
        method = distribution_constraints.categorical_drift_method if distribution_constraints else None
        return DataQualityDistributionConstraints.valid_categorical_drift_method(method)

    @staticmethod
    def valid_categorical_drift_method(categorical_drift_method: str | None) -> bool:
        """Tell whether a method is one that there is; none is as well."""
        return not categorical_drift_method or categorical_drift_method in (CHI_SQUARED_METHOD, L_INFINITY_METHOD)


@suggests
class DataQualityMonitoringConfig:
    """What a baseline's `monitoring_config` says instead of its defaults."""

    def __init__(self, distribution_constraints: DataQualityDistributionConstraints | None = None) -> None:
        self.distribution_constraints = distribution_constraints

    def __repr__(self) -> str:
        return f"DataQualityMonitoringConfig({self.distribution_constraints!r})"

    @staticmethod
    def valid_monitoring_config(monitoring_config: DataQualityMonitoringConfig | None) -> bool:
        """Tell whether all that it says is something that there is; None is as well."""
        if not monitoring_config:
            return True
        constraints = monitoring_config.distribution_constraints
        return DataQualityDistributionConstraints.valid_distribution_constraints(constraints)
