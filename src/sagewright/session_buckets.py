"""What a session does so that its bucket is there, and is its own (`contract.md` 9.2)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from sagewright.arguments import suggests
from sagewright.regions import sts_regional_endpoint

if TYPE_CHECKING:
    import boto3

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

_CODES = {"NoSuchBucket": "404", "AccessDenied": "403"}  # what S3 answers who asks with a prefix


@suggests
class BucketCalls:
    """The part of `Session` that concerns its default bucket.

    In all of these `s3` is boto3's S3 resource, as in v2.
    """

    _default_bucket_name: str | None  # None: it is of our making, so that nobody else's of that name shall be used
    default_bucket_prefix: str | None

    def general_bucket_check_if_user_has_permission(
        self, bucket_name: str, s3: Any, bucket: Any, region: str, bucket_creation_date_none: bool
    ) -> None:
        """Look whether a bucket may be used, and make it if it is missing.

        Args:
            bucket: boto3's bucket; the name says as much.
            bucket_creation_date_none: The bucket is not among the account's. Nothing is made or raised where it is.

        Raises:
            ClientError: The bucket is somebody else's, or forbidden.
        """
        self._ensure_bucket(s3.meta.client, bucket_name, region, is_listed=not bucket_creation_date_none)

    def expected_bucket_owner_id_bucket_check(self, bucket_name: str, s3: Any, expected_bucket_owner_id: str) -> None:
        """Look whether a bucket belongs to an account.

        Raises:
            ClientError: It is another's.
        """
        from botocore.exceptions import ClientError

        try:
            self._look_at_bucket(s3.meta.client, bucket_name, expected_bucket_owner_id)
        except ClientError as error:
            if _code_of(error) != "403":
                return  # it is not known whose it is
            logger.error(
                "Since default_bucket param was not set, SageMaker Python SDK tried to use %s bucket. This bucket "
                "cannot be configured to use as it is not owned by Account %s. To unblock it's recommended to use "
                "custom default_bucket parameter in sagemaker.Session",
                bucket_name,
                expected_bucket_owner_id,
            )
            raise

    def create_bucket_for_not_exist_error(self, bucket_name: str, region: str, s3: Any) -> None:
        """Make a bucket, unless somebody else of the account has just made it."""
        _create_bucket(s3.meta.client, bucket_name, region)

    def _ensure_bucket(self, client: Any, name: str, region: str, *, is_listed: bool = False) -> None:
        from botocore.exceptions import ClientError

        own = self._default_bucket_name is None
        try:
            self._look_at_bucket(client, name, cast("Session", self).account_id() if own else None)
        except ClientError as error:
            if is_listed:
                return
            code = _code_of(error)
            if code == "403":
                logger.error(
                    "Bucket %s is not accessible as the default bucket. It may be owned by another account or access "
                    "is forbidden. To unblock, pass a custom default_bucket parameter to sagemaker.Session."
                    if own
                    else "Bucket %s exists, but access is forbidden. Please try again after adding appropriate access.",
                    name,
                )
            if code != "404":
                raise
            _create_bucket(client, name, region)

    def _look_at_bucket(self, client: Any, name: str, owner: str | None) -> None:
        whose = {"ExpectedBucketOwner": owner} if owner else {}
        if self.default_bucket_prefix:  # who may use a prefix only may not look at the bucket itself
            client.list_objects_v2(Bucket=name, Prefix=self.default_bucket_prefix, **whose)
        else:
            client.head_bucket(Bucket=name, **whose)


def generate_default_sagemaker_bucket_name(boto_session: boto3.Session) -> str:
    """Return the name of the default bucket where none is given: `sagemaker-<region>-<account>`."""
    region = boto_session.region_name
    sts = boto_session.client("sts", region_name=region, endpoint_url=sts_regional_endpoint(region))
    return f"sagemaker-{region}-{sts.get_caller_identity()['Account']}"


def _create_bucket(client: Any, name: str, region: str) -> None:
    from botocore.exceptions import ClientError

    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=name, **where)
        logger.info("Created S3 bucket: %s", name)
    except ClientError as error:  # somebody else of this account was faster
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "OperationAborted"):
            raise


def _code_of(error: Any) -> str:
    code: str = error.response["Error"]["Code"]
    return _CODES.get(code, code)
