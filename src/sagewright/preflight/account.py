"""On Amazon: the role that a job runs with."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sagewright.preflight.findings import Finding
from sagewright.preflight.flight import Flight


def check(flight: Flight) -> Iterator[Finding]:
    """Find a role that does not exist, or that SageMaker may not take. What nobody may look at is passed over."""
    role = flight.request["RoleArn"]
    if flight.is_local or ":role/" not in role:
        return
    from botocore.exceptions import BotoCoreError, ClientError

    name = role.rpartition("/")[2]
    try:
        found = flight.session.iam_client.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity" and role.split(":")[4] == flight.session.account_id():
            yield Finding("`role`", f"there is no role `{name}` in this account.")
        return
    except BotoCoreError:
        return
    if not _trusts_sagemaker(found.get("AssumeRolePolicyDocument")):
        yield Finding(
            "`role`",
            f"the role `{name}` does not trust `sagemaker.amazonaws.com`.",
            "add it to the principals of the role's trust policy.",
            is_error=False,
        )


def _trusts_sagemaker(policy: object) -> bool:
    return not policy or "sagemaker.amazonaws.com" in json.dumps(policy)
