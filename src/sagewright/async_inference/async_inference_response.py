"""An answer that will lie in S3 (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import shows
from sagewright.async_inference.answers import existing_answer
from sagewright.async_inference.waiter_config import WaiterConfig

if TYPE_CHECKING:
    from sagewright.predictor_async import AsyncPredictor


@shows
class AsyncInferenceResponse:
    """What `AsyncPredictor.predict_async` returns at once.

    Args:
        output_path, failure_path: The S3 URIs at one of which the answer or the error will lie.
    """

    def __init__(self, predictor_async: AsyncPredictor, output_path: str, failure_path: str | None) -> None:
        self.predictor_async, self.output_path, self.failure_path = predictor_async, output_path, failure_path
        self._result: Any = None

    def get_result(self, waiter_config: WaiterConfig | None = None) -> Any:
        """Return the answer, through the predictor's deserializer.

        Args:
            waiter_config: How long to wait for it; None: not at all.

        Raises:
            ObjectNotExistedError: It is not there, and was not to be waited for.
            PollingTimeoutError: It did not come in time.
            AsyncInferenceModelError: There is an error instead.
            ValueError: `waiter_config` is none.
        """
        if waiter_config is not None and not isinstance(waiter_config, WaiterConfig):
            raise ValueError("waiter_config should be a WaiterConfig object")
        if self._result is None:
            predictor = self.predictor_async
            if waiter_config is None:
                self._result = existing_answer(predictor, self.output_path, self.failure_path)
            else:
                self._result = predictor._wait_for_output(self.output_path, self.failure_path, waiter_config)
        return self._result
