"""Runs: what a program does, and what it logs of it."""

from __future__ import annotations

import logging
import mimetypes
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from enum import Enum
from functools import wraps
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from sagewright.api_object import session_or_new
from sagewright.arguments import suggests
from sagewright.current_run import current_run, enter, leave
from sagewright.experiments.artifacts import Graphs, Uploader
from sagewright.experiments.experiment import Experiment
from sagewright.experiments.metrics import Metrics
from sagewright.experiments.trials import Trial, TrialComponent
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import unique_name_from_base

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])

NAME_LENGTH = 59  # characters of an experiment's and of a run's name at most
TAG = {"Key": "sagemaker:trial-component-source", "Value": "run"}
_ARTIFACTS = 30  # inputs or outputs of a run at most
_MESSAGE_LENGTH = 1024
_GROUP_LENGTH = 100  # characters of an experiment's name in that of its group of runs


class SortByType(Enum):
    """What runs are sorted by."""

    CREATION_TIME = "CreationTime"
    NAME = "Name"


class SortOrderType(Enum):
    """The order of runs."""

    ASCENDING = "Ascending"
    DESCENDING = "Descending"


def _inside(method: Method) -> Method:
    """Let a method work only within the run."""

    @wraps(method)
    def checked(self: Run, *args: Any, **kwargs: Any) -> Any:
        if not (self._inside_init_context or self._inside_load_context):
            raise RuntimeError("This method should be called inside context of 'with' statement.")
        return method(self, *args, **kwargs)

    return checked  # type: ignore[return-value]  # the same, checked


