"""What the configuration says where an estimator's arguments say nothing (`contract.md` 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.config import paths
from sagewright.config.defaults import takes_volume_key
from sagewright.config.values import resolved
from sagewright.estimator.debugging import profiler_is_off

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase

_ATTRIBUTES = (
    ("output_kms_key", paths.TRAINING_JOB_KMS_KEY_ID_PATH, None),
    ("subnets", paths.TRAINING_JOB_SUBNETS_PATH, None),
    ("security_group_ids", paths.TRAINING_JOB_SECURITY_GROUP_IDS_PATH, None),
    ("debugger_hook_config", paths.ESTIMATOR_DEBUG_HOOK_CONFIG_PATH, None),
    ("environment", paths.TRAINING_JOB_ENVIRONMENT_PATH, None),
    ("encrypt_inter_container_traffic", paths.TRAINING_JOB_INTER_CONTAINER_ENCRYPTION_PATH, False),
    ("_enable_network_isolation", paths.TRAINING_JOB_ENABLE_NETWORK_ISOLATION_PATH, False),
    ("disable_profiler", paths.TRAINING_JOB_DISABLE_PROFILER_PATH, False),
)


def take_defaults(estimator: EstimatorBase) -> None:
    """Set the attributes of an estimator that are None and that the configuration of its session may decide."""
    session = estimator.sagemaker_session
    for name, path, default in _ATTRIBUTES:
        setattr(estimator, name, resolved(getattr(estimator, name), session, path, default))
    if any(takes_volume_key(name) for name in _instance_types(estimator)):
        path = paths.TRAINING_JOB_VOLUME_KMS_KEY_ID_PATH
        estimator.volume_kms_key = resolved(estimator.volume_kms_key, session, path)
    if profiler_is_off(session.boto_region_name, estimator.instance_type):
        estimator.disable_profiler = True


def _instance_types(estimator: EstimatorBase) -> list[object]:
    return [estimator.instance_type, *(group.instance_type for group in estimator.instance_groups or ())]
