"""The step that checks bias and explanations (v2's own path)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.vocabulary.names import name_from_base
from sagewright.vocabulary.variables import is_variable
from sagewright.workflow.base_step import CacheConfig, StepTypeEnum
from sagewright.workflow.check_job_config import CheckJobConfig
from sagewright.workflow.check_step import CheckStep, processing_arguments
from sagewright.workflow.entities import Valued

if TYPE_CHECKING:
    from sagewright.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig

Document = dict[str, Any]

_CONFIG_NAME = "analysis_config.json"


@suggests
class ClarifyCheckConfig(Valued):
    """What is checked.

    Args:
        data_config: The data, and where the results go.
        kms_key: Encrypts what is uploaded.
        monitoring_analysis_config_uri: Where the analysis of schedules lies; the step sets it.
    """

    def __init__(
        self, data_config: DataConfig, *, kms_key: str | None = None, monitoring_analysis_config_uri: str | None = None
    ) -> None:
        self.data_config, self.kms_key = data_config, kms_key
        self.monitoring_analysis_config_uri = monitoring_analysis_config_uri


@suggests
class DataBiasCheckConfig(ClarifyCheckConfig):
    """Data whose bias is checked; see `ClarifyCheckConfig`.

    Args:
        data_bias_config: The groups that are compared.
        methods: `all`, or some of `CI`, `DPL`, `KL`, `JS`, `LP`, `TVD`, `KS`, `CDDL`.
    """

    def __init__(
        self,
        data_config: DataConfig,
        data_bias_config: BiasConfig,
        methods: str | list[str] = "all",
        *,
        kms_key: str | None = None,
        monitoring_analysis_config_uri: str | None = None,
    ) -> None:
        super().__init__(data_config, kms_key=kms_key, monitoring_analysis_config_uri=monitoring_analysis_config_uri)
        self.data_bias_config, self.methods = data_bias_config, methods


@suggests
class ModelBiasCheckConfig(ClarifyCheckConfig):
    """Predictions whose bias is checked; see `ClarifyCheckConfig`.

    Args:
        data_bias_config: The groups that are compared.
        model_config: The model that is asked.
        model_predicted_label_config: Where the prediction stands in its answer.
        methods: `all`, or some of `DPPL`, `DI`, `DCA`, `DCR`, `RD`, `DAR`, `DRR`, `AD`, `CDDPL`, `TE`, `FT`.
    """

    def __init__(
        self,
        data_config: DataConfig,
        data_bias_config: BiasConfig,
        model_config: ModelConfig,
        model_predicted_label_config: ModelPredictedLabelConfig,
        methods: str | list[str] = "all",
        *,
        kms_key: str | None = None,
        monitoring_analysis_config_uri: str | None = None,
    ) -> None:
        super().__init__(data_config, kms_key=kms_key, monitoring_analysis_config_uri=monitoring_analysis_config_uri)
        self.data_bias_config, self.model_config = data_bias_config, model_config
        self.model_predicted_label_config, self.methods = model_predicted_label_config, methods


@suggests
class ModelExplainabilityCheckConfig(ClarifyCheckConfig):
    """Explanations that are checked; see `ClarifyCheckConfig`.

    Args:
        model_config: The model that is asked.
        explainability_config: How it is explained.
        model_scores: Where the scores stand in its answer: an index, a JMESPath, or a `ModelPredictedLabelConfig`.
    """

    def __init__(
        self,
        data_config: DataConfig,
        model_config: ModelConfig,
        explainability_config: Any,
        model_scores: Any = None,
        *,
        kms_key: str | None = None,
        monitoring_analysis_config_uri: str | None = None,
    ) -> None:
        super().__init__(data_config, kms_key=kms_key, monitoring_analysis_config_uri=monitoring_analysis_config_uri)
        self.model_config, self.explainability_config = model_config, explainability_config
        self.model_scores = model_scores


_TYPES = {
    DataBiasCheckConfig: "DATA_BIAS",
    ModelBiasCheckConfig: "MODEL_BIAS",
    ModelExplainabilityCheckConfig: "MODEL_EXPLAINABILITY",
}


@suggests
class ClarifyCheckStep(CheckStep):
    """Checks bias or explanations against a baseline. The documents of its analyses are uploaded when it is made.

    Args:
        name: Of the step.
        clarify_check_config: What is checked.
        check_job_config: What the job runs on.
        skip_check: Calculate the baseline only.
        fail_on_violation: Fail where the check does.
        register_new_baseline: Let the model that is registered have the baseline that is calculated.
        model_package_group_name: The group whose latest approved model has the baseline.
        supplied_baseline_constraints: S3 URI of the baseline instead.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.

    Raises:
        RuntimeError: The configuration is of another kind, or only the run knows where the documents go.
    """

    _PROPERTIES = ("CalculatedBaselineConstraints", "BaselineUsedForDriftCheckConstraints")

    def __init__(
        self,
        name: str,
        clarify_check_config: ClarifyCheckConfig,
        check_job_config: CheckJobConfig,
        skip_check: Any = False,
        fail_on_violation: Any = True,
        register_new_baseline: Any = False,
        model_package_group_name: Any = None,
        supplied_baseline_constraints: Any = None,
        display_name: str | None = None,
        description: str | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        _check(clarify_check_config)
        super().__init__(
            name,
            StepTypeEnum.CLARIFY_CHECK,
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
        self.clarify_check_config = config = clarify_check_config
        is_explained = isinstance(config, ModelExplainabilityCheckConfig)
        monitor = "ModelExplainabilityMonitor" if is_explained else "ModelBiasMonitor"
        self._model_monitor = check_job_config._generate_model_monitor(monitor)
        session = self._model_monitor.sagemaker_session
        config.monitoring_analysis_config_uri = _upload_of_schedules(config, session)
        self._processor = self._model_monitor._baselining_processor()
        self._inputs, self._output = _data(config, _upload(config, session))

    @property
    def arguments(self) -> Any:
        """The request of the job."""
        return processing_arguments(self._processor, self._inputs, self._output)

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        config = self.clarify_check_config
        kind = next(word for known, word in _TYPES.items() if isinstance(config, known))
        request = {**super().to_request(), **self._check_members(kind)}
        if isinstance(config, (ModelBiasCheckConfig, ModelExplainabilityCheckConfig)):
            request["ModelName"] = config.model_config.get_predictor_config()["model_name"]
        return request


def _check(config: ClarifyCheckConfig) -> None:
    if not isinstance(config, tuple(_TYPES)):
        raise RuntimeError(
            "The clarify_check_config can only be object of DataBiasCheckConfig, ModelBiasCheckConfig or "
            "ModelExplainabilityCheckConfig"
        )
    data = config.data_config
    if is_variable(data.s3_analysis_config_output_path):
        raise RuntimeError(
            "s3_analysis_config_output_path cannot be of type ExecutionVariable/Expression/Parameter/Properties"
        )
    if not data.s3_analysis_config_output_path and is_variable(data.s3_output_path):
        raise RuntimeError(
            "`s3_output_path` cannot be of type ExecutionVariable/Expression/Parameter/Properties if "
            "`s3_analysis_config_output_path` is none or empty "
        )


def _upload(config: ClarifyCheckConfig, session: Any) -> tuple[str, Document]:
    """Upload the document of the step's analysis; return its S3 URI, and it."""
    document, data = _analysis(config), config.data_config
    uri = s3_path_join(data.s3_analysis_config_output_path or data.s3_output_path, _CONFIG_NAME)
    S3Uploader.upload_bytes(json.dumps(document).encode(), uri, config.kms_key, session)
    return uri, document