@suggests
class Run:
    """A run of an experiment: a context in which a program logs what it does. Jobs that it starts belong to it.

    Args:
        experiment_name: At most 59 characters; it is made if there is none.
        run_name: Likewise; None: a new one.
        artifact_bucket, artifact_prefix: Where files go; None: `trial-component-artifacts` in the default bucket.

    Raises:
        ValueError: A name is too long.
    """

    def __init__(
        self,
        experiment_name: str,
        run_name: str | None = None,
        experiment_display_name: str | None = None,
        run_display_name: str | None = None,
        tags: Tags = None,
        sagemaker_session: Session | None = None,
        artifact_bucket: str | None = None,
        artifact_prefix: str | None = None,
    ) -> None:
        self.experiment_name = experiment_name.lower()
        self.run_name = (run_name or unique_name_from_base("sagemaker-run")).lower()
        component_name = _component_name(self.experiment_name, self.run_name)
        self.run_group_name = f"Default-Run-Group-{self.experiment_name[:_GROUP_LENGTH]}"
        session, own_tags = session_or_new(sagemaker_session), format_tags(tags)
        self._experiment = Experiment._load_or_create(
            self.experiment_name, experiment_display_name, tags=own_tags, sagemaker_session=session
        )
        trial = Trial.load_or_create(session, self.experiment_name, self.run_group_name, own_tags)
        tags_of_run = [*(own_tags or ()), *([] if TAG in (own_tags or ()) else [TAG])]
        self._component, is_old = TrialComponent.load_or_create(session, component_name, run_display_name, tags_of_run)
        if is_old:
            logger.info(
                "The run (%s) under experiment (%s) already exists. Loading it.", self.run_name, self.experiment_name
            )
        trial.add(self._component)
        self._uploader = Uploader(session, component_name, artifact_bucket, artifact_prefix)
        self._graphs = Graphs(session, self._component.arn)
        self._metrics = Metrics(component_name, lambda: session.sagemaker_metrics_client)
        self._inside_init_context = self._inside_load_context = self._in_load = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.run_name} of {self.experiment_name}>"

    def __getstate__(self) -> Any:
        raise NotImplementedError("Instance of Run type is not allowed to be pickled.")

    @property
    def experiment_config(self) -> Document:
        """What tells a job that it belongs to the run."""
        return {
            "ExperimentName": self.experiment_name,
            "TrialName": self.run_group_name,
            "RunName": self._component.name,
        }

    # What is logged -------------------------------------------------------------------------------------------------

    @_inside
    def log_parameter(self, name: str, value: Any) -> None:
        """Log a parameter, a number or a text; what is no number (NaN, infinite) is left out."""
        self.log_parameters({name: value})

    @_inside
    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Log parameters."""
        valid = {name: value for name, value in parameters.items() if _is_valid("parameter", name, value)}
        self._component.parameters.update(valid)

    @_inside
    def log_metric(self, name: str, value: float, timestamp: datetime | None = None, step: int | None = None) -> None:
        """Log a value of a metric.

        Args:
            timestamp: None: now; at most two weeks ago.

        Raises:
            ValueError: The time is too far from now, or the step is no whole number.
        """
        if _is_valid("metric", name, value):
            self._metrics.log(name, value, timestamp, step)

    @_inside
    def log_artifact(self, name: str, value: str, media_type: str | None = None, is_output: bool = True) -> None:
        """Log an artifact by its URI.

        Raises:
            ValueError: There are 30 already.
        """
        self._artifacts(is_output)[name] = _artifact(value, media_type)

    @_inside
    def log_file(
        self,
        file_path: str,
        name: str | None = None,
        media_type: str | None = None,
        is_output: bool = True,
        extra_args: Mapping[str, Any] | None = None,
    ) -> None:
        """Upload a file, and log it as an artifact.

        Args:
            name: None: the file's.
            extra_args: boto3's for `upload_file`.

        Raises:
            ValueError: There is no such file, or there are 30 artifacts already.
        """
        artifacts = self._artifacts(is_output)
        uri = self._uploader.upload_file(file_path, extra_args)
        kind = media_type or mimetypes.guess_type(file_path, strict=False)[0]
        artifacts[name or os.path.basename(file_path)] = _artifact(uri, kind)

    @_inside
    def log_precision_recall(
        self,
        y_true: Sequence[Any],
        predicted_probabilities: Sequence[Any],
        positive_label: Any = None,
        title: str | None = None,
        is_output: bool = True,
        no_skill: float | None = None,
    ) -> None:
        """Log a precision-recall curve (scikit-learn has to be installed)."""
        _check_lengths(y_true, predicted_probabilities, "predicted probabilities")
        from sklearn.metrics import average_precision_score, precision_recall_curve

        label = {} if positive_label is None else {"pos_label": positive_label}
        precision, recall, _ = precision_recall_curve(y_true, predicted_probabilities, **label)
        score = average_precision_score(y_true, predicted_probabilities, average="micro", **label)
        values = {
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "averagePrecisionScore": float(score),
            "noSkill": no_skill,
        }
        self._log_graph("PrecisionRecallCurve", title, values, is_output)

    @_inside
    def log_roc_curve(
        self, y_true: Sequence[Any], y_score: Sequence[Any], title: str | None = None, is_output: bool = True
    ) -> None:
        """Log a receiver operating characteristic (scikit-learn has to be installed)."""
        _check_lengths(y_true, y_score, "predicted scores")
        from sklearn.metrics import auc, roc_curve

        false_positives, true_positives, _ = roc_curve(y_true, y_score)
        values = {
            "falsePositiveRate": false_positives.tolist(),
            "truePositiveRate": true_positives.tolist(),
            "areaUnderCurve": float(auc(false_positives, true_positives)),
        }
        self._log_graph("ROCCurve", title, values, is_output)

    @_inside
    def log_confusion_matrix(
        self, y_true: Sequence[Any], y_pred: Sequence[Any], title: str | None = None, is_output: bool = True
    ) -> None:
        """Log a confusion matrix (scikit-learn has to be installed)."""
        _check_lengths(y_true, y_pred, "predicted labels")
        from sklearn.metrics import confusion_matrix

        values = {"confusionMatrix": confusion_matrix(y_true, y_pred).tolist()}
        self._log_graph("ConfusionMatrix", title, values, is_output)

    def close(self) -> None:
        """Store what was logged."""
        try:
            self._component.save()
            self._graphs.save()
        finally:
            self._metrics.send()

    def _log_graph(self, kind: str, title: str | None, values: Document, is_output: bool) -> None:
        name = title or unique_name_from_base(kind)
        uri, etag = self._uploader.upload_json(name, {"type": kind, "version": 0, "title": title, **values})
        self._graphs.add(name, uri, etag, kind, is_output=is_output)

    def _artifacts(self, is_output: bool) -> dict[str, Document]:
        kind, found = ("output", self._component.outputs) if is_output else ("input", self._component.inputs)
        if len(found) >= _ARTIFACTS:
            raise ValueError(f"Cannot add more than {_ARTIFACTS} {kind}_artifacts under run")
        return found

    # The context ----------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if self._in_load:
            if self._inside_load_context:
                raise RuntimeError("It is not allowed to use nested 'with' statements on the load_run.")
            self._inside_load_context = True
        else:
            if current_run() is not None:
                raise RuntimeError("It is not allowed to use nested 'with' statements on the Run.")
            self._inside_init_context = True
        enter(self)
        component = self._component
        component.start_time = component.start_time or datetime.now(timezone.utc)
        component.status = {"PrimaryStatus": "InProgress", "Message": "Within a run context"}
        component.save()
        return self

    def __exit__(self, exc_type: Any, exc_value: BaseException | None, exc_traceback: Any) -> None:
        if self._in_load:
            self._inside_load_context = self._in_load = False
        else:
            self._inside_init_context = False
        if not self._inside_init_context:
            leave()
        self._component.end_time = datetime.now(timezone.utc)
        self._component.status = {"PrimaryStatus": "Completed"}
        if exc_value:
            self._component.status = {"PrimaryStatus": "Failed", "Message": str(exc_value)[:_MESSAGE_LENGTH]}
        self.close()


def load_run(
    run_name: str | None = None,
    experiment_name: str | None = None,
    sagemaker_session: Session | None = None,
    artifact_bucket: str | None = None,
    artifact_prefix: str | None = None,
    tags: Tags = None,
) -> Run:
    """Return a run that there is: the one that is named, else the one that the program is in, else that of the job.

    Raises:
        ValueError: The run is named and its experiment is not.
        RuntimeError: There is none.
    """
    if run_name and not experiment_name:
        raise ValueError(
            "Invalid input: experiment_name is missing when run_name is supplied. Please supply a valid "
            "experiment_name when the run_name is not None."
        )
    if experiment_name and not run_name:
        logger.warning("`experiment_name` counts only together with `run_name`; the run is looked for elsewhere.")
    run = None if run_name else current_run()
    if run is None:
        session = session_or_new(sagemaker_session)
        experiment, name = (experiment_name, run_name) if run_name else _of_job(session)
        assert experiment is not None
        run = Run(
            experiment,
            name,
            sagemaker_session=session,
            artifact_bucket=artifact_bucket,
            artifact_prefix=artifact_prefix,
            tags=tags,
        )
    run._in_load = True
    found: Run = run
    return found


def list_runs(
    experiment_name: str,
    created_before: datetime | None = None,
    created_after: datetime | None = None,
    sagemaker_session: Session | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
    sort_by: SortByType = SortByType.CREATION_TIME,
    sort_order: SortOrderType = SortOrderType.DESCENDING,
) -> list[Run]:
    """Return the runs of an experiment."""
    session = session_or_new(sagemaker_session)
    found = TrialComponent.list(
        session,
        ExperimentName=experiment_name,
        CreatedBefore=created_before,
        CreatedAfter=created_after,
        SortBy=sort_by.value,
        SortOrder=sort_order.value,
        MaxResults=max_results,
        NextToken=next_token,
    )
    names = (one.trial_component_name for one in found)
    return [
        Run(experiment_name, _run_name(name, experiment_name), sagemaker_session=session)
        for name in names
        if _is_run(session, name)
    ]


def _component_name(experiment_name: str, run_name: str) -> str:
    for what, name in (("run_name", run_name), ("experiment_name", experiment_name)):
        if len(name) > NAME_LENGTH:
            raise ValueError(f"The {what} (length: {len(name)}) must have length less than or equal to {NAME_LENGTH}")
    return f"{experiment_name}-{run_name}"


def _run_name(component_name: str, experiment_name: str) -> str:
    return component_name.replace(f"{experiment_name.lower()}-", "", 1)


def _is_run(session: Session, component_name: str) -> bool:
    """Tell whether a trial component was made by a run."""
    filters = [{"Name": "TrialComponentName", "Operator": "Equals", "Value": component_name}]
    answer = session.sagemaker_client.search(
        Resource="ExperimentTrialComponent", SearchExpression={"Filters": filters, "Operator": "And"}, MaxResults=1
    )
    return any(TAG in (one.get("TrialComponent", {}).get("Tags") or ()) for one in answer["Results"])


def _of_job(session: Session) -> tuple[str, str]:
    """Return experiment and run of the job that the program runs in.

    Raises:
        RuntimeError: It runs in none, or the job belongs to no run.
    """
    config = (_job(session) or {}).get("ExperimentConfig", {})
    if not config.get("RunName"):
        if _job_arn() is None:
            raise RuntimeError(
                "Failed to load a Run object. Please make sure a Run object has been initialized already."
            )
        raise RuntimeError(
            "Not able to fetch RunName in ExperimentConfig of the sagemaker job. Please make sure the ExperimentConfig "
            "is correctly set."
        )
    return config["ExperimentName"], _run_name(config["RunName"], config["ExperimentName"])


def _job_arn() -> str | None:
    if "TRAINING_JOB_ARN" in os.environ:
        return os.environ["TRAINING_JOB_ARN"]
    path = "/opt/ml/config/processingjobconfig.json"
    if os.path.exists(path):
        import json

        with open(path) as file:
            return str(json.load(file)["ProcessingJobArn"])
    return os.environ.get("TRANSFORM_JOB_ARN")


def _job(session: Session) -> Mapping[str, Any] | None:
    arn = _job_arn()
    if arn is None:
        return None
    name, client = arn.rpartition("/")[2], session.sagemaker_client
    if ":training-job/" in arn:
        return dict(client.describe_training_job(TrainingJobName=name))
    if ":processing-job/" in arn:
        return dict(client.describe_processing_job(ProcessingJobName=name))
    return dict(client.describe_transform_job(TransformJobName=name))


def _is_valid(kind: str, name: str, value: Any) -> bool:
    if isinstance(value, Real) and not isfinite(value):
        logger.warning("Failed to log %s %s. Received invalid value: %s.", kind, name, value)
        return False
    return True


def _artifact(value: str, media_type: str | None) -> Document:
    return {"Value": value} if media_type is None else {"MediaType": media_type, "Value": value}


def _check_lengths(true: Sequence[Any], predicted: Sequence[Any], what: str) -> None:
    if len(true) != len(predicted):
        raise ValueError(f"Lengths mismatch between true labels and {what}: ({len(true)} vs {len(predicted)}).")
