"""The role that jobs run with (`contract.md` 9.2)."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.identities import EXECUTION_ROLE

if TYPE_CHECKING:
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

METADATA = Path("/opt/ml/metadata/resource-metadata.json")
_CONSOLES = "AmazonSageMaker-ExecutionRole"
DEFAULT_ROLE = "AmazonSageMaker-DefaultRole"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["sagemaker.amazonaws.com"]}, "Action": "sts:AssumeRole"}
    ],
}


def get_execution_role(sagemaker_session: Session | None = None, use_default: bool = False) -> str:
    """Return the ARN of the role that this program runs with.

    Users and the root of a shared engine run with none, and get the role that every engine has (an extension).

    Args:
        use_default: Where it runs with no role, make and use `AmazonSageMaker-DefaultRole`.

    Raises:
        ValueError: It runs with no role.

    Example:
        >>> import sagewright as sagemaker
        >>> sagemaker.get_execution_role().startswith("arn:aws:iam::")
        True
    """
    if sagemaker_session is None:
        from sagewright.session import Session

        sagemaker_session = Session()
    arn = str(sagemaker_session.get_caller_identity_arn())
    if ":role/" in arn:
        return arn
    if use_default:
        return _default_role(sagemaker_session)
    if sagemaker_session._asks_engine():
        return str(sagemaker_session.iam_client.get_role(RoleName=EXECUTION_ROLE)["Role"]["Arn"])
    raise ValueError(
        f"The current AWS identity is not a role: {arn}, therefore it cannot be used as a SageMaker execution role"
    )


def caller_identity_arn(session: Session) -> str:
    """Return who runs this program: its role where there is one, else its user."""
    if METADATA.exists():
        role: Any = json.loads(METADATA.read_text()).get("ExecutionRoleArn")
        if role:
            return str(role)
    arn = str(session.sts_client.get_caller_identity()["Arn"])
    if ":assumed-role/" not in arn:
        return arn
    return _role_behind(session, arn)


def _role_behind(session: Session, arn: str) -> str:
    """Return the ARN of the role that was assumed: `...:sts::1:assumed-role/NAME/SESSION` -> `...:iam::1:role/NAME`."""
    from botocore.exceptions import ClientError

    name = arn.split("/")[1]
    try:
        return str(session.iam_client.get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        logger.warning("Couldn't call 'get_role' to get Role ARN from role name %s to get Role path.", name)
    head = arn.split(":assumed-role/", maxsplit=1)[0].replace(":sts:", ":iam:")
    if _CONSOLES in name:
        logger.warning(
            "The role's name contains `%s`, so it was probably made in SageMaker's console: its path is taken to be "
            "`service-role`. If it is not, let the role call iam:GetRole, or give the role's ARN.",
            _CONSOLES,
        )
        name = f"service-role/{name}"
    return f"{head}:role/{name}"


def _default_role(session: Session) -> str:
    """Return the ARN of the default role, which is made if it is missing, and which may do all of SageMaker."""
    iam = session.iam_client
    logger.warning("Using default role: %s", DEFAULT_ROLE)
    try:
        iam.get_role(RoleName=DEFAULT_ROLE)
    except iam.exceptions.NoSuchEntityException:
        iam.create_role(RoleName=DEFAULT_ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        logger.warning("Created new sagemaker execution role: %s", DEFAULT_ROLE)
    iam.attach_role_policy(
        PolicyArn=f"arn:{partition_of(session.boto_region_name)}:iam::aws:policy/AmazonSageMakerFullAccess",
        RoleName=DEFAULT_ROLE,
    )
    return str(iam.get_role(RoleName=DEFAULT_ROLE)["Role"]["Arn"])
