"""What the jobs of functions are made with: arguments, what the configuration says, and defaults."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright import image_uris
from sagewright.arguments import shows
from sagewright.config import paths
from sagewright.config.values import resolved, with_tags
from sagewright.remote_function.custom_file_filter import (
    CustomFileFilter,
    Ignore,
    resolve_custom_file_filter_from_config_file,
)
from sagewright.remote_function.spark_config import SparkConfig
from sagewright.s3 import s3_path_join
from sagewright.utils import Tags, format_tags
from sagewright.vpc_utils import sanitize, to_dict

logger = logging.getLogger("sagemaker.remote_function")

AUTO_CAPTURE = "auto_capture"
INSTANCES = (
    "Remote function do not support training on multi instances without spark_config or use_torchrun or use_mpirun. "
    "Please provide instance_count = 1"
)
_SPARK_VERSION, _SPARK_CONTAINER = "3.3", "v1"
_PYTHONS = ("310", "38")  # Amazon's images with nothing but Python


@shows
class _JobSettings:
    """What the job of a function is made with; `remote` says what its arguments mean.

    Raises:
        ValueError: Arguments contradict each other, or one is missing.
    """

    def __init__(
        self,
        *,
        dependencies: str | None = None,
        pre_execution_commands: list[str] | None = None,
        pre_execution_script: str | None = None,
        environment_variables: Mapping[str, Any] | None = None,
        image_uri: Any = None,
        include_local_workdir: bool | None = None,
        custom_file_filter: Ignore | CustomFileFilter | None = None,
        instance_count: Any = 1,
        instance_type: Any = None,
        job_conda_env: Any = None,
        job_name_prefix: Any = None,
        keep_alive_period_in_seconds: Any = 0,
        max_retry_attempts: Any = 1,
        max_runtime_in_seconds: Any = 24 * 60 * 60,
        role: str | None = None,
        s3_kms_key: str | None = None,
        s3_root_uri: str | None = None,
        sagemaker_session: Any = None,
        security_group_ids: Sequence[Any] | None = None,
        subnets: Sequence[Any] | None = None,
        tags: Tags = None,
        volume_kms_key: Any = None,
        volume_size: Any = 30,
        encrypt_inter_container_traffic: Any = None,
        spark_config: SparkConfig | None = None,
        use_spot_instances: Any = False,
        max_wait_time_in_seconds: Any = None,
        disable_output_compression: bool = False,
        use_torchrun: bool = False,
        use_mpirun: bool = False,
        nproc_per_node: int | None = None,
    ) -> None:
        session = self.sagemaker_session = sagemaker_session or _session()
        _no_contradiction(spark_config, image_uri, job_conda_env, dependencies)
        _runs_there(session, spark_config, use_mpirun, instance_count)
        variables = resolved(environment_variables, session, paths.REMOTE_FUNCTION_ENVIRONMENT_VARIABLES, {})
        self.environment_variables = {**variables, "AWS_DEFAULT_REGION": session.boto_region_name}
        self.image_uri = _image_of(spark_config, image_uri, session)
        self.job_conda_env = resolved(job_conda_env, session, paths.REMOTE_FUNCTION_JOB_CONDA_ENV)
        self.dependencies = resolved(dependencies, session, paths.REMOTE_FUNCTION_DEPENDENCIES)
        self.pre_execution_commands = resolved(
            pre_execution_commands, session, paths.REMOTE_FUNCTION_PRE_EXECUTION_COMMANDS
        )
        self.pre_execution_script = resolved(pre_execution_script, session, paths.REMOTE_FUNCTION_PRE_EXECUTION_SCRIPT)
        if self.pre_execution_commands is not None and self.pre_execution_script is not None:
            raise ValueError("Only one of pre_execution_commands or pre_execution_script can be specified!")
        self.include_local_workdir = resolved(
            include_local_workdir, session, paths.REMOTE_FUNCTION_INCLUDE_LOCAL_WORKDIR, False
        )
        self.custom_file_filter = resolve_custom_file_filter_from_config_file(custom_file_filter, session)
        self.instance_type = resolved(instance_type, session, paths.REMOTE_FUNCTION_INSTANCE_TYPE)
        if not self.instance_type:
            raise ValueError("instance_type is a required parameter!")
        self.instance_count, self.volume_size = instance_count, volume_size
        self.max_runtime_in_seconds, self.max_retry_attempts = max_runtime_in_seconds, max_retry_attempts
        self.keep_alive_period_in_seconds = keep_alive_period_in_seconds
        self.spark_config = spark_config
        self.use_spot_instances, self.max_wait_time_in_seconds = use_spot_instances, max_wait_time_in_seconds
        self.job_name_prefix = job_name_prefix
        self.encrypt_inter_container_traffic = resolved(
            encrypt_inter_container_traffic,
            session,
            paths.REMOTE_FUNCTION_ENABLE_INTER_CONTAINER_TRAFFIC_ENCRYPTION,
            False,
        )
        self.enable_network_isolation = False
        if not (self.job_conda_env or "SAGEMAKER_JOB_CONDA_ENV" in self.environment_variables):
            _tell_of_another_python(self.image_uri, session)
        self.role = _role(role, session)
        self.s3_root_uri = resolved(s3_root_uri, session, paths.REMOTE_FUNCTION_S3_ROOT_URI) or _default_root(session)
        self.s3_kms_key = resolved(s3_kms_key, session, paths.REMOTE_FUNCTION_S3_KMS_KEY_ID)
        self.volume_kms_key = resolved(volume_kms_key, session, paths.REMOTE_FUNCTION_VOLUME_KMS_KEY_ID)
        self.vpc_config = sanitize(
            to_dict(
                resolved(subnets, session, paths.REMOTE_FUNCTION_VPC_CONFIG_SUBNETS),
                resolved(security_group_ids, session, paths.REMOTE_FUNCTION_VPC_CONFIG_SECURITY_GROUP_IDS),
            )
        )
        self.tags = with_tags(format_tags(tags), session, paths.REMOTE_FUNCTION_TAGS)
        self.disable_output_compression = disable_output_compression
        self.use_torchrun, self.use_mpirun, self.nproc_per_node = use_torchrun, use_mpirun, nproc_per_node

    @staticmethod
    def _get_default_image(session: Any) -> str:
        return default_image(session)

    @staticmethod
    def _get_default_spark_image(session: Any) -> str:
        return default_spark_image(session)


def runs_on_several(
    instance_count: Any, spark_config: SparkConfig | None, use_torchrun: bool, use_mpirun: bool
) -> bool:
    """Tell whether a function can run on so many instances: more than one need exactly one way to work together."""
    from sagewright.vocabulary.variables import is_variable

    if is_variable(instance_count) or instance_count <= 1:
        return True
    return [spark_config is not None, bool(use_torchrun), bool(use_mpirun)].count(True) == 1


def default_image(session: Any) -> str:
    """Return the image of jobs that name none: the one that this program runs in, else one with this Python.

    Raises:
        ValueError: Amazon has none with this Python.
    """
    own = os.environ.get("SAGEMAKER_INTERNAL_IMAGE_URI")
    if own:
        return own
    python = _python()
    if python not in _PYTHONS and not asks_engine(session):
        raise ValueError(
            "Default image is supported only for Python versions 3.8 and 3.10. If you are using any other python "
            f"version, you must provide a compatible image_uri.\nhint: this is Python {sys.version_info[0]}."
            f"{sys.version_info[1]}; on the targets `local` and `http://` every Python has a default image."
        )
    return image_uris.get_base_python_image_uri(region=session.boto_region_name, py_version=python)


def default_spark_image(session: Any) -> str:
    """Return the image of Spark applications.

    Raises:
        ValueError: This is not the Python that it holds.
    """
    if _python() != "39":
        raise ValueError("The SageMaker Spark image for remote job only supports Python version 3.9. ")
    return image_uris.retrieve(
        framework="spark",
        region=session.boto_region_name,
        version=_SPARK_VERSION,
        instance_type=None,
        py_version="py39",
        container_version=_SPARK_CONTAINER,
    )


def asks_engine(session: Any) -> bool:
    """Tell whether a session's requests go to an engine; a session of a test may have any attribute."""
    return hasattr(type(session), "_asks_engine") and bool(session._asks_engine())


