"""Rules that Amazon's evaluators keep watch by while a job trains (`contract.md` 9.5)."""

from __future__ import annotations

import copy
from abc import ABC
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows, suggesting, suggests
from sagewright.debugger.profiler_constants import (
    DETAIL_PROF_PROCESSING_DEFAULT_INSTANCE_TYPE,
    DETAIL_PROF_PROCESSING_DEFAULT_VOLUME_SIZE,
)
from sagewright.vocabulary.names import name_from_base
from sagewright.vocabulary.variables import as_text

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.debugger.collections import CollectionConfig
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]

framework_name = "debugger"
detailed_framework_name = "detailed-profiler"
DEBUGGER_FLAG = "USE_SMDEBUG"

_DEFAULT_IMAGE = "DEFAULT_RULE_EVALUATOR_IMAGE"  # v2's word for "Amazon's evaluator of the region"
_DETAILED = "DetailedProfilerProcessingJobConfig"


@shows
class DetailedProfilerProcessingJobConfig:
    """What stands for a rule where a detailed profile is to be worked up."""

    def __init__(self) -> None:
        self.rule_name = _DETAILED
        self.rule_parameters = {"rule_to_invoke": "DetailedProfilerProcessing"}


def rule_configs() -> Any:
    """Return the module of Amazon's built-in rules.

    Raises:
        ImportError: It is not installed.
    """
    try:
        return import_module("smdebug_rulesconfig")
    except ModuleNotFoundError as error:
        if error.name != "smdebug_rulesconfig":
            raise
        raise ImportError(
            "`rule_configs` is the package `smdebug-rulesconfig`, which is not installed.\n"
            "hint: pip install 'sagewright[debugger]'.",
            name="smdebug_rulesconfig",
        ) from None


def get_rule_container_image_uri(name: str | None, region: str) -> str:
    """Return the image that evaluates a rule in a region."""
    from sagewright import image_uris  # costs the tables of all images

    is_detailed = name is not None and name.startswith(_DETAILED)
    return image_uris.retrieve(detailed_framework_name if is_detailed else framework_name, region)


def get_default_profiler_processing_job(
    instance_type: InstanceType | None = None, volume_size_in_gb: int | None = None
) -> ProfilerRule:
    """Return the rule that works up a detailed profile, under a name of its own."""
    config = DetailedProfilerProcessingJobConfig()
    return ProfilerRule.sagemaker(
        config,
        name=name_from_base(config.rule_name),
        instance_type=instance_type,
        volume_size_in_gb=volume_size_in_gb,
    )


class RuleBase(ABC):  # noqa: B024 - v2 names it so
    """What all rules have in common; see `Rule` and `ProfilerRule`.

    Args:
        image_uri: The image that evaluates the rule.
        container_local_output_path: Where it writes what it finds.
        s3_output_path: Where that is stored.
        volume_size_in_gb: GiB.
    """

    def __init__(
        self,
        name: str,
        image_uri: str,
        instance_type: InstanceType | None,
        container_local_output_path: str | None,
        s3_output_path: str | None,
        volume_size_in_gb: int | None,
        rule_parameters: dict[str, Any] | None,
    ) -> None:
        self.name, self.image_uri, self.instance_type = name, image_uri, instance_type
        self.container_local_output_path, self.s3_output_path = container_local_output_path, s3_output_path
        self.volume_size_in_gb, self.rule_parameters = volume_size_in_gb, rule_parameters

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _facts(self) == _facts(other)

    __hash__ = None  # type: ignore[assignment]  # as v2's, rules can be changed

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in _facts(self).items())
        return f"{type(self).__name__}({shown})"

    def _prepared(self, job_name: str, region: str) -> Self:
        """Return the rule as it goes out with a job: its evaluator is named."""
        prepared = copy.copy(self)
        prepared.rule_parameters = None if self.rule_parameters is None else dict(self.rule_parameters)
        if self.image_uri == _DEFAULT_IMAGE:
            prepared.image_uri = get_rule_container_image_uri(self.name, region)
            if not self.name.startswith(_DETAILED):
                prepared.instance_type = prepared.volume_size_in_gb = None
        return prepared

    def _document(self) -> Document:
        """Return what the documents of all rules hold; the parameters are not among it."""
        members = {
            "InstanceType": self.instance_type,
            "VolumeSizeInGB": self.volume_size_in_gb,
            "LocalPath": self.container_local_output_path,
            "S3OutputPath": self.s3_output_path,
        }
        given = {name: value for name, value in members.items() if value}
        return {"RuleConfigurationName": self.name, "RuleEvaluatorImage": self.image_uri, **given}


