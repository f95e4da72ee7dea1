"""What an estimator asks of SageMaker's debugger, profiler and TensorBoard (`contract.md` 9.5)."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.debugger.profiler_config import ProfilerConfig
from sagewright.debugger.rules import ProfilerRule, Rule, get_default_profiler_processing_job
from sagewright.requests.training import supports_debugger

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_OF_XGBOOST = ("FeatureImportanceOverweight", "TreeDepth")

_TRAINIUM = re.compile(r"ml[._]trn")


def debugging_of(estimator: EstimatorBase, output_path: str, job_name: str) -> Document:
    """Return the members of a `TrainingSpec` that concern debugging; sources of rules that lie here do so still.

    Raises:
        ValueError: The region has no debugger, and one is asked for.
        RuntimeError: The profiler is asked for and switched off, or a rule is none.
    """
    rules = estimator._asked_rules()
    debugging, profiling = _sorted(rules)
    tensorboard, region = estimator.tensorboard_output_config, estimator.sagemaker_session.boto_region_name
    hook, profiler = _hook(estimator, output_path, debugging), _profiler(estimator, output_path, profiling)
    profiling = profiling or _default_rules(estimator)
    return {
        "debug_hook": hook,
        "debug_rules": [rule._prepared(job_name, region).to_debugger_rule_config_dict() for rule in debugging],
        "profiler": profiler,
        "profiler_rules": [rule._prepared(job_name, region).to_profiler_rule_config_dict() for rule in profiling],
        "tensorboard_output": tensorboard._to_request_dict() if tensorboard else None,
    }


def uploaded_rules(session: Session, rules: Sequence[Document]) -> list[Document]:
    """Return documents of rules whose sources lie in S3, where those that lay here have been uploaded."""
    return [_uploaded(session, rule) for rule in rules]


def artifacts_path(config: Any, output_path: str | None, job_name: str, folder: str) -> str:
    """Return where a job leaves what a configuration asks for: below its own S3 path, or the job's output path."""
    return f"{(getattr(config, 's3_output_path', None) or output_path or '').rstrip('/')}/{job_name}/{folder}"


def profiler_update(
    rules: Sequence[ProfilerRule] | None,
    system_monitor_interval_millis: int | None,
    s3_output_path: str | None,
    framework_profile_params: Any,
    disable_framework_metrics: bool,
) -> tuple[ProfilerConfig, Document]:
    """Return the profiler that an update asks for, and its document.

    Raises:
        ValueError: It asks for nothing, or for what excludes each other, or a rule is none of the profiler's.
    """
    asked = (rules, system_monitor_interval_millis, s3_output_path, framework_profile_params)
    if not (any(asked) or disable_framework_metrics):
        raise ValueError("Please provide profiler config or profiler rule to be updated.")
    if disable_framework_metrics and framework_profile_params:
        raise ValueError("framework_profile_params cannot be set when disable_framework_metrics is True")
    if any(not isinstance(rule, ProfilerRule) for rule in rules or ()):
        raise ValueError("Please provide ProfilerRule to be updated.")
    config = ProfilerConfig(s3_output_path, system_monitor_interval_millis, framework_profile_params)
    off: Document = {"ProfilingParameters": {}} if disable_framework_metrics else {}
    return config, {**config._to_request_dict(), **off}


def default_profiler(description: Document, output_path: str | None) -> ProfilerConfig:
    """Return the profiler of a running job, with all defaults.

    Raises:
        ValueError: The job has it already.
    """
    if description.get("ProfilingStatus") == "Enabled":
        raise ValueError(
            "Debugger monitoring is already enabled. To update the profiler_config parameter and the Debugger "
            "profiling rules, please use the update_profiler function."
        )
    return ProfilerConfig(description.get("ProfilerConfig", {}).get("S3OutputPath") or output_path)


def check_region(region: str) -> None:
    """Raise where there is no profiler in a region.

    Raises:
        ValueError: There is none.
    """
    if not supports_debugger(region):
        raise ValueError("Current region does not support profiler / debugger!")