def _analysis(config: ClarifyCheckConfig) -> Document:
    document: Document = config.data_config.get_config()
    report = {"report": {"name": "report", "title": "Analysis Report"}}
    if isinstance(config, DataBiasCheckConfig):
        methods: Document = {"pre_training_bias": {"methods": config.methods}}
        return {**document, **config.data_bias_config.get_config(), "methods": {**methods, **report}}
    assert isinstance(config, (ModelBiasCheckConfig, ModelExplainabilityCheckConfig))
    predictor = _without_model(config.model_config.get_predictor_config())
    if isinstance(config, ModelBiasCheckConfig):
        threshold, labels = config.model_predicted_label_config.get_predictor_config()
        document |= config.data_bias_config.get_config()
        methods, predictor = {"post_training_bias": {"methods": config.methods}}, {**labels, **predictor}
    else:
        threshold, labels = _scores(config.model_scores)
        methods, predictor = config.explainability_config.get_explainability_config(), {**predictor, **labels}
    if threshold is not None:
        document["probability_threshold"] = threshold
    return {**document, "methods": {**methods, **report}, "predictor": predictor}


def _scores(scores: Any) -> tuple[Any, Document]:
    """Return the threshold of a prediction, and where it stands in the answer."""
    if hasattr(scores, "get_predictor_config"):
        threshold, labels = scores.get_predictor_config()
        return threshold, labels
    return None, {} if scores is None else {"label": scores}


