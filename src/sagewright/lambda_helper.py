"""Functions of AWS Lambda (v2's own path)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests

if TYPE_CHECKING:
    from sagewright.session import Session

Document = dict[str, Any]

_UPDATES = 7  # while the function is busy with the last change


@suggests
class Lambda:
    """A function of AWS Lambda: one that is there, or one to make.

    Args:
        function_arn: The function that is there.
        function_name: The function to make; then role, handler, and the script or the archive are needed.
        zipped_code_dir: A zip file here, which goes to S3.
        s3_bucket: Where it goes; None: the default bucket.
        script: A file that is packed instead.
        handler: `file.function`.
        timeout: Seconds.
        memory_size: MiB.
        layers: ARNs.

    Raises:
        ValueError: Something is missing, or code is given twice.

    Example:
        >>> from sagewright.lambda_helper import Lambda
        >>> role = "arn:aws:iam::123456789012:role/r"
        >>> function = Lambda(function_name="add", execution_role_arn=role, script="add.py", handler="add.handler")
        >>> function.runtime, function.timeout
        ('python3.8', 120)
    """

    def __init__(
        self,
        function_arn: str | None = None,
        function_name: str | None = None,
        execution_role_arn: str | None = None,
        zipped_code_dir: str | None = None,
        s3_bucket: str | None = None,
        script: str | None = None,
        handler: str | None = None,
        session: Session | None = None,
        timeout: int = 120,
        memory_size: int = 128,
        runtime: str = "python3.8",
        vpc_config: Mapping[str, Any] | None = None,
        environment: Mapping[str, Any] | None = None,
        layers: Sequence[str] | None = None,
    ) -> None:
        self.function_arn, self.function_name, self.execution_role_arn = function_arn, function_name, execution_role_arn
        self.zipped_code_dir, self.s3_bucket, self.script, self.handler = zipped_code_dir, s3_bucket, script, handler
        self.session = session if session is not None else _new_session()
        self.timeout, self.memory_size, self.runtime = timeout, memory_size, runtime
        self.vpc_config, self.environment = dict(vpc_config or {}), dict(environment or {})
        self.layers = list(layers or ())
        self._check()

    def __repr__(self) -> str:
        named = f"function_arn={self.function_arn!r}" if self.function_arn else f"function_name={self.function_name!r}"
        return f"Lambda({named})"

    def create(self) -> Document:
        """Make the function; return what AWS answers.

        Raises:
            ValueError: It has no name, or AWS refuses it.
        """
        if self.function_name is None:
            raise ValueError("FunctionName must be provided to create a Lambda function.")
        request = {
            "FunctionName": self.function_name,
            "Runtime": self.runtime,
            "Handler": self.handler,
            "Role": self.execution_role_arn,
            "Code": self._code(self.function_name),
            "Timeout": self.timeout,
            "MemorySize": self.memory_size,
            "VpcConfig": self.vpc_config,
            "Environment": self.environment,
            "Layers": self.layers,
        }
        return _told(self._client().create_function, request)

    def update(self) -> Document:
        """Change the function's code; return what AWS answers. While the function is busy, wait and try again.

        Raises:
            ValueError: AWS refuses it.
        """
        request = {"FunctionName": self._named(), **self._code(self.function_name or _name_in(str(self.function_arn)))}
        for number in range(_UPDATES - 1):
            try:
                return _told(self._client().update_function_code, request)
            except ValueError as error:
                if not _is_conflict(error):
                    raise
                time.sleep(2**number)
        return _told(self._client().update_function_code, request)

    def upsert(self) -> Document:
        """Make the function, or change its code where it is there; return what AWS answers.

        Raises:
            ValueError: AWS refuses it.
        """
        try:
            return self.create()
        except ValueError as error:
            if not _is_conflict(error):
                raise
        return self.update()

    def invoke(self) -> Document:
        """Run the function, without a payload; return what AWS answers.

        Raises:
            ValueError: AWS refuses it.
        """
        return _told(self._client().invoke, {"FunctionName": self._named(), "InvocationType": "RequestResponse"})

    def delete(self) -> Document:
        """Delete the function; return what AWS answers.

        Raises:
            ValueError: AWS refuses it.
        """
        return _told(self._client().delete_function, {"FunctionName": self._named()})

    def _check(self) -> None:
        if self.function_arn is None and self.function_name is None:
            raise ValueError("Either function_arn or function_name must be provided.")
        if self.function_name is not None:
            if self.execution_role_arn is None:
                raise ValueError("execution_role_arn must be provided.")
            if self.zipped_code_dir is None and self.script is None:
                raise ValueError("Either zipped_code_dir or script must be provided.")
        if self.zipped_code_dir and self.script:
            raise ValueError("Provide either script or zipped_code_dir, not both.")
        if self.function_name is not None and self.handler is None:
            raise ValueError("Lambda handler must be provided.")

    def _named(self) -> str | None:
        return self.function_name or self.function_arn

    def _code(self, name: str) -> Document:
        """Return the code's member: packed, or where it was uploaded to.

        Raises:
            ValueError: There is none.
        """
        if self.script is not None:
            return {"ZipFile": _zipped(self.script)}
        if self.zipped_code_dir is None:
            raise ValueError("Either zipped_code_dir or script must be provided.")
        bucket, key = _upload(self.session, self.zipped_code_dir, self.s3_bucket, name)
        return {"S3Bucket": bucket, "S3Key": key}

    def _client(self) -> Any:
        given = getattr(self.session, "lambda_client", None)
        return given or self.session.boto_session.client("lambda", region_name=self.session.boto_region_name)


def _told(call: Callable[..., Document], request: Document) -> Document:
    """Return an answer; a refusal is a `ValueError` that holds its code and message, as in v2."""
    from botocore.exceptions import ClientError

    try:
        return call(**request)
    except ClientError as error:
        raise ValueError(error.response["Error"]) from error


def _is_conflict(error: ValueError) -> bool:
    return "ResourceConflictException" in str(error)


def _name_in(arn: str) -> str:
    """Return the function's name: `arn:aws:lambda:us-east-1:1:function:add:3` -> `add`."""
    return arn.partition(":function:")[2].partition(":")[0] or arn


def _zipped(script: str) -> bytes:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(script, os.path.basename(script))
    return packed.getvalue()


def _upload(session: Session, path: str, bucket: str | None, name: str) -> tuple[str, str]:
    from sagewright.s3 import s3_path_join
    from sagewright.storage import owner_of_default_bucket

    prefix = None if bucket else session.default_bucket_prefix
    bucket = bucket or session.default_bucket()
    key = s3_path_join(prefix or "", "lambda", name, "code")
    owner = owner_of_default_bucket(session, bucket)
    session.s3_client.upload_file(path, bucket, key, ExtraArgs={"ExpectedBucketOwner": owner} if owner else None)
    return bucket, key


def _new_session() -> Session:
    from sagewright.session import Session

    return Session()