def profiler_is_off(region: str, instance_type: str | None) -> bool:
    """Tell whether there is no profiler in a region, or none for a type of instance as it works by itself there."""
    return not supports_debugger(region) or bool(isinstance(instance_type, str) and _TRAINIUM.match(instance_type))


def profiler_rules_of(session: Session, rules: Sequence[ProfilerRule] | None, job_name: str) -> list[Document] | None:
    """Return documents of rules that are added to a job that runs; None where there are none."""
    if not rules:
        return None
    region = session.boto_region_name
    documents = [rule._prepared(job_name, region).to_profiler_rule_config_dict() for rule in rules]
    return uploaded_rules(session, documents)


def _sorted(rules: Sequence[Any] | None) -> tuple[list[Rule], list[ProfilerRule]]:
    """Return the debugger's rules and the profiler's.

    Raises:
        RuntimeError: Something is none.
    """
    debugging = [rule for rule in rules or () if isinstance(rule, Rule)]
    profiling = [rule for rule in rules or () if isinstance(rule, ProfilerRule)]
    if len(debugging) + len(profiling) < len(rules or ()):
        raise RuntimeError("Rules list can only contain sagemaker.debugger.Rule and sagemaker.debugger.ProfilerRule")
    for _ in (rule for rule in debugging if rule.name in _OF_XGBOOST):
        logger.warning(
            "TreeDepth and FeatureImportanceOverweight rules are valid only for the XGBoost algorithm. Please make "
            "sure this estimator is used for XGBoost algorithm. "
        )
    return debugging, profiling


def _hook(estimator: EstimatorBase, output_path: str, rules: Sequence[Rule]) -> Document | None:
    config = estimator._hook_config()
    if not supports_debugger(estimator.sagemaker_session.boto_region_name):
        if (config and config is not True) or (config is None and rules):
            raise ValueError("Current region does not support debugger but debugger hook config is set!")
        return None
    if config is False:
        return None
    document: Document = {} if config in (None, True) else config._to_request_dict()
    document["S3OutputPath"] = document.get("S3OutputPath") or output_path
    wanted = [collection._to_request_dict() for rule in rules for collection in rule.collection_configs]
    wanted += document.get("CollectionConfigurations", ())
    document["CollectionConfigurations"] = [one for n, one in enumerate(wanted) if one not in wanted[:n]]
    return document


def _profiler(estimator: EstimatorBase, output_path: str, rules: Sequence[ProfilerRule]) -> Document:
    config = estimator.profiler_config
    if estimator.disable_profiler and config is not None and not config.disable_profiler:
        raise RuntimeError("profiler_config.disable_profiler cannot be False when disable_profiler is True.")
    if estimator.disable_profiler and rules:
        raise RuntimeError("ProfilerRule cannot be set when disable_profiler is True.")
    if config is None:
        off = {"DisableProfiler": True}
        return off if estimator.disable_profiler else {"S3OutputPath": output_path, "DisableProfiler": False}
    document: Document = config._to_request_dict()
    if not config.disable_profiler:
        document["S3OutputPath"] = document.get("S3OutputPath") or output_path
    return document


def _default_rules(estimator: EstimatorBase) -> list[ProfilerRule]:
    """Return what works up a detailed profile, where there is one and the user has not said that no rule may run."""
    config = estimator.profiler_config
    profile = None if config is None else config.profile_params
    if profile is None or estimator.disable_profiler or estimator.rules == []:
        return []
    return [get_default_profiler_processing_job(profile.instanceType, profile.volumeSizeInGB)]


def _uploaded(session: Session, rule: Document) -> Document:
    source = rule.get("RuleParameters", {}).get("source_s3_uri")
    if not isinstance(source, str) or source.startswith("s3://"):
        return rule
    prefix = (session.default_bucket_prefix, rule["RuleConfigurationName"], os.urandom(16).hex())
    uri = session.upload_data(
        source.removeprefix("file://"), session.default_bucket(), "/".join(part for part in prefix if part)
    )
    return {**rule, "RuleParameters": {**rule["RuleParameters"], "source_s3_uri": uri}}
