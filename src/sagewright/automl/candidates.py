"""What has come of an AutoML job: its candidates, and models of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.automl.candidate_estimator import CandidateEstimator
from sagewright.model import Model
from sagewright.pipeline import PipelineModel
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import name_from_base

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType

Document = dict[str, Any]

NAME_LENGTH = 32  # characters of an AutoML job's name at most
_SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"


@suggests
class Candidates:
    """The part of `AutoML` and `AutoMLV2` that concerns a job which was started."""

    role: str
    sagemaker_session: Session
    output_path: str | None
    base_job_name: str | None
    current_job_name: str | None = None
    latest_auto_ml_job: Any = None
    _auto_ml_job_desc: Document | None = None
    _best_candidate: Document | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} job: {self.current_job_name or 'none yet'}>"

    def _describe(self, job_name: str) -> Document:
        raise NotImplementedError

    def describe_auto_ml_job(self, job_name: str | None = None) -> Document:
        """Return the description of a job; None: of the latest.

        Raises:
            ValueError: There is none.
        """
        self._auto_ml_job_desc = self._describe(self._job(job_name))
        return self._auto_ml_job_desc

    def best_candidate(self, job_name: str | None = None) -> Document:
        """Return the document of the best candidate of a job; None: of the latest, which is asked for once.

        Raises:
            ValueError: There is no job.
            KeyError: It has no candidate yet.
        """
        if self._best_candidate and job_name in (None, self.current_job_name):
            return self._best_candidate
        job_name = self._job(job_name)
        if self._auto_ml_job_desc is None or self._auto_ml_job_desc["AutoMLJobName"] != job_name:
            self._auto_ml_job_desc = self._describe(job_name)
        best: Document = self._auto_ml_job_desc["BestCandidate"]
        self._best_candidate = best
        return best

    def list_candidates(
        self,
        job_name: str | None = None,
        status_equals: str | None = None,
        candidate_name: str | None = None,
        candidate_arn: str | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
    ) -> list[Document]:
        """Return the documents of a job's candidates.

        Args:
            sort_order: `Ascending` or `Descending`.
            sort_by: `CreationTime`, `Status` or `FinalObjectiveMetricValue`.
        """
        conditions = {
            "status_equals": status_equals,
            "candidate_name": candidate_name,
            "candidate_arn": candidate_arn,
            "sort_order": sort_order,
            "sort_by": sort_by,
            "max_results": max_results,
        }
        wanted: Document = {name: value for name, value in conditions.items() if value}
        answer = self.sagemaker_session.list_candidates(job_name=self._job(job_name), **wanted)
        found: list[Document] = answer["Candidates"]
        return found

    def create_model(
        self,
        name: str | None,
        sagemaker_session: Session | None = None,
        candidate: CandidateEstimator | Mapping[str, Any] | None = None,
        vpc_config: Document | None = None,
        enable_network_isolation: bool = False,
        model_kms_key: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        inference_response_keys: Sequence[str] | None = None,
    ) -> PipelineModel:
        """Return a model of a candidate's containers.

        Args:
            candidate: None: the best.
            inference_response_keys: What answers hold, such as `predicted_label` and `probability`.

        Raises:
            ValueError: The candidate has none of the keys.
        """
        session = sagemaker_session or self.sagemaker_session
        if not isinstance(candidate, CandidateEstimator):
            candidate = CandidateEstimator(candidate or self.best_candidate(), session)
        self.validate_and_update_inference_response(candidate.containers, inference_response_keys)
        models = [
            Model(
                image_uri=container["Image"],
                model_data=container["ModelDataUrl"],
                role=self.role,
                env=container["Environment"],
                vpc_config=vpc_config,
                sagemaker_session=session,
                enable_network_isolation=enable_network_isolation,
                model_kms_key=model_kms_key,
            )
            for container in candidate.containers
        ]
        return PipelineModel(models, self.role, predictor_cls, name, vpc_config, session, enable_network_isolation)

    def deploy(
        self,
        initial_instance_count: int,
        instance_type: InstanceType,
        serializer: Any = None,
        deserializer: Any = None,
        candidate: CandidateEstimator | Mapping[str, Any] | None = None,
        sagemaker_session: Session | None = None,
        name: str | None = None,
        endpoint_name: str | None = None,
        tags: Tags = None,
        wait: bool = True,
        vpc_config: Document | None = None,
        enable_network_isolation: bool = False,
        model_kms_key: str | None = None,
        predictor_cls: Callable[..., Any] | None = None,
        inference_response_keys: Sequence[str] | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
    ) -> Any:
        """Serve a candidate; return what `predictor_cls` makes of the endpoint, or None.

        The arguments are those of `create_model` and of `PipelineModel.deploy`.
        """
        model = self.create_model(
            name,
            sagemaker_session,
            candidate,
            vpc_config,
            enable_network_isolation,
            model_kms_key,
            predictor_cls,
            inference_response_keys,
        )
        return model.deploy(
            initial_instance_count=initial_instance_count,
            instance_type=instance_type,
            serializer=serializer,
            deserializer=deserializer,
            endpoint_name=endpoint_name,
            kms_key=model_kms_key,
            tags=format_tags(tags),
            wait=wait,
            volume_size=volume_size,
            model_data_download_timeout=model_data_download_timeout,
            container_startup_health_check_timeout=container_startup_health_check_timeout,
        )

    @classmethod
    def validate_and_update_inference_response(
        cls, inference_containers: Sequence[Document], inference_response_keys: Sequence[str] | None
    ) -> None:
        """Tell containers, through their environment, what to hand on to each other and to answer.

        Raises:
            ValueError: The last of them cannot answer with a key, or with any.
        """
        if not inference_response_keys:
            return
        _check_keys(inference_containers[-1], inference_response_keys)
        before = ""
        for container in inference_containers:
            handed_on = ",".join(key for key in inference_response_keys if key in (_keys_of(container) or ()))
            if before and _keys_of(container):
                container["Environment"]["SAGEMAKER_INFERENCE_INPUT"] = before
            if handed_on:
                container["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = handed_on
            before = handed_on

    def _job(self, job_name: str | None) -> str:
        found = job_name or self.current_job_name
        if found is None:
            raise ValueError("There is no AutoML job yet.\nhint: call `fit`, or give `job_name`.")
        return found

    def _name_next_job(self, job_name: str | None) -> None:
        self.current_job_name = job_name or name_from_base(self.base_job_name or "automl", max_length=NAME_LENGTH)
        self._auto_ml_job_desc = self._best_candidate = None  # those of the job before

    def _default_output_path(self) -> str:
        session = self.sagemaker_session
        return s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "", with_end_slash=True)


def check_objective(problem_type: Any, job_objective: Any) -> None:
    """Refuse one of problem type and objective without the other.

    Raises:
        ValueError: Only one is given.
    """
    if bool(problem_type) != bool(job_objective):
        raise ValueError(
            "One of problem type and objective metric provided. Either both of them should be provided or none of them "
            "should be provided."
        )


def _check_keys(container: Document, wanted: Sequence[str]) -> None:
    known = _keys_of(container)
    if known is None:
        raise ValueError(
            "The inference model does not support selection of inference content beyond it's default content. Please "
            "retry without setting inference_response_keys key word argument."
        )
    unknown = [key for key in wanted if key not in known]
    if unknown:
        raise ValueError(
            f"Requested inference output keys [{', '.join(unknown)}] are unsupported. The supported inference keys are "
            f"[{', '.join(known)}]"
        )


def _keys_of(container: Document) -> list[str] | None:
    listed = container.get("Environment", {}).get(_SUPPORTED)
    return None if listed is None else [key.strip() for key in listed.split(",")]
