"""Models in functions of one's own, which v2 has given up (v2's own path)."""

from __future__ import annotations

from sagewright.deprecations import deprecated


@deprecated(sdk_version="v2.66.3")
class LambdaModel:
    """What was a model in a Lambda function: nothing any more; see `ServerlessInferenceConfig`."""
