"""What configuration files say of a builder (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.config import paths
from sagewright.config.values import resolved

if TYPE_CHECKING:
    from sagewright.session import Session


class _ServeSettings:
    """A builder's arguments, with those of the configuration in place of what was left out."""

    def __init__(
        self,
        role_arn: str | None = None,
        s3_model_data_url: str | None = None,
        instance_type: str | None = None,
        env_vars: Mapping[str, str] | None = None,
        sagemaker_session: Session | None = None,
    ) -> None:
        self.role_arn: Any = resolved(role_arn, sagemaker_session, paths.SERVE_ROLE_ARN)
        self.s3_model_data_url: Any = resolved(s3_model_data_url, sagemaker_session, paths.SERVE_S3_MODEL_DATA_URI)
        self.instance_type: Any = resolved(instance_type, sagemaker_session, paths.SERVE_INSTANCE_TYPE)
        self.env_vars: dict[str, str] = dict(
            resolved(env_vars or None, sagemaker_session, paths.SERVE_ENVIRONMENT_VARIABLES, {})
        )
