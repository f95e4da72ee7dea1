from __future__ import annotations

import subprocess
import sys

import pytest

import sagewright

HEAVY = ("boto3", "botocore", "numpy", "pandas", "sklearn", "sagewright.engine")
PROGRAM = f"""
import sys
import sagewright as sagemaker
from sagewright.estimator import Estimator
from sagewright.inputs import TrainingInput
from sagewright.model import Model
from sagewright.predictor import Predictor
sagemaker.serializers.CSVSerializer, sagemaker.deserializers.JSONDeserializer, sagemaker.image_uris.retrieve
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_importing_loads_nothing_heavy_and_says_nothing() -> None:
    ran = subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("[]\n", "", 0)


@pytest.mark.parametrize("name", sagewright.__all__)
def test_public_names_are_there(name: str) -> None:
    assert getattr(sagewright, name) is getattr(sagewright, name)
    assert name in dir(sagewright)


def test_names_that_are_not_there_say_so() -> None:
    with pytest.raises(AttributeError, match="`Elephant`: it is not a name of v2, or not built yet"):
        _ = sagewright.Elephant
    with pytest.raises(ImportError, match="Tuner"):
        from sagewright import Tuner  # noqa: F401


@pytest.mark.parametrize("path", ["jumpstart.artifacts", "mlflow", "aws_batch"])
def test_rooms_that_will_not_be_are_refused_by_name(path: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="is not built into Sagewright: "):
        __import__(f"sagewright.{path}")


def test_names_that_are_not_built_are_refused_by_name() -> None:
    with pytest.raises(NotImplementedError, match="`Model.tune` is not built into Sagewright: it needs JumpStart"):
        sagewright.Model("image", "s3://b/m", "role").tune()
