"""Objects of classes whose constructors want more than texts, and why some classes have no objects at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sagewright as sm
from sagewright import clarify, model_card, model_monitor, session, tuner, workflow
from sagewright.algorithm import AlgorithmEstimator
from sagewright.amazon.amazon_estimator import FileSystemRecordSet
from sagewright.async_inference import AsyncInferenceResponse
from sagewright.automl.automl import AutoML, AutoMLInput
from sagewright.automl.candidate_estimator import CandidateEstimator
from sagewright.base_predictor import RealTimePredictor
from sagewright.debugger.metrics_config import MetricsConfigBase
from sagewright.inputs import CreateModelInput, FileSystemInput, TransformInput
from sagewright.iterators import ByteIterator, LineIterator
from sagewright.lambda_helper import Lambda
from sagewright.model_card.model_card import InferenceSpecification
from sagewright.model_monitor.clarify_model_monitoring import ClarifyBaseliningJob
from sagewright.multidatamodel import MultiDataModel
from sagewright.predictor_async import AsyncPredictor
from sagewright.processing import ProcessingJob
from sagewright.remote_function import CheckpointLocation
from sagewright.session import Session
from sagewright.tensorflow import serving
from sagewright.utilities.search_expression import Filter, NestedFilter, Operator, SearchExpression
from sagewright.utils import DeferredError
from sagewright.workflow import functions, steps
from sagewright.workflow.automl_step import AutoMLStep
from sagewright.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagewright.workflow.check_job_config import CheckJobConfig
from sagewright.workflow.clarify_check_step import ClarifyCheckStep, DataBiasCheckConfig
from sagewright.workflow.emr_step import EMRStep, EMRStepConfig
from sagewright.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagewright.workflow.fail_step import FailStep
from sagewright.workflow.function_step import DelayedReturn
from sagewright.workflow.inference_component_step import InferenceComponentStep
from sagewright.workflow.lineage_step import LineageAssociation, LineageEntityReference, LineageStep
from sagewright.workflow.model_step import ModelStep
from sagewright.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagewright.workflow.pipeline import PipelineGraph
from sagewright.workflow.pipeline_context import PipelineSession
from sagewright.workflow.quality_check_step import DataQualityCheckConfig, QualityCheckStep
from sagewright.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagewright.workflow.step_collections import EstimatorTransformer, RegisterModel
from tests.parity.recording import ROLE, Recorder
from tests.parity.world import IMAGE

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
MODEL_DATA, OUT = "s3://bucket/model.tar.gz", "s3://bucket/out"
EVENTS = [{"PayloadPart": {"Bytes": b"a\n"}}]
GROUP = {"instance_count": 1, "instance_type": "ml.m5.large"}

# Public classes without objects of their own.
NOT_MADE = {
    "model_monitor.clarify_model_monitoring.ClarifyModelMonitor": "abstract, says so when it is made",
    "experiments.Run": "v2 refuses to pickle it, and so do we: a run is of one place and time",
    "workflow.entities.PipelineVariable": "the base of variables: it stands for none itself",
    "workflow.step_outputs.StepOutput": "the base of variables that steps make",
    "workflow.entities.DefaultEnumMeta": "a class of classes",
}


def samples(given: Session) -> dict[str, Callable[[], Any]]:
    """Return what makes an object of each class that wants more than texts, by its name in v2."""
    made = {
        **_estimators(given),
        **_of_models(given),
        **_of_data(given),
        **_of_monitoring(given),
        **_of_pipelines(given),
        **_of_serving_steps(given),
    }
    return made


def _session(**answers: Any) -> Session:
    return Session(boto_session=Recorder(answers=answers).boto_session(), default_bucket="bucket")


def _estimators(given: Session) -> dict[str, Callable[[], Any]]:
    common: dict[str, Any] = {"role": ROLE, **GROUP, "sagemaker_session": given}
    script: dict[str, Any] = {"entry_point": "train.py", "image_uri": IMAGE, **common}
    described = {"DescribeAlgorithm": DESCRIBED_ALGORITHM}
    estimator = sm.estimator.Estimator(IMAGE, **common)
    ranges = {"rate": sm.parameter.ContinuousParameter(0.1, 1)}
    return {
        ".AlgorithmEstimator": lambda: AlgorithmEstimator(
            f"{ARN}:algorithm/a", **{**common, "sagemaker_session": _session(**described)}
        ),
        ".CandidateEstimator": lambda: CandidateEstimator(
            {"CandidateName": "candidate", "InferenceContainers": [], "CandidateSteps": []}, given
        ),
        "chainer.Chainer": lambda: sm.chainer.Chainer(framework_version="5.0.0", py_version="py3", **script),
        "huggingface.HuggingFace": lambda: sm.huggingface.HuggingFace(py_version="py310", **script),
        "mxnet.MXNet": lambda: sm.mxnet.MXNet(framework_version="1.9.0", py_version="py38", **script),
        "pytorch.PyTorch": lambda: sm.pytorch.PyTorch(framework_version="2.0", py_version="py310", **script),
        "rl.RLEstimator": lambda: sm.rl.RLEstimator(**script),
        "sklearn.SKLearn": lambda: sm.sklearn.SKLearn(framework_version="1.2-1", **script),
        "tensorflow.TensorFlow": lambda: sm.tensorflow.TensorFlow(
            framework_version="2.12", py_version="py310", **script
        ),
        "xgboost.XGBoost": lambda: sm.xgboost.XGBoost(framework_version="1.7-1", **script),
        "processing.FrameworkProcessor": lambda: sm.processing.FrameworkProcessor(
            sm.sklearn.SKLearn, "1.2-1", **common
        ),
        "tuner.HyperparameterTuner": lambda: tuner.HyperparameterTuner(estimator, "loss", ranges),
        "tuner.WarmStartConfig": lambda: tuner.WarmStartConfig(
            tuner.WarmStartTypes.TRANSFER_LEARNING, parents={"parent"}
        ),
    }


def _of_models(given: Session) -> dict[str, Callable[[], Any]]:
    predictor = sm.predictor.Predictor("endpoint", given)
    waiting = AsyncPredictor(predictor)
    return {
        ".ModelPackage": lambda: sm.ModelPackage(
            ROLE, model_package_arn=f"{ARN}:model-package/a/1", sagemaker_session=given
        ),
        "async_inference.AsyncInferenceResponse": lambda: AsyncInferenceResponse(waiting, f"{OUT}/1.out", f"{OUT}/1"),
        "base_predictor.RealTimePredictor": lambda: RealTimePredictor("endpoint", given),
        "iterators.ByteIterator": lambda: ByteIterator(EVENTS),
        "iterators.LineIterator": lambda: LineIterator(EVENTS),
        "model_card.Environment": lambda: model_card.Environment([IMAGE]),
        "model_card.Metric": lambda: model_card.Metric("loss", model_card.MetricTypeEnum.NUMBER, 0.5),
        "model_card.ObjectiveFunction": lambda: model_card.ObjectiveFunction(
            model_card.Function(model_card.ObjectiveFunctionEnum.MINIMIZE, model_card.FacetEnum.LOSS)
        ),
        "model_card.model_card.InferenceSpecification": lambda: InferenceSpecification([]),
        "multidatamodel.MultiDataModel": lambda: MultiDataModel("many", f"{OUT}/", None, IMAGE, ROLE, given),
        "predictor_async.AsyncPredictor": lambda: AsyncPredictor(predictor),
        "tensorflow.serving.Model": lambda: serving.Model(MODEL_DATA, ROLE, image_uri=IMAGE, sagemaker_session=given),
        "tensorflow.serving.Predictor": lambda: serving.Predictor("endpoint", given),
    }


def _of_data(given: Session) -> dict[str, Callable[[], Any]]:
    same = Filter("Name", Operator.EQUALS, "a")
    return {
        "amazon.amazon_estimator.FileSystemRecordSet": lambda: FileSystemRecordSet("fs-1", "EFS", "/data", 10, 2),
        "analytics.ExperimentAnalytics": lambda: sm.analytics.ExperimentAnalytics(
            "experiment", sagemaker_session=given
        ),
        "clarify.ImageConfig": lambda: clarify.ImageConfig("IMAGE_CLASSIFICATION"),
        "clarify.ModelConfig": lambda: clarify.ModelConfig("model", 1, "ml.m5.large"),
        "clarify.SegmentationConfig": lambda: clarify.SegmentationConfig("age", [["[0, 18)"], ["[18, 99]"]]),
        "clarify.TextConfig": lambda: clarify.TextConfig("token", "english"),
        "clarify.TimeSeriesDataConfig": lambda: clarify.TimeSeriesDataConfig(
            "target", "item", "time", dataset_format=clarify.TimeSeriesJSONDatasetFormat.COLUMNS
        ),
        "debugger.metrics_config.MetricsConfigBase": lambda: MetricsConfigBase("metrics", 1, 2, None, None),
        "inputs.FileSystemInput": lambda: FileSystemInput("fs-1", "EFS", "/data"),
        "lambda_helper.Lambda": lambda: Lambda(function_arn="arn:aws:lambda:us-east-1:123456789012:function:a"),
        "session.ShuffleConfig": lambda: session.ShuffleConfig(1),
        "session.s3_input": lambda: session.s3_input("s3://bucket/train"),
        "utilities.search_expression.NestedFilter": lambda: NestedFilter("InputDataConfig", [same]),
        "utilities.search_expression.SearchExpression": lambda: SearchExpression(filters=[same]),
        "remote_function.CheckpointLocation": lambda: CheckpointLocation(f"{OUT}/checkpoints"),
        "utils.DeferredError": lambda: DeferredError(ImportError("no such thing")),
    }


def _of_monitoring(given: Session) -> dict[str, Callable[[], Any]]:
    bias = clarify.BiasConfig([1], "age", [40])
    job = ProcessingJob(given, "job", [], [])
    return {
        "model_monitor.BiasAnalysisConfig": lambda: model_monitor.BiasAnalysisConfig(bias),
        "model_monitor.ExplainabilityAnalysisConfig": lambda: model_monitor.ExplainabilityAnalysisConfig(
            clarify.SHAPConfig(num_clusters=2), clarify.ModelConfig("model", 1, "ml.m5.large")
        ),
        "model_monitor.clarify_model_monitoring.ClarifyBaseliningJob": lambda: ClarifyBaseliningJob(job),
    }


def _of_pipelines(given: Session) -> dict[str, Callable[[], Any]]:
    pipeline = PipelineSession(boto_session=given.boto_session, default_bucket="bucket")
    common: dict[str, Any] = {"role": ROLE, **GROUP, "sagemaker_session": pipeline}
    estimator = sm.estimator.Estimator(IMAGE, output_path=OUT, **common)
    processor = sm.processing.Processor(image_uri=IMAGE, **common)
    transformer = sm.transformer.Transformer("model", 1, "ml.m5.large", sagemaker_session=pipeline)
    model = sm.model.Model(IMAGE, MODEL_DATA, ROLE, sagemaker_session=pipeline)
    ranges = {"rate": sm.parameter.ContinuousParameter(0.1, 1)}
    searching = tuner.HyperparameterTuner(estimator, "loss", ranges, [{"Name": "loss", "Regex": "l"}])
    auto = AutoML(ROLE, "y", sagemaker_session=pipeline, mode="ENSEMBLING")
    train, check = steps.TrainingStep("Train", estimator.fit()), CheckJobConfig(ROLE, sagemaker_session=pipeline)
    transform_args: Any = transformer.transform(OUT)
    bias_data = clarify.DataConfig("s3://bucket/rows", OUT, label="y", headers=["y"], dataset_type="text/csv")
    rows = {"csv": {"header": True}}
    output = CallbackOutput("out", CallbackOutputTypeEnum.String)
    quality = DataQualityCheckConfig("s3://bucket/rows", rows)
    report = workflow.properties.PropertyFile("Report", "evaluation", "report.json")
    return {
        "remote_function.CheckpointLocation": lambda: CheckpointLocation("s3://bucket/checkpoints"),
        "workflow.function_step.DelayedReturn": lambda: DelayedReturn(FailStep("Stop")),
        "workflow.automl_step.AutoMLStep": lambda: AutoMLStep("AutoML", auto.fit(AutoMLInput("s3://bucket/a", "y"))),
        "workflow.callback_step.CallbackStep": lambda: CallbackStep("Call", "https://queue", {"a": 1}, [output]),
        "workflow.clarify_check_step.ClarifyCheckStep": lambda: ClarifyCheckStep(
            "Check", DataBiasCheckConfig(bias_data, clarify.BiasConfig([1], "age", [40])), check
        ),
        "workflow.condition_step.JsonGet": lambda: workflow.condition_step.JsonGet(train, report, "a"),
        "workflow.emr_step.EMRStep": lambda: EMRStep("Emr", None, None, "j-1", EMRStepConfig("s3://bucket/a.jar")),
        "workflow.functions.JsonGet": lambda: functions.JsonGet("Train", report, "a"),
        "workflow.model_step.ModelStep": lambda: ModelStep("Model", model.create()),
        "workflow.monitor_batch_transform_step.MonitorBatchTransformStep": lambda: MonitorBatchTransformStep(
            "Monitor", transform_args, quality, check
        ),
        "workflow.pipeline.PipelineGraph": lambda: PipelineGraph([train]),
        "workflow.quality_check_step.QualityCheckStep": lambda: QualityCheckStep("Quality", quality, check),
        "workflow.retry.SageMakerJobStepRetryPolicy": lambda: SageMakerJobStepRetryPolicy(
            [SageMakerJobExceptionTypeEnum.CAPACITY_ERROR]
        ),
        "workflow.retry.StepRetryPolicy": lambda: StepRetryPolicy([StepExceptionTypeEnum.THROTTLING]),
        "workflow.step_collections.EstimatorTransformer": lambda: EstimatorTransformer(
            "Both", estimator, MODEL_DATA, CreateModelInput("ml.m5.large"), 1, "ml.m5.large", TransformInput(OUT)
        ),
        "workflow.step_collections.RegisterModel": lambda: RegisterModel(
            "Register", ["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"], estimator, MODEL_DATA
        ),
        "workflow.steps.CreateModelStep": lambda: steps.CreateModelStep("Create", model.create()),
        "workflow.steps.ProcessingStep": lambda: steps.ProcessingStep("Process", processor.run()),
        "workflow.steps.TrainingStep": lambda: train,
        "workflow.steps.TransformStep": lambda: steps.TransformStep("Transform", transform_args),
        "workflow.steps.TuningStep": lambda: steps.TuningStep("Tune", searching.fit()),
    }


def _of_serving_steps(given: Session) -> dict[str, Callable[[], Any]]:
    pipeline: Any = PipelineSession(boto_session=given.boto_session, default_bucket="bucket")
    end = LineageEntityReference(arn=f"{ARN}:artifact/a")
    link = LineageAssociation(end, end)
    return {
        "workflow.endpoint_step.EndpointConfigStep": lambda: EndpointConfigStep(
            "Config", pipeline.create_endpoint_config("config", "model", 1, "ml.m5.large")
        ),
        "workflow.endpoint_step.EndpointStep": lambda: EndpointStep("Serve", pipeline.create_endpoint("e", "config")),
        "workflow.inference_component_step.InferenceComponentStep": lambda: InferenceComponentStep(
            "Component", pipeline.create_inference_component("c", "endpoint", "AllTraffic", {"ModelName": "model"})
        ),
        "workflow.lineage_step.LineageAssociation": lambda: link,
        "workflow.lineage_step.LineageEntityReference": lambda: end,
        "workflow.lineage_step.LineageStep": lambda: LineageStep("Lineage", associations=[link]),
    }


DESCRIBED_ALGORITHM = {
    "AlgorithmName": "a",
    "AlgorithmArn": f"{ARN}:algorithm/a",
    "TrainingSpecification": {
        "TrainingImage": IMAGE,
        "SupportedTrainingInstanceTypes": ["ml.m5.large"],
        "SupportsDistributedTraining": False,
        "TrainingChannels": [{"Name": "train", "SupportedInputModes": ["File"], "SupportedContentTypes": ["*"]}],
    },
}
