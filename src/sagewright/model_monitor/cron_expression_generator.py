"""When monitoring jobs run (v2's own path)."""

from __future__ import annotations


class CronExpressionGenerator:
    """Makes the expressions of cron that monitoring schedules take.

    Example:
        >>> from sagewright.model_monitor import CronExpressionGenerator
        >>> CronExpressionGenerator.daily_every_x_hours(6, starting_hour=2)
        'cron(0 2/6 ? * * *)'
    """

    @staticmethod
    def hourly() -> str:
        """Return the expression for every hour."""
        return "cron(0 * ? * * *)"

    @staticmethod
    def daily(hour: int = 0) -> str:
        """Return the expression for every day, at an hour (UTC)."""
        return f"cron(0 {hour} ? * * *)"

    @staticmethod
    def daily_every_x_hours(hour_interval: int, starting_hour: int = 0) -> str:
        """Return the expression for every so many hours, each day from an hour on (UTC)."""
        return f"cron(0 {starting_hour}/{hour_interval} ? * * *)"

    @staticmethod
    def now() -> str:
        """Return the expression for a single run, at once."""
        return "NOW"
