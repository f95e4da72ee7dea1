"""Instances that are given the wrong way round are refused where that was written."""

from __future__ import annotations

import pytest

from sagewright import image_uris
from sagewright.estimator import Estimator
from sagewright.processing import Processor
from sagewright.transformer import Transformer
from tests.parity.recording import ROLE


@pytest.mark.parametrize(
    "make",
    [
        lambda count, type_: Estimator("image", ROLE, count, type_),
        lambda count, type_: Processor(ROLE, "image", count, type_),
        lambda count, type_: Transformer("model", count, type_),
    ],
    ids=["estimator", "processor", "transformer"],
)
def test_number_and_type_are_told_apart(home, make):
    with pytest.raises(TypeError, match=r"`instance_count` cannot be `'ml.m5.large'`\nhint: .*instance_count=1"):
        make("ml.m5.large", 1)
    with pytest.raises(TypeError, match=r"`instance_type` cannot be `1`\nhint: .*instance_type='ml.m5.large'"):
        make(1, 1)
    with pytest.raises(TypeError, match="`instance_count` cannot be `1.0`"):
        make(1.0, "ml.m5.large")


def test_an_image_is_not_looked_up_for_a_number():
    with pytest.raises(TypeError, match="`instance_type` cannot be `1`"):
        image_uris.retrieve("xgboost", "us-east-1", version="1.7-1", instance_type=1)  # type: ignore[arg-type]
