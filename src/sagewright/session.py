"""The session: the clients that requests go out through, and what can be asked of them (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright import following, storage, targets
from sagewright.arguments import nearest_of, suggests
from sagewright.config_files import warn_of_config_files
from sagewright.execution_role import caller_identity_arn, get_execution_role
from sagewright.requests import hosting
from sagewright.requests.hosting import container_definition as container_def
from sagewright.requests.hosting import production_variant_document as production_variant
from sagewright.session_training import TrainingCalls
from sagewright.utils import Tags, format_tags

if TYPE_CHECKING:
    import boto3

__all__ = ["Session", "container_def", "get_execution_role", "production_variant"]

logger = logging.getLogger("sagemaker")
logger.setLevel(logging.INFO)
if not logger.handlers and not logging.getLogger().handlers:
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    logger.addHandler(_handler)

Document = dict[str, Any]

_EXISTS = ("Cannot create already existing", "already exists")
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
class Session(TrainingCalls):
    """Sends requests to the target. Clients are made when they are first used.

    Args:
        boto_session: The boto3 session to make clients from; None: one on the target (`sagewright.targets`).
        sagemaker_client, sagemaker_runtime_client, ...: Clients to use instead of those the session would make.
        default_bucket: Where uploads and outputs go that name no bucket; None: `sagemaker-<region>-<account>`.
        default_bucket_prefix: Stands before every key that the SDK makes in the default bucket.

    Raises:
        ValueError: The boto3 session has no region.

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
    logs_client: Any
    sts_client: Any
    iam_client: Any
    cloudwatch_client: Any
    boto_session: boto3.Session
    boto_region_name: str

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
    ) -> None:
        if sagemaker_config:
            raise NotImplementedError("`sagemaker_config` is not built yet.\nhint: give the values as arguments.")
        warn_of_config_files()
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
        self.default_bucket_prefix = default_bucket_prefix
        self._default_bucket_name = default_bucket
        self._default_bucket: str | None = None
        # On `local` there is always a region; boto3, which knows it, is loaded when the first client is.
        if boto_session is not None or self._place().home is None:
            self.boto_region_name = self._region()

    def __getattr__(self, name: str) -> Any:
        if name == "boto_region_name":
            self.boto_region_name = self._region()
            return self.boto_region_name
        if name == "boto_session":
            self.boto_session = targets.boto_session(self.__dict__.get("boto_region_name"), self._place())
            return self.boto_session
        if name in _CLIENTS:
            client = self._client(_CLIENTS[name])
            setattr(self, name, client)
            return client
        raise AttributeError(f"`Session` has no attribute `{name}`")

    def _place(self) -> targets.Target:
        """Return where this session's requests go."""
        return targets.current() if self._target is None else targets.target_of(self._target)

    def _region(self) -> str:
        region: str | None = self.boto_session.region_name
        if not region:
            raise ValueError("Must setup local AWS configuration with a region supported by SageMaker.")
        return region

    def _client(self, service: str) -> Any:
        config: Document = {}
        if service == "sagemaker-runtime":
            from botocore.config import Config

            config["config"] = Config(read_timeout=80, max_pool_connections=50)
        return self.boto_session.client(service, region_name=self.boto_region_name, **config)  # type: ignore[call-overload]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out clients, which hold connections: they are made anew where the session arrives."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in _CLIENTS and name not in ("boto_session", "_given")
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
        return role if "/" in role else str(self.iam_client.get_role(RoleName=role)["Role"]["Arn"])

    # Data ---------------------------------------------------------------------------------------------------------

    def default_bucket(self) -> str:
        """Return the name of the default bucket, which is made if it is missing."""
        if self._default_bucket is None:
            name = self._default_bucket_name or storage.default_bucket_name(self)
            storage.ensure_bucket(self, name, own=self._default_bucket_name is None)
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
        return str(self.s3_client.get_object(Bucket=bucket, Key=key_prefix)["Body"].read().decode("utf-8"))

    def list_s3_files(self, bucket: str, key_prefix: str) -> list[str]:
        """Return the keys below a prefix, in order."""
        return storage.list_keys(self, bucket, key_prefix)

    # Hosting ------------------------------------------------------------------------------------------------------

    def create_model(
        self,
        name: str,
        role: str | None = None,
        container_defs: Document | Sequence[Document] | str | None = None,
        vpc_config: Document | None = None,
        enable_network_isolation: bool | None = None,
        primary_container: Document | str | None = None,
        tags: Tags = None,
    ) -> str:
        """Create a model, unless there is one of that name; return the name.

        Args:
            container_defs: One container or several in a row; text is an image's URI.
        """
        containers = primary_container if container_defs is None else container_defs
        if isinstance(containers, str):
            containers = container_def(containers)
        if not containers or not role:
            raise ValueError("A model needs a container and a role.")
        request = hosting.model_request(
            name, self.expand_role(role), containers, vpc_config, enable_network_isolation, format_tags(tags)
        )
        logger.info("Creating model with name: %s", name)
        self._create("create_model", request, f"Using already existing model: {name}")
        return name

    def create_endpoint_config(
        self,
        name: str,
        model_name: str | None = None,
        initial_instance_count: int | None = None,
        instance_type: str | None = None,
        accelerator_type: str | None = None,
        tags: Tags = None,
        kms_key: str | None = None,
        data_capture_config_dict: Document | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | None = None,
        container_startup_health_check_timeout: int | None = None,
        explainer_config_dict: Document | None = None,
        async_inference_config_dict: Document | None = None,
        serverless_inference_config_dict: Document | None = None,
        routing_config: Document | None = None,
        inference_ami_version: str | None = None,
        production_variants: Sequence[Document] | None = None,
        role: str | None = None,
    ) -> str:
        """Create an endpoint configuration of one variant, `AllTraffic`, or of those given; return the name."""
        variants = production_variants or [
            production_variant(
                model_name,
                instance_type,
                initial_instance_count,
                accelerator_type=accelerator_type,
                serverless_inference_config=serverless_inference_config_dict,
                volume_size=volume_size,
                model_data_download_timeout=model_data_download_timeout,
                container_startup_health_check_timeout=container_startup_health_check_timeout,
                routing_config=routing_config,
                inference_ami_version=inference_ami_version,
            )
        ]
        request = hosting.endpoint_config_request(
            name,
            variants,
            format_tags(tags),
            kms_key,
            data_capture_config_dict,
            async_inference_config_dict,
            explainer_config_dict,
            role,
        )
        logger.info("Creating endpoint-config with name %s", name)
        self.sagemaker_client.create_endpoint_config(**request)
        return name

    def create_endpoint(
        self, endpoint_name: str, config_name: str, tags: Tags = None, wait: bool = True, live_logging: bool = False
    ) -> str:
        """Create an endpoint; return its name.

        Args:
            wait: Return when it is in service.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        targets.announce(self._place())
        logger.info("Creating endpoint with name %s", endpoint_name)
        self.sagemaker_client.create_endpoint(**hosting.endpoint_request(endpoint_name, config_name, format_tags(tags)))
        if wait:
            self.wait_for_endpoint(endpoint_name, live_logging=live_logging)
        return endpoint_name

    def endpoint_from_production_variants(
        self,
        name: str,
        production_variants: Sequence[Document],
        tags: Tags = None,
        kms_key: str | None = None,
        wait: bool = True,
        data_capture_config_dict: Document | None = None,
        async_inference_config_dict: Document | None = None,
        explainer_config_dict: Document | None = None,
        live_logging: bool = False,
        vpc_config: Document | None = None,
        enable_network_isolation: bool | None = None,
        role: str | None = None,
    ) -> str:
        """Create an endpoint configuration and an endpoint of the same name; return the name."""
        request = hosting.endpoint_config_request(
            name,
            production_variants,
            format_tags(tags),
            kms_key,
            data_capture_config_dict,
            async_inference_config_dict,
            explainer_config_dict,
            role,
            vpc_config,
            enable_network_isolation,
        )
        logger.info("Creating endpoint-config with name %s", name)
        self._create("create_endpoint_config", request, f"Using already existing endpoint configuration: {name}")
        return self.create_endpoint(name, name, tags, wait, live_logging)

    def wait_for_endpoint(self, endpoint: str, poll: float = 30, live_logging: bool = False) -> Document:
        """Wait until an endpoint is in service; return its description.

        Raises:
            UnexpectedStatusException: It did not come into service.
        """
        return dict(following.wait_for_endpoint(self, endpoint, poll))

    def create_endpoint_config_from_existing(
        self,
        existing_config_name: str,
        new_config_name: str,
        new_tags: Tags = None,
        new_kms_key: str | None = None,
        new_data_capture_config_dict: Document | None = None,
        new_production_variants: Sequence[Document] | None = None,
        new_explainer_config_dict: Document | None = None,
        endpoint_type: Any = None,
    ) -> None:
        """Create an endpoint configuration as another one is, but for what is given."""
        logger.info("Creating endpoint-config with name %s", new_config_name)
        existing = self.describe_endpoint_config(existing_config_name)
        request = hosting.copied_endpoint_config_request(
            new_config_name,
            existing,
            format_tags(new_tags) or self.list_tags(existing["EndpointConfigArn"]),
            new_kms_key,
            new_data_capture_config_dict,
            new_production_variants,
            new_explainer_config_dict,
        )
        self.sagemaker_client.create_endpoint_config(**request)

    def update_endpoint(self, endpoint_name: str, endpoint_config_name: str, wait: bool = True) -> str:
        """Give an endpoint another configuration; return the endpoint's name."""
        self.sagemaker_client.update_endpoint(EndpointName=endpoint_name, EndpointConfigName=endpoint_config_name)
        if wait:
            self.wait_for_endpoint(endpoint_name)
        return endpoint_name

    def list_tags(self, resource_arn: str, max_results: int = 50) -> list[Document]:
        """Return the tags of something, without those that AWS has put there."""
        pages = self.sagemaker_client.get_paginator("list_tags").paginate(
            ResourceArn=resource_arn, PaginationConfig={"PageSize": max_results}
        )
        return [tag for page in pages for tag in page["Tags"] if "aws:" not in tag["Key"]]

    def describe_endpoint_config(self, endpoint_config_name: str) -> Document:
        """Return `DescribeEndpointConfig`'s answer."""
        return dict(self.sagemaker_client.describe_endpoint_config(EndpointConfigName=endpoint_config_name))

    def describe_endpoint(self, endpoint_name: str) -> Document:
        """Return `DescribeEndpoint`'s answer."""
        return dict(self.sagemaker_client.describe_endpoint(EndpointName=endpoint_name))

    def describe_model(self, name: str) -> Document:
        """Return `DescribeModel`'s answer."""
        return dict(self.sagemaker_client.describe_model(ModelName=name))

    def endpoint_in_service_or_not(self, endpoint_name: str) -> bool:
        """Tell whether there is an endpoint of that name in service."""
        from botocore.exceptions import ClientError

        try:
            return bool(self.describe_endpoint(endpoint_name)["EndpointStatus"] == "InService")
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationException":
                return False
            raise

    def delete_endpoint(self, endpoint_name: str) -> None:
        """Delete an endpoint."""
        logger.info("Deleting endpoint with name: %s", endpoint_name)
        self.sagemaker_client.delete_endpoint(EndpointName=endpoint_name)

    def delete_endpoint_config(self, endpoint_config_name: str) -> None:
        """Delete an endpoint configuration."""
        logger.info("Deleting endpoint configuration with name: %s", endpoint_config_name)
        self.sagemaker_client.delete_endpoint_config(EndpointConfigName=endpoint_config_name)

    def delete_model(self, model_name: str) -> None:
        """Delete a model."""
        logger.info("Deleting model with name: %s", model_name)
        self.sagemaker_client.delete_model(ModelName=model_name)

    def _create(self, operation: str, request: Document, exists: str) -> None:
        """Create something, unless there is one of its name: then say so."""
        from botocore.exceptions import ClientError

        try:
            getattr(self.sagemaker_client, operation)(**request)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code not in ("ValidationException", "ResourceInUse") or not any(text in message for text in _EXISTS):
                raise
            logger.warning(exists)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
