"""The region of an engine is known without boto3, where boto3 would say the same."""

from __future__ import annotations

import subprocess
import sys

import boto3
import pytest

from sagewright import targets
from sagewright.session import Session

MAKE_ESTIMATOR = """
import sys, sagewright
sagewright.estimator.Estimator("image", "arn:aws:iam::123456789012:role/r", 1, "ml.m5.large")
assert not {"boto3", "botocore", "numpy", "pandas"} & set(sys.modules)
"""


@pytest.fixture(autouse=True)
def nobody(home, monkeypatch, tmp_path):
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_it_is_what_boto3_says(monkeypatch, tmp_path):
    assert targets.plain_region() == targets.boto_session().region_name == Session().boto_region_name == "us-east-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert targets.plain_region() == targets.boto_session().region_name == Session().boto_region_name == "eu-west-1"


def test_a_configuration_file_is_boto3s_to_read(monkeypatch, tmp_path):
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n[profile other]\nregion = sa-east-1\n")
    assert targets.plain_region() is None
    assert Session().boto_region_name == "eu-north-1"
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert Session().boto_region_name == "sa-east-1"


def test_a_boto3_session_that_is_given_has_its_own():
    assert Session(boto_session=boto3.Session(region_name="ap-south-1")).boto_region_name == "ap-south-1"


def test_an_estimator_is_made_without_boto3():
    subprocess.run([sys.executable, "-c", MAKE_ESTIMATOR], check=True)
