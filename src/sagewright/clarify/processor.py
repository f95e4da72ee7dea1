"""The processor whose jobs look for bias and explain."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.clarify import analysis
from sagewright.clarify.bias import BiasConfig
from sagewright.clarify.data import DataConfig, DatasetType
from sagewright.clarify.documents import Document
from sagewright.clarify.models import ModelConfig
from sagewright.clarify.validation import ANALYSIS_CONFIG_SCHEMA_V1_0
from sagewright.processing.data import ProcessingInput, ProcessingOutput
from sagewright.processing.processor import Processor
from sagewright.s3 import S3Uploader, s3_path_join
from sagewright.utils import Tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.network import NetworkConfig
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")


@suggests
class SageMakerClarifyProcessor(Processor):
    """Looks for bias in data and predictions, and explains predictions, by processing jobs.

    Args:
        job_name_prefix: Begins the names of the jobs; None: `Clarify-Bias` and the like.
        version: Of Clarify's image; None: the newest.
        skip_early_validation: Leave it to the job to find slips in the analysis.
        **: As for `Processor`.
    """

    _CLARIFY_DATA_INPUT = "/opt/ml/processing/input/data"
    _CLARIFY_CONFIG_INPUT = "/opt/ml/processing/input/config"
    _CLARIFY_OUTPUT = "/opt/ml/processing/output"

    def __init__(
        self,
        role: str | None = None,
        instance_count: Any = None,
        instance_type: InstanceType | None = None,
        volume_size_in_gb: Any = 30,
        volume_kms_key: Any = None,
        output_kms_key: Any = None,
        max_runtime_in_seconds: Any = None,
        sagemaker_session: Session | None = None,
        env: Mapping[str, Any] | None = None,
        tags: Tags = None,
        network_config: NetworkConfig | None = None,
        job_name_prefix: str | None = None,
        version: str | None = None,
        skip_early_validation: bool = False,
    ) -> None:
        from sagewright import image_uris  # costs the tables of all images
        from sagewright.session import Session

        session = sagemaker_session or Session()
        self._last_analysis_config: Document | None = None
        self.job_name_prefix, self.skip_early_validation = job_name_prefix, skip_early_validation
        super().__init__(
            role,
            image_uris.retrieve("clarify", session.boto_region_name, version),
            instance_count,
            instance_type,
            None,
            volume_size_in_gb,
            volume_kms_key,
            output_kms_key,
            max_runtime_in_seconds,
            None,
            session,
            env,
            tags,
            network_config,
        )

    def run(self, **_: Any) -> Any:  # type: ignore[override]  # takes anything, as in v2
        """Refuse: there is a method for each kind of analysis.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "Please choose a method of run_pre_training_bias, run_post_training_bias or run_explainability."
        )

    def run_pre_training_bias(
        self,
        data_config: DataConfig,
        data_bias_config: BiasConfig,
        methods: Any = "all",
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        kms_key: str | None = None,
        experiment_config: Document | None = None,
    ) -> Any:
        """Look for bias in data.

        Args:
            methods: `all`, or a list of `CI`, `DPL`, `KL`, `JS`, `LP`, `TVD`, `KS` and `CDDL`.
            **: As for `Processor.run`.

        Raises:
            ValueError: The analysis has a slip.
            UnexpectedStatusException: The job has failed.
        """
        document = analysis.bias(data_config, data_bias_config, before=methods)
        name = job_name or self._new_name("Clarify-Pretraining-Bias")
        return self._analyse(data_config, document, wait, logs, name, kms_key, experiment_config)

    def run_post_training_bias(
        self,
        data_config: DataConfig,
        data_bias_config: BiasConfig,
        model_config: ModelConfig | None = None,
        model_predicted_label_config: Any = None,
        methods: Any = "all",
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        kms_key: str | None = None,
        experiment_config: Document | None = None,
    ) -> Any:
        """Look for bias in predictions: those of a model, or those that the data hold.

        Args:
            methods: `all`, or a list of `DPPL`, `DI`, `DCA`, `DCR`, `RD`, `DAR`, `DRR`, `AD`, `CDDPL`, `TE`, `FT`
                and `GE`.
            **: As for `Processor.run`.

        Raises:
            ValueError: The analysis has a slip.
            UnexpectedStatusException: The job has failed.
        """
        document = analysis.bias(data_config, data_bias_config, after=methods)
        document = analysis.with_predictor(document, model_config, model_predicted_label_config)
        name = job_name or self._new_name("Clarify-Posttraining-Bias")
        return self._analyse(data_config, document, wait, logs, name, kms_key, experiment_config)

    def run_bias(
        self,
        data_config: DataConfig,
        bias_config: BiasConfig,
        model_config: ModelConfig | None = None,
        model_predicted_label_config: Any = None,
        pre_training_methods: Any = "all",
        post_training_methods: Any = "all",
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        kms_key: str | None = None,
        experiment_config: Document | None = None,
    ) -> Any:
        """Look for bias in data and in predictions.

        Args:
            **: As for the methods above.

        Raises:
            ValueError: The analysis has a slip.
            UnexpectedStatusException: The job has failed.
        """
        document = analysis.bias(data_config, bias_config, pre_training_methods, post_training_methods)
        document = analysis.with_predictor(document, model_config, model_predicted_label_config)
        name = job_name or self._new_name("Clarify-Bias")
        return self._analyse(data_config, document, wait, logs, name, kms_key, experiment_config)

    def run_explainability(
        self,
        data_config: DataConfig,
        model_config: ModelConfig,
        explainability_config: Any,
        model_scores: Any = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        kms_key: str | None = None,
        experiment_config: Document | None = None,
    ) -> Any:
        """Explain a model's predictions.

        Args:
            explainability_config: A way to explain, or a list of them.
            model_scores: Where the score stands in the model's answers: a column, a JMESPath or a
                `ModelPredictedLabelConfig`.
            **: As for `Processor.run`.

        Raises:
            ValueError: The analysis has a slip.
            UnexpectedStatusException: The job has failed.
        """
        document = analysis.explainability(data_config, model_config, explainability_config, model_scores)
        name = job_name or self._new_name("Clarify-Explainability")
        return self._analyse(data_config, document, wait, logs, name, kms_key, experiment_config)

    def run_bias_and_explainability(
        self,
        data_config: DataConfig,
        model_config: ModelConfig,
        explainability_config: Any,
        bias_config: BiasConfig,
        pre_training_methods: Any = "all",
        post_training_methods: Any = "all",
        model_predicted_label_config: Any = None,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        kms_key: str | None = None,
        experiment_config: Document | None = None,
    ) -> Any:
        """Look for bias in data and predictions, and explain the predictions, in one job.

        Args:
            **: As for the methods above.

        Raises:
            ValueError: The analysis has a slip.
            UnexpectedStatusException: The job has failed.
        """
        document = analysis.bias_and_explainability(
            data_config,
            model_config,
            model_predicted_label_config,
            explainability_config,
            bias_config,
            pre_training_methods,
            post_training_methods,
        )
        name = job_name or self._new_name("Clarify-Bias-And-Explainability")
        return self._analyse(data_config, document, wait, logs, name, kms_key, experiment_config)

    def _new_name(self, base: str) -> str:
        return name_from_base(self.job_name_prefix or base)

    def _analyse(
        self,
        data: DataConfig,
        document: Document,
        wait: bool,
        logs: bool,
        job_name: str,
        kms_key: str | None,
        experiment_config: Document | None,
    ) -> Any:
        """Upload the document of an analysis, and run the job that does what it says."""
        self._last_analysis_config = document
        logger.info("Analysis Config: %s", document)
        if not self.skip_early_validation:
            ANALYSIS_CONFIG_SCHEMA_V1_0.validate(document)
        place = data.s3_analysis_config_output_path or data.s3_output_path
        uri = s3_path_join(place, "analysis_config.json")
        S3Uploader.upload_bytes(io.BytesIO(json.dumps(document).encode()), uri, kms_key, self.sagemaker_session)
        rows = ProcessingInput(
            data.s3_data_input_path,
            self._CLARIFY_DATA_INPUT,
            "dataset",
            s3_data_distribution_type=data.s3_data_distribution_type,
            s3_compression_type=data.s3_compression_type,
        )
        mode = ProcessingOutputHandler.get_s3_upload_mode(document)
        return Processor.run(
            self,
            [rows, ProcessingInput(uri, self._CLARIFY_CONFIG_INPUT, "analysis_config")],
            [ProcessingOutput(self._CLARIFY_OUTPUT, data.s3_output_path, "analysis_result", mode)],
            wait=wait,
            logs=logs,
            job_name=job_name,
            kms_key=kms_key,
            experiment_config=experiment_config,
        )


class ProcessingOutputHandler:
    """When the results of an analysis go to S3 (v2's own name)."""

    class S3UploadMode(Enum):
        """When they go."""

        CONTINUOUS = "Continuous"
        ENDOFJOB = "EndOfJob"

    @classmethod
    def get_s3_upload_mode(cls, analysis_config: Document) -> str:
        """Return `Continuous` for images, whose results are large; else `EndOfJob`."""
        is_image = analysis_config["dataset_type"] == DatasetType.IMAGE.value
        return str((cls.S3UploadMode.CONTINUOUS if is_image else cls.S3UploadMode.ENDOFJOB).value)
