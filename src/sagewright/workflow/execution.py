"""A pipeline's run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.s3 import s3_path_join
from sagewright.vocabulary.remote_functions import is_remote_function

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_NO_FUNCTION = "This method can only be used on pipeline steps created using @step decorator."
_ENDS = {"Succeeded": "success", "Failed": "failure"}


class PipelineExecution:
    """A pipeline's run.

    Args:
        arn: Its ARN.
        sagemaker_session: Asks for it; None: one on the target.
    """

    def __init__(self, arn: str, sagemaker_session: Session | None = None) -> None:
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        self.arn, self.sagemaker_session = arn, sagemaker_session

    def __repr__(self) -> str:
        return f"_PipelineExecution(arn={self.arn!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PipelineExecution) and self.arn == other.arn

    def __hash__(self) -> int:
        return hash(self.arn)

    def stop(self) -> Document:
        """Stop the run."""
        return self._asked("stop_pipeline_execution")

    def describe(self) -> Document:
        """Return the run's description."""
        return self._asked("describe_pipeline_execution")

    def list_steps(self) -> list[Document]:
        """Return what the steps have come to, the latest first."""
        steps: list[Document] = self._asked("list_pipeline_execution_steps")["PipelineExecutionSteps"]
        return steps

    def list_parameters(self, max_results: int | None = None, next_token: str | None = None) -> Document:
        """Return a page of the values that the run was started with.

        Args:
            next_token: Of the page before.
        """
        given = {"MaxResults": max_results, "NextToken": next_token}
        return self._asked(
            "list_pipeline_parameters_for_execution", **{name: v for name, v in given.items() if v is not None}
        )

    def wait(self, delay: int = 30, max_attempts: int = 60) -> None:
        """Wait for the run's end.

        Args:
            delay: Seconds between two looks.

        Raises:
            botocore.exceptions.WaiterError: It has failed, or has not ended after all looks.
        """
        from botocore.waiter import WaiterModel, create_waiter_with_client

        acceptors = [
            {"matcher": "path", "argument": "PipelineExecutionStatus", "expected": status, "state": state}
            for status, state in _ENDS.items()
        ]
        name = "PipelineExecutionComplete"
        waiter = {
            "operation": "DescribePipelineExecution",
            "delay": delay,
            "maxAttempts": max_attempts,
            "acceptors": acceptors,
        }
        model = WaiterModel({"version": 2, "waiters": {name: waiter}})
        create_waiter_with_client(name, model, self.sagemaker_session.sagemaker_client).wait(
            PipelineExecutionArn=self.arn
        )

    def result(self, step_name: str) -> Any:
        """Wait for the run's end; return what a function decorated with `@step` has returned in it.

        Args:
            step_name: The function's step.

        Raises:
            ValueError: There is no such step, or it is no step of a function.
            RemoteFunctionError: The function has returned nothing: it has failed, or was not called.
        """
        from botocore.exceptions import WaiterError

        try:
            self.wait()
        except WaiterError as error:
            if "Waiter encountered a terminal failure state" not in str(error):
                raise
        run = self.arn.split("/")[-1]
        return get_function_step_result(step_name, self.list_steps(), run, self.sagemaker_session)

    def _asked(self, operation: str, **more: Any) -> Document:
        client = self.sagemaker_session.sagemaker_client
        answer: Document = getattr(client, operation)(PipelineExecutionArn=self.arn, **more)
        return answer


def get_function_step_result(
    step_name: str, step_list: Sequence[Document], execution_id: str, sagemaker_session: Session
) -> Any:
    """Return what a function decorated with `@step` has returned in a run.

    Args:
        step_list: What the steps of the run have come to.
        execution_id: The run's.

    Raises:
        ValueError: There is no such step, or it is no step of a function.
        RemoteFunctionError: The function has returned nothing: it has failed, or was not called.
    """
    from sagewright.remote_function.core.serialization import deserialize_obj_from_s3
    from sagewright.remote_function.errors import RemoteFunctionError

    step = next((step for step in step_list if step["StepName"] == step_name), None)
    if step is None:
        raise ValueError(f"Invalid step name {step_name}")
    incomplete = f"Unable to retrieve step output as the step {step_name} is not in Completed status."
    if not step.get("Metadata"):
        raise RemoteFunctionError(incomplete)
    job = sagemaker_session.describe_training_job(_function_job(step))
    if not is_remote_function(job):
        raise ValueError(_NO_FUNCTION)
    if job["TrainingJobStatus"] != "Completed":
        raise RemoteFunctionError(incomplete)
    return deserialize_obj_from_s3(sagemaker_session, _result_uri(job, execution_id, step_name))


def _function_job(step: Document) -> str:
    if "TrainingJob" not in step["Metadata"]:
        raise ValueError(_NO_FUNCTION)
    return str(step["Metadata"]["TrainingJob"]["Arn"]).split("/")[-1]


def _result_uri(job: Document, execution_id: str, step_name: str) -> str:
    """Return where a job has left what its function has returned; older ones' descriptions name the folder above."""
    place = job["OutputDataConfig"]["S3OutputPath"]
    own = s3_path_join(execution_id, step_name, "results")
    return str(place) if place.rstrip("/").endswith(own) else s3_path_join(place, own)
