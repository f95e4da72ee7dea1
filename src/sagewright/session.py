"""The session: the clients that requests go out through, and what can be asked of them (`contract.md` 9.2)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sagewright import inputs, storage, targets
from sagewright.arguments import nearest_of, renamed_class, suggests
from sagewright.config import load_sagemaker_config, validate_sagemaker_config
from sagewright.config.paths import SESSION_DEFAULT_S3_BUCKET_PATH, SESSION_DEFAULT_S3_OBJECT_KEY_PREFIX_PATH
from sagewright.config.values import resolved
from sagewright.execution_role import caller_identity_arn, get_execution_role
from sagewright.hearing import be_heard
from sagewright.inputs import TrainingInput
from sagewright.patience import Patience
from sagewright.registering import get_model_package_args
from sagewright.requests.documents import update_args
from sagewright.requests.hosting import container_definition as container_def
from sagewright.requests.hosting import production_variant_document as production_variant
from sagewright.requests.packages import (
    get_add_model_package_inference_args,
    get_create_model_package_request,
    get_update_model_package_inference_args,
)
from sagewright.session_automl import AutoMLCalls
from sagewright.session_buckets import BucketCalls, generate_default_sagemaker_bucket_name
from sagewright.session_compilation import CompilationCalls
from sagewright.session_components import ComponentCalls
from sagewright.session_endpoints import EndpointCalls
from sagewright.session_features import FeatureCalls
from sagewright.session_hubs import HubCalls
from sagewright.session_models import ModelCalls, pipeline_container_def
from sagewright.session_monitoring import MonitoringCalls
from sagewright.session_packages import PackageCalls
from sagewright.session_processing import ProcessingCalls
from sagewright.session_recommendations import RecommendationCalls, get_log_events_for_inference_recommender
from sagewright.session_training import TrainingCalls
from sagewright.session_transform import TransformCalls
from sagewright.session_tuning import TuningCalls
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    import boto3

__all__ = [
    "Session",
    "ShuffleConfig",
    "TrainingInput",
    "container_def",
    "generate_default_sagemaker_bucket_name",
    "get_add_model_package_inference_args",
    "get_create_model_package_request",
    "get_execution_role",
    "get_log_events_for_inference_recommender",
    "get_model_package_args",
    "get_update_model_package_inference_args",
    "pipeline_container_def",
    "production_variant",
    "s3_input",
    "update_args",
]

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_FOLLOWED = ("sagemaker", "logs")
_making = threading.RLock()  # boto3 makes one client at a time
_CLIENTS = {
    "sagemaker_client": "sagemaker",
    "sagemaker_runtime_client": "sagemaker-runtime",
    "sagemaker_featurestore_runtime_client": "sagemaker-featurestore-runtime",
    "sagemaker_metrics_client": "sagemaker-metrics",
    "s3_client": "s3",
    "logs_client": "logs",
    "sts_client": "sts",
    "iam_client": "iam",
    "cloudwatch_client": "cloudwatch",
}


@suggests
class Session(
    TrainingCalls,
    TransformCalls,
    ProcessingCalls,
    MonitoringCalls,
    TuningCalls,
    AutoMLCalls,
    FeatureCalls,
    ModelCalls,
    PackageCalls,
    EndpointCalls,
    ComponentCalls,
    CompilationCalls,
    RecommendationCalls,
    HubCalls,
    BucketCalls,
):
    """Sends requests to the target. Clients are made when they are first used.

    Args:
        boto_session: The boto3 session to make clients from; None: one on the target (`sagewright.targets`).
        sagemaker_client, sagemaker_runtime_client, ...: Clients to use instead of those the session would make.
        default_bucket: Where uploads and outputs go that name no bucket; None: `sagemaker-<region>-<account>`.
        default_bucket_prefix: Stands before every key that the SDK makes in the default bucket.
        sagemaker_config: Defaults for what is left out elsewhere; None: those of v2's configuration files.
        target: Where requests go, if not where `SAGEWRIGHT_TARGET` says: `local`, `aws` or the address of a shared
            engine. An addition to v2. A `boto_session` that is given has its own mind.

    Raises:
        ValueError: The boto3 session has no region, or the defaults are not such as a configuration may hold.

    Example:
        >>> import sagewright as sagemaker
        >>> session = sagemaker.Session()
        >>> session.upload_string_as_file_body("1,2", session.default_bucket(), "rows.csv")
        's3://sagemaker-us-east-1-123456789012/rows.csv'
    """

    # Made by `__getattr__` when they are first used.
    sagemaker_client: Any
    sagemaker_runtime_client: Any
    sagemaker_featurestore_runtime_client: Any
    sagemaker_metrics_client: Any
    s3_client: Any
    s3_resource: Any
    logs_client: Any
    sts_client: Any
    iam_client: Any
    cloudwatch_client: Any
    boto_session: boto3.Session

    local_mode = False
    config: Document | None = None  # v2's, of its local mode
    _target: str | None = None  # None: the one in force

    def __init__(
        self,
        boto_session: boto3.Session | None = None,
        sagemaker_client: Any = None,
        sagemaker_runtime_client: Any = None,
        sagemaker_featurestore_runtime_client: Any = None,
        default_bucket: str | None = None,
        settings: Any = None,
        sagemaker_metrics_client: Any = None,
        sagemaker_config: Mapping[str, Any] | None = None,
        default_bucket_prefix: str | None = None,
        target: str | None = None,
    ) -> None:
        be_heard()
        if target is not None:
            self._target = targets.target_of(target).name
        given = {
            "boto_session": boto_session,
            "sagemaker_client": sagemaker_client,
            "sagemaker_runtime_client": sagemaker_runtime_client,
            "sagemaker_featurestore_runtime_client": sagemaker_featurestore_runtime_client,
            "sagemaker_metrics_client": sagemaker_metrics_client,
        }
        self._given = {name: value for name, value in given.items() if value is not None}
        self.__dict__.update(self._given)
        self.settings = settings
        self.sagemaker_config = self._defaults(sagemaker_config)
        self.default_bucket_prefix = resolved(default_bucket_prefix, self, SESSION_DEFAULT_S3_OBJECT_KEY_PREFIX_PATH)
        self._default_bucket_name = resolved(default_bucket, self, SESSION_DEFAULT_S3_BUCKET_PATH)
        self._default_bucket: str | None = None
        # An engine always has a region; boto3, which knows it, is loaded when the first client is.
        if boto_session is not None or not self._place().is_engine:
            self.boto_region_name = self._region()

    @cached_property
    def boto_region_name(self) -> str:
        """The region that requests go to."""
        return self._region()

    def __getattr__(self, name: str) -> Any:
        if name == "_region_name":  # notebooks take it by this name
            return self.boto_region_name
        if name == "boto_session":
            self.boto_session = targets.boto_session(self.__dict__.get("boto_region_name"), self._place())
            return self.boto_session
        if name == "s3_resource":
            self.s3_resource = self.boto_session.resource("s3", region_name=self.boto_region_name)
            return self.s3_resource
        if name in _CLIENTS:
            with _making:
                if name not in self.__dict__:
                    setattr(self, name, self._client(_CLIENTS[name]))
            return self.__dict__[name]
        raise AttributeError(f"`Session` has no attribute `{name}`")

    def _defaults(self, given: Mapping[str, Any] | None) -> Document:
        """Return what stands for arguments that are left out: what is given, else what v2's files say."""
        if given:
            validate_sagemaker_config(given)
            return dict(given)
        return load_sagemaker_config(s3_resource=_Later(self, "s3_resource"))

    def _place(self) -> targets.Target:
        """Return where this session's requests go."""
        return targets.current() if self._target is None else targets.target_of(self._target)

    def _asks_engine(self) -> bool:
        """Tell whether this session's requests go to an engine, embedded or shared."""
        return self._place().is_engine and targets.reaches_engine(self.boto_session)

    def _region(self) -> str:
        if "boto_session" not in self.__dict__ and self._place().is_engine and (plain := targets.plain_region()):
            return plain
        region: str | None = self.boto_session.region_name
        if not region:
            raise ValueError("Must setup local AWS configuration with a region supported by SageMaker.")
        return region

    def _client(self, service: str) -> Any:
        config: Document = {}
        if service == "sagemaker-runtime":
            from botocore.config import Config

            config["config"] = Config(read_timeout=80, max_pool_connections=50)
        client = self.boto_session.client(service, region_name=self.boto_region_name, **config)  # type: ignore[call-overload]
        if service in _FOLLOWED and not self._place().is_engine:
            Patience(self.boto_session).watch(client)
        return client

    def _announce(self) -> None:
        """Say, once in a process, where requests go, and on AWS as whom."""
        place = self._place()
        if targets.is_announced():
            return
        targets.announce(place, None if place.is_engine else self._as_whom())

    def _as_whom(self) -> str:
        """Return the account, role or user, and region; what STS does not tell is left out."""
        try:
            caller = self.sts_client.get_caller_identity()
            who = f"account {caller['Account']}, {str(caller['Arn']).rpartition(':')[2]}"
        except Exception:  # noqa: BLE001 - it is only told; whatever is wrong shows in the request that follows
            who = "account unknown (STS does not tell)"
        return f"{who}, region {self.boto_region_name}"

    def __repr__(self) -> str:
        bucket = self._default_bucket or self._default_bucket_name
        told = {"region": self.boto_region_name, "default_bucket": bucket}
        if "boto_session" not in self._given:
            told["target"] = str(self._place())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in told.items() if value)})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out clients, which hold connections: they are made anew where the session arrives."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in _CLIENTS and name not in ("boto_session", "s3_resource", "_given")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _given={})

    def __deepcopy__(self, memo: dict[int, Any]) -> Session:
        """Return a session of its own that shares what this one was given."""
        copied: Session = Session.__new__(type(self))
        copied.__dict__.update(self.__getstate__(), _given=dict(self._given), **self._given)
        return copied

    # Who and where ------------------------------------------------------------------------------------------------

    def account_id(self) -> str:
        """Return the account, 12 digits."""
        return str(self.sts_client.get_caller_identity()["Account"])

    def get_caller_identity_arn(self) -> str:
        """Return who runs this program: its role where there is one, else its user."""
        return caller_identity_arn(self)

    def expand_role(self, role: str) -> str:
        """Return the ARN of a role; what is none is taken for a role's name."""
        return role if is_variable(role) or "/" in role else str(self.iam_client.get_role(RoleName=role)["Role"]["Arn"])

    # Data ---------------------------------------------------------------------------------------------------------

    def default_bucket(self) -> str:
        """Return the name of the default bucket, which is made if it is missing."""
        if self._default_bucket is None:
            name = self._default_bucket_name or storage.default_bucket_name(self)
            self._ensure_bucket(self.s3_client, name, self.boto_region_name)
            self._default_bucket = name
        return self._default_bucket

    def upload_data(
        self,
        path: str,
        bucket: str | None = None,
        key_prefix: str = "data",
        callback: Callable[[int], None] | None = None,
        extra_args: Mapping[str, Any] | None = None,
    ) -> str:
        """Upload a file, or a folder with all that is in it.

        Args:
            bucket: None: the default bucket.
            callback: Called with the number of bytes as they go out.
            extra_args: boto3's for `upload_file`.

        Returns:
            The S3 URI of the file, or of the folder's prefix.

        Raises:
            FileNotFoundError: There is nothing at `path`.
        """
        return storage.upload_data(self, path, bucket, key_prefix, callback, extra_args)

    def upload_string_as_file_body(self, body: str, bucket: str, key: str, kms_key: str | None = None) -> str:
        """Store text as an object; return its S3 URI."""
        return storage.upload_string(self, body, bucket, key, kms_key)

    def download_data(
        self, path: str, bucket: str, key_prefix: str = "", extra_args: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Download all objects below a prefix into a folder; return the files."""
        return storage.download_data(self, path, bucket, key_prefix, extra_args)

    def read_s3_file(self, bucket: str, key_prefix: str) -> str:
        """Return an object's bytes as text."""
        owner = storage.expecting_owner(self, bucket)
        return str(self.s3_client.get_object(Bucket=bucket, Key=key_prefix, **owner)["Body"].read().decode("utf-8"))

    def list_s3_files(self, bucket: str, key_prefix: str) -> list[str]:
        """Return the keys below a prefix, in order."""
        return storage.list_keys(self, bucket, key_prefix)

    def list_tags(self, resource_arn: str, max_results: int = 50) -> list[Document]:
        """Return the tags of something, without those that AWS has put there."""
        pages = self.sagemaker_client.get_paginator("list_tags").paginate(
            ResourceArn=resource_arn, PaginationConfig={"PageSize": max_results}
        )
        return [tag for page in pages for tag in page["Tags"] if "aws:" not in tag["Key"]]


class _Later:
    """Something of a session that is made when it is first used."""

    def __init__(self, session: Session, name: str) -> None:
        self._session, self._name = session, name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._session, self._name), name)


s3_input = renamed_class(TrainingInput, "sagemaker.session.s3_input")
ShuffleConfig = renamed_class(inputs.ShuffleConfig, "sagemaker.session.ShuffleConfig")

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