def _data(config: ClarifyCheckConfig, uploaded: tuple[str, Document]) -> tuple[list[Any], Any]:
    """Return the inputs and the output of the step's job."""
    from sagewright.clarify import SageMakerClarifyProcessor
    from sagewright.clarify.processor import ProcessingOutputHandler
    from sagewright.processing import ProcessingInput, ProcessingOutput

    (uri, document), data, places = uploaded, config.data_config, SageMakerClarifyProcessor
    rows = ProcessingInput(
        data.s3_data_input_path,
        places._CLARIFY_DATA_INPUT,
        "dataset",
        s3_data_distribution_type=data.s3_data_distribution_type,
        s3_compression_type=data.s3_compression_type,
    )
    mode = ProcessingOutputHandler.get_s3_upload_mode(document)
    output = ProcessingOutput(places._CLARIFY_OUTPUT, data.s3_output_path, "analysis_result", mode)
    return [ProcessingInput(uri, places._CLARIFY_CONFIG_INPUT, "analysis_config"), rows], output


def _upload_of_schedules(config: ClarifyCheckConfig, session: Any) -> str:
    """Upload the document of the analysis that schedules do; return its S3 URI."""
    from sagewright.model_monitor import BiasAnalysisConfig, ExplainabilityAnalysisConfig

    data = config.data_config
    if isinstance(config, ModelExplainabilityCheckConfig):
        base, features = "model-explainability-monitoring", [name for name in data.headers or () if name != data.label]
        explained = ExplainabilityAnalysisConfig(
            config.explainability_config, config.model_config, headers=features if data.headers else data.headers
        )
        document = explained._to_dict()
        document = {**document, "predictor": _without_model(document["predictor"])}
    else:
        assert isinstance(config, (DataBiasCheckConfig, ModelBiasCheckConfig))
        base = "bias-monitoring"
        document = BiasAnalysisConfig(config.data_bias_config, headers=data.headers, label=data.label)._to_dict()
    above = data.s3_analysis_config_output_path or s3_path_join(
        "s3://", session.default_bucket(), session.default_bucket_prefix or "", "model-monitor"
    )
    uri = s3_path_join(
        above, f"{base}-configuration", name_from_base(f"{base}-config"), str(uuid.uuid4()), _CONFIG_NAME
    )
    return S3Uploader.upload_string_as_file_body(json.dumps(document), uri, config.kms_key, session)


def _without_model(predictor: Document) -> Document:
    return {name: value for name, value in predictor.items() if name != "model_name"}


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "ClarifyCheckConfig",
            "ClarifyCheckStep",
            "DataBiasCheckConfig",
            "ModelBiasCheckConfig",
            "ModelExplainabilityCheckConfig",
        ],
    )
