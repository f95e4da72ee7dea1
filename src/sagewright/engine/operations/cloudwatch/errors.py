"""Errors of CloudWatch metrics and alarms."""

from __future__ import annotations

from sagewright.vocabulary.errors import ApiError


def invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message)


def invalid_value(message: str) -> ApiError:
    return ApiError("InvalidParameterValue", message)


def invalid_combination(message: str) -> ApiError:
    return ApiError("InvalidParameterCombination", message)


def missing_parameter(message: str) -> ApiError:
    return ApiError("MissingParameter", message)


def unbuilt(member: str) -> ApiError:
    return invalid_value(f"`{member}` is not built into the Sagewright engine (target `local`).")
