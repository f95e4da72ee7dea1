"""A pipeline's run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

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
        """Refuse: only steps of functions have results, and `@step` is not built.

        Raises:
            ValueError: There is no such step, or it is no step of a function.
            NotImplementedError: It may be one.
        """
        from botocore.exceptions import WaiterError

        try:
            self.wait()
        except WaiterError as error:
            if "Waiter encountered a terminal failure state" not in str(error):
                raise
        step = next((step for step in self.list_steps() if step["StepName"] == step_name), None)
        if step is None:
            raise ValueError(f"Invalid step name {step_name}")
        if "TrainingJob" not in step.get("Metadata", {}):
            raise ValueError("This method can only be used on pipeline steps created using @step decorator.")
        raise NotImplementedError(
            "Results of `@step` functions are not built into Sagewright: they need v2's remote functions.\n"
            f"hint: the step's job is `{step['Metadata']['TrainingJob']['Arn']}`; its output lies in S3."
        )

    def _asked(self, operation: str, **more: Any) -> Document:
        client = self.sagemaker_session.sagemaker_client
        answer: Document = getattr(client, operation)(PipelineExecutionArn=self.arn, **more)
        return answer
