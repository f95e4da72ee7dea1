"""Which hosts a job runs on, and what each is told about all (`contract.md` 1.1.3, 1.7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sagewright import settings
from sagewright.engine.planning.document import HostDocument
from sagewright.vocabulary.instance_types import instance

ONLY_GROUP = "homogeneousCluster"
MOST_HOSTS = 100  # of one job on one machine
RESOURCE_CONFIG = "input/config/resourceconfig.json"
INTERFACE = "eth0"

_NETWORK = "10.0"
_LOOPBACK = "127.0"


@dataclass(frozen=True)
class Group:
    """Hosts of one instance type."""

    name: str
    instance_type: str
    hosts: Sequence[str]


def groups_of(resource_config: Mapping[str, Any]) -> list[Group]:
    """Return a job's instance groups, their hosts numbered through in the order of the request."""
    wanted = resource_config.get("InstanceGroups") or [{**resource_config, "InstanceGroupName": ONLY_GROUP}]
    groups, number = [], 1
    for item in wanted:
        count = item.get("InstanceCount", 1)
        names = [f"algo-{number + offset}" for offset in range(count)]
        groups.append(Group(item["InstanceGroupName"], item["InstanceType"], names))
        number += count
    return groups


def host_names(resource_config: Mapping[str, Any]) -> list[str]:
    """Return `algo-1` to `algo-N`."""
    return [host for group in groups_of(resource_config) for host in group.hosts]


def memory_bytes(host: str, groups: Sequence[Group], environment: Mapping[str, str]) -> int | None:
    """Return what the program of a host may hold: what the submitter's setting or the instance type says."""
    if wanted_mib := settings.MEMORY_MIB.read(environment):
        return wanted_mib << 20
    return instance(next(group.instance_type for group in groups if host in group.hosts)).memory_bytes or None


def hosts_of_channel(channel: Mapping[str, Any], groups: Sequence[Group]) -> list[str]:
    """Return the hosts that get a channel's data: those of the groups that it names, or all."""
    names = (channel["DataSource"].get("S3DataSource") or {}).get("InstanceGroupNames")
    return [host for group in groups if not names or group.name in names for host in group.hosts]


def resource_config_file(host: str, groups: Sequence[Group]) -> str:
    """Return the content of a host's `resourceconfig.json`."""
    own = next(group for group in groups if host in group.hosts)
    return json.dumps(
        {
            "current_host": host,
            "current_instance_type": own.instance_type,
            "current_group_name": own.name,
            "hosts": sorted(name for group in groups for name in group.hosts),
            "instance_groups": [
                {"instance_group_name": group.name, "instance_type": group.instance_type, "hosts": list(group.hosts)}
                for group in groups
            ],
            "network_interface_name": INTERFACE,
        }
    )


def addresses_of(hosts: Sequence[str]) -> dict[str, str]:
    """Return the address of each host in the network of several; of one, none: it stays in the machine's network."""
    return _numbered(hosts, _NETWORK) if len(hosts) > 1 else {}


def loopback_addresses(hosts: Iterable[str]) -> dict[str, str]:
    """Return the address of each of several hosts that must share the machine's network."""
    return _numbered(list(hosts), _LOOPBACK)


def called_by(addresses: Mapping[str, str], document: HostDocument) -> HostDocument:
    """Return the document of a host whose `resourceconfig.json` calls all hosts by addresses: names do not resolve."""
    return _with_config(document, _renamed(_config(document), addresses))


def with_interface(document: HostDocument, name: str) -> HostDocument:
    """Return the document of a host whose network interface is not `INTERFACE`."""
    return _with_config(document, {**_config(document), "network_interface_name": name})


def _config(document: HostDocument) -> dict[str, Any]:
    return dict(json.loads(document.files.get(RESOURCE_CONFIG, "{}")))


def _with_config(document: HostDocument, config: Mapping[str, Any]) -> HostDocument:
    return replace(document, files={**document.files, RESOURCE_CONFIG: json.dumps(config)})


def _numbered(hosts: Sequence[str], network: str) -> dict[str, str]:
    return {host: f"{network}.{number >> 8}.{number & 255}" for number, host in enumerate(hosts, start=1)}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value