@suggests
class Rule(RuleBase):
    """A rule over the tensors that a job saves; make it with `Rule.sagemaker` or `Rule.custom`.

    Args:
        collections_to_save: The tensors that it looks at.
        actions: What to do when it fires: an action of `rule_configs`, or a list of them.

    Example:
        >>> from sagewright.debugger import Rule
        >>> config = {"DebugRuleConfiguration": {"RuleConfigurationName": "Overfit", "RuleParameters": {}}}
        >>> Rule.sagemaker(config, rule_parameters={"patience": "5"}).rule_parameters
        {'patience': '5'}
    """

    def __init__(
        self,
        name: str,
        image_uri: str,
        instance_type: InstanceType | None,
        container_local_output_path: str | None,
        s3_output_path: str | None,
        volume_size_in_gb: int | None,
        rule_parameters: dict[str, Any] | None,
        collections_to_save: Sequence[CollectionConfig],
        actions: Any = None,
    ) -> None:
        super().__init__(
            name,
            image_uri,
            instance_type,
            container_local_output_path,
            s3_output_path,
            volume_size_in_gb,
            rule_parameters,
        )
        self.collection_configs, self.actions = collections_to_save, actions

    @classmethod
    @suggesting
    def sagemaker(
        cls,
        base_config: Mapping[str, Any],
        name: str | None = None,
        container_local_output_path: str | None = None,
        s3_output_path: str | None = None,
        other_trials_s3_input_paths: Sequence[str] | None = None,
        rule_parameters: Mapping[str, Any] | None = None,
        collections_to_save: Sequence[CollectionConfig] | None = None,
        actions: Any = None,
    ) -> Self:
        """Return one of Amazon's rules.

        Args:
            base_config: Of `rule_configs`: `rule_configs.overfit()`.
            name: None: the rule's own.
            other_trials_s3_input_paths: Tensors of other jobs, for the rule `similar_across_runs`.
            rule_parameters: Beside those that the rule has by itself, and over them.
            collections_to_save: None: those that the rule needs.

        Raises:
            TypeError: `base_config` is none of such a rule.
            RuntimeError: The parameters name the rule to invoke, or the actions are none.
        """
        if not isinstance(base_config, Mapping) or "DebugRuleConfiguration" not in base_config:
            raise TypeError(
                f"`base_config` of Rule.sagemaker takes what a debugger's rule of `rule_configs` returns, not "
                f"{base_config!r}.\nhint: Rule.sagemaker(rule_configs.overfit()); rules of the profiler, which have "
                "names such as ProfilerReport, go into ProfilerRule.sagemaker."
            )
        if rule_parameters is not None and rule_parameters.get("rule_to_invoke") is not None:
            raise RuntimeError(
                "You cannot provide a 'rule_to_invoke' for SageMaker rules.\n"
                "                Either remove the rule_to_invoke or use a custom rule.\n\n                "
            )
        _check_actions(actions)
        rule = base_config["DebugRuleConfiguration"]
        return cls(
            name=name or rule.get("RuleConfigurationName"),
            image_uri=_DEFAULT_IMAGE,
            instance_type=None,
            container_local_output_path=container_local_output_path,
            s3_output_path=s3_output_path,
            volume_size_in_gb=None,
            rule_parameters={
                **_other_trials(other_trials_s3_input_paths),
                **rule.get("RuleParameters", {}),
                **(rule_parameters or {}),
            },
            collections_to_save=collections_to_save or _collections(base_config),
            actions=actions,
        )

    @classmethod
    @suggesting
    def custom(
        cls,
        name: str,
        image_uri: str,
        instance_type: InstanceType,
        volume_size_in_gb: int,
        source: str | None = None,
        rule_to_invoke: str | None = None,
        container_local_output_path: str | None = None,
        s3_output_path: str | None = None,
        other_trials_s3_input_paths: Sequence[str] | None = None,
        rule_parameters: Mapping[str, Any] | None = None,
        collections_to_save: Sequence[CollectionConfig] | None = None,
        actions: Any = None,
    ) -> Self:
        """Return a rule of one's own.

        Args:
            source: The file that holds it, here or in S3; one that lies here is uploaded.
            rule_to_invoke: Its class in that file.

        Raises:
            ValueError: Only one of `source` and `rule_to_invoke` is given.
            RuntimeError: The actions are none.
        """
        _check_actions(actions)
        return cls(
            name=name,
            image_uri=image_uri,
            instance_type=instance_type,
            container_local_output_path=container_local_output_path,
            s3_output_path=s3_output_path,
            volume_size_in_gb=volume_size_in_gb,
            rule_parameters={
                **_other_trials(other_trials_s3_input_paths),
                **_parameters(source, rule_to_invoke, rule_parameters),
            },
            collections_to_save=collections_to_save or [],
            actions=actions,
        )

    def prepare_actions(self, training_job_name: str) -> None:
        """Write the actions into the parameters; a job that `StopTraining` names none of is this one."""
        assert self.rule_parameters is not None
        if self.actions is None:
            self.rule_parameters.pop("action_json", None)
            return
        self.actions.update_training_job_prefix_if_not_specified(training_job_name)
        self.rule_parameters["action_json"] = self.actions.serialize()

    def to_debugger_rule_config_dict(self) -> Document:
        """Return the rule's document in `DebugRuleConfigurations`."""
        return {**self._document(), **({"RuleParameters": self.rule_parameters} if self.rule_parameters else {})}

    def _prepared(self, job_name: str, region: str) -> Self:
        prepared = super()._prepared(job_name, region)
        prepared.rule_parameters = prepared.rule_parameters or {}
        prepared.actions = copy.deepcopy(self.actions)
        prepared.prepare_actions(job_name)
        return prepared


