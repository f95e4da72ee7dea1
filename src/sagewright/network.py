"""The network of processing and monitoring jobs (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.requests.processing import network_document


@suggests
class NetworkConfig:
    """The network in which a job's containers are.

    Args:
        enable_network_isolation: The containers reach nothing outside; None: they do.
        security_group_ids, subnets: Of a VPC.
        encrypt_inter_container_traffic: Between the hosts of a job; None leaves it to the service.

    Example:
        >>> from sagewright.network import NetworkConfig
        >>> NetworkConfig(enable_network_isolation=True)
        NetworkConfig(enable_network_isolation=True)
    """

    def __init__(
        self,
        enable_network_isolation: bool | None = None,
        security_group_ids: Sequence[str] | None = None,
        subnets: Sequence[str] | None = None,
        encrypt_inter_container_traffic: bool | None = None,
    ) -> None:
        self.enable_network_isolation = enable_network_isolation
        self.security_group_ids, self.subnets = security_group_ids, subnets
        self.encrypt_inter_container_traffic = encrypt_inter_container_traffic

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"NetworkConfig({given})"

    def _to_request_dict(self) -> dict[str, Any]:
        return network_document(
            self.enable_network_isolation,
            self.encrypt_inter_container_traffic,
            self.security_group_ids,
            self.subnets,
        )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["NetworkConfig"])
