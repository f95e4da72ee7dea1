"""What the framework's container adds to a script's environment."""

from __future__ import annotations

import json

from sagewright.engine.script_mode import launching
from sagewright.engine.script_mode.facts import read


def facts(base, module):
    (base / "input/config").mkdir(parents=True)
    resources = {"current_host": "algo-2", "hosts": ["algo-1", "algo-2"], "network_interface_name": "eth0"}
    (base / "input/config/resourceconfig.json").write_text(json.dumps(resources))
    return read(base, {"SAGEMAKER_TRAINING_MODULE": module, "SAGEMAKER_PROGRAM": "train.py"})


def test_pytorch_is_told_where_the_first_host_awaits_the_others(tmp_path):
    given = launching.environment(facts(tmp_path, "sagemaker_pytorch_container.training:main"), {"MASTER_PORT": "1"})
    expected = {
        "MASTER_ADDR": "algo-1",
        "MASTER_PORT": "7777",
        "NCCL_SOCKET_IFNAME": "eth0",
        "SM_CURRENT_HOST": "algo-2",
    }
    assert {name: given[name] for name in expected} == expected


def test_other_frameworks_are_told_nothing_of_it(tmp_path):
    assert "MASTER_ADDR" not in launching.environment(facts(tmp_path, "sagemaker_sklearn_container.training:main"), {})
