"""A session on the embedded engine of this machine, whatever the target is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.config import load_local_mode_config
from sagewright.local.channels import file_input
from sagewright.session import Session

if TYPE_CHECKING:
    import boto3

logger = logging.getLogger("sagemaker")

__all__ = ["LocalSagemakerClient", "LocalSagemakerRuntimeClient", "LocalSession", "file_input"]

Document = dict[str, Any]

# What v2's `local` configuration says about docker's containers and has no counterpart here.
_WITHOUT_MEANING = ("container_root", "container_config")


class LocalSession(Session):
    """A `Session` whose jobs and endpoints run on this machine, on the target `aws` too.

    Its S3 is the engine's. Local code is always run as it is; `config` is taken, and changes nothing.

    Args:
        boto_session: Names the region; its credentials are not used.
        default_bucket, default_bucket_prefix: As for `Session`.

    Example:
        >>> from sagewright.local import LocalSession
        >>> session = LocalSession()
        >>> session.config = {"local": {"local_code": True}}
        >>> session.local_mode
        True
    """

    local_mode = True
    _target = "local"

    def __init__(
        self,
        boto_session: boto3.Session | None = None,
        default_bucket: str | None = None,
        s3_endpoint_url: str | None = None,
        disable_local_code: bool = False,
        sagemaker_config: Mapping[str, Any] | None = None,
        default_bucket_prefix: str | None = None,
    ) -> None:
        if s3_endpoint_url is not None:
            raise NotImplementedError(
                "`s3_endpoint_url` is not built: the data of local jobs lie in the engine's own S3.\n"
                "hint: leave it out, and upload the data with this session's `upload_data`."
            )
        super().__init__(
            default_bucket=default_bucket,
            sagemaker_config=sagemaker_config,
            default_bucket_prefix=default_bucket_prefix,
        )
        self._take_file(load_local_mode_config())
        self.boto_region_name = self._region() if boto_session is None else _region_of(boto_session)

    def _take_file(self, found: Document | None) -> None:
        """Take the configuration of local mode in `~/.sagemaker/config.yaml`, as far as it means something here."""
        local = dict((found or {}).get("local") or {})
        if local.pop("serving_port", None) is not None:
            logger.warning("`local.serving_port` has no effect: endpoints are reached through `Predictor`.")
        if found:
            self.config = {**found, "local": local}

    @property
    def config(self) -> Document | None:
        """v2's configuration of local mode."""
        return self.__dict__.get("_config")

    @config.setter
    def config(self, value: Document | None) -> None:
        local = (value or {}).get("local", {})
        if "serving_port" in local:
            raise NotImplementedError(
                "`local.serving_port` is not built: endpoints are reached through `Predictor` and `invoke_endpoint`."
            )
        for name in _WITHOUT_MEANING:
            if name in local:
                logger.warning("`local.%s` has no effect: no containers are started.", name)
        self._config = value


def _region_of(boto_session: boto3.Session) -> str:
    if not boto_session.region_name:
        raise ValueError("Must setup local AWS configuration with a region supported by SageMaker.")
    return boto_session.region_name


def LocalSagemakerClient(sagemaker_session: Session | None = None) -> Any:
    """Return the SageMaker client of a session on this machine."""
    return (sagemaker_session or LocalSession()).sagemaker_client


def LocalSagemakerRuntimeClient(config: Document | None = None) -> Any:
    """Return a client of the endpoints on this machine; `config` as for `LocalSession`."""
    session = LocalSession()
    session.config = config
    return session.sagemaker_runtime_client
