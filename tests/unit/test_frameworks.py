from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from typing import Any

import pytest

from sagewright.sklearn import SKLearn
from tests.parity.recording import training_description
from tests.parity.scenarios.framework_models import _model
from tests.parity.world import World

FRAMEWORKS = (
    "sklearn.SKLearn",
    "xgboost.XGBoost",
    "pytorch.PyTorch",
    "tensorflow.TensorFlow",
    "huggingface.HuggingFace",
)


@pytest.fixture
def world(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return World("sagewright")


def versions(path: str) -> dict[str, Any]:
    return {"xgboost.XGBoost": {"framework_version": "1.7-1"}, "huggingface.HuggingFace": {"py_version": "py310"}}.get(
        path, {}
    )


@pytest.mark.parametrize("path", FRAMEWORKS)
def test_typo_names_the_nearest_of_all_arguments(world: World, path: str) -> None:
    with pytest.raises(TypeError, match=r"argument `volume_sise`\nhint: did you mean `volume_size`"):
        world.framework(path, volume_sise=7, **versions(path))


@pytest.mark.parametrize("path", FRAMEWORKS)
def test_arguments_of_all_estimators_reach_the_request(world: World, path: str) -> None:
    estimator = world.framework(path, max_run=77, environment={"A": "1"}, include_ignored_files=True, **versions(path))
    estimator.fit(wait=False, job_name="job")
    (request,) = world.aws.asked("CreateTrainingJob")
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 77}
    assert request["Environment"] == {"A": "1"}


@pytest.mark.parametrize("path", ["pytorch.PyTorch", "tensorflow.TensorFlow", "huggingface.HuggingFace"])
def test_what_asks_for_the_compiler_is_of_the_frameworks_class(world: World, path: str) -> None:
    with pytest.raises(ValueError, match="Expected instance of type .*TrainingCompilerConfig"):
        world.framework(path, compiler_config=object(), **versions(path))


def test_recipes_are_refused_by_name(world: World) -> None:
    with pytest.raises(NotImplementedError, match="`training_recipe` of PyTorch"):
        world.framework("pytorch.PyTorch", training_recipe="training/llama")


def test_attaching_to_a_job_without_a_script_says_what_to_do(world: World) -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
    algorithm = {"TrainingImage": image, "TrainingInputMode": "File"}
    world.aws.answers["DescribeTrainingJob"] = training_description(AlgorithmSpecification=algorithm)
    with pytest.raises(ValueError, match="has no script of its own(.|\n)*hint: attach to it with `Estimator.attach`"):
        SKLearn.attach("job", world.session())


def test_a_second_job_of_an_attached_estimator_names_itself(world: World) -> None:
    hyperparameters = {
        "sagemaker_program": '"train.py"',
        "sagemaker_submit_directory": '"s3://bucket/job/source/sourcedir.tar.gz"',
        "sagemaker_job_name": '"job"',
    }
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-trees:1"
    world.aws.answers["DescribeTrainingJob"] = training_description(
        HyperParameters=hyperparameters,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
    )
    SKLearn.attach("job", world.session()).fit(wait=False, job_name="next")
    (request,) = world.aws.asked("CreateTrainingJob")
    assert request["HyperParameters"]["sagemaker_job_name"] == '"next"'
    assert request["HyperParameters"]["sagemaker_submit_directory"] == '"s3://bucket/job/source/sourcedir.tar.gz"'


@pytest.mark.parametrize("name", ["../outside", "/../outside"])
def test_a_model_that_leads_out_of_its_archive_is_not_repacked(world: World, name: str) -> None:
    model = _model(world, "pytorch.PyTorchModel", name="model")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        packed.addfile(tarfile.TarInfo(name))
    content = archive.getvalue()
    world.aws.answers["HeadObject"] = {"ContentLength": len(content), "ETag": '"e"'}
    world.aws.answers["GetObject"] = {"ContentLength": len(content), "Body": lambda: io.BytesIO(content)}
    with pytest.raises(ValueError, match="leads out of the archive"):
        model.prepare_container_def("ml.m5.large")


def test_importing_a_framework_loads_nothing_heavy() -> None:
    heavy = ("boto3", "numpy", "tarfile", "subprocess", "sklearn", "torch", "xgboost", "sagewright.engine")
    program = (
        "import sys\nfrom sagewright.sklearn import SKLearn\nfrom sagewright.pytorch import PyTorch\n"
        "from sagewright.xgboost import XGBoost\nfrom sagewright.tensorflow import TensorFlow\n"
        f"from sagewright.huggingface import HuggingFace\nprint([n for n in {heavy!r} if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
