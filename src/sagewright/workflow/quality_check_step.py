"""The step that checks the quality of data, or of a model (v2's own path)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import is_variable
from sagewright.workflow.base_step import CacheConfig, StepTypeEnum
from sagewright.workflow.check_job_config import CheckJobConfig
from sagewright.workflow.check_step import CheckStep, processing_arguments
from sagewright.workflow.entities import Valued
from sagewright.workflow.parameters import Parameter, ParameterString

logger = logging.getLogger("sagemaker")

_FOLDER = "/opt/ml/processing"
_ATTRIBUTES = (
    "inference_attribute",
    "probability_attribute",
    "ground_truth_attribute",
    "probability_threshold_attribute",
)


@suggests
class QualityCheckConfig(Valued):
    """What is checked.

    Args:
        baseline_dataset: A file here, its S3 URI, or what only the run knows.
        dataset_format: Of `sagewright.model_monitor.DatasetFormat`.
        output_s3_uri: Where the results go; None: the default bucket.
        post_analytics_processor_script: A script here or in S3 that works on the results.
    """

    def __init__(
        self,
        baseline_dataset: Any,
        dataset_format: Mapping[str, Any],
        *,
        output_s3_uri: Any = None,
        post_analytics_processor_script: str | None = None,
    ) -> None:
        self.baseline_dataset, self.dataset_format = baseline_dataset, dataset_format
        self.output_s3_uri = output_s3_uri
        self.post_analytics_processor_script = post_analytics_processor_script


@suggests
class DataQualityCheckConfig(QualityCheckConfig):
    """Data whose quality is checked; see `QualityCheckConfig`.

    Args:
        record_preprocessor_script: A script here or in S3 that works on each record before.
    """

    def __init__(
        self,
        baseline_dataset: Any,
        dataset_format: Mapping[str, Any],
        record_preprocessor_script: str | None = None,
        *,
        output_s3_uri: Any = None,
        post_analytics_processor_script: str | None = None,
    ) -> None:
        super().__init__(
            baseline_dataset,
            dataset_format,
            output_s3_uri=output_s3_uri,
            post_analytics_processor_script=post_analytics_processor_script,
        )
        self.record_preprocessor_script = record_preprocessor_script


@suggests
class ModelQualityCheckConfig(QualityCheckConfig):
    """Predictions whose quality is checked; see `QualityCheckConfig`.

    Args:
        problem_type: `Regression`, `BinaryClassification` or `MulticlassClassification`.
        inference_attribute, probability_attribute, ground_truth_attribute: Index or JSONPath of predictions, of
            probabilities, and of what came true.
        probability_threshold_attribute: From which probability on a prediction is yes.
    """

    def __init__(
        self,
        baseline_dataset: Any,
        dataset_format: Mapping[str, Any],
        problem_type: Any,
        inference_attribute: Any = None,
        probability_attribute: Any = None,
        ground_truth_attribute: Any = None,
        probability_threshold_attribute: Any = None,
        *,
        output_s3_uri: Any = None,
        post_analytics_processor_script: str | None = None,
    ) -> None:
        super().__init__(
            baseline_dataset,
            dataset_format,
            output_s3_uri=output_s3_uri,
            post_analytics_processor_script=post_analytics_processor_script,
        )
        self.problem_type, self.inference_attribute = problem_type, inference_attribute
        self.probability_attribute, self.ground_truth_attribute = probability_attribute, ground_truth_attribute
        self.probability_threshold_attribute = probability_threshold_attribute


@suggests
class QualityCheckStep(CheckStep):
    """Checks the quality of data, or of a model, against a baseline.

    Args:
        name: Of the step.
        quality_check_config: What is checked.
        check_job_config: What the job runs on.
        skip_check: Calculate the baseline only.
        fail_on_violation: Fail where the check does.
        register_new_baseline: Let the model that is registered have the baseline that is calculated.
        model_package_group_name: The group whose latest approved model has the baseline.
        supplied_baseline_statistics, supplied_baseline_constraints: S3 URIs of the baseline instead.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.

    Raises:
        RuntimeError: The configuration is of another kind.
    """

    _PROPERTIES = (
        "CalculatedBaselineConstraints",
        "CalculatedBaselineStatistics",
        "BaselineUsedForDriftCheckStatistics",
        "BaselineUsedForDriftCheckConstraints",
    )

    def __init__(
        self,
        name: str,
        quality_check_config: QualityCheckConfig,
        check_job_config: CheckJobConfig,
        skip_check: Any = False,
        fail_on_violation: Any = True,
        register_new_baseline: Any = False,
        model_package_group_name: Any = None,
        supplied_baseline_statistics: Any = None,
        supplied_baseline_constraints: Any = None,
        display_name: str | None = None,
        description: str | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        if not isinstance(quality_check_config, (DataQualityCheckConfig, ModelQualityCheckConfig)):
            raise RuntimeError(
                "The quality_check_config can only be object of DataQualityCheckConfig or ModelQualityCheckConfig"
            )
        super().__init__(
            name,
            StepTypeEnum.QUALITY_CHECK,
            check_job_config,
            skip_check,
            fail_on_violation,
            register_new_baseline,
            model_package_group_name,
            supplied_baseline_constraints,
            display_name,
            description,
            cache_config,
            depends_on,
        )
        self.quality_check_config, self.supplied_baseline_statistics = (
            quality_check_config,
            supplied_baseline_statistics,
        )
        self._is_of_data = isinstance(quality_check_config, DataQualityCheckConfig)
        monitor = "DefaultModelMonitor" if self._is_of_data else "ModelQualityMonitor"
        self._model_monitor = check_job_config._generate_model_monitor(monitor)
        self._model_monitor.latest_baselining_job_name = self._model_monitor._generate_baselining_job_name()
        self._inputs = self._all_inputs()
        self._output = self._all_output()
        self._processor = _processor(self._model_monitor, self._environment())

    @property
    def arguments(self) -> Any:
        """The request of the job."""
        return processing_arguments(self._processor, list(self._inputs.values()), self._output)

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        members = self._check_members("DATA_QUALITY" if self._is_of_data else "MODEL_QUALITY")
        return {
            **super().to_request(),
            **members,
            "SuppliedBaselineStatistics": self.supplied_baseline_statistics,
        }

    def _scripts(self) -> dict[str, str]:
        """Return the scripts by what the container calls them."""
        config = self.quality_check_config
        names = ("post_analytics_processor_script", "record_preprocessor_script")
        return {name: script for name in names if (script := getattr(config, name, None)) is not None}

    def _all_inputs(self) -> dict[str, Any]:
        from sagewright.processing import ProcessingInput

        rows, name, monitor = self.quality_check_config.baseline_dataset, "baseline_dataset_input", self._model_monitor
        if is_variable(rows):
            source = ProcessingInput(rows, f"{_FOLDER}/input/{name}", name)
        else:
            source = monitor._baselining_input(rows, name)
        scripts = {
            script: monitor._baselining_input(path, f"{script}_input") for script, path in self._scripts().items()
        }
        return {"rows": source, **scripts}

    def _all_output(self) -> Any:
        from sagewright.processing import ProcessingOutput

        monitor = self._model_monitor
        place = self.quality_check_config.output_s3_uri or monitor._place(
            "model-monitor", "baselining", monitor.latest_baselining_job_name, "results"
        )
        return ProcessingOutput(f"{_FOLDER}/output", place, "quality_check_output")

    def _environment(self) -> dict[str, Any]:
        from sagewright.model_monitor.definition import environment

        config, monitor = self.quality_check_config, self._model_monitor
        words: dict[str, Any] = {
            script: f"{self._inputs[script].destination}/{os.path.basename(path)}"
            for script, path in self._scripts().items()
        }
        if isinstance(config, ModelQualityCheckConfig):
            words |= {"analysis_type": "MODEL_QUALITY", "problem_type": config.problem_type}
            words |= {name: _as_word(getattr(config, name), name) for name in _ATTRIBUTES}
        return environment(
            monitor.env,
            cloudwatch=False,
            dataset_format=config.dataset_format,
            output_path=f"{_FOLDER}/output",
            dataset_source=self._inputs["rows"].destination,
            **words,
        )


def _processor(monitor: Any, environment: Mapping[str, Any]) -> Any:
    from sagewright.processing import Processor

    names = (
        "role image_uri instance_count instance_type entrypoint volume_size_in_gb volume_kms_key output_kms_key "
        "max_runtime_in_seconds base_job_name sagemaker_session tags network_config"
    )
    return Processor(**{name: getattr(monitor, name) for name in names.split()}, env=environment)


def _as_word(value: Any, name: str) -> Any:
    """Return a value as the container's environment holds it.

    Raises:
        ValueError: It is a parameter that holds no text.
    """
    if value is None:
        return None
    if not is_variable(value):
        return str(value)
    if isinstance(value, Parameter) and not isinstance(value, ParameterString):
        shown = "probability_threshold_attr" if name == "probability_threshold_attribute" else name
        raise ValueError(f"{shown} cannot be Parameter types other than ParameterString.")
    logger.warning("%s's runtime value must be the string type.", name)
    return value


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__, ["DataQualityCheckConfig", "ModelQualityCheckConfig", "QualityCheckConfig", "QualityCheckStep"]
    )
