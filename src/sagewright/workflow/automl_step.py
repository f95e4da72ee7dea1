"""The step that searches for a model by itself (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.exceptions import AutoMLStepInvalidModeError
from sagewright.model import Model
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.job_requests import kept_request, trimmed
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

_NOT_IN_PIPELINES = ("ModelDeployConfig", "GenerateCandidateDefinitionsOnly")
_VARIABLES = (
    "MODEL_NAME",
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
    "SAGEMAKER_SUBMIT_DIRECTORY",
    "SAGEMAKER_INFERENCE_SUPPORTED",
    "SAGEMAKER_INFERENCE_OUTPUT",
    "SAGEMAKER_PROGRAM",
)


@suggests
class AutoMLStep(ConfigurableRetryStep):
    """Searches for a model by itself.

    Args:
        name: Of the step.
        step_args: What `automl.fit()` returns where it has a `PipelineSession`; its mode is `ENSEMBLING`.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
        retry_policies: When it is tried again.

    Raises:
        ValueError: The arguments are of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any,
        display_name: str | None = None,
        description: str | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.AUTOML, display_name, description, depends_on, retry_policies)
        validate_step_args_input(
            step_args, {"auto_ml"}, "The step_args of AutoMLStep must be obtained from automl.fit()."
        )
        self.step_args, self.cache_config = step_args, cache_config
        self._properties = Properties(name, shape_name="DescribeAutoMLJobResponse", step=self)
        best = Properties(name, "BestCandidateProperties", step=self)
        for member in ("ModelInsightsJsonReportPath", "ExplainabilityJsonReportPath"):
            best.__dict__[member] = Properties(name, f"BestCandidateProperties.{member}", step=self)
        self._properties.__dict__["BestCandidateProperties"] = best

    @property
    def arguments(self) -> Any:
        """The request of the job.

        Raises:
            AutoMLStepInvalidModeError: Its mode is another one.
        """
        request = kept_request(self.step_args)
        if request.get("AutoMLJobConfig", {}).get("Mode") != "ENSEMBLING":
            raise AutoMLStepInvalidModeError
        kept = {name: value for name, value in request.items() if name not in _NOT_IN_PIPELINES}
        return trimmed(kept, "AutoMLJobName")

    @property
    def properties(self) -> Any:
        """What the job's description will hold, and the reports of the best candidate."""
        return self._properties

    def get_best_auto_ml_model(self, role: str, sagemaker_session: Any = None) -> Model:
        """Return the model of the best candidate.

        Args:
            role: The role that it is created with.
            sagemaker_session: A `PipelineSession`, where the model goes into a `ModelStep`.
        """
        container = self.properties.BestCandidate.InferenceContainers[0]
        variables = {name: container.Environment[name] for name in _VARIABLES}
        return Model(container.Image, container.ModelDataUrl, role, env=variables, sagemaker_session=sagemaker_session)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["AutoMLStep"])
