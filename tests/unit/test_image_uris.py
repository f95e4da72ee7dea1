from __future__ import annotations

import pytest

from sagewright import image_uris
from sagewright.vocabulary.image_tables import ALGORITHM_ACCOUNTS, ALGORITHMS


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("region", sorted(ALGORITHM_ACCOUNTS))
def test_uri_names_account_region_and_algorithm(algorithm: str, region: str) -> None:
    host, _, repository = image_uris.retrieve(algorithm, region).partition("/")
    account, *registry = host.split(".")
    assert (account, registry[:3]) == (ALGORITHM_ACCOUNTS[region], ["dkr", "ecr", region])
    assert len(account) == 12
    assert repository == f"{algorithm}:1"


def test_china_has_a_domain_of_its_own() -> None:
    assert image_uris.retrieve("linear-learner", "cn-north-1").partition("/")[0].endswith(".amazonaws.com.cn")


def test_what_is_ignored_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "sagemaker"):
        image_uris.retrieve("linear-learner", "us-east-1", version="7", py_version="py3", instance_type="ml.m5.large")
    for text in (
        "Same images used for training and inference. Defaulting to image scope: inference.",
        "Ignoring unnecessary instance type: ml.m5.large.",
        "Ignoring unnecessary Python version: py3.",
        "ignoring version: 7.",
    ):
        assert text in caplog.text


def test_framework_that_is_not_built_names_those_that_are() -> None:
    with pytest.raises(FileNotFoundError, match="hint: built are .*linear-learner"):
        image_uris.retrieve("linear-lerner", "us-east-1")


def test_misspelt_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="regoin"):
        image_uris.retrieve("linear-learner", "us-east-1", regoin="us-east-1")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"region": "mars-1"}, r"Unsupported region: mars-1\. .*Supported region\(s\): af-south-1, "),
        ({"image_scope": "dreaming"}, r"Unsupported image scope: dreaming\. .*: inference, training\."),
        ({"model_id": "m"}, "`model_id` is not built yet"),
        ({"accelerator_type": "ml.eia2.medium"}, "`accelerator_type` is not built yet"),
    ],
)
def test_what_there_is_not_is_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        image_uris.retrieve(**{"framework": "linear-learner", "region": "us-east-1", **arguments})  # type: ignore[arg-type]
