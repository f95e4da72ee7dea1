"""The `SM_*` variables and the arguments of the user's script (`contract.md` 1.12, 1.13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sagewright.engine.script_mode.facts import Facts
from sagewright.vocabulary.script_mode import argument_of, option_of


def variables(facts: Facts) -> dict[str, str]:
    """Return the `SM_*` variables, in the order in which the containers print them."""
    environment = training_environment(facts)
    groups = facts.groups
    values: dict[str, Any] = {
        "hosts": facts.hosts,
        "network_interface_name": facts.network_interface,
        "hps": facts.hyperparameters,
        "user_entry_point": facts.entry_point,
        "framework_params": facts.framework_parameters,
        "resource_config": facts.resources,
        "input_data_config": facts.inputs,
        "output_data_dir": environment["output_data_dir"],
        "channels": sorted(facts.inputs),
        "current_host": facts.current_host,
        "current_instance_type": environment["current_instance_type"],
        "current_instance_group": facts.current_group,
        "current_instance_group_hosts": environment["current_instance_group_hosts"],
        "instance_groups": list(groups),
        "instance_groups_dict": groups,
        "distribution_instance_groups": facts.distribution_groups,
        "is_hetero": len(groups) > 1,
        "module_name": environment["module_name"],
        "log_level": facts.log_level,
        "framework_module": facts.framework_module,
        "input_dir": environment["input_dir"],
        "input_config_dir": environment["input_config_dir"],
        "output_dir": environment["output_dir"],
        "num_cpus": facts.num_cpus,
        "num_gpus": facts.num_gpus,
        "num_neurons": 0,
        "model_dir": environment["model_dir"],
        "module_dir": facts.module_dir,
        "training_env": environment,
        "user_args": arguments(facts.hyperparameters),
        "output_intermediate_dir": environment["output_intermediate_dir"],
    }
    if facts.resources.get("topology"):
        values["topology"] = facts.resources["topology"]
    values.update({f"channel_{name}": path for name, path in environment["channel_input_dirs"].items()})
    values.update({f"hp_{name}": value for name, value in facts.hyperparameters.items()})
    return {f"SM_{name.upper()}": _encoded(value) for name, value in values.items()}


def training_environment(facts: Facts) -> dict[str, Any]:
    """Return the document that the containers call the training environment, its names sorted."""
    base, groups, hosts = facts.base, facts.groups, facts.distribution_hosts or facts.hosts
    entry_point = facts.entry_point
    return {
        "additional_framework_parameters": facts.framework_parameters,
        "channel_input_dirs": {name: str(base / "input/data" / name) for name in facts.inputs},
        "current_host": facts.current_host,
        "current_instance_group": facts.current_group,
        "current_instance_group_hosts": list(groups.get(facts.current_group, {}).get("hosts", ())),
        "current_instance_type": facts.resources.get("current_instance_type", "local"),
        "distribution_hosts": facts.distribution_hosts,
        "distribution_instance_groups": facts.distribution_groups,
        "framework_module": facts.framework_module,
        "hosts": facts.hosts,
        "hyperparameters": facts.hyperparameters,
        "input_config_dir": str(base / "input/config"),
        "input_data_config": facts.inputs,
        "input_dir": str(base / "input"),
        "instance_groups": list(groups),
        "instance_groups_dict": groups,
        "is_hetero": len(groups) > 1,
        "is_master": facts.current_host == hosts[0],
        "is_modelparallel_enabled": None,
        "is_smddpmprun_installed": False,
        "is_smddprun_installed": False,
        "job_name": facts.job_name,
        "log_level": facts.log_level,
        "master_hostname": hosts[0],
        "model_dir": str(base / "model"),
        "module_dir": facts.module_dir,
        "module_name": entry_point.removesuffix(".py"),
        "network_interface_name": facts.network_interface,
        "num_cpus": facts.num_cpus,
        "num_gpus": facts.num_gpus,
        "num_neurons": 0,
        "output_data_dir": str(base / "output/data"),
        "output_dir": str(base / "output"),
        "output_intermediate_dir": str(base / "output/intermediate"),
        "resource_config": facts.resources,
        "topology": facts.resources.get("topology", []),
        "user_entry_point": entry_point,
    }


def arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Return the command line that hyperparameters make, sorted by name."""
    return [word for name in sorted(hyperparameters) for word in (option_of(name), argument_of(hyperparameters[name]))]


def _encoded(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