def _python() -> str:
    return f"{sys.version_info[0]}{sys.version_info[1]}"


def _session() -> Any:
    from sagewright.session import Session

    return Session()


def _no_contradiction(spark: SparkConfig | None, image: Any, conda: Any, dependencies: str | None) -> None:
    if not spark:
        return
    if image:
        raise ValueError("spark_config and image_uri cannot be specified at the same time!")
    if conda:
        raise ValueError("Remote Spark jobs do not support job_conda_env.")
    if dependencies == AUTO_CAPTURE:
        raise ValueError("Remote Spark jobs do not support automatically capturing dependencies.")


def _runs_there(session: Any, spark: SparkConfig | None, use_mpirun: bool, instance_count: Any) -> None:
    """Refuse what an engine does not run.

    Raises:
        NotImplementedError: It is asked for, and the session's requests go to an engine.
    """
    from sagewright.vocabulary.variables import is_variable

    is_alone = is_variable(instance_count) or instance_count <= 1
    if not (spark or (use_mpirun and not is_alone)) or not asks_engine(session):
        return
    if spark:
        raise NotImplementedError(
            "`spark_config`: a function that is a Spark application runs in Amazon's image for Spark, which the engine "
            "does not have.\nhint: start Spark in the function itself (`pyspark` with `local[*]`), or use the target "
            "`aws`."
        )
    raise NotImplementedError(
        "`use_mpirun` on several instances: the hosts of an engine reach each other without the SSH that mpirun needs."
        "\nhint: `use_torchrun=True`, or use the target `aws`."
    )


def _image_of(spark: SparkConfig | None, image: Any, session: Any) -> Any:
    given = resolved(image, session, paths.REMOTE_FUNCTION_IMAGE_URI)
    if not spark:
        return given or default_image(session)
    found = default_spark_image(session)
    logger.info(
        "Set the image uri as %s because value of spark_config is indicating this is a remote spark job.", found
    )
    return found


def _tell_of_another_python(image: Any, session: Any) -> None:
    """Warn of an image that says it has another Python; an engine runs every job with the caller's."""
    from sagewright.vocabulary.image_tables import framework_of
    from sagewright.vocabulary.variables import is_variable

    found = None if is_variable(image) or asks_engine(session) else framework_of(image)
    python = (found.py_version or "").removeprefix("py") if found else ""
    if len(python) > 1 and python != _python():
        logger.warning(
            "The image `%s` has Python %s.%s, and this is Python %s.%s: its jobs refuse functions of another Python.\n"
            "hint: give an `image_uri` with Python %s.%s.",
            *(image, python[0], python[1:], *sys.version_info[:2], *sys.version_info[:2]),
        )


def _role(role: str | None, session: Any) -> str:
    given = resolved(role, session, paths.REMOTE_FUNCTION_ROLE_ARN)
    if given:
        return str(session.expand_role(given))
    from sagewright.execution_role import get_execution_role

    return get_execution_role(session)


def _default_root(session: Any) -> str:
    return s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "")
