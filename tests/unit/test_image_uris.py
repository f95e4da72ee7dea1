from __future__ import annotations

import subprocess
import sys

import pytest

from sagewright import image_uris
from sagewright.vocabulary import image_tables
from sagewright.vocabulary.image_tables import ImageIdentity, framework_of

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize("framework", image_tables.frameworks())
def test_table_of_each_framework_is_complete(framework: str) -> None:
    table = image_uris.config_for_framework(framework)
    parts = [table] if "versions" in table else list(table.values())
    assert parts
    assert all(part["versions"] for part in parts)


def test_table_is_the_callers_own() -> None:
    image_uris.config_for_framework("kmeans")["versions"].clear()
    assert image_uris.config_for_framework("kmeans")["versions"]


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"framework": "linear-lerner"}, "no images of `linear-lerner`.\nhint: did you mean `linear-learner`?"),
        ({"framework": "random_cut_forest"}, "did you mean `randomcutforest`?"),
        ({"framework": "deepar"}, "did you mean `forecasting-deepar`?"),
        ({"region": "us-eatst-1"}, "Unsupported region: us-eatst-1.* did you mean `us-east-1`?"),
        ({"image_scope": "trianing"}, "hint: did you mean `training`?"),
        ({"framework": "sklearn", "version": "1.2.1"}, "Unsupported sklearn version: 1.2.1.* did you mean `1.2-1`?"),
        ({"framework": "sklearn", "version": "1.2-1", "py_version": "py33"}, "did you mean `py3`?"),
        (
            {"model_id": "m", "model_version": "1"},
            "`image_uris.retrieve` of the model `m` is not built",
        ),
        ({"model_id": "m"}, "Must specify JumpStart `model_id` and `model_version`"),
        ({"framework": "pytorch", "version": "2.1", "py_version": "py310"}, "Empty SageMaker instance type"),
        ({"accelerator_type": "eia2"}, "Invalid SageMaker Elastic Inference accelerator type: eia2."),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest_name(arguments: dict[str, str], message: str) -> None:
    asked = {"framework": "linear-learner", "region": "us-east-1", "image_scope": "training", **arguments}
    pattern = "(?s)" + message.replace(".", r"\.").replace("?", r"\?").replace("(", r"\(").replace(r"\.*", ".*")
    with pytest.raises((ValueError, FileNotFoundError, NotImplementedError), match=pattern):
        image_uris.retrieve(**asked)  # type: ignore[arg-type]


def test_misspelt_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="regoin"):
        image_uris.retrieve("linear-learner", "us-east-1", regoin="us-east-1")  # type: ignore[call-arg]


def test_training_image_of_transformers_names_its_base() -> None:
    uri = image_uris.get_training_image_uri(
        "us-east-1", "huggingface", "4.28", "py310", pytorch_version="2.0", instance_type="ml.p3.2xlarge"
    )
    assert uri == f"{REGISTRY}/huggingface-pytorch-training:2.0-transformers4.28-gpu-py310-cu118-ubuntu20.04"
    assert image_uris.get_training_image_uri("us-east-1", "pytorch", image_uri="mine") == "mine"


def test_model_parallelism_has_images_of_its_own() -> None:
    distribution = {"torch_distributed": {"enabled": True}, "smdistributed": {"modelparallel": {"enabled": True}}}
    uri = image_uris.get_training_image_uri(
        "us-east-1", "pytorch", "2.4.1", "py311", distribution=distribution, instance_type="ml.p4d.24xlarge"
    )
    assert uri.partition("/")[2] == "smdistributed-modelparallel:2.4.1-gpu-py311-cu121"


def test_base_python() -> None:
    uri = image_uris.get_base_python_image_uri("us-east-1", "38")
    assert uri == "081325390199.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-38:1.0"


@pytest.mark.parametrize(
    ("uri", "identity"),
    [
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", ("linear-learner", "1", None, "training")),
        (f"{REGISTRY}/pytorch-training:2.1-gpu-py310", ("pytorch", "2.1.0", "py310", "training")),
        (
            f"{REGISTRY}/pytorch-inference:2.1.0-cpu-py310-ubuntu20.04-sagemaker",
            ("pytorch", "2.1.0", "py310", "inference"),
        ),
        (f"{REGISTRY}/pytorch-training:99.1.0-cpu-py320", ("pytorch", "99.1.0", "py320", "training")),
        (f"{REGISTRY}/tensorflow-inference:2.13-cpu", ("tensorflow", "2.13.0", None, "inference")),
        ("sagemaker-scikit-learn:1.2-1-cpu-py3", ("sklearn", "1.2-1", "py3", "training")),
        ("localhost:5000/sagemaker-xgboost:1.7-1", ("xgboost", "1.7-1", None, "training")),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest", ("xgboost", "1", None, "training")),
        (
            f"{REGISTRY}/huggingface-pytorch-training:2.0-transformers4.28-gpu-py310-cu118-ubuntu20.04",
            ("huggingface", "4.28.1", "py310", "training"),
        ),
        (
            "236514542706.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-38:1.0",
            ("sagemaker-base-python", "1.0", "py38", "training"),
        ),
        (
            "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer",
            ("model-monitor", "", None, "monitoring"),
        ),
    ],
)
def test_uri_is_traced_back(uri: str, identity: tuple[str, str, str | None, str]) -> None:
    assert framework_of(uri) == ImageIdentity(*identity)


@pytest.mark.parametrize(
    "uri", ["", "python:3.11", "docker.io/library/pytorch", "123.dkr.ecr.us-east-1.amazonaws.com/my/pytorch-training:1"]
)
def test_other_images_stand_for_nothing(uri: str) -> None:
    assert framework_of(uri) is None


def test_tables_are_read_only_when_asked_for() -> None:
    program = (
        "import sys, sagewright.image_uris, sagewright.vocabulary.image_tables as tables;"
        "assert tables._document.cache_info().currsize == 0; assert 'difflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