@suggests
class ProfilerRule(RuleBase):
    """A rule over a job's profile; make it with `ProfilerRule.sagemaker` or `ProfilerRule.custom`."""

    @classmethod
    @suggesting
    def sagemaker(
        cls,
        base_config: Any,
        name: str | None = None,
        container_local_output_path: str | None = None,
        s3_output_path: str | None = None,
        instance_type: InstanceType | None = None,
        volume_size_in_gb: int | None = None,
    ) -> Self:
        """Return one of Amazon's rules.

        Args:
            base_config: Of `rule_configs`: `rule_configs.ProfilerReport()`.
            name: None: the rule's own.
            instance_type, volume_size_in_gb: Of what works up a detailed profile; other rules have their own.

        Raises:
            TypeError: `base_config` is none of such a rule.
        """
        if isinstance(base_config, type) or not hasattr(base_config, "rule_name"):
            raise TypeError(
                f"`base_config` of ProfilerRule.sagemaker takes a profiler's rule of `rule_configs`, not "
                f"{base_config!r}.\nhint: ProfilerRule.sagemaker(rule_configs.ProfilerReport()); rules of the "
                "debugger, which have names such as overfit, go into Rule.sagemaker."
            )
        used_name = name or base_config.rule_name
        if used_name.startswith(_DETAILED):
            if volume_size_in_gb is None:
                volume_size_in_gb = DETAIL_PROF_PROCESSING_DEFAULT_VOLUME_SIZE
            instance_type = instance_type or DETAIL_PROF_PROCESSING_DEFAULT_INSTANCE_TYPE
        return cls(
            name=used_name,
            image_uri=_DEFAULT_IMAGE,
            instance_type=instance_type,
            container_local_output_path=container_local_output_path,
            s3_output_path=s3_output_path,
            volume_size_in_gb=volume_size_in_gb,
            rule_parameters=base_config.rule_parameters,
        )

    @classmethod
    @suggesting
    def custom(
        cls,
        name: str,
        image_uri: str,
        instance_type: InstanceType,
        volume_size_in_gb: int,
        source: str | None = None,
        rule_to_invoke: str | None = None,
        container_local_output_path: str | None = None,
        s3_output_path: str | None = None,
        rule_parameters: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a rule of one's own; see `Rule.custom`.

        Raises:
            ValueError: Only one of `source` and `rule_to_invoke` is given.
        """
        return cls(
            name=name,
            image_uri=image_uri,
            instance_type=instance_type,
            container_local_output_path=container_local_output_path,
            s3_output_path=s3_output_path,
            volume_size_in_gb=volume_size_in_gb,
            rule_parameters=_parameters(source, rule_to_invoke, rule_parameters),
        )

    def to_profiler_rule_config_dict(self) -> Document:
        """Return the rule's document in `ProfilerRuleConfigurations`."""
        texts = {name: as_text(value) for name, value in (self.rule_parameters or {}).items()}
        return {**self._document(), **({"RuleParameters": texts} if texts else {})}


def _facts(rule: object) -> Document:
    """Return what makes a rule the same as another: as in v2 all but its collections and actions."""
    return {name: value for name, value in vars(rule).items() if name not in ("collection_configs", "actions")}


def _check_actions(actions: Any) -> None:
    if actions is not None and not rule_configs().is_valid_action_object(actions):
        raise RuntimeError("`actions` must be of type `Action` or `ActionList`!")


def _other_trials(paths: Sequence[str] | None) -> Document:
    return {f"other_trial_{index}": path for index, path in enumerate(paths or ())}


def _parameters(source: str | None, rule_to_invoke: str | None, given: Mapping[str, Any] | None) -> Document:
    if bool(source) != bool(rule_to_invoke):
        raise ValueError("If you provide a source, you must also provide a rule to invoke (and vice versa).")
    own = {"source_s3_uri": source, "rule_to_invoke": rule_to_invoke} if source else {}
    return {**own, **(given or {})}


def _collections(base_config: Mapping[str, Any]) -> list[CollectionConfig]:
    from sagewright.debugger.collections import CollectionConfig

    return [
        CollectionConfig(config.get("CollectionName"), config.get("CollectionParameters", {}))
        for config in base_config.get("CollectionConfigurations", ())
    ]
