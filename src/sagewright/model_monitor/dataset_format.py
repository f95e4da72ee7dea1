"""What a monitored data set looks like (v2's own path)."""

from __future__ import annotations

from typing import Any


class DatasetFormat:
    """The format of a baseline's data set."""

    @staticmethod
    def csv(header: bool = True, output_columns_position: str = "START") -> dict[str, Any]:
        """Return the format of CSV; `output_columns_position` is `START` or `END`."""
        return {"csv": {"header": header, "output_columns_position": output_columns_position}}

    @staticmethod
    def json(lines: bool = True) -> dict[str, Any]:
        """Return the format of JSON; with `lines` one document on each."""
        return {"json": {"lines": lines}}

    @staticmethod
    def sagemaker_capture_json() -> dict[str, Any]:
        """Return the format that data capture writes."""
        return {"sagemakerCaptureJson": {}}


class MonitoringDatasetFormat:
    """The format of data that a batch transform job has captured."""

    @staticmethod
    def csv(header: bool = True) -> dict[str, Any]:
        """Return the format of CSV."""
        return {"Csv": {"Header": header}}

    @staticmethod
    def json(lines: bool = True) -> dict[str, Any]:
        """Return the format of JSON; with `lines` one document on each."""
        return {"Json": {"Line": lines}}

    @staticmethod
    def parquet() -> dict[str, Any]:
        """Return the format of Parquet."""
        return {"Parquet": {}}
